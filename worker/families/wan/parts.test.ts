import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { float32 } from '../../onnx/tensor.ts'
import { type FakeSession, fakeSession } from '../../testing/fake-session.ts'
import { wanModel } from '../../testing/wan-model.ts'
import { decodeClip } from './clip.ts'
import type { Decoder } from './decoder.ts'
import { choosePlan, describePlans } from './memory.ts'
import { openParts } from './parts.ts'
import type { Chunk } from './vae.ts'

const size = { width: 832, height: 480 }
const gigabyte = 1e9

/** Parts whose graphs are fake; what is loaded at any time can be asked. */
function fakeParts(model = wanModel('i2v-a14b'), freeBytes?: number) {
  const loaded = new Map<string, FakeSession>()
  const notes: string[] = []
  let decoders = 0
  const parts = openParts('/models/wan', model, {
    threads: 1,
    device: 'cpu',
    freeBytes,
    note: text => notes.push(text),
    async open(path) {
      const session = fakeSession(() => ({ out: float32(new Float32Array(1), [1]) }))
      const name = basename(path, '.onnx')
      loaded.set(name, session)
      return session
    },
    async openThread() {
      decoders++
      const name = `decoder-${decoders}`
      const session = fakeSession(() => ({}))
      loaded.set(name, session)
      const chunk = (frames: number): Chunk => ({ ...size, frames, rgb: new Uint8Array(frames) })
      const failsAfter = decoders === 1 ? 1 : 99
      const decoder: Decoder = {
        provider: 'cpu',
        seconds: 0,
        async *decode() {
          for (let n = 0; n < 3; n++) {
            if (n === failsAfter) throw new Error('CUDA failure 2: out of memory')
            yield chunk(n === 0 ? 1 : 4)
          }
        },
        close: () => session.release(),
      }
      return decoder
    },
  })
  const now = () => [...loaded].flatMap(([name, { released }]) => (released ? [] : [name])).sort()
  return { parts, notes, now }
}

describe('memory plans', () => {
  const model = wanModel('i2v-a14b')

  it('hold less and less', () => {
    const { needs } = choosePlan(model, size, 81, undefined)
    expect(needs.map(({ plan }) => plan.name)).toEqual(['resident', 'experts-in-turn', 'sequential', 'tiled'])
    const bytes = needs.map(one => one.bytes)
    expect([...bytes].sort((a, b) => b - a)).toEqual(bytes)
  })

  it('are chosen by what is free, the smallest where nothing fits, the quickest where nobody knows', () => {
    const chosen = (free: number | undefined) => choosePlan(model, size, 81, free).chosen.name
    expect(chosen(undefined)).toBe('resident')
    expect(chosen(200 * gigabyte)).toBe('resident')
    expect(chosen(60 * gigabyte)).toBe('experts-in-turn')
    expect(chosen(gigabyte)).toBe('tiled')
  })

  it('are told in one line with all needs', () => {
    const { chosen, needs } = choosePlan(model, size, 81, 60 * gigabyte)
    const line = describePlans(chosen, needs, 60 * gigabyte, 'cuda')
    expect(line).toMatch(/^memory plan experts-in-turn on cuda \(60\.0 GB free; computed needs: resident [\d.]+ GB, /)
  })
})

describe('parts', () => {
  it('stay loaded together where there is room, but for what reads words and pictures', async () => {
    const { parts, now } = fakeParts()
    parts.planFor(size, 81)
    await parts.graph('text_encoder')
    expect(now()).toEqual(['text_encoder'])
    await parts.done('text_encoder')
    for (const name of ['vae_encoder', 'transformer', 'transformer_2'] as const) {
      await parts.graph(name)
      await parts.done(name)
    }
    await parts.decoder()
    expect(now()).toEqual(['decoder-1', 'transformer', 'transformer_2', 'vae_encoder'])
    const before = await parts.graph('transformer')
    expect(await parts.graph('transformer')).toBe(before)
    await parts.dispose()
    expect(now()).toEqual([])
  })

  it('never hold both experts where memory is short', async () => {
    const { parts, now } = fakeParts(undefined, 60 * gigabyte)
    parts.planFor(size, 81)
    expect(parts.plan.name).toBe('experts-in-turn')
    await parts.graph('vae_encoder')
    await parts.graph('transformer')
    await parts.graph('transformer_2')
    expect(now()).toEqual(['transformer_2', 'vae_encoder'])
  })

  it('are loaded one at a time where it is shorter still', async () => {
    const { parts, now } = fakeParts(undefined, gigabyte)
    parts.planFor(size, 81)
    for (const name of ['text_encoder', 'vae_encoder', 'transformer', 'transformer_2'] as const) {
      await parts.graph(name)
      expect(now()).toEqual([name])
    }
    await parts.decoder()
    expect(now()).toEqual(['decoder-1'])
    await parts.graph('transformer')
    expect(now()).toEqual(['transformer'])
  })

  it('fall to the next smaller plan when memory runs out, and say so', async () => {
    const { parts, notes, now } = fakeParts()
    parts.planFor(size, 81)
    await parts.graph('transformer')
    const seen: string[] = []
    const result = await parts.fitting(async () => {
      seen.push(parts.plan.name)
      if (seen.length < 3) throw new Error('[E:onnxruntime] Failed to allocate memory for requested buffer of size 1')
      return 'done'
    })
    expect(result).toBe('done')
    expect(seen).toEqual(['resident', 'experts-in-turn', 'sequential'])
    expect(now()).toEqual([])
    expect(notes.at(-1)).toBe('wan-test: out of memory under the plan experts-in-turn, going on under sequential')
    parts.planFor(size, 81)
    expect(parts.plan.name).toBe('sequential')
  })

  it('give up after the smallest, and never hide another error', async () => {
    const { parts } = fakeParts()
    const full = parts.fitting(async () => {
      throw new Error('std::bad_alloc')
    })
    await expect(full).rejects.toMatchObject({ code: 'failure.memory' })
    const fault = parts.fitting(async () => {
      throw new TypeError('a bug')
    })
    await expect(fault).rejects.toThrow('a bug')
  })

  it('decode on where they were when memory ran out in the middle of a clip', async () => {
    const { parts, notes } = fakeParts()
    parts.planFor(size, 9)
    const frames: number[] = []
    const clip = { latents: new Float32Array(1), shape: [1, 1, 1, 1] as const }
    const never = new AbortController().signal
    for await (const chunk of decodeClip(parts, clip, { pixels: false, signal: never })) frames.push(chunk.frames)
    expect(frames).toEqual([1, 4, 4])
    expect(notes.at(-1)).toMatch('out of memory')
  })
})
