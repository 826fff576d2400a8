import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finish, ModelJson } from '../../model-json.ts'
import { sealPackage } from '../../packages.ts'
import type { Frame, PackageFolder } from '../../pipelines/pipeline.ts'
import { movingFrames } from '../../testing/frames.ts'
import { onnxFile } from '../../testing/onnx-file.ts'
import { openFinish, type Reel } from './finish.ts'

let folder: string
let stages: PackageFolder[]
const pictures = ['N', 3, 'height', 'width'] as const
const cpu = { threads: 1, device: 'cpu' } as const

/** A sealed package of family `stage`. */
async function stage(id: string, variant: string, graph: Uint8Array, settings: object): Promise<PackageFolder> {
  const path = join(folder, id)
  await mkdir(path)
  await writeFile(join(path, 'stage.onnx'), graph)
  const model = {
    format: 1,
    id,
    family: 'stage',
    variant,
    tiers: ['standard'],
    components: { stage: { file: 'stage.onnx', dtype: 'float32' } },
    sizes: { multiple: 2, leastSide: 2, mostSide: 4096 },
    frames: { fps: [30], most: 100_000 },
    licence: { name: 'MIT' },
    source: { name: 'test', revision: 'test' },
    settings,
  }
  await writeFile(join(path, 'model.json'), JSON.stringify(model))
  return sealPackage(path)
}

/** Mixes two pictures by how far it is between them, as a network would that sees no motion. */
const mixer = (at: readonly (number | string)[]) =>
  onnxFile({
    nodes: [
      { op: 'Sub', inputs: ['img1', 'img0'], outputs: ['apart'] },
      { op: 'Mul', inputs: ['apart', 'timestep'], outputs: ['part'] },
      { op: 'Add', inputs: ['img0', 'part'], outputs: ['output'] },
    ],
    inputs: [
      { name: 'img0', type: 'float32', dims: pictures },
      { name: 'img1', type: 'float32', dims: pictures },
      { name: 'timestep', type: 'float32', dims: at },
    ],
    outputs: [{ name: 'output', type: 'float32', dims: pictures }],
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-stage-'))
  const doubler = onnxFile({
    nodes: [
      {
        op: 'ConvTranspose',
        inputs: ['input', 'weights'],
        outputs: ['output'],
        attributes: { group: 3, strides: [2, 2] },
      },
    ],
    inputs: [{ name: 'input', type: 'float32', dims: pictures }],
    outputs: [{ name: 'output', type: 'float32', dims: pictures }],
    constants: [{ name: 'weights', dims: [3, 1, 2, 2], values: new Float32Array(12).fill(1) }],
  })
  stages = [
    await stage('mixer', 'interpolate', mixer([1]), {}),
    await stage('mixer-plane', 'interpolate', mixer([1, 1, 'height', 'width']), { multiple: 4 }),
    await stage('doubler', 'upscale', doubler, { scale: 2 }),
    await stage('doubler-tiles', 'upscale', doubler, { scale: 2, tile: 16 }),
  ]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const finishOf = (more: Partial<Finish>): Finish => ModelJson.shape.finish.unwrap().parse({ ...more })

const wanted = (more: object = {}) => ({
  width: 64,
  height: 48,
  fps: 24,
  signal: new AbortController().signal,
  ...more,
})

async function take(video: AsyncIterable<Frame>): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of video) frames.push({ ...frame, rgb: frame.rgb.slice() })
  return frames
}

async function finished(
  finish: Partial<Finish>,
  reel: Reel,
  run: object = {},
): Promise<{ reel: Reel; frames: Frame[] }> {
  const finisher = await openFinish(finishOf(finish), stages, cpu)
  try {
    const out = finisher.apply(reel, wanted(run))
    const frames = await take(out.video)
    expect(frames).toHaveLength(out.frames)
    for (const { width, height, rgb } of frames) {
      expect([width, height]).toEqual([out.width, out.height])
      expect(rgb).toHaveLength(width * height * 3)
    }
    return { reel: out, frames }
  } finally {
    await finisher.dispose()
  }
}

/** Every frame of one shade: 0, 10, 20, ... */
const shades = (count: number, width = 32, height = 24): Reel => ({
  width,
  height,
  fps: 8,
  frames: count,
  video: (async function* () {
    for (let n = 0; n < count; n++) yield { width, height, rgb: new Uint8Array(width * height * 3).fill(n * 10) }
  })(),
})

describe('last stages', () => {
  it('leave a clip alone where the model names none', async () => {
    const reel = shades(3)
    const finisher = await openFinish(undefined, [], cpu)
    expect(finisher.apply(reel, wanted())).toBe(reel)
    await finisher.dispose()
  })

  it.each(['mixer', 'mixer-plane'])('%s: frames between frames by a network, at the right places', async name => {
    const { reel, frames } = await finished({ fps: 20, interpolate: name }, shades(5), { fps: 8 })
    expect(reel).toMatchObject({ fps: 20, frames: 13, width: 32 })
    expect(frames.map(({ rgb }) => rgb[100])).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 40, 40])
  })

  it('go to the member’s rate where that is higher than the model’s', async () => {
    const { reel } = await finished({ fps: 30, interpolate: 'mixer' }, shades(8), { fps: 24 })
    expect(reel).toMatchObject({ fps: 24, frames: 24 })
  })

  it('fall back on ffmpeg, and lose no frame at the end', async () => {
    const moving = { width: 64, height: 48, fps: 8, frames: 8, video: movingFrames(64, 48, 8) }
    const { reel, frames } = await finished({ fps: 30 }, moving, { fps: 8 })
    expect(reel).toMatchObject({ fps: 30, frames: 30 })
    expect(new Set(frames.map(({ rgb }) => Buffer.from(rgb).toString('base64'))).size).toBeGreaterThan(15)
  })

  it('enlarge by a network, whole or in tiles, then cut to the size that was asked for', async () => {
    const picture = await take(movingFrames(32, 24, 1))
    const reel = (): Reel => ({
      width: 32,
      height: 24,
      fps: 8,
      frames: 1,
      video: (async function* () {
        yield* picture
      })(),
    })
    const whole = await finished({ size: 'tier', upscale: 'doubler' }, reel())
    const tiles = await finished({ size: 'tier', upscale: 'doubler-tiles' }, reel())
    const [one] = picture
    expect(whole.frames[0]?.rgb[(2 * 64 + 2) * 3]).toBe(one?.rgb[(1 * 32 + 1) * 3])
    expect(tiles.frames[0]?.rgb).toEqual(whole.frames[0]?.rgb)
    const other = await finished({ size: 'tier', upscale: 'doubler' }, reel(), { width: 60, height: 60 })
    expect(other.reel).toMatchObject({ width: 60, height: 60 })
  })

  it('enlarge by ffmpeg where there is no network', async () => {
    const { frames } = await finished({ size: 'tier' }, shades(4))
    expect(frames.map(({ rgb }) => rgb[1000])).toEqual([0, 10, 20, 30])
  })

  it('stop when the clip is called off', async () => {
    const stop = new AbortController()
    const finisher = await openFinish(finishOf({ size: 'tier' }), stages, cpu)
    const endless = { width: 32, height: 24, fps: 8, frames: 100_000, video: movingFrames(32, 24, 100_000) }
    const { video } = finisher.apply(endless, wanted({ signal: stop.signal }))
    let count = 0
    const pulling = (async () => {
      for await (const _ of video) if (++count === 20) stop.abort(new Error('called off'))
    })()
    await expect(pulling).rejects.toThrow('called off')
    await finisher.dispose()
  })

  it('pass on what went wrong before them', async () => {
    const finisher = await openFinish(finishOf({ size: 'tier' }), stages, cpu)
    const broken = {
      ...shades(4),
      video: (async function* () {
        yield* shades(2).video
        throw new TypeError('the model failed')
      })(),
    }
    await expect(take(finisher.apply(broken, wanted()).video)).rejects.toThrow('the model failed')
    await finisher.dispose()
  })

  it.each([
    [{ fps: 30, interpolate: 'rife' }, 'finish.interpolate names "rife", but there is no such stage package'],
    [{ fps: 30, interpolate: 'doubler' }, 'the stage package "doubler" does not interpolate'],
    [{ size: 'tier', upscale: 'mixer' }, 'the stage package "mixer" does not upscale'],
  ] as const)('that are not there are named: %#', async (finish, reason) => {
    await expect(openFinish(finishOf(finish), stages, cpu)).rejects.toThrow(reason)
  })
})
