import { describe, expect, it } from 'vitest'
import { createRandom, gaussian } from './noise.ts'

const take = (seed: number, count: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, random)
}

describe('seeded noise', () => {
  it('is the same for the same seed and another for another seed', () => {
    expect(take(42, 50)).toEqual(take(42, 50))
    expect(take(42, 50)).not.toEqual(take(43, 50))
    expect(take(2 ** 40 + 1, 50)).not.toEqual(take(1, 50))
  })

  it('is bit for bit what it was when clips were first made with it', () => {
    expect(take(7, 3)).toMatchInlineSnapshot(`
      [
        0.4547669554594904,
        0.0638020287733525,
        0.4162815688177943,
      ]
    `)
  })

  it('is uniform', () => {
    const values = take(1, 100_000)
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0)
    const bins = new Array<number>(10).fill(0)
    for (const value of values) bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('is standard normal, odd lengths too', () => {
    const values = gaussian(createRandom(3), 100_001)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
    expect(values.every(Number.isFinite)).toBe(true)
  })
})
