import { z } from 'zod'
import { crashpoint } from './crashpoint.ts'
import { enqueueFit } from './queue.ts'
import type { Core } from './redis.ts'
import { MediaKey } from './request.ts'

/**
 * Smaller copies of clips, for places that do not take the clip as it was made. Delivery asks for one, a worker makes it, delivery
 * comes again.
 *   :fits:<clip>  hash  "<most bytes>" -> the copy (JSON), or when it was asked for (Unix ms), or "none" (it cannot look decent);
 *                       "limit" -> most bytes a place turned out to take
 */

const Fit = z.object({
  media: MediaKey,
  bytes: z.number().int().positive(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})
/** A copy of a clip that is small enough. */
export type Fit = z.infer<typeof Fit>

/** As long as the records of clips (core/lua/jobs.lua). */
const keepSeconds = 365 * 24 * 3600
const keyOf = (core: Core, clip: string): string => `${core.root}:fits:${clip}`

async function set(core: Core, clip: string, field: string, value: string): Promise<void> {
  await core.redis.multi().hset(keyOf(core, clip), field, value).expire(keyOf(core, clip), keepSeconds).exec()
}

/** The best copy of a clip of at most so many bytes; 'none': there cannot be one, or none came within `patienceMs`; else 'pending'. */
export async function fitFor(
  core: Core,
  clip: string,
  most: number,
  patienceMs: number,
  now = Date.now(),
): Promise<Fit | 'none' | 'pending'> {
  const known = await core.redis.hgetall(keyOf(core, clip))
  const fits = Object.values(known).flatMap(text => {
    const fit = text.startsWith('{') ? Fit.safeParse(JSON.parse(text)) : undefined
    return fit?.success && fit.data.bytes <= most ? [fit.data] : []
  })
  const best = fits.sort((a, b) => b.bytes - a.bytes)[0]
  if (best) return best
  const state = known[String(most)]
  if (state === 'none') return 'none'
  if (state !== undefined) return now - Number(state) > patienceMs ? 'none' : 'pending'
  await set(core, clip, String(most), String(now))
  crashpoint('before-enqueue-fit')
  await enqueueFit(core, { clip, most })
  return 'pending'
}

/** What a worker made of it; undefined = it cannot be made that small and still look decent. */
export const noteFit = (core: Core, clip: string, most: number, fit: Fit | undefined): Promise<void> =>
  set(core, clip, String(most), fit ? JSON.stringify(fit) : 'none')

/** A place refused a file and said (or we guess) how much it takes. */
export const noteLimit = (core: Core, clip: string, most: number): Promise<void> =>
  set(core, clip, 'limit', String(most))

/** Most bytes a place turned out to take for this clip; Infinity if none refused it. */
export async function limitOf(core: Core, clip: string): Promise<number> {
  const limit = await core.redis.hget(keyOf(core, clip), 'limit')
  return limit === null ? Number.POSITIVE_INFINITY : Number(limit)
}

/** Forgets a clip's copies; their media is the caller's to remove. */
export async function dropFits(core: Core, clip: string): Promise<MediaKey[]> {
  const known = Object.values(await core.redis.hgetall(keyOf(core, clip)))
  await core.redis.del(keyOf(core, clip))
  return known.flatMap(text => {
    const fit = text.startsWith('{') ? Fit.safeParse(JSON.parse(text)) : undefined
    return fit?.success ? [fit.data.media] : []
  })
}
