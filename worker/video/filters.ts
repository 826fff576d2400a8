import type { Frame } from '../pipelines/pipeline.ts'
import { openFilter } from './ffmpeg.ts'
import { inputOptions, type Shape } from './plan.ts'

/** ffmpeg's filters on clips in the making: raw frames in, raw frames out. */

/** Brings a clip to a higher rate: motion-compensated frames between; the end is held so that none is missing there. */
export const rateFilters = (fps: number): string[] => [
  'tpad=stop_mode=clone:stop_duration=1',
  `minterpolate=fps=${fps}:mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1`,
]

/** Makes frames cover a size: scaled without stretching, then cut in the middle. */
export const fitFilters = (width: number, height: number): string[] => [
  `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos+accurate_rnd`,
  `crop=${width}:${height}`,
]

const outputOptions = (frames: number, filters: readonly string[]): string[] => [
  ...['-vf', filters.join(','), '-an', '-frames:v', String(frames)],
  ...['-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo'],
]

/** Sends a clip through filters, frame by frame: `to.frames` frames of the new shape come out. Throws an Error with what ffmpeg said. */
export async function* filterFrames(
  from: Shape & { readonly video: AsyncIterable<Frame> },
  to: Shape,
  filters: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const filter = openFilter(inputOptions(from), outputOptions(to.frames, filters))
  signal.addEventListener('abort', filter.kill, { once: true })
  const feeding = feed(from.video, filter)
  feeding.catch(filter.kill)
  try {
    yield* framesOf(filter.output, to)
    await feeding
  } catch (error) {
    signal.throwIfAborted()
    // What made the frames stop coming says more than that they stopped.
    await feeding
    throw error
  } finally {
    signal.removeEventListener('abort', filter.kill)
    filter.kill()
    await feeding.catch(() => undefined)
  }
}

async function feed(video: AsyncIterable<Frame>, { write, finish }: ReturnType<typeof openFilter>): Promise<void> {
  // With all its frames out ffmpeg reads no more.
  for await (const { rgb } of video) if (!(await write(rgb))) return
  finish()
}

/** Raw bytes cut into frames; throws when they end early. */
export async function* framesOf(bytes: AsyncIterable<Buffer>, { width, height, frames }: Shape): AsyncGenerator<Frame> {
  const size = width * height * 3
  let rgb = new Uint8Array(size)
  let filled = 0
  let count = 0
  for await (const part of bytes)
    for (let at = 0; at < part.length; ) {
      const taken = Math.min(size - filled, part.length - at)
      rgb.set(part.subarray(at, at + taken), filled)
      at += taken
      filled += taken
      if (filled < size) continue
      count++
      yield { width, height, rgb }
      rgb = new Uint8Array(size)
      filled = 0
    }
  if (count !== frames || filled > 0) throw new Error(`ffmpeg gave ${count} of ${frames} frames`)
}
