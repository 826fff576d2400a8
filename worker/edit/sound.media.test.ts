import { execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source } from '../protocol.ts'
import { openShelf, type Shelf } from '../testing/clips.ts'
import { readMp4 } from '../video/boxes.ts'
import { rate, samplesIn } from './pcm.ts'
import { decodeMusic } from './sound.ts'
import { cut, fileOf, numbers, probe, soundFile } from './testing/cut.ts'

let shelf: Shelf
let scratch: string
let log: string
let clip: Source
const before = process.env['FFMPEG_PATH']

beforeAll(async () => {
  shelf = await openShelf()
  scratch = await mkdtemp(join(shelf.folder, 'scratch-'))
  // Every call of ffmpeg leaves its arguments; the path is looked up once, by the first call.
  log = join(scratch, 'arguments.log')
  const shim = join(scratch, 'ffmpeg')
  const real = execFileSync('which', ['ffmpeg']).toString().trim()
  await writeFile(shim, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\nexec ${real} "$@"\n`)
  await chmod(shim, 0o755)
  process.env['FFMPEG_PATH'] = shim
  clip = await shelf.clip({ frames: 36 })
})
afterAll(async () => {
  if (before === undefined) delete process.env['FFMPEG_PATH']
  else process.env['FFMPEG_PATH'] = before
  await shelf.close()
})

const stop = new AbortController()
const decoded = (file: string, seconds = 2, from = 0) => decodeMusic(file, from, seconds, stop.signal)
const named = (name: string) => join(scratch, name)
const tone = 'sine=frequency=440:sample_rate=44100'

/** How loud a sound is from one second to another, 0..1. */
function loudness(sound: Int16Array, from: number, to: number): number {
  const part = sound.subarray(samplesIn(from), samplesIn(to))
  return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / Math.max(1, part.length)) / 32768
}

/** The sound of a clip, as anybody's player would hear it. */
const heard = (made: { media: string }): Int16Array => {
  const output = ['-f', 's16le', '-ac', '2', '-ar', String(rate), '-']
  const bytes = execFileSync('ffmpeg', ['-v', 'error', '-i', fileOf(shelf.store, made), '-vn', ...output], {
    maxBuffer: 1e8,
  })
  return new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2))
}

describe('a member’s sound file', () => {
  test.each([
    ['mp3', []],
    ['wav', []],
    ['ogg', ['-c:a', 'libvorbis']],
    ['ogg', ['-c:a', 'libopus']],
    ['m4a', ['-c:a', 'aac']],
    ['flac', []],
  ])('is read as %s %j', async (ext, codec) => {
    const file = await soundFile(named(`tone.${ext}`), tone, 1, ['-y', ...codec])
    const sound = await decoded(file)
    expect(sound.length / samplesIn(1)).toBeGreaterThan(0.95)
    expect(sound.length / samplesIn(1)).toBeLessThan(1.1)
    expect(loudness(sound, 0.2, 0.8)).toBeGreaterThan(0.05)
  })

  test('may have a cover picture, and be longer than needed', async () => {
    const picture = named('cover.jpg')
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', picture])
    const plain = await soundFile(named('plain.mp3'), tone, 20)
    const file = named('covered.mp3')
    const both = ['-i', plain, '-i', picture, '-map', '0', '-map', '1', '-c', 'copy', '-disposition:v', 'attached_pic']
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...both, file])
    expect((await decoded(file, 1.5, 18)).length).toBe(samplesIn(1.5))
  })

  test('is refused where it is anything else, and opens no other file', async () => {
    const secret = await soundFile(named('secret.wav'), tone, 1)
    const playlists = {
      'list.mp3': `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
      'list.ogg': `ffconcat version 1.0\nfile '${secret}'\n`,
      'list.wav': `RIFF\0\0\0\0WAVE${'x'.repeat(64)}`,
      'list.flac': `fLaC${'x'.repeat(64)}`,
      'empty.mp3': '',
    }
    for (const [name, text] of Object.entries(playlists)) {
      await writeFile(named(name), text, 'latin1')
      await expect(decoded(named(name)), name).rejects.toMatchObject({ code: 'failure.sound-broken' })
    }
    // A format under another's name, a video without sound, a codec that is none of its container's, a moment after the end.
    await copyFile(secret, named('wav-called.mp3'))
    await copyFile(fileOf(shelf.store, clip), named('silent-video.m4a'))
    await soundFile(named('mp3-in.wav'), tone, 1, ['-y', '-c:a', 'libmp3lame'])
    for (const name of ['wav-called.mp3', 'silent-video.m4a', 'mp3-in.wav'])
      await expect(decoded(named(name)), name).rejects.toMatchObject({ code: 'failure.sound-broken' })
    await expect(decoded(secret, 1, 30)).rejects.toMatchObject({ code: 'failure.sound-broken' })
  })

  test('cut off anywhere is read as far as it goes, or refused; it never hangs', async () => {
    const whole = await readFile(await soundFile(named('whole.mp3'), tone, 2))
    for (const part of [0.1, 0.37, 0.9]) {
      await writeFile(named('part.mp3'), whole.subarray(0, Math.floor(whole.length * part)))
      const sound = await decoded(named('part.mp3')).catch(error => error as { code: string })
      if ('code' in sound) expect(sound.code).toBe('failure.sound-broken')
      else expect(sound.length).toBeLessThan(samplesIn(2))
    }
  })
})

describe('music', () => {
  const given = async (seconds: number, more: object = {}) => {
    const bytes = await readFile(await soundFile(named('music.mp3'), tone, seconds))
    return { sound: await shelf.store.put('sounds', 'mp3', bytes), ...more }
  }

  test('is as long as the clip whatever its own length, fades out, and leaves the pictures as they are', async () => {
    for (const seconds of [0.7, 10]) {
      const music = await given(seconds, { fadeOut: 0.5 })
      const made = await cut(shelf.store, scratch, { op: 'music', clip: 'clip-0', music }, [clip])
      const { streams, format } = await probe(fileOf(shelf.store, made))
      const [video, audio] = ['video', 'audio'].map(type => streams.find(stream => stream.codec_type === type))
      expect([video?.codec_name, audio?.codec_name, streams.length]).toEqual(['h264', 'aac', 2])
      expect(Number(audio?.duration)).toBeCloseTo(1.5, 1)
      expect(Number(format.duration)).toBeCloseTo(1.5, 1)
      expect(format.tags?.['title']).toBeUndefined()
      expect((await readMp4(fileOf(shelf.store, made))).aigc).toHaveLength(1)
      const sound = heard(made)
      expect(loudness(sound, 0.6, 0.9)).toBeGreaterThan(0.05)
      expect(loudness(sound, 1.42, 1.5)).toBeLessThan(loudness(sound, 0.6, 0.9) / 4)
      expect(await numbers(shelf.store, made)).toEqual(Array.from({ length: 36 }, (_, n) => n))
      expect(made.sound).toBe(true)
    }
  })

  test('moves the joints of a film onto its beats, and plays to its end', async () => {
    // A click on every half second, from a quarter of a second on.
    const click = "aevalsrc='0.8*sin(2*PI*90*t)*exp(-20*mod(t-0.25+0.5,0.5))':s=48000"
    const bytes = await readFile(await soundFile(named('beat.mp3'), click, 10))
    const sound = await shelf.store.put('sounds', 'mp3', bytes)
    const longer = await shelf.clip({ frames: 60, from: 100 })
    const film = { op: 'join', onBeat: true, music: { sound }, pieces: [0, 1, 2].map(n => ({ clip: `clip-${n}` })) }
    const made = await cut(shelf.store, scratch, film, [longer, longer, clip])
    const seen = await numbers(shelf.store, made)
    const joints = seen.flatMap((n, i) => (i > 0 && n !== (seen[i - 1] ?? 0) + 1 ? [i] : []))
    expect(joints).toHaveLength(2)
    for (const at of joints) {
      const from = (at / 24 - 0.25) / 0.5
      expect(Math.abs(from - Math.round(from)) * 0.5).toBeLessThan(0.045)
    }
    expect(joints[0]).toBeGreaterThanOrEqual(45)
    const { streams } = await probe(fileOf(shelf.store, made))
    expect(Number(streams.find(stream => stream.codec_type === 'audio')?.duration)).toBeCloseTo(made.frames / 24, 1)
  })
})

test('a clip’s own sound goes with its pictures: trimmed, backwards, faster, joined with a silent one', async () => {
  // Quiet in its first half, loud in its second.
  const steps = "aevalsrc='sin(2*PI*440*t)*if(lt(t,0.75),0.05,0.5)':s=48000:c=stereo"
  const loud = await shelf.clip({ frames: 36, sound: await soundFile(named('steps.wav'), steps, 1.5) })
  const trimmed = await cut(shelf.store, scratch, { op: 'trim', clip: 'clip-0', from: 0.5, to: 1.25 }, [loud])
  expect(loudness(heard(trimmed), 0.05, 0.2)).toBeLessThan(0.06)
  expect(loudness(heard(trimmed), 0.35, 0.7)).toBeGreaterThan(0.2)
  const back = await cut(shelf.store, scratch, { op: 'reverse', clip: 'clip-0' }, [loud])
  expect(loudness(heard(back), 0.1, 0.6)).toBeGreaterThan(0.2)
  expect(loudness(heard(back), 0.9, 1.4)).toBeLessThan(0.06)
  const fast = await cut(shelf.store, scratch, { op: 'speed', clip: 'clip-0', factor: 3 }, [loud])
  expect(heard(fast).length / samplesIn(0.5)).toBeCloseTo(1, 1)
  const joined = { op: 'join', pieces: [{ clip: 'clip-0' }, { clip: 'clip-1' }] }
  const film = await cut(shelf.store, scratch, joined, [clip, loud])
  const sound = heard(film)
  expect(loudness(sound, 0.1, 1.4)).toBeLessThan(0.005)
  expect(loudness(sound, 2.4, 2.9)).toBeGreaterThan(0.2)
  expect(sound.length / samplesIn(3)).toBeCloseTo(1, 1)
  const covered = await cut(shelf.store, scratch, { op: 'cover', clip: 'clip-0', at: 1 }, [loud])
  expect(loudness(heard(covered), 0.9, 1.4)).toBeGreaterThan(0.2)
  expect(covered.sound).toBe(true)
})

test('what members write never comes near ffmpeg', async () => {
  const words = "x':y=%{pts}[0:v]movie=/etc/passwd"
  const lines = [{ from: 0, to: 0.5, text: words }]
  await cut(shelf.store, scratch, { op: 'captions', clip: 'clip-0', lines }, [clip])
  const credits = [{ role: words.slice(0, 40), names: [words.slice(0, 40)] }]
  await cut(shelf.store, scratch, { op: 'join', pieces: [{ clip: 'clip-0' }], title: words, credits }, [clip])
  const panels = [0, 1].map(n => ({ clip: `clip-${n}`, caption: words }))
  await cut(shelf.store, scratch, { op: 'compare', panels }, [clip, clip])
  const used = await readFile(log, 'utf8')
  expect(used).toContain('rawvideo')
  for (const piece of ['passwd', '%{', 'pts}', "x'"]) expect(used).not.toContain(piece)
})
