import { mkdtemp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { creditsSeconds } from '../../core/timeline.ts'
import type { Source } from '../protocol.ts'
import { openShelf, type Shelf } from '../testing/clips.ts'
import { letterHeights } from '../testing/letters.ts'
import { numberIn, shadeAt } from '../testing/numbered.ts'
import { readMp4 } from '../video/boxes.ts'
import { labelFor } from '../video/label.ts'
import { labelOver } from './marks.ts'
import { cut, fileOf, numbers, paces, pictures, probe } from './testing/cut.ts'

let shelf: Shelf
let scratch: string
let first: Source
let second: Source
let third: Source

beforeAll(async () => {
  shelf = await openShelf()
  scratch = await mkdtemp(join(shelf.folder, 'scratch-'))
  first = await shelf.clip({ frames: 36 })
  second = await shelf.clip({ frames: 36, from: 36 })
  third = await shelf.clip({ frames: 20, from: 72 })
})
afterAll(() => shelf.close())

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const joined = (joints: string[], more: object = {}) => ({
  op: 'join',
  pieces: joints.map((joint, i) => ({ clip: `clip-${i}`, joint })),
  ...more,
})
const one = (op: object) => ({ clip: 'clip-0', ...op })

/** One field of the hidden label, ours, however many clips went into it. */
async function isLabelled(made: { media: string }): Promise<void> {
  const { aigc, faststart } = await readMp4(fileOf(shelf.store, made))
  expect(aigc).toHaveLength(1)
  expect(JSON.parse(aigc[0] ?? '')).toMatchObject({ Label: '1', ProduceID: 'job-77' })
  expect(faststart).toBe(true)
}

/** Letters of the visible label in an area, in a frame. */
const letters = (rgb: Uint8Array, width: number, area: { x: number; y: number; width: number; height: number }) =>
  letterHeights(rgb, width, { x: area.x + 3, y: area.y + 2, width: area.width - 6, height: area.height - 4 }).filter(
    h => h > 3,
  )

describe('pieces that continue each other', () => {
  test('become one clip with every frame of each, none twice, none changed', async () => {
    const made = await cut(shelf.store, scratch, joined(['cut', 'continuous', 'continuous']), [first, second, third])
    expect(made.frames).toBe(92)
    expect(await numbers(shelf.store, made)).toEqual(range(0, 92))
    expect(await paces(fileOf(shelf.store, made))).toHaveLength(1)
    const pieces = await Promise.all([first, second, third].map(clip => pictures(shelf.store, clip)))
    const whole = await pictures(shelf.store, made)
    pieces.flat().forEach((frame, n) => {
      expect(Buffer.from(frame).equals(Buffer.from(whole[n] ?? [])), `frame ${n}`).toBe(true)
    })
    await isLabelled(made)
    // It can be gone on from, with a state of its own.
    expect(made.state).not.toBe(third.state)
    expect(Buffer.from(await shelf.store.get(made.state ?? '')).toString()).toBe('after 92')
  })

  test('can be joined again with the next one, and once more', async () => {
    const next = await shelf.clip({ frames: 12, from: 92 })
    const two = await cut(shelf.store, scratch, joined(['cut', 'continuous']), [second, third])
    const all = { ...two, poster: two.poster, media: two.media }
    const three = await cut(shelf.store, scratch, joined(['cut', 'continuous']), [{ ...all, kind: 'video' }, next])
    expect(await numbers(shelf.store, three)).toEqual(range(36, 104))
    expect(await paces(fileOf(shelf.store, three))).toHaveLength(1)
    await isLabelled(three)
  })

  test('have all frames as well where the files differ and everything is drawn anew', async () => {
    const small = await shelf.clip({ frames: 20, from: 36, width: 192, height: 108 })
    const made = await cut(shelf.store, scratch, joined(['cut', 'continuous']), [first, small])
    expect(await numbers(shelf.store, made)).toEqual(range(0, 56))
    expect([made.width, made.height]).toEqual([320, 180])
    await isLabelled(made)
  })
})

describe('a film', () => {
  test('has title, transitions, bars for another shape, credits, and the label once on every frame', async () => {
    const tall = await shelf.clip({ width: 180, height: 320, fps: 30, frames: 45, colour: [160, 60, 60] })
    const credits = [{ role: '导演', names: ['小明', 'Ann'] }]
    const title = '猫 & <b>Cats</b>'
    const film = joined(['cut', 'wipe', 'fade'], { title, credits, cover: 1 })
    const made = await cut(shelf.store, scratch, film, [first, second, tall])
    const [card, ending] = [60, Math.round(creditsSeconds(2) * 24)]
    const tallStart = card - 12 + 36 - 12 + 36 - 12
    expect(made.frames).toBe(tallStart + 36 - 12 + ending)
    expect((await readMp4(fileOf(shelf.store, made))).frames).toBe(made.frames)
    await isLabelled(made)
    expect(made.state).toBeUndefined()
    const all = await pictures(shelf.store, made)
    const at = (n: number) => all[n] ?? new Uint8Array()
    // Between the transitions each frame is the one it should be.
    for (const n of range(card, card + 10)) expect(numberIn(at(n), 320, 180)).toBe(n - card + 12)
    for (const n of range(card + 26, card + 34)) expect(numberIn(at(n), 320, 180)).toBe(36 + n - (card - 12 + 36 - 12))
    const corner = await labelFor(320, 180, 'zh')
    const over = await labelOver(tall, { width: 320, height: 180 }, 'zh')
    for (const [n, frame] of all.entries()) {
      const isTall = n >= tallStart + 12 && n < tallStart + 24
      const mixes = (n >= tallStart && n < tallStart + 12) || (n >= tallStart + 24 && n < tallStart + 36)
      if (mixes) continue
      const found = letters(frame, 320, isTall ? over : corner)
      expect(found.length, `label on frame ${n}`).toBeGreaterThanOrEqual(4)
      expect(Math.min(...found.slice(0, 4)), `label on frame ${n}`).toBeGreaterThanOrEqual(9)
    }
    // The tall piece stands between black bars; its own, smaller label is under ours.
    const middle = at(tallStart + 16)
    expect(shadeAt(middle, 320, 20, 90)).toBeLessThan(20)
    expect(letters(middle, 320, corner)).toEqual([])
    expect(over.x).toBeLessThan(corner.x)
    // Letters on the cards.
    expect(at(30).some(shade => shade > 230)).toBe(true)
    expect(letterHeights(at(made.frames - 2), 320, { x: 100, y: 20, width: 120, height: 120 }).length).toBeGreaterThan(
      0,
    )
  })
})

describe('one clip', () => {
  test.each([
    ['trim', { from: 0.5, to: 1 }, range(12, 24)],
    ['speed', { factor: 2 }, range(0, 18).map(n => 2 * n + 1)],
    ['speed', { factor: 0.5 }, range(0, 36).flatMap(n => [n, n])],
    ['reverse', {}, range(0, 36).toReversed()],
    ['loop', { times: 2 }, [...range(0, 36), ...range(0, 36)]],
    ['cover', { at: 1 }, range(0, 36)],
  ])('%s %j', async (op, more, wanted) => {
    const made = await cut(shelf.store, scratch, one({ op, ...more }), [first])
    expect(await numbers(shelf.store, made)).toEqual(wanted)
    await isLabelled(made)
    expect(made.sound).toBeUndefined()
    expect(made.state !== undefined).toBe(op === 'cover')
    const label = await labelFor(320, 180, 'zh')
    const [frame = new Uint8Array()] = await pictures(shelf.store, made)
    expect(letters(frame, 320, label).length).toBeGreaterThanOrEqual(4)
  })

  test('goes backwards in blocks, where all of it would be too much memory', async () => {
    const { openView } = await import('./footage.ts')
    const film = { ...first, file: fileOf(shelf.store, first) }
    const span = { of: 0, start: 0, frames: 36, from: 0, step: 1, backwards: true } as const
    // A frame of this size is 33 MiB: three make a block.
    const view = openView(span, film, { width: 4480, height: 2520 })
    for (const k of [0, 1, 2, 3, 7]) expect(numberIn(await view.frame(k), 4480, 2520)).toBe(35 - k)
    await view.close()
  })

  test('gets the still that was chosen', async () => {
    const made = await cut(shelf.store, scratch, one({ op: 'cover', at: 1 }), [first])
    const { default: sharp } = await import('sharp')
    const still = await sharp(Buffer.from(await shelf.store.get(made.poster)))
      .raw()
      .toBuffer()
    expect(numberIn(still, 320, 180)).toBe(24)
  })

  test('bears captions in their time, above the label', async () => {
    const lines = [
      { from: 0.25, to: 0.75, text: '你好 world' },
      { from: 1, to: 1.25, text: 'a caption so long that it has to be broken into two lines, or three' },
    ]
    const made = await cut(shelf.store, scratch, one({ op: 'captions', lines }), [first])
    const all = await pictures(shelf.store, made)
    const label = await labelFor(320, 180, 'zh')
    const area = { x: 20, y: label.y - 60, width: 280, height: 60 }
    const shown = all.map(frame => letterHeights(frame, 320, area).length > 2)
    expect(shown).toEqual(range(0, 36).map(n => (n >= 6 && n < 18) || (n >= 24 && n < 30)))
    expect(all.every(frame => letters(frame, 320, label).length >= 4)).toBe(true)
    await isLabelled(made)
  })

  test('stops when told to, and leaves nothing behind', async () => {
    const stop = new AbortController()
    const before = await readdir(join(shelf.folder, 'media', 'clips'))
    const lines = [{ from: 0, to: 1, text: 'x' }]
    const making = cut(shelf.store, scratch, one({ op: 'captions', lines }), [first], {
      signal: stop.signal,
      onProgress: done => done > 0.2 && stop.abort(),
    })
    await expect(making).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(join(shelf.folder, 'media', 'clips'))).toEqual(before)
    expect((await readdir(scratch)).filter(name => name.startsWith('edit-'))).toEqual([])
  })

  test('is made small enough for a place', async () => {
    const made = await cut(shelf.store, scratch, one({ op: 'loop', times: 3 }), [first])
    const maxBytes = Math.floor(made.bytes * 0.6)
    const small = await cut(shelf.store, scratch, joined(['cut', 'cut', 'cut']), [first, first, first], { maxBytes })
    expect(small.bytes).toBeLessThanOrEqual(maxBytes)
    expect(await numbers(shelf.store, small)).toEqual([...range(0, 36), ...range(0, 36), ...range(0, 36)])
    await isLabelled(small)
  })
})

describe('an animation', () => {
  test.each(['gif', 'webp'] as const)(
    '%s keeps the length, bears both labels, and is as small as asked',
    async format => {
      const made = await cut(shelf.store, scratch, one({ op: 'export', format }), [first])
      expect(made).toMatchObject({ kind: 'animation', width: 320, height: 180, frames: 18, fps: 12 })
      const bytes = Buffer.from(await shelf.store.get(made.media))
      expect(made.bytes).toBe(bytes.length)
      expect(bytes.toString('latin1').match(/<TC260:AIGC>/g)).toHaveLength(1)
      expect(bytes.toString('latin1')).toContain('&quot;ProduceID&quot;:&quot;job-77&quot;')
      if (format === 'gif') {
        const { streams } = await probe(fileOf(shelf.store, made))
        expect(streams[0]).toMatchObject({ codec_name: 'gif', nb_read_frames: '18' })
        expect(await numbers(shelf.store, { ...made, frames: 18 })).toEqual(range(0, 18).map(n => 2 * n))
      } else {
        const { default: sharp } = await import('sharp')
        const meta = await sharp(bytes, { pages: -1 }).metadata()
        expect(meta).toMatchObject({ format: 'webp', pages: 18, width: 320, pageHeight: 180 })
        expect(meta.delay?.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(1500, -2)
        expect(meta.xmp?.toString()).toContain('TC260:AIGC')
        const raw = await sharp(bytes, { pages: -1 }).removeAlpha().raw().toBuffer()
        const size = 320 * 180 * 3
        const shown = range(0, 18).map(n => numberIn(raw.subarray(n * size, (n + 1) * size), 320, 180))
        expect(shown).toEqual(range(0, 18).map(n => 2 * n))
      }
      const maxBytes = Math.floor(bytes.length * 0.7)
      const smaller = await cut(shelf.store, scratch, one({ op: 'export', format }), [first], { maxBytes })
      expect(smaller.bytes).toBeLessThanOrEqual(maxBytes)
      expect(smaller.frames).toBeLessThan(18)
    },
  )
})

describe('several at once', () => {
  test('play beside each other with captions, frame by frame, under one label', async () => {
    const fast = await shelf.clip({ frames: 40, fps: 30, from: 200 })
    const panels = [
      { clip: 'clip-0', caption: '标准 standard' },
      { clip: 'clip-1', caption: 'x'.repeat(120) },
      { clip: 'clip-2' },
    ]
    const made = await cut(shelf.store, scratch, { op: 'compare', panels, layout: 'row' }, [first, second, fast])
    const { panelsFor } = await import('./panels.ts')
    const layout = panelsFor(first, 3, 'row')
    expect(made).toMatchObject({ frames: 32, width: layout.width, height: layout.height })
    const all = await pictures(shelf.store, made)
    for (const [n, frame] of all.entries()) {
      const [a, b, c] = layout.cells.map(cell => numberIn(frame, made.width, cell.height, cell))
      expect([a, b, c]).toEqual([n, 36 + n, 200 + Math.floor((n + 0.5) * 1.25)])
    }
    const [frame = new Uint8Array()] = all
    const label = made.label ?? { x: 0, y: 0, width: 0, height: 0 }
    const found = letters(frame, made.width, label)
    expect(found.length).toBeGreaterThanOrEqual(4)
    for (const letter of found.slice(0, 4)) expect(letter).toBeGreaterThanOrEqual(layout.height * 0.05)
    await isLabelled(made)
  })

  test('make a sheet of numbered pictures with one label', async () => {
    const made = await cut(
      shelf.store,
      scratch,
      { op: 'sheet', cells: [0, 1, 2, 3].map(n => ({ clip: `clip-${n}` })) },
      [first, second, third, first],
    )
    expect(made).toMatchObject({ kind: 'image', frames: 1 })
    const bytes = Buffer.from(await shelf.store.get(made.media))
    expect(bytes.toString('latin1').match(/<TC260:AIGC>/g)).toHaveLength(1)
    const { default: sharp } = await import('sharp')
    const rgb = await sharp(bytes).removeAlpha().raw().toBuffer()
    const { sheetFor } = await import('./panels.ts')
    const shown = sheetFor(first, 4).cells.map(cell => numberIn(rgb, made.width, cell.height, cell))
    expect(shown).toEqual([14, 50, 80, 14])
    const label = made.label ?? { x: 0, y: 0, width: 0, height: 0 }
    const found = letters(rgb, made.width, label)
    expect(found.length).toBeGreaterThanOrEqual(4)
    for (const letter of found) expect(letter).toBeGreaterThanOrEqual(Math.min(made.width, made.height) * 0.05)
  })
})
