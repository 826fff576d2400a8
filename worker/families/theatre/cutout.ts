import type { RgbaImage, RgbImage } from './scene.ts'

/** A brushed region of a picture: cut out with a soft edge, the hole behind it filled. */

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

/** Share of a sprite's canvas that its content box takes; the rest is margin on all sides (as the package's sprites). */
const content = 0.9375

/** Coverage 0..1 of a region on a picture of this size: whole cells, edges rounded and soft over a third of a cell. */
export function softMask(region: Region, width: number, height: number): Float32Array {
  const { columns, rows } = region.grid
  const cells = new Float32Array(columns * rows)
  for (const cell of region.cells) if (cell < cells.length) cells[cell] = 1
  const at = (x: number, y: number) =>
    cells[Math.min(rows - 1, Math.max(0, y)) * columns + Math.min(columns - 1, Math.max(0, x))] ?? 0
  const mask = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) / height) * rows - 0.5
    const row = Math.floor(v)
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) / width) * columns - 0.5
      const col = Math.floor(u)
      const [fu, fv] = [u - col, v - row]
      const top = at(col, row) * (1 - fu) + at(col + 1, row) * fu
      const low = at(col, row + 1) * (1 - fu) + at(col + 1, row + 1) * fu
      const level = Math.min(Math.max((top + (low - top) * fv - 0.33) * 3, 0), 1)
      mask[y * width + x] = level * level * (3 - 2 * level)
    }
  }
  return mask
}

/** Cuts a region out of a fitted picture. `largest`: most pixels of the canvas's side. */
export function cutOut(picture: RgbImage, region: Region, largest = 512): CutOut {
  const { width, height, rgb } = picture
  const mask = softMask(region, width, height)
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
    log2Size: Math.log2((2 * side) / height),
  }
}

function boundsOf(mask: Float32Array, width: number, height: number) {
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

interface Level {
  readonly width: number
  readonly height: number
  /** RGB times weight, and weight. */
  readonly sums: Float32Array
}

/** The picture with regions taken out and what is behind them guessed from around: means of ever larger neighbourhoods, blended. */
export function fillHoles(picture: RgbImage, regions: readonly Region[]): RgbImage {
  const { width, height, rgb } = picture
  const keep = new Float32Array(width * height).fill(1)
  for (const region of regions) {
    const mask = softMask(region, width, height)
    const wide = widened(mask, width, height, Math.max(2, Math.round(height / 90)))
    for (let i = 0; i < keep.length; i++) keep[i] = Math.min(keep[i] ?? 0, 1 - (wide[i] ?? 0))
  }
  const base = new Float32Array(width * height * 4)
  for (let i = 0; i < keep.length; i++) {
    const weight = keep[i] ?? 0
    for (let c = 0; c < 3; c++) base[i * 4 + c] = (rgb[i * 3 + c] ?? 0) * weight
    base[i * 4 + 3] = weight
  }
  const levels: Level[] = [{ width, height, sums: base }]
  for (let last = levels[0]; last && last.width * last.height > 1; last = levels.at(-1)) levels.push(coarser(last))
  for (let i = levels.length - 2; i >= 0; i--) refill(levels[i] as Level, levels[i + 1] as Level)
  const out = new Uint8Array(rgb)
  for (let i = 0; i < keep.length; i++)
    if ((keep[i] ?? 0) < 1) for (let c = 0; c < 3; c++) out[i * 3 + c] = Math.round(base[i * 4 + c] ?? 0)
  return { width, height, rgb: out }
}

/** Largest value within `radius` in x and y. */
function widened(mask: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(mask.length)
  const out = new Float32Array(mask.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let most = 0
      for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++)
        most = Math.max(most, mask[y * width + i] ?? 0)
      across[y * width + x] = most
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let most = 0
      for (let i = Math.max(0, y - radius); i <= Math.min(height - 1, y + radius); i++)
        most = Math.max(most, across[i * width + x] ?? 0)
      out[y * width + x] = most
    }
  return out
}

/** Half the size; weights are summed and held to 1. */
function coarser(level: Level): Level {
  const width = Math.max(1, Math.ceil(level.width / 2))
  const height = Math.max(1, Math.ceil(level.height / 2))
  const sums = new Float32Array(width * height * 4)
  for (let y = 0; y < level.height; y++)
    for (let x = 0; x < level.width; x++) {
      const from = (y * level.width + x) * 4
      const to = ((y >> 1) * width + (x >> 1)) * 4
      for (let c = 0; c < 4; c++) sums[to + c] = (sums[to + c] ?? 0) + (level.sums[from + c] ?? 0)
    }
  for (let i = 0; i < sums.length; i += 4) {
    const weight = sums[i + 3] ?? 0
    if (weight > 1) for (let c = 0; c < 4; c++) sums[i + c] = (sums[i + c] ?? 0) / weight
  }
  return { width, height, sums }
}

/** Fills what is missing (weight below 1) from the coarser level, bilinearly. */
function refill(level: Level, from: Level): void {
  for (let y = 0; y < level.height; y++)
    for (let x = 0; x < level.width; x++) {
      const i = (y * level.width + x) * 4
      const missing = 1 - (level.sums[i + 3] ?? 0)
      if (missing <= 0) continue
      const u = Math.min(Math.max((x + 0.5) / 2 - 0.5, 0), from.width - 1)
      const v = Math.min(Math.max((y + 0.5) / 2 - 0.5, 0), from.height - 1)
      const [x0, y0] = [Math.floor(u), Math.floor(v)]
      const [x1, y1] = [Math.min(x0 + 1, from.width - 1), Math.min(y0 + 1, from.height - 1)]
      const [fu, fv] = [u - x0, v - y0]
      for (let c = 0; c < 3; c++) {
        const at = (px: number, py: number) => from.sums[(py * from.width + px) * 4 + c] ?? 0
        const guess =
          (at(x0, y0) * (1 - fu) + at(x1, y0) * fu) * (1 - fv) + (at(x0, y1) * (1 - fu) + at(x1, y1) * fu) * fv
        level.sums[i + c] = (level.sums[i + c] ?? 0) + guess * missing
      }
      level.sums[i + 3] = 1
    }
}
