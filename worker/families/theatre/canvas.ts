/** Pixels put on pixels: the compositor's inner loops. Frames are RGB, patches premultiplied RGBA; 8 bits a channel, rows without padding. */

/** A picture being put together. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** A drawn actor or mote: premultiplied RGBA. */
export interface Patch {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

/** A one-channel picture, 0..255. */
export interface Grey {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

const one = 256

/** Positions and weights for reading `from` samples as `to` samples, edges held: index pairs and the second one's weight in 1/256. */
function taps(from: number, to: number, stride: number): { a: Int32Array; b: Int32Array; w: Int32Array } {
  const [a, b, w] = [new Int32Array(to), new Int32Array(to), new Int32Array(to)]
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1)
    const low = Math.floor(at)
    a[i] = low * stride
    b[i] = Math.min(low + 1, from - 1) * stride
    w[i] = Math.round((at - low) * one)
  }
  return { a, b, w }
}

/** Two bytes out of each four, to be blended side by side in one 32-bit number. */
const lanes = 0x00ff00ff
const halves = 0x00800080

/** Four bytes at once: a + (b - a) * w / 256, rounded. */
function blend4(a: number, b: number, w: number): number {
  const k = one - w
  const low = Math.imul(a & lanes, k) + Math.imul(b & lanes, w) + halves
  const high = Math.imul((a >>> 8) & lanes, k) + Math.imul((b >>> 8) & lanes, w) + halves
  return ((low >>> 8) & lanes) | (high & ~lanes)
}

/** Four-byte words of bytes that start at a multiple of four. */
const words = (bytes: Uint8Array): Int32Array =>
  bytes.byteOffset % 4 === 0
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
    : new Int32Array(bytes.slice().buffer)

/** Fills the canvas with a smaller picture, bilinearly: each small row is stretched once, then pairs of rows are blended. */
export function enlarge(canvas: Canvas, small: Canvas): void {
  const { width, height, rgb } = canvas
  if (small.width === width && small.height === height) {
    rgb.set(small.rgb)
    return
  }
  const across = taps(small.width, width, 3)
  const down = taps(small.height, height, 1)
  const size = Math.ceil((width * 3) / 4) * 4
  let [upper, lower] = [new Uint8Array(size), new Uint8Array(size)]
  let [upperIs, lowerIs] = [-1, -1]
  const rest = width * 3
  const whole = rest % 4 === 0 && rgb.byteOffset % 4 === 0
  const out = whole ? words(rgb) : undefined
  for (let y = 0; y < height; y++) {
    const top = down.a[y] as number
    const bottom = down.b[y] as number
    if (upperIs !== top) {
      if (lowerIs === top) [upper, lower, upperIs, lowerIs] = [lower, upper, lowerIs, upperIs]
      else {
        stretch(small, top, across, upper)
        upperIs = top
      }
    }
    if (lowerIs !== bottom) {
      stretch(small, bottom, across, lower)
      lowerIs = bottom
    }
    blendRows(
      words(upper),
      words(lower),
      down.w[y] as number,
      out ?? words(scratch(size)),
      out ? (y * rest) >> 2 : 0,
      size >> 2,
    )
    if (!out) rgb.set(scratch(size).subarray(0, rest), y * rest)
  }
}

let scratchRow = new Uint8Array(0)

/** A row of memory for pictures whose rows are no whole number of words. */
function scratch(size: number): Uint8Array {
  if (scratchRow.length !== size) scratchRow = new Uint8Array(size)
  return scratchRow
}

/** One row of the small picture at the canvas's width. */
function stretch(small: Canvas, row: number, across: ReturnType<typeof taps>, out: Uint8Array): void {
  const source = small.rgb
  const start = row * small.width * 3
  const { a, b, w } = across
  let at = 0
  for (let x = 0; x < a.length; x++) {
    const l = start + (a[x] as number)
    const r = start + (b[x] as number)
    const v = w[x] as number
    const k = one - v
    out[at] = ((source[l] as number) * k + (source[r] as number) * v + 128) >> 8
    out[at + 1] = ((source[l + 1] as number) * k + (source[r + 1] as number) * v + 128) >> 8
    out[at + 2] = ((source[l + 2] as number) * k + (source[r + 2] as number) * v + 128) >> 8
    at += 3
  }
}

function blendRows(a: Int32Array, b: Int32Array, w: number, out: Int32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) out[start + i] = blend4(a[i] as number, b[i] as number, w)
}

/** A turned and scaled reading of a smaller picture: pixel (x, y) of the canvas shows (ox + x * ax + y * bx, oy + x * ay + y * by). */
export interface Turn {
  readonly ox: number
  readonly oy: number
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
}

/** Like enlarge, through a turn; beyond the small picture its edge is held. */
export function enlargeTurned(canvas: Canvas, small: Canvas, turn: Turn): void {
  const { width, height, rgb } = canvas
  const source = small.rgb
  const stride = small.width * 3
  const maxX = (small.width - 1) * one
  const maxY = (small.height - 1) * one
  const [stepX, stepY] = [turn.ax * one * 256, turn.ay * one * 256]
  let out = 0
  for (let y = 0; y < height; y++) {
    let sx = (turn.ox + y * turn.bx) * one * 256
    let sy = (turn.oy + y * turn.by) * one * 256
    for (let x = 0; x < width; x++) {
      const px = Math.min(Math.max(sx / 256, 0), maxX) | 0
      const py = Math.min(Math.max(sy / 256, 0), maxY) | 0
      const u = px & 255
      const v = py & 255
      const at = (py >> 8) * stride + (px >> 8) * 3
      const right = px < maxX ? 3 : 0
      const down = py < maxY ? stride : 0
      const w00 = (one - u) * (one - v)
      const w10 = u * (one - v)
      const w01 = (one - u) * v
      const w11 = u * v
      for (let c = 0; c < 3; c++)
        rgb[out + c] =
          ((source[at + c] as number) * w00 +
            (source[at + right + c] as number) * w10 +
            (source[at + down + c] as number) * w01 +
            (source[at + down + right + c] as number) * w11 +
            32768) >>
          16
      out += 3
      sx += stepX
      sy += stepY
    }
  }
}

/**
 * Lays a patch on the canvas: its pixel centres lie `step` canvas pixels apart (`stepY` downwards), its left and top edges at
 * (left, top). `gain` 0..1 fades it; `glow` adds its light instead of covering what is behind.
 */
export function lay(
  canvas: Canvas,
  patch: Patch,
  left: number,
  top: number,
  step: number,
  gain = 1,
  glow = false,
  stepY = step,
): void {
  const { width, height, rgb } = canvas
  const x0 = Math.max(0, Math.ceil(left - 0.5))
  const x1 = Math.min(width, Math.floor(left + patch.width * step + 0.5))
  const y0 = Math.max(0, Math.ceil(top - 0.5))
  const y1 = Math.min(height, Math.floor(top + patch.height * stepY + 0.5))
  if (x0 >= x1 || y0 >= y1 || gain <= 0) return
  const exact = step === 1 && stepY === 1 && gain === 1 && Number.isInteger(left) && Number.isInteger(top)
  if (exact && !glow) layExact(canvas, patch, left, top, x0, x1, y0, y1)
  else layScaled({ width, height, rgb }, patch, { left, top, step, stepY, gain, glow }, x0, x1, y0, y1)
}

function layExact(
  canvas: Canvas,
  patch: Patch,
  left: number,
  top: number,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
): void {
  const { width, rgb } = canvas
  const source = patch.rgba
  for (let y = y0; y < y1; y++) {
    let at = ((y - top) * patch.width + (x0 - left)) * 4
    let out = (y * width + x0) * 3
    for (let x = x0; x < x1; x++, at += 4, out += 3) {
      const alpha = source[at + 3] as number
      if (alpha === 0) continue
      if (alpha === 255) {
        rgb[out] = source[at] as number
        rgb[out + 1] = source[at + 1] as number
        rgb[out + 2] = source[at + 2] as number
        continue
      }
      const keep = 255 - alpha
      rgb[out] = (source[at] as number) + (((rgb[out] as number) * keep * 257 + 32768) >> 16)
      rgb[out + 1] = (source[at + 1] as number) + (((rgb[out + 1] as number) * keep * 257 + 32768) >> 16)
      rgb[out + 2] = (source[at + 2] as number) + (((rgb[out + 2] as number) * keep * 257 + 32768) >> 16)
    }
  }
}

interface Lay {
  readonly left: number
  readonly top: number
  readonly step: number
  readonly stepY: number
  readonly gain: number
  readonly glow: boolean
}

function layScaled(canvas: Canvas, patch: Patch, how: Lay, x0: number, x1: number, y0: number, y1: number): void {
  const { width, rgb } = canvas
  const source = words(patch.rgba)
  const scale = 1 / how.step
  const gain = Math.round(how.gain * one)
  const count = x1 - x0
  const [columns, weights] = [new Int32Array(count), new Int32Array(count)]
  for (let i = 0; i < count; i++) {
    const at = Math.min(Math.max((x0 + i + 0.5 - how.left) * scale - 0.5, 0), patch.width - 1)
    const low = Math.floor(at)
    columns[i] = low
    weights[i] = Math.round((at - low) * one)
  }
  // One column more than the patch, so that the right neighbour of the last one is there.
  const row = new Int32Array(patch.width + 1)
  for (let y = y0; y < y1; y++) {
    const at = Math.min(Math.max((y + 0.5 - how.top) / how.stepY - 0.5, 0), patch.height - 1)
    const low = Math.floor(at)
    const upper = low * patch.width
    const lower = Math.min(low + 1, patch.height - 1) * patch.width
    const v = Math.round((at - low) * one)
    for (let x = 0; x < patch.width; x++) {
      const a = source[upper + x] as number
      const b = source[lower + x] as number
      row[x] = (a | b) === 0 ? 0 : blend4(a, b, v)
    }
    row[patch.width] = row[patch.width - 1] as number
    let out = (y * width + x0) * 3
    for (let i = 0; i < count; i++, out += 3) {
      const c = columns[i] as number
      const a = row[c] as number
      const b = row[c + 1] as number
      if ((a | b) === 0) continue
      let pixel = blend4(a, b, weights[i] as number)
      if (gain < one) pixel = blend4(0, pixel, gain)
      const alpha = how.glow ? 0 : pixel >>> 24
      if (alpha === 255) {
        rgb[out] = pixel & 255
        rgb[out + 1] = (pixel >>> 8) & 255
        rgb[out + 2] = (pixel >>> 16) & 255
        continue
      }
      const keep = (255 - alpha) * 257
      const red = (pixel & 255) + (((rgb[out] as number) * keep + 32768) >> 16)
      const green = ((pixel >>> 8) & 255) + (((rgb[out + 1] as number) * keep + 32768) >> 16)
      const blue = ((pixel >>> 16) & 255) + (((rgb[out + 2] as number) * keep + 32768) >> 16)
      rgb[out] = Math.min(red, 255)
      rgb[out + 1] = Math.min(green, 255)
      rgb[out + 2] = Math.min(blue, 255)
    }
  }
}
