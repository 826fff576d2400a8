import type { Frame } from '../pipelines/pipeline.ts'

/** Moving colours that an encoder has to work for; one buffer for all frames, as a real renderer does it. */
export async function* movingFrames(width: number, height: number, count: number): AsyncGenerator<Frame> {
  const rgb = new Uint8Array(width * height * 3)
  for (let n = 0; n < count; n++) {
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        rgb[at++] = x + n * 5
        rgb[at++] = y * 2 - n * 3
        rgb[at++] = ((x >> 5) ^ (y >> 5)) & 1 ? 200 : n * 2
      }
    yield { width, height, rgb }
  }
}

/** One colour, the same buffer again and again. */
export async function* flatFrames(width: number, height: number, count: number, shade: number): AsyncGenerator<Frame> {
  const rgb = new Uint8Array(width * height * 3).fill(shade)
  for (let n = 0; n < count; n++) yield { width, height, rgb }
}
