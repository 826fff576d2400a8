import { describe, expect, it } from 'vitest'
import { type Canvas, enlarge, enlargeTurned, lay, type Patch } from './canvas.ts'
import { random } from './motes.ts'

const blank = (width: number, height: number, value = 0): Canvas => ({
  width,
  height,
  rgb: new Uint8Array(width * height * 3).fill(value),
})

function noisy(width: number, height: number): Canvas {
  const r = random(5)
  const canvas = blank(width, height)
  for (let i = 0; i < canvas.rgb.length; i++) canvas.rgb[i] = Math.floor(r() * 256)
  return canvas
}

/** Bilinear reading in floating point, edges held. */
function exact(small: Canvas, x: number, y: number, c: number): number {
  const u = Math.min(Math.max(x, 0), small.width - 1)
  const v = Math.min(Math.max(y, 0), small.height - 1)
  const [x0, y0] = [Math.floor(u), Math.floor(v)]
  const at = (px: number, py: number) =>
    small.rgb[(Math.min(py, small.height - 1) * small.width + Math.min(px, small.width - 1)) * 3 + c] ?? 0
  return (
    (at(x0, y0) * (1 - u + x0) + at(x0 + 1, y0) * (u - x0)) * (1 - v + y0) +
    (at(x0, y0 + 1) * (1 - u + x0) + at(x0 + 1, y0 + 1) * (u - x0)) * (v - y0)
  )
}

describe('enlarge', () => {
  it.each([
    [40, 24],
    [33, 19],
    [60, 36],
    [20, 12],
  ])('is bilinear to within 3 of 255 (%i x %i)', (width, height) => {
    const small = noisy(20, 12)
    const large = blank(width, height)
    enlarge(large, small)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) {
          const wanted = exact(small, ((x + 0.5) * 20) / width - 0.5, ((y + 0.5) * 12) / height - 0.5, c)
          expect(Math.abs((large.rgb[(y * width + x) * 3 + c] ?? 0) - wanted)).toBeLessThan(3)
        }
  })

  it('without a turn, enlargeTurned reads the same', () => {
    const small = noisy(20, 12)
    const [a, b] = [blank(40, 24), blank(40, 24)]
    enlarge(a, small)
    enlargeTurned(b, small, { ox: -0.25, oy: -0.25, ax: 0.5, ay: 0, bx: 0, by: 0.5 })
    expect(Math.max(...a.rgb.map((v, i) => Math.abs(v - (b.rgb[i] ?? 0))))).toBeLessThan(4)
  })
})

/** A square of half-transparent white with an opaque core. */
function patch(size: number): Patch {
  const rgba = new Uint8Array(size * size * 4).fill(128)
  for (let y = size / 4; y < size * 0.75; y++) rgba.fill(255, (y * size + size / 4) * 4, (y * size + size * 0.75) * 4)
  return { width: size, height: size, rgba }
}

describe('lay', () => {
  it('covers where it is opaque, mixes where it is not, leaves the rest', () => {
    const canvas = blank(40, 30, 50)
    lay(canvas, patch(16), 10, 8, 1)
    const at = (x: number, y: number) => canvas.rgb[(y * 40 + x) * 3]
    expect(at(18, 16)).toBe(255)
    expect(at(11, 9)).toBe(128 + Math.round((50 * 127) / 255))
    expect(at(9, 9)).toBe(50)
    expect(at(26, 9)).toBe(50)
  })

  it('enlarged, fills the enlarged square', () => {
    const canvas = blank(60, 60, 50)
    lay(canvas, patch(16), 10, 10, 2)
    const at = (x: number, y: number) => canvas.rgb[(y * 60 + x) * 3] ?? 0
    expect(at(26, 26)).toBe(255)
    expect(at(9, 26)).toBe(50)
    expect(at(43, 26)).toBe(50)
    expect(Math.abs(at(13, 13) - (128 + Math.round((50 * 127) / 255)))).toBeLessThan(2)
  })

  it('beyond the edges it is cut off', () => {
    for (const [x, y] of [
      [-9, -9],
      [35, 25],
      [-100, 0],
      [100, 100],
    ] as const)
      for (const step of [1, 1.7]) expect(() => lay(blank(40, 30), patch(16), x, y, step)).not.toThrow()
  })

  it('glows without darkening', () => {
    const canvas = blank(40, 30, 200)
    lay(canvas, patch(16), 10, 8, 1, 0.5, true)
    expect(Math.min(...canvas.rgb)).toBe(200)
    expect(Math.max(...canvas.rgb)).toBe(255)
  })
})
