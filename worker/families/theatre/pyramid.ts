import type { RgbaImage } from './scene.ts'

/** Sprites made ready for puppet.onnx, in several sizes. */

/** One size of a sprite for the graph: [5, side, side] planes; premultiplied RGB, alpha, slope to the right. */
export interface Plane {
  readonly side: number
  readonly planes: Float32Array
}

const channels = 5
const smallest = 24

/** A sprite in halving sizes, the largest first, so that small actors do not flicker. */
export function pyramidOf(image: RgbaImage): readonly Plane[] {
  const side = image.width
  const planes = new Float32Array(channels * side * side)
  const area = side * side
  for (let i = 0; i < area; i++) {
    const alpha = (image.rgba[i * 4 + 3] ?? 0) / 255
    for (let c = 0; c < 3; c++) planes[c * area + i] = ((image.rgba[i * 4 + c] ?? 0) / 255) * alpha
    planes[3 * area + i] = alpha
  }
  slopes(planes, side)
  const levels: Plane[] = [{ side, planes }]
  for (let last = levels[0]; last && last.side % 2 === 0 && last.side / 2 >= smallest; last = levels.at(-1))
    levels.push(halved(last))
  return levels
}

/** The level to draw at `pixels` on screen: the smallest that still has as many. */
export function levelFor(pyramid: readonly Plane[], pixels: number): Plane {
  const fitting = pyramid.filter(level => level.side >= pixels * 0.9)
  const level = fitting.at(-1) ?? pyramid[0]
  if (!level) throw new Error('an empty pyramid')
  return level
}

/** Fills the fifth plane: how steeply the figure, taken as rounded at its rim, falls to the right. */
function slopes(planes: Float32Array, side: number): void {
  const area = side * side
  const alpha = planes.subarray(3 * area, 4 * area)
  const radius = Math.max(1, Math.round(side * 0.035))
  const soft = boxBlur(boxBlur(alpha, side, radius), side, radius)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const left = soft[y * side + Math.max(0, x - radius)] ?? 0
      const right = soft[y * side + Math.min(side - 1, x + radius)] ?? 0
      planes[4 * area + y * side + x] = (left - right) * (alpha[y * side + x] ?? 0)
    }
}

/** Mean over a square of 2 * radius + 1; outside counts as 0. */
export function boxBlur(source: Float32Array, side: number, radius: number): Float32Array {
  const across = new Float32Array(source.length)
  const out = new Float32Array(source.length)
  const share = 1 / (2 * radius + 1)
  for (let y = 0; y < side; y++) {
    let sum = 0
    for (let x = -radius; x < side; x++) {
      sum += x + radius < side ? (source[y * side + x + radius] ?? 0) : 0
      if (x - radius - 1 >= 0) sum -= source[y * side + x - radius - 1] ?? 0
      if (x >= 0) across[y * side + x] = sum * share
    }
  }
  for (let x = 0; x < side; x++) {
    let sum = 0
    for (let y = -radius; y < side; y++) {
      sum += y + radius < side ? (across[(y + radius) * side + x] ?? 0) : 0
      if (y - radius - 1 >= 0) sum -= across[(y - radius - 1) * side + x] ?? 0
      if (y >= 0) out[y * side + x] = sum * share
    }
  }
  return out
}

function halved(level: Plane): Plane {
  const side = level.side / 2
  const planes = new Float32Array(channels * side * side)
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const at = c * level.side * level.side + 2 * y * level.side + 2 * x
        const sum =
          (level.planes[at] ?? 0) +
          (level.planes[at + 1] ?? 0) +
          (level.planes[at + level.side] ?? 0) +
          (level.planes[at + level.side + 1] ?? 0)
        planes[c * side * side + y * side + x] = sum / 4
      }
  return { side, planes }
}
