import type { Clip } from '../../core/clip.ts'
import { type Label, type LabelLanguage, labelFor } from '../video/label.ts'
import { fitInto } from './footage.ts'
import type { Area } from './paint.ts'

/** The visible AI label on what is made of clips that bear one: exactly one, where it belongs and large enough. */

type Size = { readonly width: number; readonly height: number }

/** Where a clip's own label stands, in its pixels; clips from before that was noted have it where we would put it. */
export async function ownLabel(
  clip: Size & { readonly label?: Clip['label'] | undefined },
  language: LabelLanguage,
): Promise<Area> {
  if (clip.label) return clip.label
  const { x, y, width, height } = await labelFor(clip.width, clip.height, language)
  return { x, y, width, height }
}

/** An area of a clip in the frame it is fitted into, rounded outwards. */
export function placed(area: Area, clip: Size, to: Size): Area {
  const at = fitInto(clip, to)
  const [across, down] = [at.width / clip.width, at.height / clip.height]
  const x = Math.floor(at.x + area.x * across)
  const y = Math.floor(at.y + area.y * down)
  const right = Math.min(to.width, Math.ceil(at.x + (area.x + area.width) * across))
  const bottom = Math.min(to.height, Math.ceil(at.y + (area.y + area.height) * down))
  return { x, y, width: right - x, height: bottom - y }
}

/** Whether a clip fills the frame it is fitted into: then its label is where ours would be, and as large. */
export function fillsFrame(clip: Size, to: Size): boolean {
  const at = fitInto(clip, to)
  return at.width === to.width && at.height === to.height
}

/**
 * The label for a clip that does not fill its frame: of full size, over the clip's own, which it hides. It stands at the frame's
 * edge, as that corner of the clip does.
 */
export async function labelOver(
  clip: Size & { readonly label?: Clip['label'] | undefined },
  to: Size,
  language: LabelLanguage,
): Promise<Label> {
  const old = placed(await ownLabel(clip, language), clip, to)
  const label = await labelFor(to.width, to.height, language, 1)
  const within = (start: number, size: number, most: number) => Math.min(Math.max(0, start), most - size)
  const covering = coveringAll(label, old)
  return {
    ...covering,
    x: within(old.x + old.width - covering.width, covering.width, to.width),
    y: within(old.y + old.height - covering.height, covering.height, to.height),
  }
}

/** The label on a ground large enough to hide an area. */
export function coveringAll(label: Label, area: Size): Label {
  const width = Math.max(label.width, area.width)
  const height = Math.max(label.height, area.height)
  if (width === label.width && height === label.height) return label
  const keep = new Uint16Array(width * height)
  const add = new Uint16Array(width * height).fill(groundShade * 256)
  const [left, top] = [(width - label.width) >> 1, (height - label.height) >> 1]
  for (let y = 0; y < label.height; y++)
    for (let x = 0; x < label.width; x++) {
      const from = y * label.width + x
      const ground = ((label.keep[from] as number) * groundShade) as number
      add[(top + y) * width + left + x] = Math.min(0xff7f, (label.add[from] as number) + ground)
    }
  return { x: label.x, y: label.y, width, height, keep, add }
}

const groundShade = 14
