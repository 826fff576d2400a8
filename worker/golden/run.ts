import { resolve } from 'node:path'
import { decodeClip, sampleClip, type Wan } from '../families/wan/clip.ts'
import type { LatentShape, Size } from '../families/wan/geometry.ts'
import { denormalised } from '../families/wan/latents.ts'
import { openWan } from '../families/wan/open.ts'
import type { Chunk } from '../families/wan/vae.ts'
import { usableProvider } from '../onnx/session.ts'
import { createScheduler } from '../schedulers/index.ts'
import type { Scheduler } from '../schedulers/scheduler.ts'
import { type Case, type GoldenCase, readCase } from './case.ts'
import { compare, type Difference } from './compare.ts'

interface Numbers {
  readonly data: ArrayLike<number>
  readonly dims: readonly number[]
}

export interface GoldenOptions {
  readonly device: 'auto' | 'cpu' | 'cuda' | 'webgpu'
  readonly threads: number
}

export interface GoldenReport {
  readonly ok: boolean
  readonly package: string
  readonly case: string
  /** Types of the package's weights: a case's tolerances are for float32 alone. */
  readonly types: readonly string[]
  /** In the order they come about: the first one that is off names the stage. */
  readonly arrays: readonly Difference[]
  /** Of the latents after each step. */
  readonly steps: readonly number[]
}

/** In the order they come about. */
const inOrder = [
  'prompt_ids',
  'negative_prompt_ids',
  'prompt_embeds',
  'negative_prompt_embeds',
  'clip_pixel_values',
  'image_embeds',
  'condition',
  'sigmas',
  'timesteps',
  'experts',
  'velocity_first',
  'latents_steps',
  'decoder_input',
  'frames',
  'frames_u8',
] as const

/** Runs a reference case through a package, from the same noise, and compares every array on the way. */
export async function runGolden(folder: string, caseFolder: string, options: GoldenOptions): Promise<GoldenReport> {
  const golden = await readCase(caseFolder)
  const device = await usableProvider(options.device)
  const wan = await openWan(resolve(folder), { ...options, device, freeBytes: undefined, note: () => undefined })
  try {
    const ours = await compute(wan, golden)
    const arrays: Difference[] = []
    for (const name of inOrder) {
      const reference = await referenceOf(name, golden)
      if (reference) arrays.push(compare(name, ours.get(name), reference, golden.settings.tolerance[name] ?? 0))
    }
    return {
      ok: arrays.every(({ ok }) => ok),
      package: wan.parts.model.id,
      case: `${golden.settings.variant}/${golden.settings.case}`,
      types: [...new Set(Object.values(wan.parts.model.components).map(({ dtype }) => dtype))].sort(),
      arrays,
      steps: await stepErrors(ours.get('latents_steps'), golden),
    }
  } finally {
    await wan.parts.dispose()
  }
}

/** Ours, by name. */
async function compute(wan: Wan, golden: GoldenCase): Promise<Map<string, Numbers>> {
  const { settings } = golden
  const { model } = wan.parts
  const { multiple } = model.sizes
  const snap = (side: number): number => Math.floor(side / multiple) * multiple
  // As the reference does it; only TI2V's step of 32 is more than it checks for.
  const size: Size = { width: snap(settings.width), height: snap(settings.height) }
  for (const { picture } of golden.known)
    if (picture.width !== size.width || picture.height !== size.height)
      throw new Error(
        `the case has a picture of ${picture.width}x${picture.height} for a clip of ${size.width}x${size.height}`,
      )
  const frames = framesOf(settings.num_frames, model.vae.temporal)
  const noise = await golden.array('noise')
  if (!(noise?.data instanceof Float32Array)) throw new Error('the case has no noise.npy of float32')
  const { kind, shift } = settings.scheduler
  const type = kind === 'euler' ? 'flow-match-euler' : 'unipc'
  const scheduler = createScheduler({ type, shift, steps: settings.num_inference_steps })
  const seen = new Map<string, Numbers>()
  const steps: Float32Array[] = []
  const known = golden.known.map(({ at, picture }) => ({ at: at < 0 ? frames + at : at, picture }))
  const { latents, shape, words, against } = await sampleClip(wan, {
    prompt: settings.prompt,
    negative: settings.negative_prompt ?? '',
    size,
    frames,
    known,
    tracks: [],
    scheduler,
    guidance: settings.guidance_scale,
    guidanceLow: settings.guidance_scale_2 ?? settings.guidance_scale,
    noise: noise.data,
    textLength: settings.max_sequence_length,
    signal: new AbortController().signal,
    observe(name, data, dims) {
      if (name === 'latents_steps') steps.push(data.slice())
      else seen.set(name, { data: data.slice(), dims })
    },
  })
  seen.set('prompt_ids', { data: words.ids, dims: [words.ids.length] })
  if (against) seen.set('negative_prompt_ids', { data: against.ids, dims: [against.ids.length] })
  seen.set('latents_steps', { data: joined(steps), dims: [steps.length, 1, ...shape] })
  seen.set('decoder_input', { data: denormalised(latents, shape, model.vae), dims: [1, ...shape] })
  for (const [name, numbers] of scheduled(scheduler, model.boundary)) seen.set(name, numbers)
  for (const [name, numbers] of await decoded(wan, latents, shape, frames, size)) seen.set(name, numbers)
  return seen
}

/** The reference makes 1 + 4k frames of any number: 8 become 9, and so do 9, 10 and 11. */
function framesOf(asked: number, temporal: number): number {
  return asked % temporal === 1 ? asked : Math.floor(asked / temporal) * temporal + 1
}

function scheduled({ sigmas, timesteps }: Scheduler, boundary: number | undefined): [string, Numbers][] {
  const second = boundary === undefined ? () => 1 : (t: number) => (t >= boundary * 1000 ? 1 : 2)
  return [
    ['sigmas', { data: sigmas, dims: [sigmas.length] }],
    ['timesteps', { data: timesteps, dims: [timesteps.length] }],
    ['experts', { data: Array.from(timesteps, second), dims: [timesteps.length] }],
  ]
}

async function decoded(
  wan: Wan,
  latents: Float32Array,
  shape: LatentShape,
  frames: number,
  { width, height }: Size,
): Promise<[string, Numbers][]> {
  const chunks: Chunk[] = []
  const signal = new AbortController().signal
  for await (const chunk of decodeClip(wan.parts, { latents, shape }, { pixels: true, signal })) chunks.push(chunk)
  const dims = [frames, height, width, 3]
  const plane = width * height
  const numbers = new Float32Array(frames * plane * 3)
  let at = 0
  for (const { pixels, frames: count } of chunks) {
    for (let channel = 0; channel < 3; channel++)
      for (let i = 0; i < count * plane; i++)
        numbers[at + i * 3 + channel] = (pixels?.[channel * count * plane + i] ?? Number.NaN) * 0.5 + 0.5
    at += count * plane * 3
  }
  const levels = new Uint8Array(Buffer.concat(chunks.map(({ rgb }) => rgb)))
  return [
    ['frames', { data: numbers, dims }],
    ['frames_u8', { data: levels, dims }],
  ]
}

/** The reference's array of a name; undefined where the case has none. */
async function referenceOf(name: string, { settings, ids, array }: GoldenCase): Promise<Numbers | undefined> {
  const list = (data: readonly number[]): Numbers => ({ data, dims: [data.length] })
  if (name === 'prompt_ids') return list(ids.prompt)
  if (name === 'negative_prompt_ids') return ids.negative_prompt ? list(ids.negative_prompt) : undefined
  if (name === 'sigmas') return list(settings.sigmas)
  if (name === 'timesteps') return list(settings.timesteps)
  if (name === 'experts') return expertsOf(settings)
  const found = await array(name)
  if (!found) return undefined
  if (found.data instanceof BigInt64Array) throw new Error(`${name}.npy holds int64`)
  return { data: found.data, dims: found.dims }
}

function expertsOf({ experts }: Case): Numbers | undefined {
  return experts && { data: experts.map(name => (name === 'transformer_2' ? 2 : 1)), dims: [experts.length] }
}

/** Largest difference of the latents after each step. */
async function stepErrors(ours: Numbers | undefined, golden: GoldenCase): Promise<number[]> {
  const reference = await golden.array('latents_steps')
  const steps = reference?.dims[0] ?? 0
  if (!ours || !reference || reference.data instanceof BigInt64Array) return []
  const { data } = reference
  const length = data.length / steps
  return Array.from({ length: steps }, (_, step) => {
    let worst = 0
    for (let i = step * length; i < (step + 1) * length; i++)
      worst = Math.max(worst, Math.abs((ours.data[i] ?? Number.NaN) - (data[i] ?? 0)))
    return worst
  })
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
