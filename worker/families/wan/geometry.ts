import { UserError } from '../../../core/errors.ts'
import type { ModelJson } from '../../model-json.ts'
import type { WanModel } from './settings.ts'

/** Sizes, lengths and windows of clips: pure arithmetic. */

export interface Size {
  readonly width: number
  readonly height: number
}

/** Shape of latents without the batch: channels, frames, height, width. */
export type LatentShape = readonly [channels: number, frames: number, height: number, width: number]

/** Latents of a clip of `frames` pixel frames: the first stands alone, then `temporal` of them make one. */
export function latentShape({ vae }: Pick<WanModel, 'vae'>, frames: number, { width, height }: Size): LatentShape {
  return [vae.channels, (frames - 1) / vae.temporal + 1, height / vae.spatial, width / vae.spatial]
}

export const volume = (shape: LatentShape): number => shape.reduce((product, side) => product * side, 1)

/** The fewest frames a model can make that are at least `frames`. */
export function framesUp(rule: ModelJson['frames'], frames: number): number {
  return rule.offset + rule.multiple * Math.max(0, Math.ceil((frames - rule.offset) / rule.multiple))
}

/** How far two shapes may be apart to count as the same: 832x480 is the family's 16:9. */
const sameShape = 0.06

/**
 * The size a model makes for a size that was asked for: the nearest of those it was trained at if one has that shape, else as many
 * pixels as it can of exactly that shape. Throws UserError `failure.size` where there is none.
 */
export function renderSize(model: Pick<ModelJson, 'id' | 'sizes'>, asked: Size): Size {
  const { sizes } = model
  const aspect = Math.log(asked.width / asked.height)
  const pixels = ({ width, height }: Size): number => width * height
  const off = (size: Size): number => Math.abs(Math.log(pixels(size) / pixels(asked)))
  const trained = sizes.native
    .flatMap(({ width, height }) => [
      { width, height },
      { width: height, height: width },
    ])
    .filter(size => Math.abs(Math.log(size.width / size.height) - aspect) < sameShape)
    .sort((a, b) => off(a) - off(b))[0]
  if (trained) return trained
  const most = sizes.mostPixels ?? Math.max(pixels(asked), ...sizes.native.map(pixels))
  const scale = Math.min(1, Math.sqrt(most / pixels(asked)))
  const snap = (side: number): number => Math.floor((side * scale) / sizes.multiple + 1e-9) * sizes.multiple
  const size = { width: snap(asked.width), height: snap(asked.height) }
  const sides = [size.width, size.height]
  if (sides.some(side => side < sizes.leastSide || side > sizes.mostSide))
    throw new UserError('failure.size', { model: model.id, width: asked.width, height: asked.height })
  return size
}

/** A piece of a clip that is made in one go. */
export interface Window {
  /** Frames made, the overlap included. */
  readonly frames: number
  /** Frames at its start that the window before has shown; 0 for the first. */
  readonly overlap: number
  /** Frames of it that are shown. */
  readonly shown: number
}

/**
 * Cuts a clip into windows of nearly equal length that overlap. `overlap` 0: the model cannot go on from frames.
 * Throws UserError `refusal.too-long` when it would have to.
 */
export function windowsOf(
  model: Pick<ModelJson, 'id' | 'frames'>,
  total: number,
  overlap: number,
  given: number,
): Window[] {
  const { frames } = model
  const most = frames.offset + frames.multiple * Math.floor((frames.most - frames.offset) / frames.multiple)
  if (given + total <= most) return [{ frames: framesUp(frames, given + total), overlap: given, shown: total }]
  const seconds = Math.floor(most / (frames.fps[0] ?? 1))
  if (overlap === 0 || most <= overlap) throw new UserError('refusal.too-long', { model: model.id, seconds })
  const count = 1 + Math.ceil((total + given - most) / (most - overlap))
  const windows: Window[] = []
  for (let left = total; left > 0; ) {
    const start = windows.length === 0 ? given : overlap
    const share = Math.ceil(left / Math.max(1, count - windows.length))
    const made = Math.min(most, framesUp(frames, share + start))
    const shown = Math.min(left, made - start)
    windows.push({ frames: made, overlap: start, shown })
    left -= shown
  }
  return windows
}
