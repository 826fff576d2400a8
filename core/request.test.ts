import { describe, expect, it } from 'vitest'
import { Camera, MediaKey, Recipe, Stroke } from './request.ts'

describe('a stroke', () => {
  const grid = { columns: 16, rows: 9 }
  const path = (n: number) => ({ path: Array.from({ length: n }, (_, i) => ({ x: i / n, y: 0.5 })) })

  it('has 2 to 77 points or is pinned', () => {
    const parses = (motion: object) => Stroke.safeParse({ grid, cells: [0], motion }).success
    expect([path(1), path(2), path(77), path(78), { pinned: true }].map(parses)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ])
  })

  it('stays inside its grid', () => {
    expect(Stroke.safeParse({ grid, cells: [144], motion: { pinned: true } }).success).toBe(false)
    expect(Stroke.safeParse({ grid, cells: [143], motion: { pinned: true } }).success).toBe(true)
  })
})

describe('a camera', () => {
  it('is a preset or axes from -10 to 10', () => {
    const parses = (value: unknown) => Camera.safeParse(value).success
    expect(parses({ preset: 'orbit' })).toBe(true)
    expect(parses({ axes: { zoom: 10, pan: -10 } })).toBe(true)
    expect(parses({ axes: { zoom: 11 } })).toBe(false)
    expect(parses({ axes: { spin: 1 } })).toBe(false)
    expect(parses({ preset: 'orbit', axes: { zoom: 1 } })).toBe(false)
  })
})

describe('a recipe', () => {
  const plain = { kind: 'video', prompt: '猫', model: 'theatre', tier: 'standard', seconds: 5, ratio: '16:9', seed: 0 }
  it('survives JSON', () => {
    const recipe = Recipe.parse(plain)
    expect(Recipe.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe)
  })
  it.each([
    { seed: -1 },
    { seed: 2 ** 32 },
    { seconds: 0 },
    { prompt: 'x'.repeat(2501) },
    { firstFrame: '../../etc/passwd' },
  ])('refuses %j', change => {
    expect(Recipe.safeParse({ ...plain, ...change }).success).toBe(false)
  })
})

describe('a media key', () => {
  it('names a folder and a file, nothing else', () => {
    expect(MediaKey.safeParse('clips/abc_DEF-123.mp4').success).toBe(true)
    for (const key of ['clips/../x.mp4', '/clips/abcdef.mp4', 'clips/abcdef', 'clips/a/b.mp4'])
      expect(MediaKey.safeParse(key).success).toBe(false)
  })
})
