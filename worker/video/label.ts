import sharp from 'sharp'
import type { Frame } from '../pipelines/pipeline.ts'
import art from './label.json' with { type: 'json' }

/**
 * The visible AI label, drawn on every frame in a corner. GB 45438-2025, 5.4 asks for text of at least 5 % of the shorter side,
 * at an edge or corner, from the first picture on, for 2 s; ours stays for the whole clip.
 */

export type LabelLanguage = keyof typeof art.masks

/** Height of the capitals (the smallest letters of 「AI生成」) in parts of the shorter side. */
const capitalHeight = 0.053
/** Distance from the frame's edges, and from the text to the edge of its box, in parts of the shorter side. */
const margin = 0.025
const padding = 0.016
/** The box keeps white text at a contrast above 4.5 : 1 (WCAG) even on white. */
const boxOpacity = 0.62
const boxShade = 14

/** A label for one frame size: a new value is `(old * keep + add) / 256`, for each of the three channels. */
export interface Label {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly keep: Uint16Array
  readonly add: Uint16Array
}

/** White letters as coverage, 0 to 255, row by row. */
export interface Ink {
  readonly width: number
  readonly height: number
  readonly coverage: Uint8Array
}

/** Letters on a dark box with round corners, at the origin. `opacity` 1 hides what is behind the box. */
export function plate(ink: Ink, { pad, sidePad, opacity }: { pad: number; sidePad: number; opacity: number }): Label {
  const box = { width: ink.width + 2 * sidePad, height: ink.height + 2 * pad }
  const keep = new Uint16Array(box.width * box.height)
  const add = new Uint16Array(box.width * box.height)
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) {
      const inside = x >= sidePad && y >= pad && x < box.width - sidePad && y < box.height - pad
      const text = inside ? (ink.coverage[(y - pad) * ink.width + x - sidePad] ?? 0) / 255 : 0
      const shade = opacity * roundedBox(x, y, box.width, box.height, pad)
      const at = y * box.width + x
      keep[at] = Math.round(256 * (1 - shade) * (1 - text))
      add[at] = Math.min(0xff7f, Math.round(256 * (255 * text + boxShade * shade * (1 - text))))
    }
  return { x: 0, y: 0, ...box, keep, add }
}

/** Makes the label for a frame size; bottom right. */
export async function labelFor(
  width: number,
  height: number,
  language: LabelLanguage,
  opacity = boxOpacity,
): Promise<Label> {
  const short = Math.min(width, height)
  const mask = Buffer.from(art.masks[language], 'base64')
  const { width: fullWidth = 0 } = await sharp(mask).metadata()
  const ink = await sharp(mask)
    .resize({ width: Math.round((fullWidth * Math.ceil(short * capitalHeight)) / art.capital) })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const edge = Math.ceil(short * margin)
  const box = plate(
    { width: ink.info.width, height: ink.info.height, coverage: ink.data },
    { pad: Math.ceil(short * padding), sidePad: Math.ceil(short * padding * 1.4), opacity },
  )
  return { ...box, x: width - edge - box.width, y: height - edge - box.height }
}

/** How much of a pixel lies inside a box with rounded corners, 0..1. */
function roundedBox(x: number, y: number, width: number, height: number, radius: number): number {
  const dx = Math.max(radius - x - 0.5, x + 0.5 - (width - radius), 0)
  const dy = Math.max(radius - y - 0.5, y + 0.5 - (height - radius), 0)
  return Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)))
}

/** Draws the label onto a frame; what it gives back takes it off again, for frames whose buffer is used once more. */
export function drawLabel(frame: Frame, label: Label): () => void {
  const { rgb, width } = frame
  const rowBytes = label.width * 3
  const saved = new Uint8Array(rowBytes * label.height)
  for (let row = 0, at = 0; row < label.height; row++) {
    const from = ((label.y + row) * width + label.x) * 3
    saved.set(rgb.subarray(from, from + rowBytes), row * rowBytes)
    for (let pixel = from; pixel < from + rowBytes; pixel += 3, at++) {
      const keep = label.keep[at] as number
      const add = (label.add[at] as number) + 128
      rgb[pixel] = ((rgb[pixel] as number) * keep + add) >> 8
      rgb[pixel + 1] = ((rgb[pixel + 1] as number) * keep + add) >> 8
      rgb[pixel + 2] = ((rgb[pixel + 2] as number) * keep + add) >> 8
    }
  }
  return () => {
    for (let row = 0; row < label.height; row++)
      rgb.set(saved.subarray(row * rowBytes, (row + 1) * rowBytes), ((label.y + row) * width + label.x) * 3)
  }
}
