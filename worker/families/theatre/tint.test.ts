import { expect, it } from 'vitest'
import { type RgbaImage, type Tint, tints } from './scene.ts'
import { tinted } from './tint.ts'

/** A shaded orange ball with black eyes on nothing. */
function ball(): RgbaImage {
  const side = 64
  const rgba = new Uint8Array(side * side * 4)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [u, v] = [x / 32 - 1, y / 32 - 1]
      const at = (y * side + x) * 4
      if (u * u + v * v > 0.9) continue
      const eye = Math.abs(Math.abs(u) - 0.3) < 0.08 && Math.abs(v + 0.2) < 0.1
      const light = eye ? 0.06 : 0.55 + 0.4 * (1 - (v + 1) / 2)
      for (const [c, value] of [1, 0.6, 0.25].entries()) rgba[at + c] = (eye ? 0.06 : value * light) * 255
      rgba[at + 3] = 255
    }
  return { width: side, height: side, rgba }
}

function mean(image: RgbaImage): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0]
  let count = 0
  for (let at = 0; at < image.rgba.length; at += 4)
    if (image.rgba[at + 3] === 255) {
      count++
      for (const c of [0, 1, 2] as const) sums[c] += image.rgba[at + c] ?? 0
    }
  return [sums[0] / count, sums[1] / count, sums[2] / count]
}

it.each([
  ['red', 0],
  ['green', 1],
  ['blue', 2],
] as const)('%s makes it mostly that channel', (tint, channel) => {
  const got = mean(tinted(ball(), tint))
  expect(got[channel]).toBe(Math.max(...got))
  expect(got[channel]).toBeGreaterThan(1.25 * Math.min(...got))
})

it('keeps shape, eyes and the original', () => {
  for (const tint of tints) {
    const source = ball()
    const got = tinted(source, tint)
    expect(source.rgba).toEqual(ball().rgba)
    expect(got.rgba.filter((_, i) => i % 4 === 3)).toEqual(source.rgba.filter((_, i) => i % 4 === 3))
    const eye = (26 * 64 + Math.round((1 + 0.3) * 32)) * 4
    if (tint !== 'black') expect(got.rgba[eye]).toBeLessThan(40)
  }
})

it('black and white has both', () => {
  const got = tinted(ball(), 'black-white' as Tint)
  const light = Array.from({ length: 64 * 64 }, (_, i) => i * 4)
    .filter(at => got.rgba[at + 3] === 255)
    .map(at => got.rgba[at + 1] ?? 0)
  expect(light.filter(v => v > 170).length / light.length).toBeGreaterThan(0.15)
  expect(light.filter(v => v < 90).length / light.length).toBeGreaterThan(0.15)
})
