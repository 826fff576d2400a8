import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { soundFormatOf, takeSound } from './sound.ts'
import { openStore } from './store.ts'

const head = (text: string): Uint8Array => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(32)])

test('sounds are told by their first bytes, whatever they are called', () => {
  expect(soundFormatOf(head('ID3\x04'))).toBe('mp3')
  expect(soundFormatOf(head('\xff\xfb\x90'))).toBe('mp3')
  expect(soundFormatOf(head('RIFF\0\0\0\0WAVEfmt '))).toBe('wav')
  expect(soundFormatOf(head('OggS'))).toBe('ogg')
  expect(soundFormatOf(head('\0\0\0\x20ftypM4A '))).toBe('m4a')
  expect(soundFormatOf(head('fLaC'))).toBe('flac')
  const others = [
    '#EXTM3U\n',
    'ffconcat version 1.0',
    'RIFF\0\0\0\0WEBP',
    'RIFF\0\0\0\0AVI ',
    '<svg',
    '\0\0\0\x20ftypqt  ',
    '',
  ]
  // AAC in ADTS and MPEG layers 1 and 2 begin almost as MP3 does.
  for (const other of [...others, '\xff\xf1\x50', '\xff\xfd\x90', '\xff\xff\x90'])
    expect(soundFormatOf(head(other))).toBeUndefined()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), bytes => void soundFormatOf(bytes)))
})

test('what is too large or something else is refused, the rest is kept under a name of ours', async () => {
  const store = await openStore({ STORE: 'local', DATA_DIR: mkdtempSync(join(tmpdir(), 'threadreel-')) })
  await expect(takeSound(store, new Uint8Array(21 * 2 ** 20))).rejects.toMatchObject({ code: 'refusal.sound-big' })
  await expect(takeSound(store, head('#EXTM3U'))).rejects.toMatchObject({ code: 'refusal.sound-type' })
  expect(await takeSound(store, head('OggS'))).toMatch(/^sounds\/[\w-]{22}\.ogg$/)
})
