import type { Scheduler } from '../../schedulers/scheduler.ts'
import { buildCondition, type Known } from './condition.ts'
import { denoise } from './denoise.ts'
import { type LatentShape, latentShape, type Size, volume } from './geometry.ts'
import type { Parts } from './parts.ts'
import { readPrompts, type WordCache, type Words } from './text.ts'
import type { Tokenize } from './tokenizer.ts'
import type { Track } from './tracks.ts'
import type { Chunk } from './vae.ts'

/** A loaded Wan package. */
export interface Wan {
  readonly parts: Parts
  readonly tokenize: Tokenize
  readonly cache: WordCache
}

/** Everything about a piece of a clip, decided. */
export interface ClipOrder {
  readonly prompt: string
  readonly negative: string
  readonly size: Size
  /** Pixel frames. */
  readonly frames: number
  readonly known: readonly Known[]
  readonly tracks: readonly Track[]
  readonly scheduler: Scheduler
  readonly guidance: number
  readonly guidanceLow: number
  /** N(0, 1), as many as the latents have numbers. */
  readonly noise: Float32Array
  /** Rows of text the transformer gets. */
  readonly textLength: number
  readonly signal: AbortSignal
  onStep?(done: number): void
  /** Shows arrays on their way, under the names of the reference cases. */
  readonly observe?: (name: string, data: Float32Array, dims: readonly number[]) => void
}

/** What comes before the pixels. */
export interface ClipLatents {
  readonly latents: Float32Array
  readonly shape: LatentShape
  readonly words: Words
  readonly against: Words | undefined
}

/**
 * From words and pictures to latents. The one way through the family: variants differ in the condition that their data asks for.
 * Throws UserError `failure.not-a-number`, `failure.memory`; the signal's reason when it is aborted.
 */
export async function sampleClip({ parts, tokenize, cache }: Wan, order: ClipOrder): Promise<ClipLatents> {
  const { observe, scheduler, guidance } = order
  const shape = latentShape(parts.model, order.frames, order.size)
  if (order.noise.length !== volume(shape)) throw new Error(`${order.noise.length} numbers of noise for [${shape}]`)
  // An abort message can only come in between two runs.
  const pause = async () => {
    await new Promise(resolve => setImmediate(resolve))
    order.signal.throwIfAborted()
  }
  parts.planFor(order.size, order.frames)

  // 1. Words, and those that guidance leads away from.
  await pause()
  const prompts = guidance > 1 ? [order.prompt, order.negative] : [order.prompt]
  const [words, against] = await readPrompts(prompts, parts, tokenize, cache, order.textLength)
  if (!words) throw new Error('no words were read')
  for (const [name, one] of [['prompt_embeds', words] as const, ['negative_prompt_embeds', against] as const])
    if (one) observe?.(name, one.rows, [one.ids.length, one.rows.length / one.ids.length])

  // 2. What is known of the clip.
  const { known, tracks, size, frames } = order
  const condition = await buildCondition(parts, { known, tracks, size, frames, pause, ...(observe && { observe }) })

  // 3. From noise to latents.
  const latents = await denoise(parts, {
    noise: order.noise,
    shape,
    scheduler,
    guidance,
    guidanceLow: order.guidanceLow,
    words,
    against,
    condition,
    pause,
    onStep: done => order.onStep?.(done),
    ...(observe && { observe }),
  })
  return { latents, shape, words, against }
}

/**
 * From latents to frames, chunk by chunk, while the next chunk decodes. Should memory run out the clip is decoded again under a smaller
 * plan and goes on where it was.
 */
export async function* decodeClip(
  parts: Parts,
  { latents, shape }: Pick<ClipLatents, 'latents' | 'shape'>,
  options: { readonly pixels: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Chunk> {
  let given = 0
  for (;;) {
    let seen = 0
    try {
      const decoder = await parts.decoder()
      const portion = { chunk: parts.chunk, ...(parts.plan.tile && { tile: parts.plan.tile }) }
      const order = { geometry: parts.vae('decoder'), portion, latents, shape, pixels: options.pixels }
      for await (const chunk of decoder.decode(order)) {
        options.signal.throwIfAborted()
        seen += chunk.frames
        if (seen <= given) continue
        given = seen
        yield chunk
        options.signal.throwIfAborted()
      }
      return
    } catch (error) {
      options.signal.throwIfAborted()
      await parts.shrink(error)
    }
  }
}
