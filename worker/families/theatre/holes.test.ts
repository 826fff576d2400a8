import { expect, it } from 'vitest'
import { cutOut, softMask } from './cutout.ts'
import { fillHoles } from './holes.ts'
import type { RgbImage } from './scene.ts'

const width = 192
const height = 108
const region = { grid: { columns: 16, rows: 9 }, cells: [6, 7, 8].flatMap(x => [3, 4, 5].map(y => y * 16 + x)) }

/** Sky over ground over a road, with a bright block standing in the region. */
function scenery(block: boolean): RgbImage {
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const strata = y < 50 ? [90 + y, 160, 230] : y < 80 ? [80, 170 - y, 60] : [70, 72, 80]
      const inside = block && x >= 76 && x < 104 && y >= 40 && y < 68
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = inside ? ([250, 40, 30][c] ?? 0) : (strata[c] ?? 0)
    }
  return { width, height, rgb }
}

it('fills a hole with what is around it and touches nothing else', () => {
  const [with_, without] = [scenery(true), scenery(false)]
  const filled = fillHoles(with_, [region])
  const mask = softMask(region, width, height)
  let [error, count] = [0, 0]
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) {
      const off = Math.abs((filled.rgb[i * 3 + c] ?? 0) - (without.rgb[i * 3 + c] ?? 0))
      if ((mask[i] ?? 0) > 0.5) [error, count] = [error + off, count + 1]
    }
  expect(error / count).toBeLessThan(9)
  const far = (y: number, x: number) => (y * width + x) * 3
  for (const at of [far(0, 0), far(50, 40), far(100, 90), far(20, 180)]) expect(filled.rgb[at]).toBe(with_.rgb[at])
})

it('fills a hole that reaches the picture’s edge, and one that is all of a row', () => {
  const wide = { grid: { columns: 16, rows: 9 }, cells: Array.from({ length: 16 }, (_, x) => 4 * 16 + x) }
  const filled = fillHoles(scenery(true), [region, wide])
  const red = filled.rgb[(52 * width + 90) * 3] ?? 255
  expect(red).toBeLessThan(200)
})

it('cuts out the thing in the region, where it stands', () => {
  const piece = cutOut(scenery(true), region)
  const side = piece.image.width
  expect(piece.image.height).toBe(side)
  const alpha = (x: number, y: number) => piece.image.rgba[(y * side + x) * 4 + 3] ?? 0
  expect(alpha(side >> 1, side >> 1)).toBe(255)
  expect(alpha(0, 0)).toBe(0)
  expect(piece.image.rgba[((side >> 1) * side + (side >> 1)) * 4]).toBe(250)
  // The block is 28 pixels wide and stands on row 68, its middle at column 90.
  expect(piece.x).toBeCloseTo(((2 * 90) / width - 1) * (width / height), 1)
  expect(Math.abs(piece.y - (1 - (2 * 68) / height))).toBeLessThan(0.08)
  expect(2 ** piece.log2Size).toBeGreaterThan(0.5)
  expect(2 ** piece.log2Size).toBeLessThan(0.72)
})

it('cuts out the whole region where colours do not tell', () => {
  const piece = cutOut(scenery(false), region)
  const side = piece.image.width
  const opaque = Array.from({ length: side * side }, (_, i) => piece.image.rgba[i * 4 + 3] ?? 0).filter(
    a => a > 200,
  ).length
  expect(opaque / (side * side)).toBeGreaterThan(0.45)
  expect(piece.y).toBeCloseTo(1 - (2 * 6) / 9, 1)
})

it('has soft edges', () => {
  const mask = softMask(region, width, height)
  expect(mask.some(v => v > 0.2 && v < 0.8)).toBe(true)
  expect(Math.max(...mask)).toBe(1)
})
