import { z } from 'zod'
import { MemberId, Place, placeKey } from './place.ts'
import type { Core } from './redis.ts'
import { MediaKey } from './request.ts'

/**
 * Two-person shots that wait for their second picture.
 *   :duet:<id>          string  the duet (JSON)
 *   :duets              zset    all open ones, by when they end (Unix ms)
 *   :duets-at:<place>   zset    those of a place, likewise
 *   :duets-by:<member>  zset    those a member asked for, likewise
 */

/** How long the second person has, in ms. */
export const duetMs = 10 * 60_000
/** Duets that one member has open at a time: nobody is to be buried in questions. */
const mostOpen = 5
/** How long an answer is being dealt with at most, in ms. */
const answeringMs = 5_000
/** Records outlive their end, so that it can be told after we were away. */
const keepMs = 24 * 3600_000

export const Duet = z.object({
  id: z.string().regex(/^[a-z0-9]{8}$/),
  /** Who asked, and pays. */
  by: MemberId,
  byName: z.string(),
  /** Who is asked, as it was written: a name, or the handle people mention them by. */
  name: z.string().min(1).max(64),
  /** Their id, where the platform writes a mention as one. */
  member: MemberId.optional(),
  place: Place,
  locale: z.string(),
  /** The first picture. */
  first: z.object({ key: MediaKey, width: z.number(), height: z.number() }),
  /** The request, as the conversation needs it to go on. */
  asked: z.unknown(),
})
export type Duet = z.infer<typeof Duet>

const duetKey = (core: Core, id: string): string => `${core.root}:duet:${id}`
const allKey = (core: Core): string => `${core.root}:duets`
const hereKey = (core: Core, place: Place): string => `${core.root}:duets-at:${placeKey(place)}`
const ownKey = (core: Core, member: MemberId): string => `${core.root}:duets-by:${member}`

/** Opens a duet for ten minutes; the same one again is the same. False if its member has too many open ones. */
export async function openDuet(core: Core, duet: Duet, now = Date.now()): Promise<boolean> {
  const until = now + duetMs
  const own = ownKey(core, duet.by)
  await core.redis.zremrangebyscore(own, '-inf', now)
  if ((await core.redis.zscore(own, duet.id)) === null && (await core.redis.zcard(own)) >= mostOpen) return false
  await core.redis
    .multi()
    .set(duetKey(core, duet.id), JSON.stringify(Duet.parse(duet)), 'PX', keepMs)
    .zadd(allKey(core), until, duet.id)
    .zadd(hereKey(core, duet.place), until, duet.id)
    .pexpire(hereKey(core, duet.place), keepMs)
    .zadd(own, until, duet.id)
    .pexpire(own, keepMs)
    .exec()
  return true
}

export async function duetOf(core: Core, id: string): Promise<Duet | undefined> {
  const text = await core.redis.get(duetKey(core, id))
  return text === null ? undefined : Duet.parse(JSON.parse(text))
}

/** The duets that are open in a place, oldest first. */
export async function duetsAt(core: Core, place: Place, now = Date.now()): Promise<Duet[]> {
  const ids = await core.redis.zrange(hereKey(core, place), String(now), '+inf', 'BYSCORE')
  return (await Promise.all(ids.map(id => duetOf(core, id)))).filter(duet => duet !== undefined)
}

const answerKey = (core: Core, id: string): string => `${core.root}:duet-answer:${id}`

/**
 * Whether this update is the answer to a duet: true for the first one, and for the same one again. Should its process have died over it,
 * another one may be the answer a little later.
 */
export async function answerDuet(core: Core, { id }: Pick<Duet, 'id'>, update: string): Promise<boolean> {
  if ((await core.redis.set(answerKey(core, id), update, 'PX', answeringMs, 'NX')) !== null) return true
  return (await core.redis.get(answerKey(core, id))) === update
}

/** The answer came to nothing: another one may be given at once. */
export async function dropAnswer(core: Core, { id }: Pick<Duet, 'id'>): Promise<void> {
  await core.redis.del(answerKey(core, id))
}

/** Ends a duet; true for whoever ended it, so that it is answered, declined or over once. */
export async function closeDuet(core: Core, { id, by, place }: Pick<Duet, 'id' | 'by' | 'place'>): Promise<boolean> {
  const ended = (await core.redis.zrem(allKey(core), id)) === 1
  await core.redis.multi().zrem(hereKey(core, place), id).zrem(ownKey(core, by), id).del(duetKey(core, id)).exec()
  return ended
}

/** Duets whose time is over. */
export async function overdueDuets(core: Core, now = Date.now()): Promise<Duet[]> {
  const ids = await core.redis.zrange(allKey(core), '-inf', String(now), 'BYSCORE')
  const found = await Promise.all(ids.map(id => duetOf(core, id)))
  const gone = ids.filter((_, i) => found[i] === undefined)
  if (gone.length > 0) await core.redis.zrem(allKey(core), ...gone)
  return found.filter(duet => duet !== undefined)
}

/** Forgets what a member asked others for. Their pictures fall to the retention sweep. */
export async function eraseDuets(core: Core, member: MemberId): Promise<void> {
  for (const id of await core.redis.zrange(allKey(core), '0', '-1')) {
    const duet = await duetOf(core, id)
    if (duet?.by === member) await closeDuet(core, duet)
  }
}

const plain = (name: string): string =>
  name.normalize('NFKC').toLowerCase().replace(/^@/, '').replace(/\s+/g, ' ').trim()

/** Whether somebody is who was asked: by their whole name, the first word of it, or their handle. */
export function isAsked(
  duet: Pick<Duet, 'name' | 'by' | 'member'>,
  who: { member: MemberId; name: string; handle?: string | undefined },
): boolean {
  if (duet.member !== undefined) return who.member === duet.member && who.member !== duet.by
  const wanted = plain(duet.name)
  const names = [who.name, who.name.split(/\s/)[0] ?? '', who.handle ?? ''].map(plain).filter(name => name !== '')
  return who.member !== duet.by && names.includes(wanted)
}
