import { z } from 'zod'
import { type MemberId, type Place, placeKey } from '../place.ts'
import type { Core } from '../redis.ts'
import { Idea } from './shots.ts'

/**
 * Shot lists that somebody still thinks about, one per member and place.
 *   :ideas:<member>             hash    place -> the list and until when it is kept (JSON)
 *   :ideas-told:<day>:<member>  string  how often the model was asked for them that day
 */

/** Lists that the model makes for one member a day: they cost the member nothing. */
export const toldPerDay = 30

/** A list that nobody touched for so long is forgotten. */
const keepSeconds = 6 * 3600

const keyOf = (core: Core, member: MemberId): string => `${core.root}:ideas:${member}`
const Kept = z.object({ idea: Idea, until: z.number() })

/** Keeps a list for some hours, in the place of whatever list this member had here. */
export async function keepIdea(
  core: Core,
  place: Place,
  member: MemberId,
  idea: Idea,
  now = Date.now(),
): Promise<void> {
  const kept = JSON.stringify({ idea: Idea.parse(idea), until: now + keepSeconds * 1000 })
  await core.redis
    .multi()
    .hset(keyOf(core, member), placeKey(place), kept)
    .expire(keyOf(core, member), keepSeconds)
    .exec()
}

/** The member's open list here; undefined if there is none (any more). */
export async function ideaOf(core: Core, place: Place, member: MemberId, now = Date.now()): Promise<Idea | undefined> {
  const text = await core.redis.hget(keyOf(core, member), placeKey(place))
  const kept = text === null ? undefined : Kept.safeParse(JSON.parse(text))
  return kept?.success && kept.data.until > now ? kept.data.idea : undefined
}

export async function dropIdea(core: Core, place: Place, member: MemberId): Promise<void> {
  await core.redis.hdel(keyOf(core, member), placeKey(place))
}

/** All open lists of a member, wherever. */
export async function ideasOf(core: Core, member: MemberId): Promise<Idea[]> {
  const all = await core.redis.hvals(keyOf(core, member))
  return all.flatMap(text => {
    const kept = Kept.safeParse(JSON.parse(text))
    return kept.success ? [kept.data.idea] : []
  })
}

/** Counts a list that the model is to make; false if this member had all of that day's. */
export async function countTold(core: Core, member: MemberId, day: string): Promise<boolean> {
  const key = `${core.root}:ideas-told:${day}:${member}`
  const [[, count] = []] =
    (await core.redis
      .multi()
      .incr(key)
      .expire(key, 2 * 24 * 3600)
      .exec()) ?? []
  return Number(count) <= toldPerDay
}

export async function eraseIdeas(core: Core, member: MemberId): Promise<void> {
  await core.redis.del(keyOf(core, member))
}
