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

/** Fills the canvas with a smaller picture, bilinearly. */
export function enlarge(canvas: Canvas, small: Canvas): void {
  const { width, height, rgb } = canvas
  if (small.width === width && small.height === height) {
    rgb.set(small.rgb)
    return
  }
  const row = new Int32Array(small.width * 3)
  const across = taps(small.width, width, 3)
  const down = taps(small.height, height, small.width * 3)
  const source = small.rgb
  const [ax, bx, wx] = [across.a, across.b, across.w]
  let out = 0
  for (let y = 0; y < height; y++) {
    const top = down.a[y] as number
    const bottom = down.b[y] as number
    const v = down.w[y] as number
    for (let i = 0; i < row.length; i++)
      row[i] = (source[top + i] as number) * (one - v) + (source[bottom + i] as number) * v
    for (let x = 0; x < width; x++) {
      const l = ax[x] as number
      const r = bx[x] as number
      const w = wx[x] as number
      const k = one - w
      rgb[out] = ((row[l] as number) * k + (row[r] as number) * w + 32768) >> 16
      rgb[out + 1] = ((row[l + 1] as number) * k + (row[r + 1] as number) * w + 32768) >> 16
      rgb[out + 2] = ((row[l + 2] as number) * k + (row[r + 2] as number) * w + 32768) >> 16
      out += 3
    }
  }
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
 * Lays a patch on the canvas: its pixel centres lie `step` canvas pixels apart, its left and top edges at (left, top).
 * `gain` 0..1 fades it; `glow` adds its light instead of covering what is behind.
 */
export function lay(
  canvas: Canvas,
  patch: Patch,
  left: number,
  top: number,
  step: number,
  gain = 1,
  glow = false,
): void {
  const { width, height, rgb } = canvas
  const x0 = Math.max(0, Math.ceil(left - 0.5))
  const x1 = Math.min(width, Math.floor(left + patch.width * step + 0.5))
  const y0 = Math.max(0, Math.ceil(top - 0.5))
  const y1 = Math.min(height, Math.floor(top + patch.height * step + 0.5))
  if (x0 >= x1 || y0 >= y1 || gain <= 0) return
  const exact = step === 1 && gain === 1 && Number.isInteger(left) && Number.isInteger(top)
  if (exact && !glow) layExact(canvas, patch, left, top, x0, x1, y0, y1)
  else layScaled({ width, height, rgb }, patch, { left, top, step, gain, glow }, x0, x1, y0, y1)
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
  readonly gain: number
  readonly glow: boolean
}

function layScaled(canvas: Canvas, patch: Patch, how: Lay, x0: number, x1: number, y0: number, y1: number): void {
  const { width, rgb } = canvas
  const source = patch.rgba
  const stride = patch.width * 4
  const scale = 1 / how.step
  const gain = Math.round(how.gain * one)
  const count = x1 - x0
  const [columns, weights] = [new Int32Array(count), new Int32Array(count)]
  for (let i = 0; i < count; i++) {
    const at = Math.min(Math.max((x0 + i + 0.5 - how.left) * scale - 0.5, 0), patch.width - 1)
    const low = Math.min(Math.floor(at), Math.max(0, patch.width - 2))
    columns[i] = low * 4
    weights[i] = Math.round((at - low) * one)
  }
  const right = patch.width > 1 ? 4 : 0
  for (let y = y0; y < y1; y++) {
    const at = Math.min(Math.max((y + 0.5 - how.top) * scale - 0.5, 0), patch.height - 1)
    const low = Math.min(Math.floor(at), Math.max(0, patch.height - 2))
    const v = Math.round((at - low) * one)
    const row = low * stride
    const next = patch.height > 1 ? stride : 0
    let out = (y * width + x0) * 3
    for (let i = 0; i < count; i++, out += 3) {
      const p = row + (columns[i] as number)
      const a00 = source[p + 3] as number
      const a10 = source[p + right + 3] as number
      const a01 = source[p + next + 3] as number
      const a11 = source[p + next + right + 3] as number
      if ((a00 | a10 | a01 | a11) === 0) continue
      const u = weights[i] as number
      const w11 = u * v
      const w10 = u * one - w11
      const w01 = v * one - w11
      const w00 = 65536 - w10 - w01 - w11
      const alpha = how.glow ? 0 : ((a00 * w00 + a10 * w10 + a01 * w01 + a11 * w11) >> 16) * gain
      const keep = 65280 - alpha
      for (let c = 0; c < 3; c++) {
        const light =
          (((source[p + c] as number) * w00 +
            (source[p + right + c] as number) * w10 +
            (source[p + next + c] as number) * w01 +
            (source[p + next + right + c] as number) * w11) >>
            8) *
          gain
        const value = (light + (rgb[out + c] as number) * keep * 1.00392156862745 + 32768) >> 16
        rgb[out + c] = value > 255 ? 255 : value
      }
    }
  }
}
