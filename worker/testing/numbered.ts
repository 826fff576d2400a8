import type { Frame } from '../pipelines/pipeline.ts'

/** Frames that say which they are, in blocks that survive any encoder: so a test can tell whether one is missing or there twice. */

/** Bits of a number, and the size of a block in parts of the frame's height. */
const bits = 10
const block = 1 / 12

/** `count` frames from number `from` on, on a ground of one colour with something that moves. One buffer for all of them. */
export async function* numberedFrames(
  { width, height }: { width: number; height: number },
  count: number,
  { from = 0, colour = [90, 120, 150] }: { from?: number; colour?: readonly [number, number, number] } = {},
): AsyncGenerator<Frame> {
  const rgb = new Uint8Array(width * height * 3)
  const side = Math.floor(height * block)
  const fill = (x: number, y: number, wide: number, high: number, c: readonly [number, number, number]) => {
    for (let row = y; row < y + high; row++)
      for (let column = x; column < x + wide; column++) rgb.set(c, (row * width + column) * 3)
  }
  for (let n = from; n < from + count; n++) {
    fill(0, 0, width, height, colour)
    const walk = Math.floor(((n % 48) / 48) * (width - side))
    fill(walk, Math.floor(height * 0.5), side, side, [230, 200, 40])
    for (let bit = 0; bit < bits; bit++)
      fill(side * (bit + 1), side, side, side, (n >> bit) & 1 ? [255, 255, 255] : [0, 0, 0])
    yield { width, height, rgb }
  }
}

/** Brightness 0..255 around a point. */
export function shadeAt(rgb: Uint8Array, width: number, x: number, y: number): number {
  let sum = 0
  for (let dy = -1; dy <= 1; dy++)
    for (let dx = -1; dx <= 1; dx++) for (let c = 0; c < 3; c++) sum += rgb[((y + dy) * width + x + dx) * 3 + c] ?? 0
  return sum / 27
}

/** The number a frame bears, where it is `at` pixels from the corner and `height` high. */
export function numberIn(
  rgb: Uint8Array,
  width: number,
  height: number,
  at: { x: number; y: number } = { x: 0, y: 0 },
): number {
  const side = height * block
  let n = 0
  for (let bit = 0; bit < bits; bit++) {
    const x = Math.round(at.x + side * (bit + 1.5))
    if (shadeAt(rgb, width, x, Math.round(at.y + side * 1.5)) > 128) n |= 1 << bit
  }
  return n
}
