import { z } from 'zod'
import { MediaKey } from './ids.ts'
import { uploadExt } from './media.ts'
import { type MemberId, Place } from './place.ts'
import type { Core } from './redis.ts'

/**
 * Whose the pictures are that people give us, however often they are used again.
 *   :picture:<key>       string  who posted it, and where (JSON)
 *   :pictures:<member>   zset    keys of a member's pictures, by when they came (Unix ms)
 *   :picture-of:<key>    set     keys of the given pictures that one made here was made of
 */

/** No store keeps a picture longer that nobody made anything of: a year after that nobody asks. In seconds. */
const keepSeconds = 2 * 365 * 24 * 3600

const Given = z.object({
  /** Who posted it; 'unknown' = nobody who could be asked (a channel, another bot, a message of another chat). */
  by: z.union([z.literal('unknown'), z.object({ member: z.string(), name: z.string() })]),
  /** The room it was posted in; with the message, where that is known. */
  at: Place,
  /** Of its bytes as they came: the same picture is the same, however often it is posted. */
  hash: z.string(),
})
export type Given = z.infer<typeof Given>

const pictureKey = (core: Core, key: MediaKey): string => `${core.root}:picture:${key}`
const ownKey = (core: Core, member: MemberId): string => `${core.root}:pictures:${member}`

/** Whether somebody gave us this picture: those are kept as they come out of core/media.ts; what is made here is .png or .jpg. */
export const isGiven = (key: MediaKey): boolean => key.startsWith('pictures/') && key.endsWith(`.${uploadExt}`)

/** Notes of which pictures one was made here, before it is where a clip begins. */
export async function noteMadeOf(core: Core, key: MediaKey, of: readonly MediaKey[]): Promise<void> {
  const sources = await sourcesOf(core, of)
  if (sources.length === 0) return
  const known = `${core.root}:picture-of:${key}`
  const work = core.redis
    .multi()
    .sadd(known, ...sources)
    .expire(known, keepSeconds)
  for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
}

/** These pictures, and those that they were made of. */
export async function sourcesOf(core: Core, keys: readonly MediaKey[]): Promise<MediaKey[]> {
  const made = keys.filter(key => !isGiven(key))
  const of = await Promise.all(made.map(key => core.redis.smembers(`${core.root}:picture-of:${key}`)))
  return [...new Set([...keys, ...of.flat()])]
}

/** Notes whose a kept picture is. */
export async function noteGiven(core: Core, key: MediaKey, given: Given, now = Date.now()): Promise<void> {
  const work = core.redis.multi().set(pictureKey(core, key), JSON.stringify(Given.parse(given)), 'EX', keepSeconds)
  if (given.by !== 'unknown') {
    const own = ownKey(core, given.by.member)
    work
      .zremrangebyscore(own, '-inf', now - keepSeconds * 1000)
      .zadd(own, now, key)
      .expire(own, keepSeconds)
  }
  for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
}

/** Whose a kept picture is; undefined for what was made here, and where that is not known (any more): such a given one is nobody's to use. */
export async function givenOf(core: Core, key: MediaKey): Promise<Given | undefined> {
  const text = await core.redis.get(pictureKey(core, key))
  return text === null ? undefined : Given.parse(JSON.parse(text))
}

/** Keys of a member's pictures, in the order they came; some may be gone by now. */
export const givenBy = async (core: Core, member: MemberId): Promise<MediaKey[]> =>
  z.array(MediaKey).parse(await core.redis.zrange(ownKey(core, member), '0', '-1'))

/** Forgets whose a member's pictures were; their keys. */
export async function dropGiven(core: Core, member: MemberId): Promise<MediaKey[]> {
  const keys = await givenBy(core, member)
  await core.redis.del(ownKey(core, member), ...keys.map(key => pictureKey(core, key)))
  return keys
}
