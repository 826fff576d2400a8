import fc from 'fast-check'
import { expect, test } from 'vitest'
import { channels, fitted, mixIn, rate, reversed, samplesIn } from './pcm.ts'

const constant = (seconds: number, value: number) => new Int16Array(samplesIn(seconds)).fill(value)

test('a sound is fitted to any length: begun again without a gap, faded out at the end', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      fc.double({ min: 0.5, max: 6, noNaN: true }),
      (has, wanted) => {
        const out = fitted(constant(has, 8000), wanted, { volume: 0.5, fadeOut: 0.25 })
        expect(out.length).toBe(samplesIn(wanted))
        const steady = out.subarray(0, Math.max(0, out.length - samplesIn(0.26)))
        // A seam is a blend of two equal sounds: as loud as either.
        expect(Math.min(...steady.filter((_, i) => i % 101 === 0), 4000)).toBeGreaterThan(3900)
        expect(Math.max(...steady.filter((_, i) => i % 101 === 0), 4000)).toBeLessThan(4100)
        expect(Math.abs(out.at(-1) ?? 9)).toBeLessThan(4)
      },
    ),
    { numRuns: 12 },
  )
})

test('what is too loud is cut, never wrapped', () => {
  const loud = constant(0.01, 30_000)
  mixIn(loud, constant(0.01, 30_000), 0)
  expect(new Set(loud)).toEqual(new Set([32_767]))
})

test('backwards, left stays left', () => {
  const sound = Int16Array.from({ length: 2 * rate * 0.001 * channels }, (_, i) => (i % 2 === 0 ? i : -i))
  const back = reversed(sound)
  expect([...back.subarray(0, 2)]).toEqual([...sound.subarray(-2)])
  expect(reversed(back)).toEqual(sound)
})
