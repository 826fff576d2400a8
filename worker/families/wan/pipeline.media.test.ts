import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Recipe } from '../../../core/request.ts'
import { checkGraph } from '../../onnx/inspect.ts'
import { openSession } from '../../onnx/session.ts'
import { sealPackage } from '../../packages.ts'
import type { Frame, Pipeline, Run } from '../../pipelines/pipeline.ts'
import { createScheduler } from '../../schedulers/index.ts'
import { asBfloat16 } from '../../testing/onnx-file.ts'
import { sampleClip } from './clip.ts'
import { openDecoder } from './decoder.ts'
import { openWan } from './open.ts'
import { loadWan } from './pipeline.ts'

const packages = fileURLToPath(new URL('./testing/packages', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-wan-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const notes: string[] = []
const load = (name: string, root = packages): Promise<Pipeline> =>
  loadWan(
    { id: name, family: 'wan', folder: join(root, name) },
    { threads: 1, device: 'cpu', signal: new AbortController().signal, note: text => notes.push(text) },
  )

const picture: Frame = { width: 90, height: 50, rgb: Uint8Array.from({ length: 90 * 50 * 3 }, (_, i) => (i * 7) % 256) }
const recipe = (more: Record<string, unknown> = {}): Recipe =>
  Recipe.parse({
    kind: 'video',
    prompt: 'a red cat',
    model: 'any',
    tier: 'standard',
    seconds: 1,
    ratio: '1:1',
    seed: 3,
    ...more,
  })
const run = (more: Partial<Run> = {}): Run => ({
  signal: new AbortController().signal,
  width: 32,
  height: 32,
  fps: 24,
  progress: () => undefined,
  ...more,
})

async function take(video: AsyncIterable<Frame>): Promise<Frame[]> {
  const frames: Frame[] = []
  for await (const frame of video) frames.push({ ...frame, rgb: frame.rgb.slice() })
  return frames
}
/** Mean difference of levels. */
const far = (a: Frame | undefined, b: Frame | undefined): number => {
  const [one, other] = [a?.rgb ?? new Uint8Array(), b?.rgb ?? new Uint8Array()]
  return one.reduce((sum, level, i) => sum + Math.abs(level - (other[i] ?? 0)), 0) / one.length
}

describe('the Wan pipeline', () => {
  it('makes clips of words: as many frames as it says, the same for the same seed, with progress by steps', async () => {
    notes.length = 0
    const pipeline = await load('t2v')
    expect(notes).toEqual([expect.stringMatching(/^t2v, \d+x\d+, 81 frames: memory plan resident on cpu \(.*tiled \d/)])
    const steps: number[] = []
    const one = await pipeline.render(
      recipe(),
      run({ progress: (stage, done) => void (stage === 'sampling' && steps.push(done)) }),
    )
    expect(one).toMatchObject({ width: 32, height: 32, fps: 16, frames: 16, unknownWords: [] })
    expect(one.state).toBeUndefined()
    const frames = await take(one.video)
    expect(frames).toHaveLength(16)
    expect(steps).toHaveLength(50)
    expect(steps.at(-1)).toBe(1)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    const again = await take((await pipeline.render(recipe(), run())).video)
    expect(far(frames[9], again[9])).toBe(0)
    const other = await take((await pipeline.render(recipe({ seed: 4 }), run())).video)
    expect(far(frames[9], other[9])).toBeGreaterThan(1)
    const still = await pipeline.render(recipe({ kind: 'image' }), run())
    expect(await take(still.video)).toHaveLength(1)
    await pipeline.dispose()
    expect(notes.find(note => note.startsWith('t2v, 32x32, 17 frames: memory plan resident on cpu'))).toBeDefined()
  })

  it('begins with a picture, and goes on from its own last frames', async () => {
    const pipeline = await load('ti2v')
    const first = await pipeline.render(recipe(), run({ first: picture, width: 64, height: 32 }))
    const frames = await take(first.video)
    expect(frames).toHaveLength(24)
    const state = first.state?.()
    const next = await pipeline.render(
      recipe({ prompt: 'more' }),
      run({ ...(state && { state }), width: 64, height: 32 }),
    )
    expect(next).toMatchObject({ width: 64, height: 32, frames: 24 })
    expect(await take(next.video)).toHaveLength(24)
    await pipeline.dispose()
  })

  it('chains windows where a clip is longer than the model makes', async () => {
    const pipeline = await load('inp')
    const long = await pipeline.render(recipe({ seconds: 6 }), run())
    expect(long.frames).toBe(96)
    expect(await take(long.video)).toHaveLength(96)
    await pipeline.dispose()
  })

  it('is stopped between two steps and between two chunks', async () => {
    const pipeline = await load('t2v')
    const stop = new AbortController()
    let steps = 0
    const sampling = pipeline.render(
      recipe(),
      run({
        signal: stop.signal,
        progress: stage => {
          if (stage === 'sampling' && ++steps === 3) stop.abort(new Error('called off'))
        },
      }),
    )
    await expect(sampling).rejects.toThrow('called off')
    expect(steps).toBe(3)
    const later = new AbortController()
    const { video } = await pipeline.render(recipe({ seconds: 3 }), run({ signal: later.signal }))
    let frames = 0
    const pulling = (async () => {
      for await (const _ of video) if (++frames === 2) later.abort(new Error('called off'))
    })()
    await expect(pulling).rejects.toThrow('called off')
    expect(frames).toBe(2)
    expect(await take((await pipeline.render(recipe(), run())).video)).toHaveLength(16)
    await pipeline.dispose()
  })

  it('says what is wrong with a request', async () => {
    const pipeline = await load('t2v')
    const refused = (wish: Record<string, unknown>, given: Partial<Run>, code: string) =>
      expect(pipeline.render(recipe(wish), run(given))).rejects.toMatchObject({ code })
    await refused({}, { width: 4, height: 4 }, 'failure.size')
    await refused({ seconds: 30 }, {}, 'refusal.too-long')
    await refused({}, { first: picture, last: picture }, 'refusal.task')
    await refused({}, { state: Uint8Array.of(1) }, 'failure.not-extendable')
    await pipeline.dispose()
  })
})

describe('motion', () => {
  it('of strokes and camera changes the clip, and nothing else does', async () => {
    const path = join(folder, 'move', 'i2v')
    await cp(join(packages, 'i2v'), path, { recursive: true })
    const file = join(path, 'model.json')
    const model = JSON.parse(await readFile(file, 'utf8'))
    const tasks = ['image-to-video', 'extend', 'camera', 'brush']
    await writeFile(file, JSON.stringify({ ...model, variant: 'move', motion: 'tracks', tasks }))
    const pipeline = await load('i2v', join(folder, 'move'))
    const clip = async (wish: Record<string, unknown>) =>
      await take((await pipeline.render(recipe(wish), run({ first: picture, width: 64, height: 64 }))).video)
    const still = await clip({})
    expect(far(still[8], (await clip({}))[8])).toBe(0)
    const grid = { columns: 2, rows: 2 }
    const path2 = [
      { x: 0.2, y: 0.2 },
      { x: 0.8, y: 0.8 },
    ]
    const brushed = await clip({ strokes: [{ grid, cells: [0], motion: { path: path2 } }] })
    const pushed = await clip({ camera: { preset: 'push-in' } })
    expect(far(still[8], brushed[8])).toBeGreaterThan(0.01)
    expect(far(still[8], pushed[8])).toBeGreaterThan(0.01)
    expect(far(still[8], (await clip({ camera: { preset: 'fixed' } }))[8])).not.toBe(far(still[8], pushed[8]))
    await pipeline.dispose()
  })
})

describe('a last picture alone', () => {
  it('is the frame that Fun-InP is told of, and changes the clip', async () => {
    const pipeline = await load('inp')
    const clip = async (given: Partial<Run>) => {
      const rendering = await pipeline.render(recipe(), run(given))
      const frames = await take(rendering.video)
      expect(frames).toHaveLength(rendering.frames)
      return frames
    }
    const [bare, ended, other, both] = [
      await clip({}),
      await clip({ last: picture }),
      await clip({ last: { ...picture, rgb: picture.rgb.map(level => 255 - level) } }),
      await clip({ first: picture, last: picture }),
    ]
    expect(ended.length).toBeGreaterThan(bare.length)
    expect(far(ended.at(-1), other.at(-1))).toBeGreaterThan(0.01)
    expect(far(ended[0], both[0])).toBeGreaterThan(0.01)
    await pipeline.dispose()
  })
})

describe('memory that runs out', () => {
  it('in the middle of sampling costs no step, and the clip is the same', async () => {
    const sample = async (failing: boolean) => {
      const said: string[] = []
      let faults = failing ? 2 : 0
      const wan = await openWan(join(packages, 'i2v-a14b'), {
        threads: 1,
        device: 'cpu',
        freeBytes: undefined,
        note: text => said.push(text),
        async open(path, options) {
          const session = await openSession(path, options)
          let runs = 0
          return {
            ...session,
            async run(feeds, more) {
              if (path.includes('transformer') && faults > 0 && ++runs === 2) {
                faults--
                throw new Error('CUDA error: Failed to allocate memory for requested buffer of size 1073741824')
              }
              return session.run(feeds, more)
            },
          }
        },
      })
      let steps = 0
      const size = { width: 32, height: 32 }
      const { latents } = await sampleClip(wan, {
        prompt: 'a cat',
        negative: '',
        size,
        frames: 5,
        known: [{ at: 0, picture: { ...size, rgb: new Uint8Array(3072).fill(80) } }],
        tracks: [],
        scheduler: createScheduler({ type: 'unipc', steps: 4, shift: 5 }),
        guidance: 3,
        guidanceLow: 2,
        noise: Float32Array.from({ length: 16 * 2 * 16 }, (_, i) => Math.sin(i)),
        textLength: 512,
        signal: new AbortController().signal,
        onStep: () => void steps++,
      })
      await wan.parts.dispose()
      return { latents, said, steps, plan: wan.parts.plan.name }
    }
    const well = await sample(false)
    const short = await sample(true)
    expect(short.latents).toEqual(well.latents)
    expect(short.steps).toBe(4)
    expect(short.plan).toBe('sequential')
    expect(short.said.slice(-2)).toEqual([
      'i2v-a14b: out of memory under the plan resident, going on under experts-in-turn',
      'i2v-a14b: out of memory under the plan experts-in-turn, going on under sequential',
    ])
  })
})

describe('the decoding thread', () => {
  const geometry = { channels: 16, spatial: 8, temporal: 4, cacheType: 'float32', caches: [], loops: false } as const

  it('leaves this thread free while it decodes, and can be left at any time', async () => {
    const wan = await openWan(join(packages, 't2v'), {
      threads: 1,
      device: 'cpu',
      freeBytes: undefined,
      note: () => undefined,
    })
    const decoder = await wan.parts.decoder()
    const shape = [16, 8, 24, 24] as const
    const order = {
      geometry: wan.parts.vae('decoder'),
      portion: { chunk: 1 },
      latents: new Float32Array(16 * 8 * 24 * 24).fill(0.1),
      shape,
      pixels: false,
    }
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    let frames = 0
    for await (const chunk of decoder.decode(order)) frames += chunk.frames
    clearInterval(timer)
    expect(frames).toBe(29)
    expect(ticks).toBeGreaterThan(5)
    expect(decoder.seconds).toBeGreaterThan(0)
    for await (const chunk of decoder.decode(order)) {
      expect(chunk.frames).toBe(1)
      break
    }
    let second = 0
    for await (const chunk of decoder.decode(order)) second += chunk.frames
    expect(second).toBe(29)
    await wan.parts.dispose()
  })

  it('says why it cannot start or go on', async () => {
    await expect(openDecoder(join(folder, 'none.onnx'), { threads: 1, device: 'cpu' })).rejects.toThrow(
      /none\.onnx: there is no such file/,
    )
    const decoder = await openDecoder(join(packages, 't2v', 'vae_decoder.onnx'), { threads: 1, device: 'cpu' })
    const order = {
      geometry,
      portion: { chunk: 1 },
      latents: new Float32Array(16),
      shape: [16, 1, 1, 1] as const,
      pixels: false,
    }
    await expect(decoder.decode(order).next()).rejects.toThrow(/input "cache_0" is missing/)
    await decoder.close()
  })
})

describe('a package that is wrong', () => {
  const spoiled = async (name: string, spoil: (path: string) => Promise<void>, seal = true): Promise<Pipeline> => {
    const path = join(folder, name, 't2v')
    await cp(join(packages, 't2v'), path, { recursive: true })
    await spoil(path)
    if (seal) await sealPackage(path)
    return load('t2v', join(folder, name))
  }
  /** The version of ONNX's own operators stands last in the file, behind the name of the domain. */
  const opset = (version: number) => async (path: string) => {
    const file = join(path, 'transformer.onnx')
    const bytes = await readFile(file)
    const at = bytes.lastIndexOf(Buffer.of(0x10, 23))
    expect(at).toBeGreaterThan(0)
    bytes[at + 1] = version
    await writeFile(file, bytes)
  }

  it.each([
    ['opset-new', opset(99), /^transformer\.onnx: opset 99 is newer than this ONNX Runtime knows/],
    ['opset-old', opset(17), /^transformer\.onnx: opset 17 is too old, at least 23 is needed/],
    [
      'truncated-weights',
      async (path: string) => {
        const file = join(path, 'transformer.onnx.data')
        await writeFile(file, (await readFile(file)).subarray(0, 1000))
      },
      /^transformer\.onnx: its weights ".*transformer\.onnx\.data" end before/,
    ],
    [
      'no-weights',
      (path: string) => rm(join(path, 'text_encoder.onnx.data')),
      /^text_encoder\.onnx: its weights ".*" are missing/,
    ],
    [
      'truncated-graph',
      async (path: string) => {
        const file = join(path, 'vae_decoder.onnx')
        await writeFile(file, (await readFile(file)).subarray(0, 3000))
      },
      /^vae_decoder\.onnx: it ends in the middle/,
    ],
    [
      'bfloat16',
      async (path: string) => {
        const file = join(path, 'transformer.onnx')
        await writeFile(file, asBfloat16(await readFile(file)))
      },
      /^transformer\.onnx is bfloat16, which ONNX Runtime computes with DEVICE=cuda only: export t2v again with --dtype fp16 or fp32$/,
    ],
    ['no-tokenizer', (path: string) => writeFile(join(path, 'tokenizer.json'), '{'), /tokenizer\.json is no tokenizer/],
  ] as const)('%s: is not loaded, and says why in one line', async (name, spoil, reason) => {
    const loading = spoiled(name, spoil)
    await expect(loading).rejects.toThrow(reason)
  })

  it('NaN weights: the clip fails with a code of its own, at the first step', async () => {
    const pipeline = await spoiled('nan', async path => {
      const file = join(path, 'transformer.onnx.data')
      const bytes = await readFile(file)
      bytes.fill(0xff, 0, 4096)
      await writeFile(file, bytes)
    })
    let steps = 0
    const clip = pipeline.render(recipe(), run({ progress: stage => void (stage === 'sampling' && steps++) }))
    await expect(clip).rejects.toMatchObject({ code: 'failure.not-a-number' })
    expect(steps).toBe(0)
    await pipeline.dispose()
    const graph = checkGraph(join(folder, 'nan', 't2v', 'transformer.onnx'), { deep: true })
    await expect(graph).rejects.toThrow(/^transformer\.onnx: the weights "[\w.]+" hold NaN$/)
  })

  it('NaN in the autoencoder: the clip fails when its frames come', async () => {
    const pipeline = await spoiled('nan-vae', async path => {
      const file = join(path, 'vae_decoder.onnx.data')
      const bytes = await readFile(file)
      bytes.fill(0xff, 0, bytes.length)
      await writeFile(file, bytes)
    })
    const { video } = await pipeline.render(recipe(), run())
    await expect(take(video)).rejects.toMatchObject({ code: 'failure.not-a-number' })
    await pipeline.dispose()
  })
})
