import sharp, { type OverlayOptions } from 'sharp'
import type { Grid } from './words.ts'

/** A copy of a picture with the grid that the brush in words speaks of (words.ts). */

/** Longest side of the copy, in pixels: sharp enough to see the cells, small enough for any chat. */
const longest = 1280
/** Dark lines with light ones beside them show on any picture. */
const dark = { r: 0, g: 0, b: 0, alpha: 0.55 } as const
const light = { r: 255, g: 255, b: 255, alpha: 0.75 } as const

const bar = (left: number, top: number, width: number, height: number, background: typeof dark | typeof light) =>
  ({
    input: { create: { width, height, channels: 4, background } },
    left,
    top,
  }) satisfies OverlayOptions

/** A letter or number of ours on a dark plate. */
async function label(text: string, left: number, top: number, size: number): Promise<OverlayOptions> {
  const words = `<span foreground="#ffffff" background="#000000">\u00a0${text}\u00a0</span>`
  const input = await sharp({ text: { text: words, font: `sans bold ${size}`, rgba: true, dpi: 72 } })
    .png()
    .toBuffer()
  return { input, left, top }
}

/** Draws the grid over a picture (JPEG, PNG or WebP as we keep them). Gives a JPEG. */
export async function gridded(
  picture: Uint8Array,
  { columns, rows }: Grid,
): Promise<{ jpeg: Buffer; width: number; height: number }> {
  const small = await sharp(picture)
    .resize(longest, longest, { fit: 'inside', withoutEnlargement: true })
    .removeAlpha()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = small.info
  const x = (column: number): number => Math.min(width - 1, Math.round((column * width) / columns))
  const y = (row: number): number => Math.min(height - 1, Math.round((row * height) / rows))
  const lines = [
    ...Array.from({ length: columns - 1 }, (_, i) => i + 1).flatMap(i => [
      bar(x(i), 0, 1, height, dark),
      bar(Math.max(0, x(i) - 1), 0, 1, height, light),
    ]),
    ...Array.from({ length: rows - 1 }, (_, i) => i + 1).flatMap(i => [
      bar(0, y(i), width, 1, dark),
      bar(0, Math.max(0, y(i) - 1), width, 1, light),
    ]),
  ]
  const size = Math.max(9, Math.round(Math.min(width / columns, height / rows) * 0.26))
  const labels = await Promise.all([
    ...Array.from({ length: columns }, (_, i) => label(String.fromCharCode(65 + i), x(i) + 2, 2, size)),
    ...Array.from({ length: rows - 1 }, (_, i) => label(String(i + 2), 2, y(i + 1) + 2, size)),
    label('1', 2, Math.round(size * 1.7), size),
  ])
  const jpeg = await sharp(small.data)
    .composite([...lines, ...labels])
    .jpeg({ quality: 86 })
    .toBuffer()
  return { jpeg, width, height }
}
