import { outlined } from './outline.ts'
import type { RgbaImage, RgbImage } from './scene.ts'

/** A brushed region of a picture, cut out along the thing in it with a soft edge. The hole that it leaves: holes.ts. */

/** Cells of a grid laid over the picture, row-major indices: what core's `Stroke` says. */
export interface Region {
  readonly grid: { readonly columns: number; readonly rows: number }
  readonly cells: readonly number[]
}

/** The region as an actor, and where it stands with the camera at rest. */
export interface CutOut {
  readonly image: RgbaImage
  /** World position of the middle of its lower edge, and log2 of its canvas's height in world units. */
  readonly x: number
  readonly y: number
  readonly log2Size: number
}

/** Share of a canvas that the region takes; the rest is margin on all sides: puppet_graph.py expects a 64th below the feet. */
const content = 0.96875

/** Coverage 0..1 of a region on a picture of this size: whole cells, edges rounded and soft over a third of a cell. */
export function softMask(region: Region, width: number, height: number): Float32Array {
  const { columns, rows } = region.grid
  const cells = new Float32Array(columns * rows)
  for (const cell of region.cells) if (cell < cells.length) cells[cell] = 1
  const at = (x: number, y: number) =>
    cells[Math.min(rows - 1, Math.max(0, y)) * columns + Math.min(columns - 1, Math.max(0, x))] ?? 0
  const mask = new Float32Array(width * height)
  const xs = region.cells.map(cell => cell % columns)
  const ys = region.cells.map(cell => Math.floor(cell / columns))
  const [cellX, cellY] = [width / columns, height / rows]
  const left = Math.max(0, Math.floor((Math.min(...xs) - 1) * cellX))
  const right = Math.min(width, Math.ceil((Math.max(...xs) + 2) * cellX))
  const top = Math.max(0, Math.floor((Math.min(...ys) - 1) * cellY))
  const bottom = Math.min(height, Math.ceil((Math.max(...ys) + 2) * cellY))
  for (let y = top; y < bottom; y++) {
    const v = (y + 0.5) / cellY - 0.5
    const row = Math.floor(v)
    for (let x = left; x < right; x++) {
      const u = (x + 0.5) / cellX - 0.5
      const col = Math.floor(u)
      const [fu, fv] = [u - col, v - row]
      const upper = at(col, row) * (1 - fu) + at(col + 1, row) * fu
      const lower = at(col, row + 1) * (1 - fu) + at(col + 1, row + 1) * fu
      const level = Math.min(Math.max((upper + (lower - upper) * fv - 0.33) * 3, 0), 1)
      mask[y * width + x] = level * level * (3 - 2 * level)
    }
  }
  return mask
}

/** Cuts a region out of a fitted picture. `largest`: most pixels of the canvas's side. */
export function cutOut(picture: RgbImage, region: Region, largest = 512): CutOut {
  const { width, height, rgb } = picture
  const brushed = softMask(region, width, height)
  const mask = outlined(picture, brushed, boundsOf(brushed, width, height))
  const box = boundsOf(mask, width, height)
  const side = Math.max(box.right - box.left, box.bottom - box.top)
  const canvas = Math.max(48, Math.min(largest, Math.ceil(side / content / 16) * 16))
  const scale = side / (canvas * content)
  const middle = (box.left + box.right) / 2
  const rgba = new Uint8Array(canvas * canvas * 4)
  for (let y = 0; y < canvas; y++)
    for (let x = 0; x < canvas; x++) {
      const px = Math.floor(middle + (x + 0.5 - canvas / 2) * scale)
      const py = Math.floor(box.bottom + (y + 0.5 - canvas * (0.5 + content / 2)) * scale)
      if (px < 0 || py < 0 || px >= width || py >= height) continue
      const from = py * width + px
      const to = (y * canvas + x) * 4
      for (let c = 0; c < 3; c++) rgba[to + c] = rgb[from * 3 + c] ?? 0
      rgba[to + 3] = Math.round((mask[from] ?? 0) * 255)
    }
  return {
    image: { width: canvas, height: canvas, rgba },
    x: ((2 * middle) / width - 1) * (width / height),
    y: 1 - (2 * box.bottom) / height,
    log2Size: Math.log2((2 * side) / content / height),
  }
}

/** Box of everything covered. Throws RangeError when nothing is. */
export function boundsOf(mask: Float32Array, width: number, height: number) {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if ((mask[y * width + x] ?? 0) > 0.004) {
        left = Math.min(left, x)
        right = Math.max(right, x + 1)
        top = Math.min(top, y)
        bottom = Math.max(bottom, y + 1)
      }
  if (right <= left) throw new RangeError('the region is empty')
  return { left, top, right, bottom }
}
