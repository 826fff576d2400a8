import { UserError } from '../../../core/errors.ts'
import type { Recipe } from '../../../core/request.ts'
import type { Frame, Run } from '../../pipelines/pipeline.ts'
import { renderSize, type Size, type Window, windowsOf } from './geometry.ts'
import { cover } from './resample.ts'
import type { WanModel } from './settings.ts'
import { readTail } from './state.ts'

/** A recipe, as this model will carry it out. */
export interface WanRequest {
  readonly size: Size
  readonly fps: number
  /** Frames that are shown. */
  readonly frames: number
  readonly windows: readonly Window[]
  readonly first: Frame | undefined
  readonly last: Frame | undefined
  /** The last frames of the clip this one continues, as many as the model wants to be told. */
  readonly tail: readonly Frame[]
  readonly steps: number
  readonly timesteps: readonly number[] | undefined
  readonly renoise: boolean
  readonly guidance: number
  readonly guidanceLow: number
}

/**
 * Decides sizes, frames, windows and sampling. Throws UserError: `refusal.task` for what the model cannot do, `failure.size`,
 * `refusal.too-long`, `failure.not-extendable`.
 */
export function readRequest(model: WanModel, recipe: Recipe, run: Run): WanRequest {
  const [fps = 16] = model.frames.fps
  const overlap = overlapOf(model)
  const before = run.state ? readTail(run.state) : undefined
  if (run.state && (!before || overlap === 0)) throw new UserError('failure.not-extendable')
  checkTasks(model, recipe, { first: run.first !== undefined, last: run.last !== undefined, goesOn: !!before })
  const [shown] = before?.frames ?? []
  const size = renderSize(model, shown ?? run)
  const fitted = (frame: Frame): Frame => cover(frame, size.width, size.height, 'lanczos')
  const tail = (before?.frames ?? []).slice(-overlap).map(fitted)
  // A model that reads 1 + 4k frames at once cannot read, say, three of them.
  const whole = tail.slice(-(tail.length - ((tail.length - 1) % model.vae.temporal)))
  // The last picture is the clip's very last frame, so the odd frame that the rule adds stays.
  const frames = recipe.kind === 'image' ? 1 : Math.round(recipe.seconds * fps) + (run.last ? 1 : 0)
  const windows = windowsOf(model, frames, overlap, whole.length)
  const ends = windows.at(-1)
  const shownFrames = run.last && ends ? frames + ends.frames - ends.overlap - ends.shown : frames
  return {
    size,
    fps,
    frames: shownFrames,
    windows: run.last && ends ? [...windows.slice(0, -1), { ...ends, shown: ends.frames - ends.overlap }] : windows,
    first: run.first && !before ? fitted(run.first) : undefined,
    last: run.last && fitted(run.last),
    tail: whole,
    ...samplingOf(model, recipe),
  }
}

/** Frames a model can be told of the clip before; 0 where it cannot go on. */
export function overlapOf({ conditioning, settings, tasks }: WanModel): number {
  if (conditioning === 'none' || !tasks.includes('extend')) return 0
  return conditioning === 'known-frames' || conditioning === 'per-token' ? settings.overlap : 1
}

function checkTasks(
  model: WanModel,
  recipe: Recipe,
  has: { readonly first: boolean; readonly last: boolean; readonly goesOn: boolean },
): void {
  const refuse = (task: string): never => {
    throw new UserError('refusal.task', { model: model.id, task })
  }
  const { conditioning, settings } = model
  const begins = has.first || has.goesOn
  if (recipe.kind === 'image' && !model.tasks.includes('text-to-image')) refuse('text-to-image')
  if (has.last && settings.lastFrame === 'no') refuse('first-last-frame')
  if (has.first && conditioning === 'none') refuse('image-to-video')
  if (has.last && !begins && conditioning !== 'known-frames') refuse('last-frame')
  if (!begins && !has.last && (conditioning === 'first' || conditioning === 'first-last')) refuse('text-to-video')
  if (begins && !has.last && settings.lastFrame === 'required') refuse('image-to-video')
  if (recipe.camera && model.motion !== 'tracks') refuse('camera')
  if (recipe.strokes?.length && model.motion !== 'tracks') refuse('brush')
}

type Sampling = Pick<WanRequest, 'steps' | 'timesteps' | 'renoise' | 'guidance' | 'guidanceLow'>

/** The package's own way of sampling at a tier, and the member's guidance where it may count. */
function samplingOf(model: WanModel, recipe: Recipe): Sampling {
  const own = model.sampling[recipe.tier] ?? Object.values(model.sampling)[0]
  if (!own) throw new Error(`model.json: ${model.id} says nothing of sampling`)
  const { steps, timesteps, renoise = false, guidance, guidanceLow = guidance } = own
  const wanted = timesteps || guidance <= 1 ? guidance : (recipe.guidance ?? guidance)
  // The experts keep their proportion.
  return { steps, timesteps, renoise, guidance: wanted, guidanceLow: (guidanceLow * wanted) / guidance }
}
