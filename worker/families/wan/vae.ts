import { UserError } from '../../../core/errors.ts'
import type { Session } from '../../onnx/session.ts'
import { float16, float32, floatsOf, numberOfHalf, type Tensor } from '../../onnx/tensor.ts'
import { createMosaic, type Span, spansOf } from '../../onnx/tiles.ts'
import type { LatentShape, Size } from './geometry.ts'
import { allFinite, putFrames, takeFrames } from './latents.ts'

/**
 * The autoencoder as a stream: a clip goes through in chunks, and what its convolutions remember goes from call to call in caches
 * (worker/export/PACKAGE.md), so that memory does not grow with the length of the clip.
 */

/** Geometry of the autoencoder of a package. */
export interface VaeGeometry {
  readonly channels: number
  readonly spatial: number
  readonly temporal: number
  readonly cacheType: 'float32' | 'float16'
  /** [channels, frames, times the latent's sides]. */
  readonly caches: readonly (readonly [number, number, number])[]
  /** The graph takes the first chunk together with others. */
  readonly loops: boolean
}

/** How much goes through at a time. */
export interface Portion {
  /** Latent frames per call. */
  readonly chunk: number
  /** Latent cells per side of a tile; absent = the whole picture. */
  readonly tile?: number
}

/** Some frames of a decoded clip, in order. */
export interface Chunk extends Size {
  readonly frames: number
  /** 8-bit RGB, [frames, height, width, 3]. */
  readonly rgb: Uint8Array
  /** -1..1, [3, frames, height, width]; only if asked for. */
  readonly pixels?: Float32Array
}

export interface DecodeOrder {
  readonly geometry: VaeGeometry
  readonly portion: Portion
  /** Normalised latents and their shape. */
  readonly latents: Float32Array
  readonly shape: LatentShape
  /** Also gives the numbers that the 8-bit levels were rounded from. */
  readonly pixels: boolean
}

/** A quarter of a tile is shared with its neighbour, as the reference's tiled decoding does. */
const shared = (tile: number): number => Math.max(1, Math.floor(tile / 4))

/** Every so many numbers of a cache are looked at: a VAE that overflows does so all over. */
const lookEvery = 251

const notNumbers = (): UserError => new UserError('failure.not-a-number')

/** One path through the graph with its own caches. */
interface Stream {
  readonly rows: Span
  readonly columns: Span
  caches: readonly Tensor[]
}

function emptyCaches({ caches, cacheType }: VaeGeometry): Tensor[] {
  return caches.map(([channels, frames]) => {
    const dims = [1, channels, frames, 1, 1]
    return cacheType === 'float16'
      ? float16(new Uint16Array(channels * frames), dims)
      : float32(new Float32Array(channels * frames), dims)
  })
}

function streamsOf(geometry: VaeGeometry, width: number, height: number, tile = Number.POSITIVE_INFINITY): Stream[] {
  const columns = spansOf(width, tile, shared(tile))
  return spansOf(height, tile, shared(tile)).flatMap(rows =>
    columns.map(across => ({ rows, columns: across, caches: emptyCaches(geometry) })),
  )
}

/** Runs one chunk through and keeps the caches; throws `failure.not-a-number` when what it remembers is none. */
async function advance(
  graph: Session,
  stream: Stream,
  feeds: Readonly<Record<string, Tensor>>,
  first: boolean,
  wanted: readonly string[],
): Promise<Record<string, Tensor>> {
  const names = stream.caches.map((_, i) => `new_cache_${i}`)
  const given = Object.fromEntries(stream.caches.map((cache, i) => [`cache_${i}`, cache]))
  const flag: Tensor = { type: 'bool', data: Uint8Array.of(first ? 1 : 0), dims: [] }
  const out = await graph.run({ ...feeds, ...given, first: flag }, { only: [...wanted, ...names] })
  stream.caches = names.map(name => pick(out, name))
  if (!stream.caches.every(soundCache)) throw notNumbers()
  return out
}

function soundCache(cache: Tensor): boolean {
  if (cache.type !== 'float16') return allFinite(floatsOf(cache), lookEvery)
  for (let i = 0; i < cache.data.length; i += lookEvery)
    if (!Number.isFinite(numberOfHalf(cache.data[i] ?? 0))) return false
  return true
}

function pick(out: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = out[name]
  if (!tensor) throw new Error(`the autoencoder gave no "${name}"`)
  return tensor
}

/** Latent frames of each call: the first alone, unless the graph loops by itself. */
function* calls(frames: number, chunk: number, loops: boolean): Generator<[from: number, to: number]> {
  for (let from = 0; from < frames; ) {
    const to = Math.min(frames, from === 0 && !loops ? 1 : from + chunk)
    yield [from, to]
    from = to
  }
}

/** Frames of a clip, chunk by chunk. Throws UserError `failure.not-a-number`. */
export async function* decodeLatents(graph: Session, order: DecodeOrder): AsyncGenerator<Chunk> {
  const { geometry, portion, latents, shape } = order
  const [channels, count, height, width] = shape
  const size = { width: width * geometry.spatial, height: height * geometry.spatial }
  const streams = streamsOf(geometry, width, height, portion.tile)
  for (const [from, to] of calls(count, portion.chunk, geometry.loops)) {
    const part = takeFrames(latents, shape, from, to)
    const frames = from === 0 ? 1 + geometry.temporal * (to - 1) : geometry.temporal * (to - from)
    const mosaic = streams.length > 1 ? createMosaic(3 * frames, size.width, size.height, overlapOf(order)) : undefined
    for (const stream of streams) {
      const { rows, columns } = stream
      const cut = mosaic ? cutOut(part, channels * (to - from), width, height, rows, columns) : part
      const feeds = { latents: float32(cut, [1, channels, to - from, rows.size, columns.size]) }
      const out = await advance(graph, stream, feeds, from === 0, mosaic ? ['pixels'] : ['pixels', 'rgb'])
      const pixels = floatsOf(pick(out, 'pixels'))
      if (!allFinite(pixels)) throw notNumbers()
      if (!mosaic) {
        // What a session gives may lie outside JavaScript's heap and cannot be handed to another thread.
        const rgb = Uint8Array.from(pick(out, 'rgb').data as Uint8Array)
        yield { ...size, frames, rgb, ...(order.pixels && { pixels: pixels.slice() }) }
      } else mosaic.add(pixels, magnified(rows, geometry.spatial), magnified(columns, geometry.spatial))
    }
    if (!mosaic) continue
    const pixels = mosaic.done()
    yield { ...size, frames, rgb: levelsOf(pixels, frames, size), ...(order.pixels && { pixels }) }
  }
}

const overlapOf = ({ portion, geometry }: DecodeOrder): number => shared(portion.tile ?? 0) * geometry.spatial
const magnified = ({ start, size }: Span, by: number): Span => ({ start: start * by, size: size * by })

/** [planes, rows.size, columns.size] out of [planes, height, width]. */
function cutOut(
  whole: Float32Array,
  planes: number,
  width: number,
  height: number,
  rows: Span,
  columns: Span,
): Float32Array {
  const part = new Float32Array(planes * rows.size * columns.size)
  for (let plane = 0; plane < planes; plane++)
    for (let y = 0; y < rows.size; y++) {
      const at = (plane * height + rows.start + y) * width + columns.start
      part.set(whole.subarray(at, at + columns.size), (plane * rows.size + y) * columns.size)
    }
  return part
}

/** 8-bit levels, [frames, height, width, 3], of numbers in -1..1; ties go to the even level, as in the graph. */
function levelsOf(pixels: Float32Array, frames: number, { width, height }: Size): Uint8Array {
  const plane = width * height
  // A Uint8ClampedArray rounds ties to even by itself.
  const rgb = new Uint8ClampedArray(frames * plane * 3)
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < frames * plane; i++)
      rgb[i * 3 + channel] = ((pixels[channel * frames * plane + i] ?? 0) * 0.5 + 0.5) * 255
  return new Uint8Array(rgb.buffer)
}

export interface EncodeOrder {
  readonly geometry: VaeGeometry
  readonly portion: Portion
  readonly size: Size
  /** Pixel frames, 1 + temporal * k. */
  readonly frames: number
  /** Numbers -1..1 of frames `from`..`to`: [3, to - from, height, width]. */
  pixels(from: number, to: number): Float32Array
  /** Called between calls; throws to stop. */
  pause(): Promise<void>
}

/** Normalised latents of a clip: [channels, 1 + k, height / spatial, width / spatial]. Throws UserError `failure.not-a-number`. */
export async function encodePixels(graph: Session, order: EncodeOrder): Promise<Float32Array> {
  const { geometry, portion, size } = order
  const { channels, spatial, temporal } = geometry
  const [width, height] = [size.width / spatial, size.height / spatial]
  const count = (order.frames - 1) / temporal + 1
  const shape: LatentShape = [channels, count, height, width]
  const latents = new Float32Array(channels * count * height * width)
  const streams = streamsOf(geometry, width, height, portion.tile)
  // Without its loop the encoder takes one latent's frames at a time.
  for (const [from, to] of calls(count, geometry.loops ? portion.chunk : 1, geometry.loops)) {
    await order.pause()
    const [start, end] = [from === 0 ? 0 : 1 + temporal * (from - 1), 1 + temporal * (to - 1)]
    const frames = end - start
    const given = order.pixels(start, end)
    const mosaic = createMosaic(channels * (to - from), width, height, shared(portion.tile ?? 0))
    for (const stream of streams) {
      const [rows, columns] = [magnified(stream.rows, spatial), magnified(stream.columns, spatial)]
      const cut = streams.length > 1 ? cutOut(given, 3 * frames, size.width, size.height, rows, columns) : given
      const feeds = { pixels: float32(cut, [1, 3, frames, rows.size, columns.size]) }
      const out = floatsOf(pick(await advance(graph, stream, feeds, from === 0, ['latents']), 'latents'))
      if (streams.length > 1) mosaic.add(out, stream.rows, stream.columns)
      else putFrames(latents, shape, out, from)
    }
    if (streams.length > 1) putFrames(latents, shape, mosaic.done(), from)
  }
  if (!allFinite(latents)) throw notNumbers()
  return latents
}
