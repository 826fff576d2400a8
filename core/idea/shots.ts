import { z } from 'zod'
import { Camera, promptLimit, ratios, tiers } from '../request.ts'

/** A shot list: what a few words become before they become a film. Pure data; core/idea/store.ts keeps it. */

/** Fewest and most shots of a list that is made up, fewest of one that is made into a film, and characters of the idea itself. */
export const ideaLimits = { least: 3, most: 8, film: 2, words: 500 } as const

/** One shot. `seconds`: the two lengths that are made in one go (core/chain.ts). */
export const Shot = z.object({
  prompt: z.string().min(1).max(promptLimit),
  seconds: z.union([z.literal(5), z.literal(10)]),
  camera: Camera.optional(),
})
export type Shot = z.infer<typeof Shot>

/** What all shots have in common; absent = the member's settings, as for any request. */
export const Common = z.object({
  ratio: z.enum(ratios).optional(),
  tier: z.enum(tiers).optional(),
  model: z.string().max(64).optional(),
  negative: z.string().max(promptLimit).optional(),
  guidance: z.number().min(0).max(20).optional(),
  fps: z.union([z.literal(24), z.literal(30)]).optional(),
})
export type Common = z.infer<typeof Common>

export const Idea = z.object({
  id: z.string().regex(/^[a-z0-9]{8}$/),
  /** Raised by every change: a button says which list it was shown under. */
  version: z.number().int().positive(),
  words: z.string().max(ideaLimits.words),
  shots: z.array(Shot).min(ideaLimits.film).max(ideaLimits.most),
  common: Common,
  /** Credits that were said for all of it. */
  price: z.number().int().nonnegative(),
  /** Seed of the first shot; the others count on from it. */
  seed: z.number().int().min(0).max(0xffffffff),
})
export type Idea = z.infer<typeof Idea>

/** How many shots of which length make a film of about so many seconds: 3 to 8 shots of 5 or 10 s. */
export function shotsFor(seconds: number): { count: number; seconds: Shot['seconds'] } {
  const each = seconds > 5 * ideaLimits.most ? 10 : 5
  const count = Math.min(ideaLimits.most, Math.max(ideaLimits.least, Math.round(seconds / each)))
  return { count, seconds: each }
}
