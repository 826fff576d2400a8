import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Catalogue, checkRecipe, lineOf, loadCatalogue, priceOf, sizeOf, tasksOf, workOf } from './catalogue.ts'
import { Recipe, ratios, tiers } from './request.ts'

const catalogue = loadCatalogue()
const recipe = (change: object = {}): Recipe =>
  Recipe.parse({
    kind: 'video',
    prompt: 'a cat',
    model: 'theatre',
    tier: 'standard',
    seconds: 5,
    ratio: '16:9',
    seed: 1,
    ...change,
  })
const alive = new Set(['theatre'])
const refusal = (change: object, here = alive): string | undefined => {
  try {
    checkRecipe(catalogue, recipe(change), here)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('prices', () => {
  it("are Kling's published ones for 5 and 10 seconds", () => {
    const price = (tier: string, seconds: number) => priceOf(catalogue, recipe({ tier, seconds }))
    expect([price('standard', 5), price('high', 5), price('master', 5)]).toEqual([20, 35, 100])
    expect([price('standard', 10), price('high', 10), price('master', 10)]).toEqual([40, 70, 200])
  })

  it('charge every started five seconds, and a picture once', () => {
    expect(priceOf(catalogue, recipe({ seconds: 11 }))).toBe(60)
    expect(priceOf(catalogue, recipe({ kind: 'image', seconds: 10 }))).toBe(2)
  })
})

describe('sizes', () => {
  it('are 1280x720 for standard 16:9', () => {
    expect(sizeOf(catalogue, 'standard', '16:9')).toEqual({ width: 1280, height: 720 })
    expect(sizeOf(catalogue, 'high', '9:16')).toEqual({ width: 1080, height: 1920 })
  })

  it('are even and near the ratio for every tier and ratio', () => {
    for (const tier of tiers) {
      for (const ratio of ratios) {
        const { width, height } = sizeOf(catalogue, tier, ratio)
        const [across = 1, down = 1] = ratio.split(':').map(Number)
        expect([width % 2, height % 2]).toEqual([0, 0])
        expect(Math.abs(width / height / (across / down) - 1)).toBeLessThan(0.01)
      }
    }
  })
})

describe('what can be made', () => {
  it('is asked as tasks', () => {
    const frames = { firstFrame: 'pictures/abcdef.webp', lastFrame: 'pictures/abcdeg.webp' }
    const { lastFrame } = frames
    expect(tasksOf(recipe(frames))).toEqual(['first-last-frame'])
    expect(tasksOf(recipe({ lastFrame }))).toEqual(['last-frame'])
    expect(tasksOf(recipe({ lastFrame, continues: 'clip-aa' }))).toEqual(['extend', 'first-last-frame'])
    expect(tasksOf(recipe({ kind: 'image', camera: { preset: 'orbit' } }))).toEqual(['text-to-image', 'camera'])
  })

  it.each([
    [{ model: 'sora' }, 'refusal.model-unknown'],
    [{ tier: 'master' }, 'refusal.tier'],
    [{ prompt: '  ' }, 'refusal.empty'],
    [{ prompt: '  ', lastFrame: 'pictures/abcdef.webp' }, 'refusal.empty-last'],
  ])('refuses %j with %s', (change, code) => {
    expect(refusal(change)).toBe(code)
  })

  it('takes a long clip where it can be made of pieces', () => {
    const { theatre } = catalogue.models
    if (!theatre) throw new Error('no theatre')
    const within = (change: object) => ({ ...catalogue, models: { theatre: { ...theatre, ...change } } })
    const code = (here: Catalogue, seconds: number) => {
      try {
        return checkRecipe(here, recipe({ seconds }), alive)
      } catch (error) {
        return error
      }
    }
    expect(code(catalogue, 180)).toBeUndefined()
    expect(code(within({ maxSeconds: 60 }), 61)).toMatchObject({ code: 'refusal.too-long', params: { seconds: 60 } })
    const alone = within({ tasks: ['text-to-video'] })
    expect(code(alone, 10)).toBeUndefined()
    expect(code(alone, 11)).toMatchObject({ code: 'refusal.too-long', params: { seconds: 10 } })
  })

  it('leaves edits to any worker, at a price of their own', () => {
    const edit = recipe({ kind: 'edit', edit: { op: 'reverse', clip: 'clip-aa' }, model: 'gone' })
    expect(() => checkRecipe(catalogue, edit, alive)).toThrow('refusal.edit-away')
    expect(checkRecipe(catalogue, edit, new Set(['edit']))).toBeUndefined()
    expect([lineOf(edit), workOf(edit), priceOf(catalogue, edit)]).toEqual(['edit', 'standard:5', 0])
    expect(priceOf({ ...catalogue, edits: { reverse: 3 } }, edit)).toBe(3)
    const named = { ...catalogue, models: { ...catalogue.models, edit: catalogue.models['theatre'] } }
    expect(Catalogue.safeParse(named).success).toBe(false)
  })

  it('ends on a picture without beginning with one where the model knows how to', () => {
    const ends = (model: string) => {
      const asked = recipe({ model, seconds: 5, lastFrame: 'pictures/abcdef.webp' })
      try {
        return checkRecipe(catalogue, asked, new Set(Object.keys(catalogue.models)))
      } catch (error) {
        return error
      }
    }
    for (const model of ['theatre', 'wan2.1-fun-inp-1.3b', 'wan2.1-fun-inp-14b']) expect(ends(model)).toBeUndefined()
    for (const model of ['wan2.1-t2v-14b', 'wan2.2-i2v-a14b', 'wan2.1-flf2v-14b', 'wan2.2-ti2v-5b'])
      expect(ends(model)).toMatchObject({ code: 'refusal.task', params: { model, task: 'last-frame' } })
  })

  it('refuses a model that no worker serves', () => {
    expect(refusal({}, new Set())).toBe('refusal.model-away')
    expect(refusal({})).toBeUndefined()
  })
})

describe('an operator’s own catalogue', () => {
  it('is refused with the name of the wrong field', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'threadreel-')), 'catalogue.json')
    const wrong = structuredClone(catalogue) as unknown as { tiers: { high: { image: number } } }
    wrong.tiers.high.image = 1.5
    writeFileSync(file, JSON.stringify(wrong))
    expect(() => loadCatalogue(file)).toThrow(/tiers\.high\.image/)
  })
})

describe('packs', () => {
  it('are none where an older file names none, and must have ids of their own', () => {
    const { packs, ...older } = catalogue
    expect(packs.length).toBeGreaterThan(0)
    expect(Catalogue.parse(older).packs).toEqual([])
    const twice = Catalogue.safeParse({ ...catalogue, packs: [...packs, ...packs] })
    expect(twice.error?.issues[0]?.message).toBe('two packs have one id')
  })
})
