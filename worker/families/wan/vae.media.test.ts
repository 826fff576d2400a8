import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openSession } from '../../onnx/session.ts'
import { createRandom, gaussian } from '../../schedulers/noise.ts'
import { latentShape, type Size, volume } from './geometry.ts'
import { openWan } from './open.ts'
import { decodeLatents, encodePixels, type Portion, type VaeGeometry } from './vae.ts'

/** The autoencoders of tiny packages, as the CPU runs them (plain graphs) and as a GPU does (graphs that loop, tiles). */
const packages = fileURLToPath(new URL('./testing/packages', import.meta.url))
const options = { threads: 1, device: 'cpu', freeBytes: undefined, note: () => undefined } as const

async function geometryOf(name: string, which: 'encoder' | 'decoder'): Promise<VaeGeometry> {
  const { parts } = await openWan(join(packages, name), options)
  return { ...parts.vae(which), loops: false }
}

async function decoded(name: string, file: string, size: Size, frames: number, portion: Portion, loops: boolean) {
  const { parts } = await openWan(join(packages, name), options)
  const shape = latentShape(parts.model, frames, size)
  const latents = gaussian(createRandom(2), volume(shape))
  const graph = await openSession(join(packages, name, file), options)
  const levels: Uint8Array[] = []
  const order = { geometry: { ...parts.vae('decoder'), loops }, portion, latents, shape, pixels: false }
  for await (const chunk of decodeLatents(graph, order)) levels.push(chunk.rgb)
  await graph.release()
  return Buffer.concat(levels)
}

/** Largest and mean difference of two runs of bytes. */
function apart(a: Buffer, b: Buffer): { most: number; mean: number } {
  expect(a.length).toBe(b.length)
  let [most, sum] = [0, 0]
  for (const [i, level] of a.entries()) {
    const off = Math.abs(level - (b[i] ?? 0))
    most = Math.max(most, off)
    sum += off
  }
  return { most, mean: sum / a.length }
}

describe('the decoder', () => {
  const size = { width: 64, height: 64 }

  it.each(['t2v', 'ti2v'])('%s: gives the same frames in one call or many, by the graph that loops too', async name => {
    const plain = await decoded(name, 'vae_decoder.onnx', size, 17, { chunk: 1 }, false)
    expect(plain).toHaveLength(17 * 64 * 64 * 3)
    const several = await decoded(name, 'vae_decoder.onnx', size, 17, { chunk: 3 }, false)
    expect(apart(plain, several).most).toBeLessThanOrEqual(1)
    for (const chunk of [1, 4, 9]) {
      const looped = await decoded(name, 'vae_decoder_loop.onnx', size, 17, { chunk }, true)
      expect(apart(plain, looped).most).toBeLessThanOrEqual(1)
    }
  })

  it('in tiles gives a clip that is close, without seams', async () => {
    const wide = { width: 192, height: 96 }
    const whole = await decoded('t2v', 'vae_decoder.onnx', wide, 5, { chunk: 1 }, false)
    const tiled = await decoded('t2v', 'vae_decoder.onnx', wide, 5, { chunk: 1, tile: 16 }, false)
    // Attention sees one tile instead of the whole picture; with random weights that is at its worst.
    expect(apart(whole, tiled).mean).toBeLessThan(12)
    /** Mean step between two columns over all rows and frames. */
    const step = (x: number): number => {
      let sum = 0
      for (let row = 0; row < 5 * 96; row++) {
        const at = (row * 192 + x) * 3
        sum += Math.abs((tiled[at] ?? 0) - (tiled[at + 3] ?? 0))
      }
      return sum / (5 * 96)
    }
    const steps = Array.from({ length: 191 }, (_, x) => step(x))
    const usual = steps.reduce((sum, value) => sum + value, 0) / steps.length
    // Tiles of 128 pixels begin and end here.
    for (const edge of [64, 127]) expect(steps[edge]).toBeLessThan(usual * 2.5)
  })
})

describe('the encoder', () => {
  it('gives the same latents in one call or many, by the graph that loops too, and nearly so in tiles', async () => {
    const size = { width: 192, height: 96 }
    const geometry = await geometryOf('ti2v', 'encoder')
    const run = async (file: string, portion: Portion, loops: boolean): Promise<Float32Array> => {
      const graph = await openSession(join(packages, 'ti2v', file), options)
      const latents = await encodePixels(graph, {
        geometry: { ...geometry, loops },
        portion,
        size,
        frames: 9,
        pixels: (from, to) =>
          Float32Array.from({ length: 3 * (to - from) * 192 * 96 }, (_, i) => Math.sin(i / 50 + from) * 0.5),
        pause: async () => undefined,
      })
      await graph.release()
      return latents
    }
    const plain = await run('vae_encoder.onnx', { chunk: 1 }, false)
    expect(plain).toHaveLength(48 * 3 * 12 * 6)
    // The sine depends on where a call begins, so the loop gets calls of the same frames.
    const looped = await run('vae_encoder_loop.onnx', { chunk: 1 }, true)
    for (const [i, value] of looped.entries()) expect(Math.abs(value - (plain[i] ?? 9))).toBeLessThan(1e-4)
    const tiled = await run('vae_encoder.onnx', { chunk: 1, tile: 6 }, false)
    const mean = tiled.reduce((sum, value, i) => sum + Math.abs(value - (plain[i] ?? 0)), 0) / tiled.length
    expect(mean).toBeLessThan(0.2)
  })
})
