import { describe, expect, it } from 'vitest'
import { createFlowMatchEuler, shiftSigma } from './flow-match-euler.ts'
import { velocityFromData } from './scheduler.ts'

const noise = Float32Array.from([1.5, -0.25, 0.75])
const data = Float32Array.from([-0.5, 2, 0.125])
const velocity = noise.map((value, i) => value - (data[i] ?? 0))

describe('flow-match Euler', () => {
  it('spaces the line from 1 down to 0', () => {
    const { sigmas, timesteps } = createFlowMatchEuler({ steps: 4, trainSteps: 1 })
    expect([...sigmas]).toEqual([1, 0.75, 0.5, 0.25, 0])
    expect([...timesteps]).toEqual([1, 0.75, 0.5, 0.25])
  })

  it('reproduces the double shift of diffusers (shift 5, 8 steps)', () => {
    const { timesteps, sigmas } = createFlowMatchEuler({ steps: 8, shift: 5, spacing: 'diffusers' })
    expect(timesteps[0]).toBe(1000)
    expect(timesteps[7]).toBeCloseTo(24.41, 2)
    expect(sigmas[8]).toBe(0)
  })

  it.each([1, 2, 7, 24])('arrives at the data exactly along a straight flow in %i steps', steps => {
    for (const shift of [0.5, 1, 3, 5]) {
      const scheduler = createFlowMatchEuler({ steps, shift })
      let sample: Float32Array = noise
      for (let i = 0; i < steps; i++) sample = scheduler.step(velocity, sample, i)
      for (const [i, value] of sample.entries()) expect(value).toBeCloseTo(data[i] ?? 0, 5)
    }
  })

  it('lands on a data prediction at the last step, whatever the sample', () => {
    const scheduler = createFlowMatchEuler({ steps: 5, shift: 3 })
    const sigma = scheduler.sigmas[4] ?? 0
    const last = scheduler.step(velocityFromData(noise, data, sigma), noise, 4)
    for (const [i, value] of last.entries()) expect(value).toBeCloseTo(data[i] ?? 0, 5)
  })

  it('takes the noise levels of distilled models as they are', () => {
    const scheduler = createFlowMatchEuler({ steps: 0, sigmas: [1, 0.757, 0.522] })
    expect([...scheduler.timesteps]).toEqual([1000, 757, 522])
    expect(scheduler.steps).toBe(3)
  })

  it('shifts towards noise above 1 and leaves the ends alone', () => {
    expect(shiftSigma(0, 5)).toBe(0)
    expect(shiftSigma(1, 5)).toBe(1)
    expect(shiftSigma(0.5, 5)).toBeGreaterThan(0.5)
    expect(shiftSigma(0.5, 1)).toBe(0.5)
  })

  it('refuses what cannot be sampled', () => {
    expect(() => createFlowMatchEuler({ steps: 0 })).toThrow(RangeError)
    expect(() => createFlowMatchEuler({ steps: 2, shift: 0 })).toThrow(RangeError)
    expect(() => createFlowMatchEuler({ steps: 0, sigmas: [0.5, 0.9] })).toThrow(RangeError)
    expect(() => createFlowMatchEuler({ steps: 0, sigmas: [] })).toThrow(RangeError)
    expect(() => createFlowMatchEuler({ steps: 2 }).step(velocity, noise, 2)).toThrow(RangeError)
    expect(() => velocityFromData(noise, data, 0)).toThrow(RangeError)
  })
})
