import { describe, expect, it } from 'vitest'
import { Recipe } from '../../../core/request.ts'
import type { Frame, Run } from '../../pipelines/pipeline.ts'
import { wanModel } from '../../testing/wan-model.ts'
import { readRequest } from './request.ts'
import { readWanModel } from './settings.ts'
import { readTail, writeTail } from './state.ts'

const picture: Frame = { width: 40, height: 30, rgb: new Uint8Array(3600).fill(9) }
const shown: Frame = { width: 624, height: 480, rgb: new Uint8Array(624 * 480 * 3).fill(9) }
const tailOf = (frames: number): Uint8Array =>
  writeTail({ fps: 16, frames: Array.from({ length: frames }, () => shown) })

const run = (more: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  width: 1280,
  height: 720,
  fps: 24,
  progress: () => undefined,
  ...more,
})
const recipe = (more: Record<string, unknown> = {}): Recipe =>
  Recipe.parse({
    kind: 'video',
    prompt: 'a cat',
    model: 'wan-test',
    tier: 'standard',
    seconds: 5,
    ratio: '16:9',
    seed: 1,
    ...more,
  })
const read = (variant: Parameters<typeof wanModel>[0], asked: Recipe = recipe(), given: Partial<Run> = {}) =>
  readRequest(wanModel(variant), asked, run(given))

describe('a request', () => {
  it('becomes frames and a size of the model’s own', () => {
    expect(read('t2v')).toMatchObject({
      size: { width: 832, height: 480 },
      fps: 16,
      frames: 80,
      windows: [{ frames: 81, overlap: 0, shown: 80 }],
      steps: 20,
      guidance: 4,
      guidanceLow: 4,
    })
    expect(read('t2v', recipe({ kind: 'image' }))).toMatchObject({ frames: 1, windows: [{ frames: 1 }] })
  })

  it('shows a last picture as the very last frame', () => {
    const { frames, windows, last } = read('i2v-a14b', recipe(), { first: picture, last: picture })
    expect(frames).toBe(81)
    expect(windows).toEqual([{ frames: 81, overlap: 0, shown: 81 }])
    expect(last).toMatchObject({ width: 832, height: 480 })
  })

  it('too long for one window goes on from the last frames, 1 + 4k of them where the model can', () => {
    expect(read('inp', recipe({ seconds: 10 })).windows.map(({ overlap }) => overlap)).toEqual([0, 13, 13])
    const long = read('i2v-a14b', recipe({ seconds: 10 }), { first: picture })
    expect(long.windows.map(({ overlap }) => overlap)).toEqual([0, 1])
    expect(() => read('t2v', recipe({ seconds: 10 }))).toThrow(expect.objectContaining({ code: 'refusal.too-long' }))
  })

  it('goes on from a clip before', () => {
    const { tail, windows, first } = read('inp', recipe(), { state: tailOf(13) })
    expect(tail).toHaveLength(13)
    expect(tail[0]).toMatchObject({ width: 624, height: 480 })
    expect(windows[0]?.overlap).toBe(13)
    expect(first).toBeUndefined()
    expect(read('i2v-a14b', recipe(), { state: tailOf(13) }).tail).toHaveLength(1)
    expect(read('inp', recipe(), { state: tailOf(7) }).tail).toHaveLength(5)
    const not = { code: 'failure.not-extendable' }
    expect(() => read('t2v', recipe(), { state: tailOf(1) })).toThrow(expect.objectContaining(not))
    expect(() => read('inp', recipe(), { state: Uint8Array.of(1, 2) })).toThrow(expect.objectContaining(not))
  })

  it('takes a member’s guidance, the experts keeping their proportion, but not for distilled models', () => {
    expect(read('i2v-a14b', recipe({ guidance: 8 }), { first: picture })).toMatchObject({ guidance: 8, guidanceLow: 6 })
    const distilled = wanModel('t2v', {
      sampling: { standard: { steps: 3, guidance: 1, timesteps: [1000, 757, 522], renoise: true } },
    })
    expect(readRequest(distilled, recipe({ guidance: 8 }), run())).toMatchObject({
      guidance: 1,
      timesteps: [1000, 757, 522],
      renoise: true,
    })
  })

  it.each([
    ['t2v', {}, { first: picture }, 'image-to-video'],
    ['t2v', {}, { first: picture, last: picture }, 'first-last-frame'],
    ['ti2v', {}, { first: picture, last: picture }, 'first-last-frame'],
    ['i2v-a14b', {}, {}, 'text-to-video'],
    ['i2v-a14b', {}, { last: picture }, 'last-frame'],
    ['flf', {}, { last: picture }, 'last-frame'],
    ['flf', {}, { first: picture }, 'image-to-video'],
    ['move', { kind: 'image' }, { first: picture }, 'text-to-image'],
    ['inp', { camera: { preset: 'push-in' } }, {}, 'camera'],
  ] as const)('to %s for what it cannot do is refused by name', (variant, wish, given, task) => {
    expect(() => read(variant, recipe(wish), given)).toThrow(
      expect.objectContaining({ code: 'refusal.task', params: { model: 'wan-test', task } }),
    )
  })

  it('of a size nobody can make is refused with its numbers', () => {
    expect(() => read('t2v', recipe(), { width: 100, height: 100 })).toThrow(
      expect.objectContaining({ code: 'failure.size', params: { model: 'wan-test', width: 100, height: 100 } }),
    )
  })
})

describe('what a clip leaves behind', () => {
  it('is read back as it was written', () => {
    const tail = { fps: 16, frames: [picture, { ...picture, rgb: picture.rgb.map((_, i) => i) }] }
    expect(readTail(writeTail(tail))).toEqual(tail)
  })

  it('is nothing when it is anything else', () => {
    const good = tailOf(1)
    for (const bad of [new Uint8Array(), good.subarray(0, 40), good.subarray(0, good.length - 3), Buffer.from('{}\nx')])
      expect(readTail(bad)).toBeUndefined()
  })
})

describe('a Wan model.json', () => {
  const spoil = (more: Record<string, unknown>) => () => wanModel('i2v-a14b', more)
  const base = wanModel('i2v-a14b')
  const omit = (all: Record<string, unknown>, name: string) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

  it.each([
    [{ settings: { ...base.settings, lastFrame: 'maybe' } }, 'settings.lastFrame'],
    [{ settings: { ...base.settings, overlap: 4 } }, 'settings.overlap must be 1 + 4k'],
    [{ settings: { ...base.settings, channels: { in: 2, out: 2 } } }, 'settings.channels.in is 2'],
    [{ vae: undefined }, 'needs "vae", "text" and "scheduler"'],
    [{ vae: { ...base.vae, mean: [0] } }, '1 statistics for 2 channels'],
    [{ components: omit(base.components, 'transformer_2') }, 'needs the component "transformer_2"'],
    [{ scheduler: { type: 'unipc', order: 3 } }, 'UniPC is there with order 2'],
    [{ scheduler: { type: 'unipc', trainTimesteps: 500 } }, 'trainTimesteps is 1000'],
  ])('that contradicts itself is refused: %#', (more, reason) => {
    expect(spoil(more)).toThrow(reason)
  })

  it('is whole as it is', () => {
    expect(readWanModel(base).settings.overlap).toBe(13)
  })
})
