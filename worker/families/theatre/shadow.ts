import type { Canvas, Grey } from './canvas.ts'

/** Shadows on the ground: a soft spot under the feet, and the figure's silhouette laid down by the light. */

const spotSize = 64

/** A round soft spot, made once. */
const spot: Grey = (() => {
  const data = new Uint8Array(spotSize * spotSize)
  for (let y = 0; y < spotSize; y++)
    for (let x = 0; x < spotSize; x++) {
      const u = ((x + 0.5) / spotSize) * 2 - 1
      const v = ((y + 0.5) / spotSize) * 2 - 1
      const r2 = u * u + v * v
      data[y * spotSize + x] = Math.round(255 * Math.max(0, (Math.exp(r2 * -2.6) - 0.074) / 0.926))
    }
  return { width: spotSize, height: spotSize, data }
})()

/** Darkens an ellipse round (x, y) in pixels; `strength` 0..1 in its middle. */
export function spotShadow(canvas: Canvas, x: number, y: number, rx: number, ry: number, strength: number): void {
  darken(
    canvas,
    spot,
    { ox: x - rx, oy: y - ry, ax: (2 * rx) / spot.width, ay: 0, down: (2 * ry) / spot.height, shear: 0 },
    strength,
    0,
  )
}

/** How a grey picture is laid on the canvas: upright, sheared sideways per row, `down` pixels per row (negative: upside down). */
export interface Laid {
  readonly ox: number
  readonly oy: number
  readonly ax: number
  readonly ay: 0
  readonly down: number
  /** Pixels to the right per row of the grey picture. */
  readonly shear: number
}

/** Darkens the canvas where the grey picture is; `fade` 0..1 makes its far end (first row) lighter. */
export function darken(canvas: Canvas, grey: Grey, laid: Laid, strength: number, fade: number): void {
  if (strength <= 0.004 || laid.ax <= 0 || laid.down === 0) return
  const { width, height, rgb } = canvas
  const ends = [laid.oy, laid.oy + laid.down * grey.height]
  const y0 = Math.max(0, Math.ceil(Math.min(...ends)))
  const y1 = Math.min(height, Math.floor(Math.max(...ends)))
  const scale = 1 / laid.ax
  for (let y = y0; y < y1; y++) {
    const v = Math.min(Math.max((y + 0.5 - laid.oy) / laid.down - 0.5, 0), grey.height - 1.001)
    const row = Math.floor(v)
    const fv = v - row
    const start = laid.ox + laid.shear * (v + 0.5)
    const x0 = Math.max(0, Math.ceil(start))
    const x1 = Math.min(width, Math.floor(start + laid.ax * grey.width))
    const a = row * grey.width
    const b = Math.min(row + 1, grey.height - 1) * grey.width
    const gain = (strength / 255) * (1 - fade * (1 - v / grey.height))
    let out = (y * width + x0) * 3
    for (let x = x0; x < x1; x++, out += 3) {
      const u = Math.min(Math.max((x + 0.5 - start) * scale - 0.5, 0), grey.width - 1.001)
      const c = Math.floor(u)
      const fu = u - c
      const upper = (grey.data[a + c] as number) * (1 - fu) + (grey.data[a + c + 1] as number) * fu
      const lower = (grey.data[b + c] as number) * (1 - fu) + (grey.data[b + c + 1] as number) * fu
      const dark = (upper + (lower - upper) * fv) * gain
      if (dark < 0.004) continue
      // Shadows are a little blue: the red goes first.
      rgb[out] = (rgb[out] as number) * (1 - dark)
      rgb[out + 1] = (rgb[out + 1] as number) * (1 - dark * 0.95)
      rgb[out + 2] = (rgb[out + 2] as number) * (1 - dark * 0.82)
    }
  }
}
