import { boundsOf, type Region, softMask } from './cutout.ts'
import type { RgbImage } from './scene.ts'

/** What may be behind a region that was cut out of a picture: its surroundings, mirrored into the hole from both sides. */

/** The picture with regions taken out and the holes filled. */
export function fillHoles(picture: RgbImage, regions: readonly Region[]): RgbImage {
  const { width, height, rgb } = picture
  const hole = new Float32Array(width * height)
  for (const region of regions) {
    const mask = softMask(region, width, height)
    for (let i = 0; i < mask.length; i++) hole[i] = Math.max(hole[i] as number, mask[i] as number)
  }
  const margin = Math.max(2, Math.round(height / 100))
  const box = boundsOf(hole, width, height)
  const open = widened(
    hole,
    width,
    { left: box.left - margin, top: box.top - margin, right: box.right + margin, bottom: box.bottom + margin },
    margin,
  )
  const base = smoothFill(picture, open)
  const out = new Uint8Array(rgb)
  for (let y = Math.max(0, box.top - margin); y < Math.min(height, box.bottom + margin); y++) {
    let x = Math.max(0, box.left - margin)
    const end = Math.min(width, box.right + margin)
    while (x < end) {
      if (open[y * width + x] === 0) {
        x++
        continue
      }
      let stop = x
      while (stop < width && open[y * width + stop] === 1) stop++
      fillRun(picture, open, base, out, y, x, stop)
      x = stop
    }
  }
  return { width, height, rgb: out }
}

/** 1 where anything of the mask lies within `radius` (a square), else 0; only inside the box. */
function widened(mask: Float32Array, width: number, box: ReturnType<typeof boundsOf>, radius: number): Uint8Array {
  const height = mask.length / width
  const [x0, x1] = [Math.max(0, box.left), Math.min(width, box.right)]
  const [y0, y1] = [Math.max(0, box.top), Math.min(height, box.bottom)]
  const across = new Uint8Array(mask.length)
  const out = new Uint8Array(mask.length)
  for (let y = y0; y < y1; y++) {
    let last = Number.NEGATIVE_INFINITY
    for (let x = x0; x < x1 + radius; x++) {
      if (x < x1 && (mask[y * width + x] as number) > 0.004) last = x
      const at = x - radius
      if (at >= x0 && at < x1 && last >= at - radius) across[y * width + at] = 1
    }
  }
  for (let x = x0; x < x1; x++) {
    let last = Number.NEGATIVE_INFINITY
    for (let y = y0; y < y1 + radius; y++) {
      if (y < y1 && across[y * width + x] === 1) last = y
      const at = y - radius
      if (at >= y0 && at < y1 && last >= at - radius) out[at * width + x] = 1
    }
  }
  return out
}

/** One row of a hole, columns start..stop: mirrored from the left and the right, each fading towards the other side. */
function fillRun(
  picture: RgbImage,
  open: Uint8Array,
  base: Smooth,
  out: Uint8Array,
  y: number,
  start: number,
  stop: number,
): void {
  const { width, rgb } = picture
  const row = y * width
  const usable = (x: number) => x >= 0 && x < width && open[row + x] === 0
  for (let x = start; x < stop; x++) {
    const fromLeft = 2 * start - 1 - x
    const fromRight = 2 * stop - 1 - x
    const u = (x - start + 0.5) / (stop - start)
    const left = usable(fromLeft) ? (1 - u) ** 2 : 0
    const right = usable(fromRight) ? u ** 2 : 0
    // The smooth guess takes over in the middle, where mirrored detail from both sides would only be a jumble.
    const middle = left + right === 0 ? 1 : 0.5 * Math.min(1, 4 * u * (1 - u)) ** 2
    const total = left + right + middle
    for (let c = 0; c < 3; c++) {
      const light =
        left * (rgb[(row + fromLeft) * 3 + c] ?? 0) +
        right * (rgb[(row + fromRight) * 3 + c] ?? 0) +
        middle * base.at(x, y, c)
      out[(row + x) * 3 + c] = Math.round(light / total)
    }
  }
}

/** A small picture without holes, read bilinearly at full-size coordinates. */
interface Smooth {
  at(x: number, y: number, c: number): number
}

const smallWidth = 128

/** Fills holes with means of ever larger neighbourhoods, at a small size. */
function smoothFill(picture: RgbImage, open: Uint8Array): Smooth {
  const step = Math.max(1, picture.width / smallWidth)
  const width = Math.ceil(picture.width / step)
  const height = Math.ceil(picture.height / step)
  const base: Level = { width, height, sums: new Float32Array(width * height * 4) }
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      if (open[y * picture.width + x] === 1) continue
      const to = (Math.floor(y / step) * width + Math.floor(x / step)) * 4
      const from = (y * picture.width + x) * 3
      for (let c = 0; c < 3; c++) base.sums[to + c] = (base.sums[to + c] as number) + (picture.rgb[from + c] as number)
      base.sums[to + 3] = (base.sums[to + 3] as number) + 1
    }
  normalise(base)
  const levels = [base]
  for (let last = base; last.width * last.height > 1; last = levels.at(-1) as Level) levels.push(coarser(last))
  for (let i = levels.length - 2; i >= 0; i--) refill(levels[i] as Level, levels[i + 1] as Level)
  return { at: (x, y, c) => sampled(base, (x + 0.5) / step - 0.5, (y + 0.5) / step - 0.5, c) }
}

interface Level {
  readonly width: number
  readonly height: number
  /** RGB times weight, and weight 0..1. */
  readonly sums: Float32Array
}

/** Weights above 1 are brought back to 1. */
function normalise(level: Level): void {
  for (let i = 0; i < level.sums.length; i += 4) {
    const weight = level.sums[i + 3] as number
    if (weight > 1) for (let c = 0; c < 4; c++) level.sums[i + c] = (level.sums[i + c] as number) / weight
  }
}

/** Half the size. */
function coarser(level: Level): Level {
  const width = Math.max(1, Math.ceil(level.width / 2))
  const height = Math.max(1, Math.ceil(level.height / 2))
  const half: Level = { width, height, sums: new Float32Array(width * height * 4) }
  for (let y = 0; y < level.height; y++)
    for (let x = 0; x < level.width; x++) {
      const from = (y * level.width + x) * 4
      const to = ((y >> 1) * width + (x >> 1)) * 4
      for (let c = 0; c < 4; c++) half.sums[to + c] = (half.sums[to + c] as number) + (level.sums[from + c] as number)
    }
  normalise(half)
  return half
}

/** Fills what is missing (weight below 1) from the coarser level. */
function refill(level: Level, from: Level): void {
  for (let y = 0; y < level.height; y++)
    for (let x = 0; x < level.width; x++) {
      const i = (y * level.width + x) * 4
      const missing = 1 - (level.sums[i + 3] as number)
      if (missing <= 0) continue
      for (let c = 0; c < 3; c++)
        level.sums[i + c] =
          (level.sums[i + c] as number) + sampled(from, (x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5, c) * missing
      level.sums[i + 3] = 1
    }
}

/** A channel at fractional coordinates, edges held. */
function sampled(level: Level, x: number, y: number, c: number): number {
  const u = Math.min(Math.max(x, 0), level.width - 1)
  const v = Math.min(Math.max(y, 0), level.height - 1)
  const [x0, y0] = [Math.floor(u), Math.floor(v)]
  const [x1, y1] = [Math.min(x0 + 1, level.width - 1), Math.min(y0 + 1, level.height - 1)]
  const at = (px: number, py: number) => level.sums[(py * level.width + px) * 4 + c] as number
  return (
    (at(x0, y0) * (1 - u + x0) + at(x1, y0) * (u - x0)) * (1 - v + y0) +
    (at(x0, y1) * (1 - u + x0) + at(x1, y1) * (u - x0)) * (v - y0)
  )
}
