import { UserError } from '../../../core/errors.ts'
import { float32, floatsOf, type Tensor } from '../../onnx/tensor.ts'
import type { Frame } from '../../pipelines/pipeline.ts'
import { clipPixels } from './clip-picture.ts'
import { type LatentShape, latentShape, type Size, volume } from './geometry.ts'
import { allFinite } from './latents.ts'
import type { Parts } from './parts.ts'
import { followTracks, type Track } from './tracks.ts'
import { encodePixels } from './vae.ts'

/** What is known of a clip before it is made, as the transformer takes it. Variants of the family differ here and nowhere else. */
export interface Condition {
  /** Channels that go behind the noisy latents, [channels, frames, height, width]: with the words, and without them. */
  readonly behind?: { readonly words: Float32Array; readonly none: Float32Array }
  /** Latents of the clip's first frames, [channels, some frames, height, width]; their tokens are at timestep 0. */
  readonly start?: Float32Array
  /** What the image encoder made of the pictures: [1, tokens, dim]. */
  readonly image?: Tensor
}

/** A frame of the clip that is given, exactly as large as the clip. */
export interface Known {
  /** Which frame, from 0. */
  readonly at: number
  readonly picture: Frame
}

export interface ConditionOrder {
  readonly size: Size
  /** Pixel frames of the clip. */
  readonly frames: number
  /** In order of time. */
  readonly known: readonly Known[]
  readonly tracks: readonly Track[]
  pause(): Promise<void>
  /** Shows arrays on their way (the golden runner compares them). */
  readonly observe?: (name: string, data: Float32Array, dims: readonly number[]) => void
}

/** Builds the condition of a clip. Throws UserError `failure.not-a-number`; an Error when the model cannot take what is known. */
export async function buildCondition(parts: Parts, order: ConditionOrder): Promise<Condition> {
  const { conditioning, settings } = parts.model
  if (conditioning === 'none') {
    if (order.known.length > 0) throw new Error(`${parts.model.id} takes no pictures`)
    return {}
  }
  const image = settings.image ? await readPictures(parts, order) : undefined
  if (conditioning === 'per-token') return await knownStart(parts, order)
  return { behind: await maskAndLatents(parts, order), ...(image && { image }) }
}

/** Frames as the autoencoder takes them, -1..1, zero (mid grey) where nothing is known: [3, to - from, height, width]. */
function pixelsOf(known: readonly Known[], { width, height }: Size): (from: number, to: number) => Float32Array {
  const plane = width * height
  return (from, to) => {
    const data = new Float32Array(3 * (to - from) * plane)
    for (const { at, picture } of known) {
      if (at < from || at >= to) continue
      for (let channel = 0; channel < 3; channel++) {
        const start = (channel * (to - from) + at - from) * plane
        for (let i = 0; i < plane; i++) data[start + i] = (picture.rgb[i * 3 + channel] ?? 0) / 127.5 - 1
      }
    }
    return data
  }
}

async function encode(parts: Parts, order: ConditionOrder, frames: number): Promise<Float32Array> {
  const latents = await parts.fitting(async () =>
    encodePixels(await parts.graph('vae_encoder'), {
      geometry: parts.vae('encoder'),
      portion: { chunk: parts.chunk, ...(parts.plan.tile && { tile: parts.plan.tile }) },
      size: order.size,
      frames,
      pixels: pixelsOf(order.known, order.size),
      pause: order.pause,
    }),
  )
  await parts.done('vae_encoder')
  return latents
}

/** TI2V: the known frames are encoded alone and put in place of the first latents at every step. */
async function knownStart(parts: Parts, order: ConditionOrder): Promise<Condition> {
  const count = order.known.length
  if (count === 0) return {}
  const { temporal } = parts.model.vae
  if (count % temporal !== 1 || order.known.some(({ at }, i) => at !== i))
    throw new Error(`${parts.model.id} takes the first 1 + ${temporal}k frames`)
  const start = await encode(parts, order, count)
  order.observe?.('condition', start, [1, ...latentShape(parts.model, count, order.size)])
  return { start }
}

/**
 * Four mask channels and the latents of the clip with what is known (the rest is mid grey). The mask counts pixel frames: channel k of latent frame
 * f > 0 says whether frame 1 + 4 (f - 1) + k is known, the first latent frame says the same in all four. Where nothing at all is known
 * both are zero (VideoX-Fun's inpainting pipeline), not an encoded grey clip.
 */
async function maskAndLatents(parts: Parts, order: ConditionOrder): Promise<NonNullable<Condition['behind']>> {
  const { vae } = parts.model
  const shape = latentShape(parts.model, order.frames, order.size)
  const [, frames, height, width] = shape
  const plane = height * width
  const mask = new Float32Array(vae.temporal * frames * plane)
  const known = new Set(order.known.map(({ at }) => at))
  for (let frame = 0; frame < frames; frame++)
    for (let k = 0; k < vae.temporal; k++)
      if (known.has(frame === 0 ? 0 : 1 + vae.temporal * (frame - 1) + k))
        mask.fill(1, (k * frames + frame) * plane, (k * frames + frame + 1) * plane)
  const latents = known.size === 0 ? new Float32Array(volume(shape)) : await encode(parts, order, order.frames)
  const none = joined(mask, latents)
  order.observe?.('condition', none, [1, vae.temporal + vae.channels, frames, height, width])
  if (order.tracks.length === 0) return { words: none, none }
  return { words: joined(mask, followTracks(latents, shape, order.tracks, vae.spatial)), none }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** CLIP's view of the first picture, or of the first and the last; zeros where there is no first one. */
async function readPictures(parts: Parts, order: ConditionOrder): Promise<Tensor> {
  const { image } = parts.model.settings
  if (!image) throw new Error(`${parts.model.id} has no image encoder`)
  const first = order.known.find(({ at }) => at === 0)?.picture
  const last = order.known.find(({ at }) => at === order.frames - 1)?.picture
  const dims = [1, image.pictures * image.tokens, image.dim]
  const pictures = image.pictures === 2 ? [first, last] : [first]
  if (!pictures.every(picture => picture !== undefined)) return float32(new Float32Array(productOf(dims)), dims)
  const pixels = clipPixels(pictures, image)
  order.observe?.('clip_pixel_values', pixels.data, pixels.dims)
  const tokens = await parts.fitting(async () => {
    const { hidden_states: out } = await (await parts.graph('image_encoder')).run({ pixel_values: pixels })
    if (!out) throw new Error('the image encoder gave no hidden_states')
    return floatsOf(out).slice()
  })
  await parts.done('image_encoder')
  order.observe?.('image_embeds', tokens, [image.pictures, image.tokens, image.dim])
  if (!allFinite(tokens)) throw new UserError('failure.not-a-number')
  return float32(tokens, dims)
}

const productOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

/** How many latent frames of a start are known. */
export const startFrames = (start: Float32Array, [channels, , height, width]: LatentShape): number =>
  start.length / (channels * height * width)
