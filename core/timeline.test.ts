import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Edit, Edit as EditSchema, type Joint, joints } from './edit.ts'
import { creditsSeconds, type Footage, frameOf, momentOf, onBeats, timelineOf, titleSeconds } from './timeline.ts'

const clip = (seconds = 5, fps = 24): Footage => ({ width: 1280, height: 720, fps, frames: seconds * fps })
const edit = (given: object): Edit => EditSchema.parse(given)
const joined = (how: Joint[], more: object = {}): Edit =>
  edit({ op: 'join', pieces: how.map((joint, i) => ({ clip: `clip-${i}`, joint })), ...more })
const one = (op: object): Edit => edit({ clip: 'clip-0', ...op })

const footage = fc
  .record({ seconds: fc.integer({ min: 1, max: 12 }), fps: fc.constantFrom(24, 30) })
  .map(({ seconds, fps }) => clip(seconds, fps))
const pieces = fc.array(fc.record({ footage, joint: fc.constantFrom(...joints) }), { minLength: 1, maxLength: 12 })

describe('a join', () => {
  test('of continuing pieces has every frame of every piece, once', () => {
    const line = timelineOf(joined(['cut', 'continuous', 'continuous']), [clip(10), clip(10), clip(5)])
    expect(line.frames).toBe(600)
    expect(line.spans.map(({ start, frames }) => [start, frames])).toEqual([
      [0, 240],
      [240, 240],
      [480, 120],
    ])
    expect(line.spans.every(span => span.enter === undefined)).toBe(true)
    for (const span of line.spans) for (let k = 0; k < span.frames; k++) expect(frameOf(span, k, clip(10))).toBe(k)
  })

  test('lays transitions over both pieces, and cards before and after', () => {
    const line = timelineOf(
      joined(['cut', 'fade', 'wipe'], { title: 'Cats', credits: [{ role: 'by', names: ['Ann'] }] }),
      [clip(), clip(), clip()],
    )
    const credits = creditsSeconds(1) * 24
    expect(line.spans.map(({ of, enter }) => [of, enter?.how, enter?.frames])).toEqual([
      ['title', undefined, undefined],
      [0, 'fade', 12],
      [1, 'fade', 12],
      [2, 'wipe', 12],
      ['credits', 'fade', 12],
    ])
    expect(line.frames).toBe(titleSeconds * 24 + 3 * 120 + Math.round(credits) - 4 * 12)
  })

  test('has no gap, overlaps only where something enters, and shows only frames that exist', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.boolean(),
        fc.array(fc.double({ min: 0, max: 200, noNaN: true })),
        (given, title, beats) => {
          const shots = given.map(({ footage }) => footage)
          const music = { sound: 'sounds/abcdefgh.mp3' }
          const film = joined(
            given.map(({ joint }) => joint),
            { ...(title && { title: 'Cats' }), music },
          )
          const line = timelineOf(
            film,
            shots,
            beats.sort((a, b) => a - b),
          )
          let end = 0
          for (const span of line.spans) {
            expect(span.start).toBe(end - (span.enter?.frames ?? 0))
            expect(span.start).toBeGreaterThanOrEqual(0)
            expect(span.frames).toBeGreaterThan(0)
            end = span.start + span.frames
            const shot = typeof span.of === 'number' ? shots[span.of] : undefined
            if (!shot) continue
            const shown = Array.from({ length: span.frames }, (_, k) => frameOf(span, k, shot))
            const steps = shown.map((frame, k) => frame - (shown[k - 1] ?? 0))
            expect(Math.min(...shown, ...steps)).toBeGreaterThanOrEqual(0)
            expect(Math.max(...steps)).toBeLessThanOrEqual(2)
            const before = shown.at(-1) ?? 0
            expect(before).toBeLessThan(shot.frames)
            if (beats.length === 0) expect(before).toBe(shot.frames - 1)
          }
          expect(line.frames).toBe(end)
        },
      ),
    )
  })

  test('of 24 and 30 frames a second keeps the length of each in seconds', () => {
    expect(timelineOf(joined(['cut', 'cut']), [clip(5, 24), clip(5, 30)])).toMatchObject({ fps: 24, frames: 240 })
    expect(timelineOf(joined(['cut', 'cut']), [clip(5, 30), clip(5, 24)])).toMatchObject({ fps: 30, frames: 300 })
  })

  test('is refused beyond three minutes', () => {
    const many = Array.from({ length: 19 }, () => clip(10))
    expect(() => timelineOf(joined(many.map(() => 'cut')), many)).toThrow('refusal.edit-long')
    expect(timelineOf(joined(many.slice(1).map(() => 'cut')), many.slice(1)).frames).toBe(180 * 24)
  })
})

describe('joints on beats', () => {
  test('shorten the piece before, by half of it at most, and leave what is continued whole', () => {
    const beats = Array.from({ length: 100 }, (_, i) => i * 0.7)
    const lengths = onBeats([120, 120, 120, 120], ['cut', 'cut', 'continuous', 'fade'], beats, { fps: 24, start: 0 })
    const first = Math.round(4.9 * 24)
    expect(lengths[0]).toBe(first)
    expect(lengths[1]).toBe(120)
    // The middle of the fade is on the beat.
    const middle = first + 120 + (lengths[2] ?? 0) - 6
    expect(beats.map(beat => Math.round(beat * 24))).toContain(middle)
    expect(lengths[3]).toBe(120)
  })

  test('never lengthen, never take more than half, and hit a beat wherever they move', () => {
    const joint = fc.constantFrom(...joints)
    fc.assert(
      fc.property(
        fc.array(fc.record({ length: fc.integer({ min: 24, max: 300 }), joint }), { minLength: 1, maxLength: 10 }),
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 60 }),
        (given, found) => {
          const beats = found.sort((a, b) => a - b)
          const lengths = given.map(({ length }) => length)
          const how = given.map(({ joint }) => joint)
          const fitted = onBeats(lengths, how, beats, { fps: 24, start: 0 })
          fitted.forEach((length, i) => {
            expect(length).toBeLessThanOrEqual(lengths[i] ?? 0)
            expect(length).toBeGreaterThanOrEqual((lengths[i] ?? 0) / 2)
            if (how[i + 1] === 'continuous' || i === given.length - 1) expect(length).toBe(lengths[i])
          })
        },
      ),
    )
  })
})

describe('one clip', () => {
  const frames = (op: object, shot = clip()) => {
    const line = timelineOf(one(op), [shot])
    return line.spans.flatMap(span => Array.from({ length: span.frames }, (_, k) => frameOf(span, k, shot)))
  }
  const all = Array.from({ length: 120 }, (_, k) => k)

  test('is trimmed to the frame', () => {
    expect(frames({ op: 'trim', from: 1, to: 2.5 })).toEqual(all.slice(24, 60))
    expect(frames({ op: 'trim', from: 4, to: 5.4 })).toEqual(all.slice(96))
    for (const [from, to] of [
      [5, 6],
      [3, 3],
      [3, 2],
      [0, 9],
    ])
      expect(() => frames({ op: 'trim', from, to })).toThrow('refusal.edit-range')
  })

  test('goes backwards, faster, slower and round', () => {
    expect(frames({ op: 'reverse' })).toEqual(all.toReversed())
    expect(frames({ op: 'speed', factor: 2 })).toEqual(all.filter(k => k % 2 === 1))
    expect(frames({ op: 'speed', factor: 0.5 })).toEqual(all.flatMap(k => [k, k]))
    expect(frames({ op: 'loop', times: 3 })).toEqual([...all, ...all, ...all])
    fc.assert(
      fc.property(fc.double({ min: 0.25, max: 4, noNaN: true }), footage, (factor, shot) => {
        const shown = frames({ op: 'speed', factor }, shot)
        expect(Math.abs(shown.length - shot.frames / factor)).toBeLessThanOrEqual(1)
        expect(shown.every((k, i) => k >= 0 && k < shot.frames && k >= (shown[i - 1] ?? 0))).toBe(true)
      }),
    )
  })

  test('is no animation beyond 20 s, and has no cover outside itself', () => {
    expect(() => frames({ op: 'export', format: 'gif' }, clip(21))).toThrow('refusal.animation-long')
    expect(() => frames({ op: 'cover', at: 7 })).toThrow('refusal.edit-range')
    expect(momentOf(clip(), 5)).toBe(119)
    expect(frames({ op: 'cover', at: 5 })).toEqual(all)
  })
})

test('a comparison lasts as long as its shortest clip', () => {
  const panels = [{ clip: 'clip-0' }, { clip: 'clip-1' }]
  const line = timelineOf(edit({ op: 'compare', panels }), [clip(10), clip(5, 30)])
  expect(line.frames).toBe(120)
  expect(line.spans.map(({ start, frames }) => [start, frames])).toEqual([
    [0, 120],
    [0, 120],
  ])
})
