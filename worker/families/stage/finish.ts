import type { Finish } from '../../model-json.ts'
import type { SessionOptions } from '../../onnx/session.ts'
import type { Frame, PackageFolder, Run } from '../../pipelines/pipeline.ts'
import { filterFrames, fitFilters, rateFilters } from '../../video/filters.ts'
import { type Interpolator, openInterpolator } from './interpolate.ts'
import { readStage } from './package.ts'
import { openUpscaler, type Upscaler } from './upscale.ts'

/** Frames on their way to the encoder. */
export interface Reel {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: number
  readonly video: AsyncIterable<Frame>
}

/** The last stages of a model: frames between frames, then pixels between pixels. */
export interface Finisher {
  /** The same clip as `run` asks for it, as far as the model's `finish` goes. */
  apply(reel: Reel, run: Pick<Run, 'width' | 'height' | 'fps' | 'signal'>): Reel
  dispose(): Promise<void>
}

/**
 * Opens what a model's `finish` names. What no package makes ffmpeg's filters do: motion-compensated frames (minterpolate), Lanczos scaling.
 * Throws an Error that names a package that is missing or wrong.
 */
export async function openFinish(
  finish: Finish | undefined,
  packages: readonly PackageFolder[],
  options: SessionOptions,
): Promise<Finisher> {
  if (!finish) return { apply: reel => reel, dispose: async () => undefined }
  const find = (id: string, use: string): PackageFolder => {
    const found = packages.find(one => one.id === id)
    if (!found) throw new Error(`model.json: finish.${use} names "${id}", but there is no such stage package`)
    return found
  }
  const { interpolate, upscale } = finish
  let interpolator: Interpolator | undefined
  let upscaler: Upscaler | undefined
  if (finish.fps && interpolate !== 'ffmpeg')
    interpolator = await openInterpolator(await readStage(find(interpolate, 'interpolate'), 'interpolate'), options)
  try {
    if (finish.size === 'tier' && upscale !== 'ffmpeg')
      upscaler = await openUpscaler(await readStage(find(upscale, 'upscale'), 'upscale'), options)
  } catch (error) {
    await interpolator?.dispose()
    throw error
  }
  return {
    apply(reel, run) {
      if (reel.frames === 1) return sized(reel, run, finish, upscaler)
      return sized(paced(reel, run, finish, interpolator), run, finish, upscaler)
    },
    async dispose() {
      await interpolator?.dispose()
      await upscaler?.dispose()
    },
  }
}

/** At the member's rate if there is one, else at the model's finished rate. */
function paced(
  reel: Reel,
  run: Pick<Run, 'fps' | 'signal'>,
  finish: Finish,
  interpolator: Interpolator | undefined,
): Reel {
  if (!finish.fps) return reel
  const fps = run.fps > reel.fps ? run.fps : finish.fps
  if (fps <= reel.fps) return reel
  const frames = Math.round((reel.frames / reel.fps) * fps)
  const video = interpolator
    ? interpolator.run(reel.video, reel.fps, fps, frames)
    : filterFrames(reel, { ...reel, fps, frames }, rateFilters(fps), run.signal)
  return { ...reel, fps, frames, video }
}

function sized(
  reel: Reel,
  run: Pick<Run, 'width' | 'height' | 'signal'>,
  finish: Finish,
  upscaler: Upscaler | undefined,
): Reel {
  const { width, height } = run
  if (finish.size !== 'tier' || (reel.width === width && reel.height === height)) return reel
  const enlarge = upscaler && (reel.width < width || reel.height < height) ? upscaler : undefined
  const larger = enlarge
    ? {
        ...reel,
        width: reel.width * enlarge.scale,
        height: reel.height * enlarge.scale,
        video: enlarge.run(reel.video),
      }
    : reel
  if (larger.width === width && larger.height === height) return larger
  const to = { ...larger, width, height }
  return { ...to, video: filterFrames(larger, to, fitFilters(width, height), run.signal) }
}
