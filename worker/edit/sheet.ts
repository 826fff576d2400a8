import sharp from 'sharp'
import { pictureLimits } from '../../core/media.ts'
import type { Frame } from '../pipelines/pipeline.ts'
import { drawLabel, type LabelLanguage, labelFor } from '../video/label.ts'
import { numberPlate } from './compare.ts'
import { ownLabel, placed } from './marks.ts'
import { type Area, blit, canvasOf } from './paint.ts'
import { sheetFor } from './panels.ts'

/** A picture of a clip (its still) or a picture, with where its own label stands. */
export interface Cell {
  readonly width: number
  readonly height: number
  readonly label?: Area | undefined
  /** Bytes of a JPEG, PNG or WebP of ours. */
  readonly picture: Uint8Array
}

const ground = 14
/** Height of a number in parts of its cell's shorter side. */
const numberShare = 0.13

/** Pictures on one sheet, numbered in reading order; the AI label of the whole stands below them. */
export async function sheetOf(cells: readonly Cell[], language: LabelLanguage): Promise<{ frame: Frame; label: Area }> {
  const [first] = cells
  if (!first) throw new Error('nothing to show')
  const { width, height: above, cells: places } = sheetFor(first, cells.length)
  const strip = await stripFor(width, above, language)
  const canvas = canvasOf(width, above + strip.height, ground)
  for (const [i, place] of places.entries()) {
    const cell = cells[i] ?? first
    const rgb = await sharp(cell.picture, { limitInputPixels: pictureLimits.pixels })
      .resize({ ...size(place), fit: 'contain', background: { r: ground, g: ground, b: ground } })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer()
    blit(canvas, { ...size(place), rgb }, place.x, place.y)
    const old = placed(await ownLabel(cell, language), cell, place)
    const least = numberShare * Math.min(place.width, place.height)
    drawLabel(canvas, await numberPlate(i + 1, { ...old, x: place.x + old.x, y: place.y + old.y }, least))
  }
  const { x, y, width: wide, height } = strip.label
  drawLabel(canvas, strip.label)
  return { frame: canvas, label: { x, y, width: wide, height } }
}

const size = ({ width, height }: Area) => ({ width, height })

/** The label's strip: as high as a label of the whole picture, strip included, needs. */
async function stripFor(width: number, above: number, language: LabelLanguage) {
  let height = 0
  for (;;) {
    const label = await labelFor(width, above + height, language)
    const needed = 2 * Math.ceil((above + height - label.y) / 2 + (above + height - label.y - label.height) / 2)
    if (height >= needed) return { height, label }
    height = needed
  }
}
