import type { Ink } from '../video/label.ts'

/** Pixels onto pixels: 8-bit RGB, row by row. All of it is arithmetic on buffers that the caller owns. */

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A buffer with its size. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

export const canvasOf = (width: number, height: number, shade = 0): Canvas => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3).fill(shade),
})

/** Copies a picture to a place where it fits. */
export function blit(to: Canvas, from: Canvas, x: number, y: number): void {
  const row = from.width * 3
  for (let line = 0; line < from.height; line++)
    to.rgb.set(from.rgb.subarray(line * row, (line + 1) * row), ((y + line) * to.width + x) * 3)
}

/** `after` comes in over `before`, `part` 0..1 of it. */
export function fade(out: Uint8Array, before: Uint8Array, after: Uint8Array, part: number): void {
  const weight = Math.round(256 * part)
  for (let i = 0; i < out.length; i++) {
    const old = before[i] as number
    out[i] = old + ((((after[i] as number) - old) * weight + 128) >> 8)
  }
}

/** Part of a picture's width over which the edge of a wipe is soft. */
const softness = 0.12

/** `after` comes in from the left with a soft edge. */
export function wipe(out: Uint8Array, before: Uint8Array, after: Uint8Array, part: number, width: number): void {
  const edge = part * (1 + softness)
  const weights = Uint16Array.from({ length: width }, (_, x) => {
    const inside = (edge - (x + 0.5) / width) / softness
    return Math.round(256 * Math.min(1, Math.max(0, inside)))
  })
  for (let i = 0, x = 0; i < out.length; i += 3, x = x + 1 === width ? 0 : x + 1) {
    const weight = weights[x] as number
    for (let c = i; c < i + 3; c++) {
      const old = before[c] as number
      out[c] = old + ((((after[c] as number) - old) * weight + 128) >> 8)
    }
  }
}

/** Writes ink in white, `ink`'s row `from` at the canvas's row `y`; what lies outside the canvas is left out. */
export function write(to: Canvas, ink: Ink, x: number, y: number, shade = 255): void {
  for (let row = Math.max(0, -y); row < ink.height && y + row < to.height; row++)
    for (let column = Math.max(0, -x); column < ink.width && x + column < to.width; column++) {
      const covered = ink.coverage[row * ink.width + column] as number
      if (covered === 0) continue
      const at = ((y + row) * to.width + x + column) * 3
      for (let c = at; c < at + 3; c++) {
        const old = to.rgb[c] as number
        to.rgb[c] = old + Math.round(((shade - old) * covered) / 255)
      }
    }
}
