import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { float32 } from '../../onnx/tensor.ts'
import { fakeSession } from '../../testing/fake-session.ts'
import { wanModel } from '../../testing/wan-model.ts'
import { openParts } from './parts.ts'
import { createWordCache, readPrompts } from './text.ts'
import { openTokenizer } from './tokenizer.ts'

const tokenizers = fileURLToPath(new URL('./testing/packages/t2v', import.meta.url))

/** An encoder that gives every id four numbers of its own. */
function encoder(spoil = false) {
  let loads = 0
  const sessions: ReturnType<typeof fakeSession>[] = []
  const parts = openParts('/nowhere', wanModel('t2v'), {
    threads: 1,
    device: 'cpu',
    freeBytes: undefined,
    note: () => undefined,
    async open() {
      loads++
      const session = fakeSession(({ input_ids: ids }) => {
        const numbers = Float32Array.from({ length: (ids?.data.length ?? 0) * 4 }, (_, i) =>
          spoil ? Number.NaN : Number(ids?.data[i >> 2]) + (i % 4) / 10,
        )
        return { last_hidden_state: float32(numbers, [1, ids?.data.length ?? 0, 4]) }
      })
      sessions.push(session)
      return session
    },
  })
  return { parts, loads: () => loads, sessions }
}

describe('words', () => {
  it('are read by their real tokens alone, then padded with zeros', async () => {
    const { parts, sessions } = encoder()
    const [words] = await readPrompts(['&amp;'], parts, () => [7, 9, 1], createWordCache(), 5)
    expect(sessions[0]?.asked[0]?.['input_ids']?.dims).toEqual([1, 3])
    expect(words?.padded.dims).toEqual([1, 5, 4])
    expect(Array.from(words?.rows ?? [], value => Math.round(value * 10))).toEqual(
      [7, 7.1, 7.2, 7.3, 9, 9.1, 9.2, 9.3, 1, 1.1, 1.2, 1.3].map(value => Math.round(value * 10)),
    )
    expect([...((words?.padded.data ?? []) as Float32Array)].slice(12)).toEqual(new Array(8).fill(0))
  })

  it('load the encoder only for what was not read before, and release it at once', async () => {
    const { parts, loads, sessions } = encoder()
    const cache = createWordCache()
    const tokenize = (text: string) => [text.length, 1]
    await readPrompts(['ab', 'abc'], parts, tokenize, cache, 8)
    expect(loads()).toBe(1)
    expect(sessions[0]?.released).toBe(true)
    await readPrompts(['ab', 'abc'], parts, tokenize, cache, 8)
    expect(loads()).toBe(1)
    await readPrompts(['abcd'], parts, tokenize, cache, 8)
    expect(loads()).toBe(2)
  })

  it('that come out as no numbers end the clip', async () => {
    const { parts } = encoder(true)
    await expect(readPrompts(['a'], parts, () => [1], createWordCache(), 8)).rejects.toMatchObject({
      code: 'failure.not-a-number',
    })
  })
})

describe('the cache of words', () => {
  const rows = (kilobytes: number) => new Float32Array(kilobytes * 256)

  it('keeps within its bytes, and forgets first what was not asked for longest', () => {
    const cache = createWordCache(3 * 1024)
    for (const id of [1, 2, 3]) cache.put([id], rows(1))
    expect(cache.get([1])).toBeDefined()
    cache.put([4], rows(1))
    expect([1, 2, 3, 4].map(id => cache.get([id]) !== undefined)).toEqual([true, false, true, true])
    cache.put([5], rows(9))
    expect(cache.get([5])).toBeUndefined()
    expect(cache.get([4])).toBeDefined()
  })

  it('counts a prompt once however often it is put', () => {
    const cache = createWordCache(3 * 1024)
    for (let n = 0; n < 10; n++) cache.put([1], rows(1))
    cache.put([2], rows(1))
    expect(cache.get([1])).toBeDefined()
  })
})

describe('the tokenizer', () => {
  it('closes every prompt, and cuts a long one before its closing token', async () => {
    const tokenize = await openTokenizer(tokenizers, { end: 1 })
    expect(tokenize('', 8).at(-1)).toBe(1)
    const long = tokenize('a red cat runs slow through the rain and runs and runs', 8)
    expect(long).toHaveLength(8)
    expect(tokenize('a red cat runs', 3)).toEqual([...tokenize('a red', 3).slice(0, 2), 1])
    expect(long.at(-1)).toBe(1)
    expect(tokenize('一只猫', 8).length).toBeGreaterThan(1)
  })

  it('names a file it cannot read', async () => {
    await expect(openTokenizer(join(tokenizers, 'none'), { end: 1 })).rejects.toThrow(
      /none\/tokenizer\.json is no tokenizer/,
    )
  })
})
