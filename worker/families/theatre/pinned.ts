import { boundsOf, type Region, softMask } from './cutout.ts'
import type { RgbaImage, RgbImage } from './scene.ts'

/** An area of a member's picture that stays where it is on the screen, however the camera moves. */
export interface PinnedArea {
  /** Pixels of the frame. */
  readonly left: number
  readonly top: number
  /** Premultiplied alpha, softer towards the area's edge. */
  readonly image: RgbaImage
}

/** Takes a brushed area out of a picture that is fitted to the frame. */
export function pinnedArea(picture: RgbImage, region: Region): PinnedArea {
  const { width, height, rgb } = picture
  const mask = softMask(region, width, height)
  const { left, top, right, bottom } = boundsOf(mask, width, height)
  const [columns, rows] = [right - left, bottom - top]
  const rgba = new Uint8Array(columns * rows * 4)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const from = (top + y) * width + left + x
      const to = (y * columns + x) * 4
      const alpha = mask[from] ?? 0
      for (let c = 0; c < 3; c++) rgba[to + c] = Math.round((rgb[from * 3 + c] ?? 0) * alpha)
      rgba[to + 3] = Math.round(alpha * 255)
    }
  return { left, top, image: { width: columns, height: rows, rgba } }
}
