import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { floatsOf } from '../../onnx/tensor.ts'
import type { Wan } from './clip.ts'
import { buildCondition, type Known } from './condition.ts'
import { openWan } from './open.ts'

/** Fun-InP, whose frames may be given anywhere; what is given at the start alone is held against the reference by the golden cases. */

const size = { width: 32, height: 32 }
const [frames, latentFrames, plane] = [9, 3, 16]
const picture = (at: number): Known => ({
  at,
  picture: { ...size, rgb: Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * (at + 3)) % 256) },
})

let wan: Wan
beforeAll(async () => {
  wan = await openWan(fileURLToPath(new URL('./testing/packages/inp', import.meta.url)), {
    threads: 1,
    device: 'cpu',
    freeBytes: undefined,
    note: () => undefined,
  })
})
afterAll(() => wan.parts.dispose())

async function given(...known: Known[]) {
  const seen: string[] = []
  const { behind, image } = await buildCondition(wan.parts, {
    ...{ size, frames, known, tracks: [] },
    pause: async () => undefined,
    observe: name => void seen.push(name),
  })
  const words = behind?.words ?? new Float32Array()
  const mask = words.subarray(0, 4 * latentFrames * plane)
  return {
    seen,
    /** Pixel frames the mask says are known; the first latent frame says it four times. */
    masked: Array.from(
      { length: 4 * latentFrames },
      (_, i) => [Math.floor(i / latentFrames), i % latentFrames] as const,
    )
      .filter(([channel, frame]) => mask[(channel * latentFrames + frame) * plane] === 1)
      .map(([channel, frame]) => (frame === 0 ? 0 : 1 + 4 * (frame - 1) + channel)),
    whole: mask.every(value => value === 0 || value === 1),
    latents: words.slice(4 * latentFrames * plane),
    image: image ? floatsOf(image) : new Float32Array([1]),
  }
}

describe('frames that are given', () => {
  it('nowhere: mask, latents and what CLIP sees are zeros, not a grey clip', async () => {
    const nothing = await given()
    expect(nothing.masked).toEqual([])
    expect(nothing.latents).toHaveLength(16 * latentFrames * plane)
    expect(nothing.latents.every(value => value === 0)).toBe(true)
    expect(nothing.image.every(value => value === 0)).toBe(true)
    expect(nothing.seen).toEqual(['condition'])
  })

  it('at the end alone: one channel of the last latent frame, and CLIP sees nothing', async () => {
    const end = await given(picture(8))
    expect(end.masked).toEqual([8])
    expect(end.whole).toBe(true)
    expect(end.latents.some(value => value !== 0)).toBe(true)
    expect(end.image.every(value => value === 0)).toBe(true)
  })

  it('anywhere: each is masked where it stands and changes the latents; CLIP sees the first', async () => {
    const some = await given(picture(0), picture(3), picture(6))
    expect(some.masked.sort((a, b) => a - b)).toEqual([0, 0, 0, 0, 3, 6])
    expect(some.image.some(value => value !== 0)).toBe(true)
    const fewer = await given(picture(0), picture(3))
    expect(fewer.latents).not.toEqual(some.latents)
    expect(fewer.image).toEqual(some.image)
  })
})
