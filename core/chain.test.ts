import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCatalogue, priceOf } from './catalogue.ts'
import { chainOf, chainSteps, compareSteps, draftSteps, extendSteps, planChain } from './chain.ts'
import { Plan, refsOf, totalOf } from './plan.ts'
import { Recipe } from './request.ts'

const catalogue = loadCatalogue()
const price = (recipe: Recipe): number => priceOf(catalogue, recipe)
const recipe = (change: object = {}): Recipe =>
  Recipe.parse({
    kind: 'video',
    prompt: 'a cat',
    model: 'theatre',
    tier: 'standard',
    seconds: 30,
    ratio: '16:9',
    seed: 1,
    ...change,
  })
const planOf = (steps: readonly unknown[]) =>
  Plan.parse({
    id: 'ptest12345',
    kind: 'chain',
    asked: { member: 'web:ann', payer: 'web:ann', place: { platform: 'web', channel: 'room' }, locale: 'en' },
    steps,
    createdAt: 0,
  })

describe('the pieces of a long clip', () => {
  test('are of 10 and 5 seconds, the shorter one last, and never less than was asked', () => {
    expect(planChain(30)).toEqual([10, 10, 10])
    expect(planChain(25)).toEqual([10, 10, 5])
    expect(planChain(12)).toEqual([10, 5])
    expect(planChain(12, 5)).toEqual([5, 5, 5])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 180 }), fc.constantFrom(5 as const, 10 as const), (seconds, longest) => {
        const pieces = planChain(seconds, longest)
        const sum = pieces.reduce((a, b) => a + b, 0)
        expect(sum).toBeGreaterThanOrEqual(seconds)
        expect(sum).toBeLessThan(seconds + 5)
        expect(pieces.slice(0, -1).every(piece => piece === longest)).toBe(true)
        expect([5, longest]).toContain(pieces.at(-1))
      }),
    )
  })

  test('cost together what a clip of that length costs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 11, max: 180 }), fc.constantFrom('standard', 'high'), (seconds, tier) => {
        const asked = recipe({ seconds, tier })
        expect(totalOf(chainSteps(asked, price))).toBe(price(asked))
      }),
    )
  })

  test('continue each other, begin with the first frame, differ in seed, and are joined without a cut', () => {
    const plan = planOf(chainSteps(recipe({ firstFrame: 'pictures/abcdefgh.webp', seed: 0xffffffff }), price))
    expect(plan.steps.map(refsOf)).toEqual([[], [0], [1], [0, 1, 2]])
    const shots = plan.steps.flatMap(step => ('shot' in step ? [step.shot] : []))
    expect(shots.map(shot => shot.firstFrame)).toEqual(['pictures/abcdefgh.webp', undefined, undefined])
    expect(shots.map(shot => shot.seed)).toEqual([0xffffffff, 0, 1])
    expect(plan.steps.at(-1)).toMatchObject({
      edit: { op: 'join', pieces: [{}, { joint: 'continuous' }, { joint: 'continuous' }] },
    })
  })
})

test('the last frame of a long clip is that of its last piece', () => {
  const asked = recipe({ seconds: 25, lastFrame: 'pictures/abcdefgh.webp' })
  const steps = chainSteps(asked, price)
  const shots = steps.flatMap(step => ('shot' in step ? [step.shot] : []))
  expect(shots.map(shot => shot.lastFrame)).toEqual([undefined, undefined, 'pictures/abcdefgh.webp'])
  const made = shots.map((shot, i) => recipe({ ...shot, ...(i > 0 && { continues: 'clip-before' }) }))
  expect(chainOf(made)).toBeUndefined()
  expect(chainOf(made.map(({ lastFrame: _, ...piece }) => piece))).toMatchObject({ seconds: 25 })
})

test('an extension is a piece and a join of what was there with it', () => {
  const plan = planOf(extendSteps('clip-before', recipe({ seconds: 5 }), price))
  expect(plan.steps[0]).toMatchObject({ shot: { continues: 'clip-before' }, price: 20 })
  expect(refsOf(plan.steps[1])).toEqual([0])
})

test('drafts are pictures with different seeds on one sheet; variants stand beside each other', () => {
  const drafts = planOf(draftSteps(recipe(), price))
  expect(totalOf(drafts.steps)).toBe(8)
  expect(refsOf(drafts.steps[4])).toEqual([0, 1, 2, 3])
  const both = (['standard', 'high'] as const).map(tier => ({ recipe: recipe({ tier, seconds: 5 }), caption: tier }))
  const compared = planOf(compareSteps(both, price))
  expect(totalOf(compared.steps)).toBe(55)
  expect(compared.steps[2]).toMatchObject({ edit: { panels: [{ caption: 'standard' }, { caption: 'high' }] } })
})
