import type { Frame } from '../../pipelines/pipeline.ts'

/**
 * Pillow's resampling of 8-bit pictures, to the bit: two passes with weights in fixed point, rounded to 8 bits after each
 * (Pillow's src/libImaging/Resample.c). The reference prepares its pictures with it, and another resizer lands a level away.
 * Rows come before columns, as in every Pillow up to 12; Pillow 13 turns that round for some shapes.
 */

interface Filter {
  /** Half of its width, in source pixels when enlarging. */
  readonly support: number
  weigh(x: number): number
}

/** Keys's cubic with a = -1/2 (1981). */
const bicubic: Filter = {
  support: 2,
  weigh(x) {
    const a = Math.abs(x)
    if (a < 1) return (1.5 * a - 2.5) * a * a + 1
    return a < 2 ? ((-0.5 * a + 2.5) * a - 4) * a + 2 : 0
  },
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI))
const lanczos: Filter = { support: 3, weigh: x => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) }

const filters = { bicubic, lanczos } as const
export type FilterName = keyof typeof filters

/** Bits after the point: 32 less 8 for the pixel and 2 for what the lobes add. */
const precision = 22
const half = 1 << (precision - 1)

/** For each pixel along one axis: from which source pixel on, and with which weights. */
interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly width: number
  readonly values: Int32Array
}

function weightsOf(from: number, to: number, filter: Filter): Weights {
  const scale = from / to
  const stretch = Math.max(1, scale)
  const support = filter.support * stretch
  const width = Math.ceil(support) * 2 + 1
  const first = new Int32Array(to)
  const count = new Int32Array(to)
  const values = new Int32Array(to * width)
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - support + 0.5))
    const end = Math.min(from, Math.trunc(centre + support + 0.5))
    const exact = Array.from({ length: end - start }, (_, k) => filter.weigh((k + start - centre + 0.5) / stretch))
    const sum = exact.reduce((total, weight) => total + weight, 0)
    first[i] = start
    count[i] = end - start
    for (const [k, weight] of exact.entries()) {
      const scaled = (sum === 0 ? weight : weight / sum) * 2 ** precision
      values[i * width + k] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5))
    }
  }
  return { first, count, width, values }
}

const clip8 = (sum: number): number => Math.min(255, Math.max(0, sum >> precision))

/** A picture at exactly `width` x `height`, stretched if need be. The same picture when nothing is to do. */
export function resample(frame: Frame, width: number, height: number, name: FilterName): Frame {
  const filter = filters[name]
  const wide = frame.width === width ? frame : across(frame, weightsOf(frame.width, width, filter), width)
  return frame.height === height ? wide : down(wide, weightsOf(frame.height, height, filter), height)
}

function across(frame: Frame, weights: Weights, width: number): Frame {
  const rgb = new Uint8Array(width * frame.height * 3)
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < width; x++)
      mix(frame.rgb, (y * frame.width + (weights.first[x] ?? 0)) * 3, 3, weights, x, rgb, (y * width + x) * 3)
  return { width, height: frame.height, rgb }
}

function down(frame: Frame, weights: Weights, height: number): Frame {
  const { width } = frame
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      mix(frame.rgb, ((weights.first[y] ?? 0) * width + x) * 3, width * 3, weights, y, rgb, (y * width + x) * 3)
  return { width, height, rgb }
}

/** Weighs the three channels of a run of pixels; sums stay below 2^31. */
function mix(
  from: Uint8Array,
  at: number,
  stride: number,
  weights: Weights,
  index: number,
  to: Uint8Array,
  out: number,
): void {
  let red = half
  let green = half
  let blue = half
  const count = weights.count[index] ?? 0
  for (let k = 0, i = at; k < count; k++, i += stride) {
    const weight = weights.values[index * weights.width + k] ?? 0
    red += weight * (from[i] ?? 0)
    green += weight * (from[i + 1] ?? 0)
    blue += weight * (from[i + 2] ?? 0)
  }
  to[out] = clip8(red)
  to[out + 1] = clip8(green)
  to[out + 2] = clip8(blue)
}

/** The middle of a picture that covers `width` x `height`: scaled without stretching, then cut. */
export function cover(frame: Frame, width: number, height: number, name: FilterName): Frame {
  if (frame.width === width && frame.height === height) return frame
  const scale = Math.max(width / frame.width, height / frame.height)
  const [w, h] = [Math.max(width, Math.round(frame.width * scale)), Math.max(height, Math.round(frame.height * scale))]
  return cropMiddle(resample(frame, w, h, name), width, height)
}

/** Cuts `width` x `height` out of the middle; where the picture is smaller the rest is black. */
export function cropMiddle(frame: Frame, width: number, height: number): Frame {
  if (frame.width === width && frame.height === height) return frame
  const left = Math.floor((frame.width - width) / 2)
  const top = Math.floor((frame.height - height) / 2)
  const rgb = new Uint8Array(width * height * 3)
  const from = Math.max(0, left)
  const to = Math.min(frame.width, left + width)
  for (let y = Math.max(0, top); y < Math.min(frame.height, top + height); y++) {
    const row = frame.rgb.subarray((y * frame.width + from) * 3, (y * frame.width + to) * 3)
    rgb.set(row, ((y - top) * width + from - left) * 3)
  }
  return { width, height, rgb }
}
