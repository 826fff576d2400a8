import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDistilled } from './distilled.ts'
import { createFlowMatchEuler } from './flow-match-euler.ts'
import { createRandom, gaussian } from './noise.ts'
import type { Scheduler } from './scheduler.ts'
import { createUniPc } from './unipc.ts'

const numbers = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 })
const shifts = fc.double({ min: 0.5, max: 12, noNaN: true })
const steps = fc.integer({ min: 1, max: 40 })

/** Walks a scheduler along a velocity field. */
function walk(
  scheduler: Scheduler,
  start: Float32Array,
  velocity: (x: Float32Array, sigma: number) => Float32Array,
): Float32Array {
  let x = start
  for (let i = 0; i < scheduler.steps; i++) x = scheduler.step(velocity(x, scheduler.sigmas[i] ?? 0), x, i)
  return x
}

/** The exact flow of data that is normal with a standard deviation: x(sigma) = x(1) sqrt((1 - sigma)^2 spread^2 + sigma^2). */
const spread = 0.6
const field = (x: Float32Array, sigma: number): Float32Array => {
  const variance = (1 - sigma) ** 2 * spread ** 2 + sigma ** 2
  return x.map(value => (value * (sigma - (1 - sigma) * spread ** 2)) / variance)
}

describe('UniPC', () => {
  it('tells the network whole numbers, as the reference does', () => {
    const { timesteps, sigmas } = createUniPc({ steps: 8, shift: 3 })
    expect([...timesteps]).toEqual([999, 954, 900, 833, 750, 643, 500, 301])
    expect(sigmas[0]).toBe(Math.fround(1 - 1e-6))
    expect(sigmas[1]).toBeCloseTo(0.9545950293540955, 12)
    expect(sigmas[8]).toBe(0)
  })

  it('falls strictly from 1 to 0, whatever the steps and the shift', () => {
    fc.assert(
      fc.property(steps, shifts, (n, shift) => {
        const { sigmas, timesteps } = createUniPc({ steps: n, shift })
        expect(sigmas).toHaveLength(n + 1)
        expect(timesteps).toHaveLength(n)
        for (let i = 0; i < n; i++) {
          expect(sigmas[i] ?? 0).toBeGreaterThan(sigmas[i + 1] ?? 1)
          expect(Number.isInteger(timesteps[i])).toBe(true)
        }
      }),
    )
  })

  it('arrives at the data along a straight flow, in any number of steps', () => {
    fc.assert(
      fc.property(numbers, numbers, steps, shifts, (from, to, n, shift) => {
        const velocity = Float32Array.from(from, (value, i) => value - (to[i] ?? 0))
        const end = walk(createUniPc({ steps: n, shift }), Float32Array.from(from), () => velocity)
        for (const [i, value] of end.entries()) expect(value).toBeCloseTo(to[i] ?? 0, 3)
      }),
    )
  })

  it('is more exact than Euler, and gains with the square of the steps or better', () => {
    const noise = Float32Array.of(1.5, -0.7, 0.2)
    const miss = (scheduler: Scheduler) =>
      Math.max(...walk(scheduler, noise, field).map((value, i) => Math.abs(value - (noise[i] ?? 0) * spread)))
    const errors = [16, 32, 64, 128].map(n => miss(createUniPc({ steps: n })))
    expect(errors[0]).toBeLessThan(miss(createFlowMatchEuler({ steps: 16 })) / 4)
    for (const [i, error] of errors.slice(1).entries()) expect(error).toBeLessThan((errors[i] ?? 0) / 3.5)
  })

  it('starts anew at step 0 and leaves what it is given alone', () => {
    const scheduler = createUniPc({ steps: 5, shift: 3 })
    const noise = gaussian(createRandom(1), 64)
    const kept = noise.slice()
    const once = walk(scheduler, noise, field)
    expect(noise).toEqual(kept)
    expect(walk(scheduler, noise, field)).toEqual(once)
  })

  it('refuses what cannot be sampled', () => {
    expect(() => createUniPc({ steps: 0 })).toThrow(RangeError)
    expect(() => createUniPc({ steps: 2.5 })).toThrow(RangeError)
    expect(() => createUniPc({ steps: 2, shift: 0 })).toThrow(RangeError)
    const x = new Float32Array(1)
    expect(() => createUniPc({ steps: 2 }).step(x, x, 2)).toThrow(RangeError)
  })
})

describe('explicit distilled timesteps', () => {
  const timesteps = [1000, 757, 522]

  it('are what the network is told', () => {
    const { sigmas, timesteps: told } = createDistilled({ timesteps })
    expect([...told]).toEqual(timesteps)
    expect([...sigmas]).toEqual([1, 0.757, 0.522, 0])
  })

  it('land on the data prediction, noised anew or not', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.boolean(), (from, to, anew) => {
        const random = createRandom(7)
        const scheduler = createDistilled({ timesteps, ...(anew && { noise: n => gaussian(random, n) }) })
        const data = Float32Array.from(to)
        const end = walk(scheduler, Float32Array.from(from), (x, sigma) =>
          x.map((value, i) => (value - (data[i] ?? 0)) / sigma),
        )
        for (const [i, value] of end.entries()) expect(value).toBeCloseTo(to[i] ?? 0, 4)
      }),
    )
  })

  it('without fresh noise are Euler steps on those levels', () => {
    const noise = gaussian(createRandom(3), 16)
    const euler = walk(createFlowMatchEuler({ steps: 0, sigmas: timesteps.map(t => t / 1000) }), noise, field)
    const ours = walk(createDistilled({ timesteps }), noise, field)
    for (const [i, value] of ours.entries()) expect(value).toBeCloseTo(euler[i] ?? 0, 5)
  })

  it('with fresh noise keep the noise level', () => {
    const random = createRandom(5)
    const scheduler = createDistilled({ timesteps, noise: n => gaussian(random, n) })
    const x = scheduler.step(new Float32Array(20_000), new Float32Array(20_000), 0)
    const variance = x.reduce((sum, value) => sum + value * value, 0) / x.length
    expect(Math.sqrt(variance)).toBeCloseTo(0.757, 1)
  })

  it('must fall', () => {
    for (const wrong of [[], [1001], [500, 500], [0], [250, 750]])
      expect(() => createDistilled({ timesteps: wrong })).toThrow(RangeError)
  })
})
