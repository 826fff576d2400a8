import { z } from 'zod'
import { namesOf } from './people.ts'
import { type MemberId, Place } from './place.ts'
import type { Core } from './redis.ts'
import { ratios, tiers } from './request.ts'

/** What we know of a member besides credits and jobs: the name last seen, settings, whether they are shut out. */
export const Profile = z.object({
  name: z.string().optional(),
  /** The platform's locale when last seen. */
  locale: z.string().optional(),
  language: z.string().optional(),
  model: z.string().optional(),
  tier: z.enum(tiers).optional().catch(undefined),
  ratio: z.enum(ratios).optional().catch(undefined),
  /** Why they are shut out; absent = they are not. */
  banned: z.string().optional(),
  /** The private chat in which they spoke to us, as the list of rooms spells it. */
  room: z.string().optional(),
})
export type Profile = z.infer<typeof Profile>

const settings = ['language', 'model', 'tier', 'ratio'] as const
export type Setting = (typeof settings)[number]

const profileKey = (core: Core, member: MemberId): string => `${core.root}:member:${member}`
/** Members by when they were last seen (Unix ms). */
const seenKey = (core: Core): string => `${core.root}:members`
/** Rooms by when somebody last spoke to us there (Unix ms). */
const roomsKey = (core: Core): string => `${core.root}:rooms`

const roomOf = (place: Place): string => JSON.stringify(Place.omit({ message: true }).parse(place))

export async function profileOf(core: Core, member: MemberId): Promise<Profile> {
  return Profile.parse(await core.redis.hgetall(profileKey(core, member)))
}

/** Notes that this member spoke to us here; their profile. */
export async function meet(
  core: Core,
  { member, name, locale, place }: { member: MemberId; name: string; locale?: string | undefined; place: Place },
  now = Date.now(),
): Promise<Profile> {
  const key = profileKey(core, member)
  const answers = await core.redis
    .multi()
    .hset(key, {
      name: name.slice(0, 100),
      ...(locale && { locale: locale.slice(0, 20) }),
      ...(place.private && { room: roomOf(place) }),
    })
    .zadd(seenKey(core), now, member)
    .zadd(roomsKey(core), now, roomOf(place))
    .hgetall(key)
    .exec()
  const [failure, found] = answers?.[3] ?? []
  if (failure) throw failure
  return Profile.parse(found ?? {})
}

/** Sets or, with undefined, unsets. Values are checked by the caller. */
export async function setSetting(
  core: Core,
  member: MemberId,
  setting: Setting,
  value: string | undefined,
): Promise<void> {
  if (value === undefined) await core.redis.hdel(profileKey(core, member), setting)
  else await core.redis.hset(profileKey(core, member), setting, value)
}

/** Where a member talks to us in private, and in which language; undefined if they never did. */
export async function privatePlaceOf(
  core: Core,
  member: MemberId,
): Promise<{ place: Place; locale: string | undefined } | undefined> {
  const { room, language, locale } = await profileOf(core, member)
  const place = room === undefined ? undefined : Place.safeParse(JSON.parse(room))
  return place?.success ? { place: place.data, locale: language ?? locale } : undefined
}

/** Shuts a person out under all their names, whether they were ever seen or not. */
export async function ban(core: Core, member: MemberId, reason: string): Promise<void> {
  for (const name of await namesOf(core, member))
    await core.redis.hset(profileKey(core, name), 'banned', reason.slice(0, 200) || '-')
}

export async function unban(core: Core, member: MemberId): Promise<void> {
  for (const name of await namesOf(core, member)) await core.redis.hdel(profileKey(core, name), 'banned')
}

/** Rooms in which somebody spoke to us since a moment (Unix ms), latest first. */
export async function roomsSince(core: Core, since: number): Promise<Place[]> {
  const found = await core.redis.zrange(roomsKey(core), '+inf', String(since), 'BYSCORE', 'REV')
  return found.flatMap(text => {
    const room = Place.safeParse(JSON.parse(text))
    return room.success ? [room.data] : []
  })
}

export const memberCount = (core: Core): Promise<number> => core.redis.zcard(seenKey(core))

/** Forgets name, locale and settings, and the private chat with them. That somebody is shut out is not forgotten. */
export async function forgetProfile(core: Core, member: MemberId): Promise<void> {
  const { room } = await profileOf(core, member)
  const work = core.redis
    .multi()
    .hdel(profileKey(core, member), 'name', 'locale', 'room', ...settings)
    .zrem(seenKey(core), member)
  if (room !== undefined) work.zrem(roomsKey(core), room)
  for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
}
