import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float32, floatsOf } from '../../onnx/tensor.ts'
import { createMosaic, spansOf } from '../../onnx/tiles.ts'
import { fakeSession } from '../../testing/fake-session.ts'
import type { LatentShape } from './geometry.ts'
import { type Chunk, decodeLatents, encodePixels, type VaeGeometry } from './vae.ts'

const geometry: VaeGeometry = {
  channels: 3,
  spatial: 2,
  temporal: 4,
  cacheType: 'float32',
  caches: [[1, 1, 1]],
  loops: false,
}

/**
 * A decoder that enlarges: every latent cell becomes 2x2 pixels of 4 frames (the very first of 1), to which it adds how many latent frames came
 * before, which only the cache can tell.
 */
const decoder = (poison?: number) =>
  fakeSession((feeds, count) => {
    const { latents, cache_0: cache, first } = feeds
    const [, channels = 0, time = 0, height = 0, width = 0] = latents?.dims ?? []
    const values = latents ? floatsOf(latents) : new Float32Array()
    const begins = first?.data[0] === 1
    const before = begins ? 0 : ((cache && floatsOf(cache)[0]) ?? 0)
    const frames = begins ? 1 + 4 * (time - 1) : 4 * time
    const pixels = new Float32Array(channels * frames * height * 2 * width * 2)
    const rgb = new Uint8Array(pixels.length)
    for (let c = 0, at = 0; c < channels; c++)
      for (let f = 0; f < frames; f++) {
        const t = begins ? Math.ceil(f / 4) : Math.floor(f / 4)
        for (let y = 0; y < height * 2; y++)
          for (let x = 0; x < width * 2; x++, at++) {
            const cell = ((c * time + t) * height + (y >> 1)) * width + (x >> 1)
            const value = (values[cell] ?? 0) + (before + t) / 100
            pixels[at] = poison === count ? Number.NaN : value
            rgb[((f * height * 2 + y) * width * 2 + x) * 3 + c] = Math.round((value * 0.5 + 0.5) * 255)
          }
      }
    return {
      pixels: float32(pixels, [1, 3, frames, height * 2, width * 2]),
      rgb: { type: 'uint8', data: rgb, dims: [frames, height * 2, width * 2, 3] },
      new_cache_0: float32(new Float32Array(height * width).fill(before + time), [1, 1, 1, height, width]),
    }
  })

const shape: LatentShape = [3, 4, 6, 5]
const latents = Float32Array.from({ length: 3 * 4 * 6 * 5 }, (_, i) => ((i * 37) % 90) / 100 - 0.45)

async function decoded(
  options: Partial<{ chunk: number; tile: number; loops: boolean; graph: ReturnType<typeof decoder> }> = {},
) {
  const { chunk = 1, tile, loops = false, graph = decoder() } = options
  const chunks: Chunk[] = []
  const portion = { chunk, ...(tile && { tile }) }
  const order = { geometry: { ...geometry, loops }, portion, latents, shape, pixels: true }
  for await (const one of decodeLatents(graph, order)) chunks.push(one)
  return { chunks, graph, rgb: Buffer.concat(chunks.map(({ rgb }) => rgb)) }
}

describe('decoding in chunks', () => {
  it('gives one frame, then four for every latent one, and carries the cache on', async () => {
    const { chunks, graph } = await decoded()
    expect(chunks.map(({ frames }) => frames)).toEqual([1, 4, 4, 4])
    expect(chunks[0]).toMatchObject({ width: 10, height: 12 })
    expect(graph.asked.map(feeds => feeds['first']?.data[0])).toEqual([1, 0, 0, 0])
    expect(graph.asked.map(feeds => feeds['cache_0']?.data[0])).toEqual([0, 1, 2, 3])
    expect(graph.asked[0]?.['cache_0']?.dims).toEqual([1, 1, 1, 1, 1])
  })

  it('gives the same frames whatever the chunk, with a graph that loops too', async () => {
    const { rgb } = await decoded()
    for (const options of [{ chunk: 2 }, { chunk: 9 }, { chunk: 1, loops: true }, { chunk: 3, loops: true }])
      expect((await decoded(options)).rgb.equals(rgb)).toBe(true)
    expect((await decoded({ chunk: 3, loops: true })).chunks.map(({ frames }) => frames)).toEqual([9, 4])
  })

  it('gives the same frames in tiles, each with a cache of its own', async () => {
    const whole = await decoded()
    const tiled = await decoded({ tile: 3 })
    expect(tiled.graph.asked.length).toBeGreaterThan(whole.graph.asked.length)
    for (const [n, { pixels }] of tiled.chunks.entries())
      for (const [i, value] of (pixels ?? []).entries()) expect(value).toBeCloseTo(whole.chunks[n]?.pixels?.[i] ?? 9, 6)
    const off = tiled.rgb.filter((level, i) => Math.abs(level - (whole.rgb[i] ?? 0)) > 1)
    expect(off).toHaveLength(0)
  })

  it('fails on the first chunk that is no numbers', async () => {
    await expect(decoded({ graph: decoder(3) })).rejects.toMatchObject({ code: 'failure.not-a-number' })
    await expect(decoded({ graph: decoder(3), tile: 3 })).rejects.toMatchObject({ code: 'failure.not-a-number' })
  })
})

describe('encoding in chunks', () => {
  /** An encoder that shrinks: every second pixel of every fourth frame, plus how many came before. */
  const encoder = () =>
    fakeSession(({ pixels, cache_0: cache, first }) => {
      const [, , frames = 0, height = 0, width = 0] = pixels?.dims ?? []
      const begins = first?.data[0] === 1
      const time = begins ? (frames - 1) / 4 + 1 : frames / 4
      const before = begins ? 0 : ((cache && floatsOf(cache)[0]) ?? 0)
      const values = pixels ? floatsOf(pixels) : new Float32Array()
      const out = new Float32Array(3 * time * (height / 2) * (width / 2))
      for (let c = 0, at = 0; c < 3; c++)
        for (let t = 0; t < time; t++)
          for (let y = 0; y < height; y += 2)
            for (let x = 0; x < width; x += 2, at++) {
              const frame = begins ? t * 4 : t * 4 + 3
              out[at] = (values[((c * frames + frame) * height + y) * width + x] ?? 0) + before + t
            }
      return {
        latents: float32(out, [1, 3, time, height / 2, width / 2]),
        new_cache_0: float32(Float32Array.of(before + time), [1, 1, 1, 1, 1]),
      }
    })
  const size = { width: 12, height: 8 }
  const run = (portion: { chunk: number; tile?: number }, loops = false) =>
    encodePixels(encoder(), {
      geometry: { ...geometry, loops },
      portion,
      size,
      frames: 13,
      pixels: (from, to) =>
        Float32Array.from({ length: 3 * (to - from) * 96 }, (_, i) => from + Math.floor((i % ((to - from) * 96)) / 96)),
      pause: async () => undefined,
    })

  it('is the same whatever the portion', async () => {
    const whole = await run({ chunk: 1 })
    // The last pixel frame of each group, plus the number of the group.
    expect([...whole.filter((_, i) => i % 24 === 0)]).toEqual([0, 5, 10, 15, 0, 5, 10, 15, 0, 5, 10, 15])
    for (const other of [await run({ chunk: 3 }), await run({ chunk: 2 }, true), await run({ chunk: 1, tile: 3 })])
      for (const [i, value] of other.entries()) expect(value).toBeCloseTo(whole[i] ?? -1, 4)
  })

  it('can be stopped between chunks', async () => {
    let calls = 0
    const order = { geometry, portion: { chunk: 1 }, size, frames: 13, pixels: () => new Float32Array(3 * 4 * 96) }
    const pause = async () => {
      if (++calls > 2) throw new Error('stop')
    }
    const frames = (from: number, to: number) => new Float32Array(3 * (to - from) * 96)
    await expect(encodePixels(encoder(), { ...order, pixels: frames, pause })).rejects.toThrow('stop')
  })
})

describe('tiles', () => {
  it('cover a side, overlap enough and put together what was cut, whatever the sizes', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2, max: 20 }))
    fc.assert(
      fc.property(sides, fc.integer({ min: 1, max: 30 }), ([width, tile], height) => {
        const overlap = Math.floor(tile / 4)
        const [rows, columns] = [spansOf(height, tile, overlap), spansOf(width, tile, overlap)]
        for (const [i, span] of columns.entries()) {
          const next = columns[i + 1]
          if (next) expect(span.start + span.size - next.start).toBeGreaterThanOrEqual(overlap)
        }
        const value = (y: number, x: number) => Math.sin(y * 3 + x)
        const mosaic = createMosaic(1, width, height, overlap)
        for (const down of rows)
          for (const across of columns)
            mosaic.add(
              Float32Array.from({ length: down.size * across.size }, (_, i) =>
                value(down.start + Math.floor(i / across.size), across.start + (i % across.size)),
              ),
              down,
              across,
            )
        for (const [i, got] of mosaic.done().entries())
          expect(got).toBeCloseTo(value(Math.floor(i / width), i % width), 5)
      }),
      { numRuns: 60 },
    )
  })
})
