import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPaces } from './pace.ts'
import type { Stage } from './pipelines/pipeline.ts'

const stages: Stage[] = ['preparing', 'sampling', 'rendering', 'encoding', 'storing']

describe('pace', () => {
  it('never goes back and never leaves 0..1, whatever is noted', () => {
    const words = fc.array(fc.tuple(fc.constantFrom(...stages), fc.double({ min: -1, max: 2, noNaN: true })))
    fc.assert(
      fc.property(words, noted => {
        const pace = createPaces().begin('any', 0)
        let last = 0
        noted.forEach(([stage, done], n) => {
          const now = pace.note(stage, done, n * 100)
          expect(now.done).toBeGreaterThanOrEqual(last)
          expect(now.done).toBeLessThanOrEqual(1)
          last = now.done
        })
      }),
    )
  })

  it('learns which stage takes the time', () => {
    const paces = createPaces()
    for (let n = 0; n < 3; n++) {
      const pace = paces.begin('slow-sampler', 0)
      pace.note('sampling', 0, 0)
      pace.note('rendering', 0, 9000)
      pace.learn(10_000)
    }
    const pace = paces.begin('slow-sampler', 0)
    expect(pace.note('sampling', 0.5, 4500).done).toBeCloseTo(0.45, 2)
    pace.note('sampling', 1, 9000)
    expect(pace.note('rendering', 0.5, 9500).done).toBeCloseTo(0.95, 2)
    expect(paces.begin('other', 0).note('sampling', 0.5, 4500).done).toBeLessThan(0.2)
  })

  it('a clip of two windows, sampled and rendered in turns, is half way between them', () => {
    const pace = createPaces().begin('long', 0, undefined, 'wan')
    pace.note('sampling', 0.5, 0)
    const between = pace.note('rendering', 0.5, 5000)
    expect(between.done).toBeGreaterThan(0.45)
    expect(between.done).toBeLessThan(0.55)
    expect(between.etaSeconds).toBeGreaterThan(4)
    const later = pace.note('sampling', 0.75, 7500).done
    expect(later).toBeGreaterThan(between.done + 0.15)
    expect(pace.note('sampling', 1, 9000).done).toBeGreaterThan(later)
    expect(pace.note('rendering', 1, 9900).done).toBeCloseTo(0.97, 2)
    expect(pace.note('storing', 1, 10_000)).toEqual({ done: 1, etaSeconds: 0 })
  })

  it('of a large network goes by its steps before anything was measured', () => {
    const pace = createPaces().begin('new', 0, undefined, 'wan')
    expect(pace.note('sampling', 0.5, 60_000).etaSeconds).toBeLessThan(90)
  })

  it('starts from the expectation and ends with what was seen', () => {
    const pace = createPaces().begin('any', 0, 10)
    expect(pace.note('preparing', 0, 0).etaSeconds).toBe(10)
    const half = pace.note('rendering', 0.5, 10_000).etaSeconds ?? 0
    expect(half).toBeGreaterThan(3)
    expect(half).toBeLessThan(10)
    expect(pace.note('storing', 1, 20_000).etaSeconds).toBe(0)
    expect(createPaces().begin('any', 0).note('preparing', 0, 0).etaSeconds).toBeUndefined()
  })
})
