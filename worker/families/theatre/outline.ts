import { boxBlur } from './pyramid.ts'
import type { RgbImage } from './scene.ts'

/** Finds the thing inside a roughly brushed region: what has other colours than the region's surroundings. */

/** Working size: the region and its surroundings are looked at this many pixels wide and high. */
const side = 160
const bins = 12
const rounds = 4

/** A rectangle in pixels of the picture. */
interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Narrows a soft mask 0..1 (one value per pixel of the picture, nothing outside `box`) to the thing in it. Where the colours do not
 * tell the thing from what is around it, the mask is given back as it came.
 */
export function outlined(picture: RgbImage, mask: Float32Array, box: Bounds): Float32Array {
  const { width, height } = picture
  const grow = Math.max(box.right - box.left, box.bottom - box.top) * 0.3
  const [x0, y0] = [Math.max(0, box.left - grow), Math.max(0, box.top - grow)]
  const [spanX, spanY] = [Math.min(width, box.right + grow) - x0, Math.min(height, box.bottom + grow) - y0]
  const pixel = (i: number) => {
    const x = Math.min(width - 1, Math.floor(x0 + (((i % side) + 0.5) * spanX) / side))
    const y = Math.min(height - 1, Math.floor(y0 + ((Math.floor(i / side) + 0.5) * spanY) / side))
    return y * width + x
  }
  const area = side * side
  const inside = new Float32Array(area)
  const colour = new Uint16Array(area)
  for (let i = 0; i < area; i++) {
    const at = pixel(i)
    inside[i] = mask[at] as number
    const level = (c: number) => Math.floor(((picture.rgb[at * 3 + c] as number) * bins) / 256)
    colour[i] = (level(0) * bins + level(1)) * bins + level(2)
  }
  const thing = separate(inside, colour)
  const covered =
    thing.reduce((sum, v, i) => sum + v * (inside[i] as number), 0) / inside.reduce((sum, v) => sum + v, 0)
  if (!(covered > 0.12 && covered < 0.93)) return mask
  const out = new Float32Array(mask.length)
  for (let y = Math.max(0, Math.floor(box.top)); y < Math.min(height, box.bottom); y++)
    for (let x = Math.max(0, Math.floor(box.left)); x < Math.min(width, box.right); x++) {
      const at = y * width + x
      const soft = mask[at] as number
      if (soft === 0) continue
      const share = readAt(thing, ((x + 0.5 - x0) / spanX) * side - 0.5, ((y + 0.5 - y0) / spanY) * side - 0.5)
      const edge = Math.min(Math.max((share - 0.32) / 0.36, 0), 1)
      out[at] = soft * edge * edge * (3 - 2 * edge)
    }
  return out
}

/** Share 0..1 of each pixel that belongs to the thing: colours of the inside against colours of the ring, a few rounds. */
function separate(inside: Float32Array, colour: Uint16Array): Float32Array {
  const ring = histogram(colour, i => (inside[i] === 0 ? 1 : 0))
  // The middle of what was brushed is more surely the thing than its border.
  const middle = boxBlur(boxBlur(inside, side, 14), side, 14)
  let share: Float32Array = inside
  for (let round = 0; round < rounds; round++) {
    const own = histogram(colour, i => (share[i] as number) * (inside[i] as number) * (middle[i] as number))
    const next = new Float32Array(inside.length)
    for (let i = 0; i < next.length; i++) {
      if (inside[i] === 0) continue
      const bin = colour[i] as number
      const prior = 0.3 + 0.45 * (middle[i] as number)
      const forIt = ((own[bin] as number) + 1e-6) * prior
      const against = ((ring[bin] as number) + 1e-6) * (1 - prior)
      next[i] = forIt / (forIt + against)
    }
    share = boxBlur(boxBlur(next, side, 1), side, 2)
  }
  return share
}

/** Shares of the colours, each spread over its neighbours. */
function histogram(colour: Uint16Array, weight: (i: number) => number): Float32Array {
  const counts = new Float32Array(bins ** 3)
  let total = 0
  for (let i = 0; i < colour.length; i++) {
    const w = weight(i)
    counts[colour[i] as number] = (counts[colour[i] as number] as number) + w
    total += w
  }
  for (const step of [1, bins, bins * bins]) {
    const from = counts.slice()
    for (let i = 0; i < counts.length; i++) {
      const place = Math.floor(i / step) % bins
      const before = place > 0 ? (from[i - step] as number) : 0
      const after = place < bins - 1 ? (from[i + step] as number) : 0
      counts[i] = (from[i] as number) * 0.7 + (before + after) * 0.15
    }
  }
  return counts.map(v => v / Math.max(total, 1e-6))
}

function readAt(field: Float32Array, x: number, y: number): number {
  const u = Math.min(Math.max(x, 0), side - 1.001)
  const v = Math.min(Math.max(y, 0), side - 1.001)
  const [c, r] = [Math.floor(u), Math.floor(v)]
  const at = (px: number, py: number) => field[py * side + px] as number
  const [fu, fv] = [u - c, v - r]
  return (at(c, r) * (1 - fu) + at(c + 1, r) * fu) * (1 - fv) + (at(c, r + 1) * (1 - fu) + at(c + 1, r + 1) * fu) * fv
}
