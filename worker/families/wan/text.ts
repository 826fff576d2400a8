import { createHash } from 'node:crypto'
import { UserError } from '../../../core/errors.ts'
import { float32, floatsOf, int64, type Tensor } from '../../onnx/tensor.ts'
import { cleanPrompt } from './clean-prompt.ts'
import { allFinite } from './latents.ts'
import type { Parts } from './parts.ts'
import type { Tokenize } from './tokenizer.ts'

/** A prompt as the model reads it. */
export interface Words {
  /** Closing token included, without padding. */
  readonly ids: readonly number[]
  /** One row for each id: [ids, dim]. */
  readonly rows: Float32Array
  /** [1, length, dim], zeros after the rows: the transformer sees all of them, without a mask. */
  readonly padded: Tensor
}

/** Rows of prompts that were read before, the newest last. */
export interface WordCache {
  get(ids: readonly number[]): Float32Array | undefined
  put(ids: readonly number[], rows: Float32Array): void
}

/** Remembers as many prompts as fit into `bytes`; those not asked for longest go first. */
export function createWordCache(bytes = 64 * 1024 * 1024): WordCache {
  const kept = new Map<string, Float32Array>()
  let size = 0
  const keyOf = (ids: readonly number[]) => createHash('sha256').update(ids.join(' ')).digest('base64')
  return {
    get(ids) {
      const key = keyOf(ids)
      const rows = kept.get(key)
      if (!rows) return undefined
      kept.delete(key)
      kept.set(key, rows)
      return rows
    },
    put(ids, rows) {
      if (rows.byteLength > bytes) return
      const key = keyOf(ids)
      size += rows.byteLength - (kept.get(key)?.byteLength ?? 0)
      kept.set(key, rows)
      for (const [oldest, old] of kept) {
        if (size <= bytes) break
        kept.delete(oldest)
        size -= old.byteLength
      }
    },
  }
}

/**
 * Reads prompts: the encoder is loaded only for those not read before, then released. It gets the real tokens alone, which gives the
 * same rows as the reference's masked run over 512 of them. `length` is how many rows the transformer gets; a
 * prompt of more tokens loses its end.
 */
export async function readPrompts(
  prompts: readonly string[],
  parts: Parts,
  tokenize: Tokenize,
  cache: WordCache,
  length: number,
): Promise<Words[]> {
  const read: Words[] = []
  for (const prompt of prompts) {
    const ids = tokenize(cleanPrompt(prompt), length)
    const rows = cache.get(ids) ?? (await parts.fitting(() => encode(ids, parts)))
    cache.put(ids, rows)
    const { dim } = parts.model.settings.text
    const padded = new Float32Array(length * dim)
    padded.set(rows)
    read.push({ ids, rows, padded: float32(padded, [1, length, dim]) })
  }
  await parts.done('text_encoder')
  return read
}

async function encode(ids: readonly number[], parts: Parts): Promise<Float32Array> {
  const graph = await parts.graph('text_encoder')
  const { last_hidden_state: out } = await graph.run({ input_ids: int64(ids, [1, ids.length]) })
  if (!out) throw new Error('the text encoder gave no last_hidden_state')
  const rows = floatsOf(out).slice()
  if (!allFinite(rows)) throw new UserError('failure.not-a-number')
  return rows
}
