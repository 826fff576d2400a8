import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float32, floatsOf, halfOf, int64, numberOfHalf } from './tensor.ts'

describe('halves', () => {
  it('knows the landmarks', () => {
    expect([0, -0, 1, -2, 65504, 2 ** -24, 2 ** -14].map(halfOf)).toEqual([
      0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400,
    ])
    expect(halfOf(65520)).toBe(0x7c00)
    expect(halfOf(65519)).toBe(0x7bff)
    expect(halfOf(Number.NEGATIVE_INFINITY)).toBe(0xfc00)
    expect(numberOfHalf(halfOf(Number.NaN))).toBeNaN()
  })

  it('gives every half back', () => {
    for (let half = 0; half < 0x7c00; half++) {
      expect(halfOf(numberOfHalf(half))).toBe(half)
      expect(halfOf(numberOfHalf(half | 0x8000))).toBe(half | 0x8000)
    }
  })

  it('rounds to the nearest, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-65000), max: Math.fround(65000) }), value => {
        const half = halfOf(value)
        const error = Math.abs(numberOfHalf(half) - value)
        for (const other of [half - 1, half + 1]) {
          if ((other & 0x7fff) >= 0x7c00 || other < 0) continue
          const apart = Math.abs(numberOfHalf(other) - value)
          expect(error).toBeLessThanOrEqual(apart)
          if (error === apart && error > 0) expect(half % 2).toBe(0)
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('tensors', () => {
  it('refuses a shape that does not fit', () => {
    expect(() => float32(new Float32Array(3), [2, 2])).toThrow(/3 numbers do not fill a tensor of shape \[2, 2\]/)
  })

  it('reads any type as floats', () => {
    const given = Float32Array.of(1, 2)
    expect(floatsOf(float32(given, [2]))).toBe(given)
    expect(Array.from(floatsOf(int64([7, -1n], [2])))).toEqual([7, -1])
  })
})
