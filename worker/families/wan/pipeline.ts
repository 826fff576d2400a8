import type { Recipe } from '../../../core/request.ts'
import { freeMemory } from '../../onnx/device.ts'
import { usableProvider } from '../../onnx/session.ts'
import type { Frame, LoadPipeline, Rendering, Run } from '../../pipelines/pipeline.ts'
import { createScheduler } from '../../schedulers/index.ts'
import { createRandom, gaussian } from '../../schedulers/noise.ts'
import { type Finisher, openFinish } from '../stage/finish.ts'
import { brushTracks, type Span } from './brush.ts'
import { cameraTracks } from './camera.ts'
import { type ClipLatents, decodeClip, sampleClip, type Wan } from './clip.ts'
import type { Known } from './condition.ts'
import { latentShape, volume, type Window } from './geometry.ts'
import { openWan } from './open.ts'
import { overlapOf, readRequest, type WanRequest } from './request.ts'
import { writeTail } from './state.ts'
import type { Track } from './tracks.ts'

/** Loads a Wan package. Graphs come and go as memory allows; the decoder is loaded at once, so that a device that is not there is noticed. */
export const loadWan: LoadPipeline = async (model, { threads, device: asked, note = () => undefined, stages = [] }) => {
  const device = await usableProvider(asked)
  const freeBytes = await freeMemory(device)
  const wan = await openWan(model.folder, { threads, device, freeBytes, note })
  const { parts } = wan
  try {
    const [size = { width: parts.model.sizes.leastSide, height: parts.model.sizes.leastSide }] =
      parts.model.sizes.native
    parts.planFor(size, parts.model.frames.most)
    await parts.decoder()
    const finish = await openFinish(parts.model.finish, stages, { threads, device })
    return {
      render: (recipe, run) => render(wan, finish, recipe, run),
      async dispose() {
        await finish.dispose()
        await parts.dispose()
      },
    }
  } catch (error) {
    await parts.dispose()
    throw error
  }
}

/** A clip in the making: sampled now up to its first frames, the rest as frames are pulled. */
async function render(wan: Wan, finish: Finisher, recipe: Recipe, run: Run): Promise<Rendering> {
  // 1. What was asked, in the model's own terms.
  const request = readRequest(wan.parts.model, recipe, run)
  run.progress('preparing', 1)
  // 2. The first window's latents, before anything is encoded.
  const first = await sampleWindow(wan, request, recipe, run, 0, request.tail)
  // 3. Frames, window by window; the last ones are kept for a clip that goes on from here.
  const tail: Frame[] = []
  const { size, fps, frames } = request
  const made = finish.apply({ ...size, fps, frames, video: draw(wan, request, recipe, run, first, tail) }, run)
  return {
    ...made,
    // Any word may mean something to the model.
    unknownWords: [],
    ...(overlapOf(wan.parts.model) > 0 && recipe.kind === 'video' && { state: () => writeTail({ fps, frames: tail }) }),
  }
}

/** Frames of all windows, in order. `tail` always holds the newest ones. */
async function* draw(
  wan: Wan,
  request: WanRequest,
  recipe: Recipe,
  run: Run,
  first: ClipLatents,
  tail: Frame[],
): AsyncGenerator<Frame> {
  const keep = Math.max(1, overlapOf(wan.parts.model))
  tail.push(...request.tail)
  for (const [n, window] of request.windows.entries()) {
    const clip = n === 0 ? first : await sampleWindow(wan, request, recipe, run, n, [...tail])
    let at = 0
    for await (const chunk of decodeClip(wan.parts, clip, { pixels: false, signal: run.signal })) {
      const bytes = chunk.width * chunk.height * 3
      for (let k = 0; k < chunk.frames; k++, at++) {
        if (at < window.overlap || at >= window.overlap + window.shown) continue
        const rgb = chunk.rgb.subarray(k * bytes, (k + 1) * bytes)
        const frame = { width: chunk.width, height: chunk.height, rgb }
        // Whoever takes the frame may draw on it.
        tail.push({ ...frame, rgb: rgb.slice() })
        if (tail.length > keep) tail.shift()
        yield frame
        run.signal.throwIfAborted()
      }
    }
  }
}

/** Latents of one window: what is known of it, its part of the motion, its own noise. */
async function sampleWindow(
  wan: Wan,
  request: WanRequest,
  recipe: Recipe,
  run: Run,
  n: number,
  before: readonly Frame[],
): Promise<ClipLatents> {
  const { model } = wan.parts
  const window = request.windows[n]
  if (!window) throw new Error(`window ${n} of ${request.windows.length}`)
  const random = createRandom(recipe.seed + n * 0x1_0000_0000)
  const shape = latentShape(model, window.frames, request.size)
  const scheduler = createScheduler({
    type: model.scheduler.type,
    shift: model.scheduler.shift ?? 1,
    steps: request.steps,
    timesteps: request.timesteps,
    ...(request.renoise && { noise: length => gaussian(random, length) }),
  })
  const noise = gaussian(random, volume(shape))
  const all = request.windows.length * scheduler.steps
  return sampleClip(wan, {
    prompt: recipe.prompt,
    negative: recipe.negative,
    size: request.size,
    frames: window.frames,
    known: knownOf(request, window, n, before),
    tracks: tracksOf(wan, request, recipe, n),
    scheduler,
    guidance: request.guidance,
    guidanceLow: request.guidanceLow,
    noise,
    textLength: model.text.length,
    signal: run.signal,
    onStep: done => run.progress('sampling', (n * scheduler.steps + done) / all),
  })
}

/** The frames of a window that are given: the ones before it, or the first picture; in the last window the last picture. */
function knownOf(request: WanRequest, window: Window, n: number, before: readonly Frame[]): Known[] {
  const start = window.overlap > 0 ? before.slice(-window.overlap) : request.first ? [request.first] : []
  const end = n === request.windows.length - 1 ? request.last : undefined
  return [
    ...start.map((picture, at) => ({ at, picture })),
    ...(end && window.frames > 1 ? [{ at: window.frames - 1, picture: end }] : []),
  ]
}

/** Strokes and camera of a window, as far as the clip has come in it; strokes win over the camera. */
function tracksOf({ parts }: Wan, request: WanRequest, recipe: Recipe, n: number): Track[] {
  const { spatial, temporal } = parts.model.vae
  const window = request.windows[n]
  if (!window || parts.model.motion !== 'tracks') return []
  const shown = request.windows.slice(0, n).reduce((sum, one) => sum + one.shown, 0)
  const span: Span = {
    from: Math.max(0, shown - window.overlap) / request.frames,
    to: Math.min(1, (shown + window.frames - window.overlap) / request.frames),
  }
  const frames = (window.frames - 1) / temporal + 1
  return [
    ...(recipe.camera ? cameraTracks(recipe.camera, request.size, spatial, frames, span) : []),
    ...(recipe.strokes ? brushTracks(recipe.strokes, request.size, spatial, frames, span) : []),
  ]
}
