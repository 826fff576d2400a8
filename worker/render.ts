import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crashpoint } from '../core/crashpoint.ts'
import { UserError } from '../core/errors.ts'
import { readPicture } from '../core/media.ts'
import type { MediaKey } from '../core/request.ts'
import type { Store } from '../core/store.ts'
import { secondsSoFar, timed } from './meter.ts'
import type { Frame, Pipeline, Rendering, Run, Stage } from './pipelines/pipeline.ts'
import type { Made, Order, Setup } from './protocol.ts'
import { aigcField } from './video/aigc.ts'
import { waitedFor, writeClip } from './video/clip-file.ts'
import { drawLabel, labelFor } from './video/label.ts'
import { pictureOf, posterOf } from './video/still.ts'

export interface RenderTools {
  readonly pipeline: Pipeline
  readonly store: Store
  readonly label: Setup['label']
  readonly scratch: string
  readonly signal: AbortSignal
  progress(stage: Stage, done: number): void
}

/** Carries out one order: fetches what the recipe names, renders, labels, encodes and stores. Throws UserError and AbortError. */
export async function render(order: Order, tools: RenderTools): Promise<Made> {
  const before = { at: performance.now(), ...secondsSoFar() }
  const { signal, progress } = tools
  progress('preparing', 0)
  const { recipe } = order
  const [first, last, state] = await Promise.all([
    fetchFrame(tools.store, recipe.firstFrame),
    fetchFrame(tools.store, recipe.lastFrame),
    order.state ? tools.store.get(order.state) : undefined,
  ])
  const run: Run = {
    signal,
    width: order.width,
    height: order.height,
    fps: order.fps,
    ...(first && { first }),
    ...(last && { last }),
    ...(state && { state }),
    progress,
  }
  signal.throwIfAborted()
  const rendering = await tools.pipeline.render(recipe, run)
  const sampled = secondsSoFar().onnx
  const aigc = aigcField(tools.label.producer, order.job)
  const label = await labelFor(rendering.width, rendering.height, tools.label.language)
  const folder = await mkdtemp(join(tools.scratch, 'clip-'))
  try {
    const files =
      recipe.kind === 'image'
        ? await still(rendering, label, aigc, tools)
        : await video(rendering, label, aigc, join(folder, 'clip.mp4'), order, tools)
    const after = { at: performance.now(), ...secondsSoFar() }
    return {
      kind: recipe.kind === 'image' ? 'image' : 'video',
      ...files,
      width: rendering.width,
      height: rendering.height,
      fps: rendering.fps,
      frames: rendering.frames,
      label: { x: label.x, y: label.y, width: label.width, height: label.height },
      unknownWords: [...rendering.unknownWords],
      costs: {
        onnx: sampled - before.onnx,
        draw: after.draw - before.draw,
        encode: after.encode - before.encode,
        busy: after.busy - before.busy,
        total: (after.at - before.at) / 1000,
        peakBytes: process.resourceUsage().maxRSS * 1024,
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Files = Pick<Made, 'media' | 'poster' | 'state' | 'bytes'>
type LabelOf = Awaited<ReturnType<typeof labelFor>>

async function video(
  rendering: Rendering,
  label: LabelOf,
  aigc: string,
  file: string,
  order: Order,
  tools: RenderTools,
): Promise<Files> {
  const { poster, bytes } = await writeClip({
    width: rendering.width,
    height: rendering.height,
    fps: rendering.fps,
    frames: rendering.frames,
    video: rendering.video,
    label,
    aigc,
    file,
    signal: tools.signal,
    ...(order.maxBytes !== undefined && { maxBytes: order.maxBytes }),
    onFrame(done) {
      tools.progress('rendering', done / rendering.frames)
      if (done === Math.ceil(rendering.frames / 2)) crashpoint('mid-render')
    },
  })
  crashpoint('before-store')
  tools.progress('storing', 0)
  tools.signal.throwIfAborted()
  const state = rendering.state?.()
  const [media, posterKey, stateKey] = await Promise.all([
    tools.store.put('clips', 'mp4', { file }),
    tools.store.put('posters', 'jpg', poster),
    state && tools.store.put('states', 'bin', state),
  ])
  crashpoint('after-store')
  return { media, poster: posterKey, bytes, ...(stateKey && { state: stateKey }) }
}

async function still(rendering: Rendering, label: LabelOf, aigc: string, tools: RenderTools): Promise<Files> {
  for await (const frame of waitedFor(rendering.video)) {
    drawLabel(frame, label)
    const [picture, poster] = await timed('encode', () => Promise.all([pictureOf(frame, aigc), posterOf(frame, aigc)]))
    tools.progress('storing', 0)
    tools.signal.throwIfAborted()
    const [media, posterKey] = await Promise.all([
      tools.store.put('pictures', 'png', picture),
      tools.store.put('posters', 'jpg', poster),
    ])
    return { media, poster: posterKey, bytes: picture.length }
  }
  throw new Error('no picture came')
}

async function fetchFrame(store: Store, key: MediaKey | undefined): Promise<Frame | undefined> {
  if (!key) return undefined
  const kept = await store.get(key)
  try {
    return await readPicture(kept)
  } catch (error) {
    throw new UserError('failure.media-gone', {}, error)
  }
}
