import { z } from 'zod'
import { type MemberId, type Place, placeKey } from './place.ts'
import type { Core } from './redis.ts'

/** What a member's next words in a place mean, because we asked: kept in Redis, so that a restart does not forget the question. */

const keep = { change: 15 * 60, choices: 7 * 24 * 3600 } as const

const keyOf = (core: Core, what: keyof typeof keep, place: Place, member: MemberId): string =>
  `${core.root}:expect:${what}:${member}:${placeKey(place)}`

/** The member's next words in this place are the new words of this clip (for a quarter of an hour). */
export async function expectChange(core: Core, place: Place, member: MemberId, clip: string): Promise<void> {
  await core.redis.set(keyOf(core, 'change', place, member), clip, 'EX', keep.change)
}

/** The clip to be changed by what is said now. It stays the answer until `dropChange`, so that refused words can be corrected. */
export async function changeOf(core: Core, place: Place, member: MemberId): Promise<string | undefined> {
  return (await core.redis.get(keyOf(core, 'change', place, member))) ?? undefined
}

/** The question is answered, or has lost its clip. */
export async function dropChange(core: Core, place: Place, member: MemberId): Promise<void> {
  await core.redis.del(keyOf(core, 'change', place, member))
}

/** A bare number from this member in this place presses the button of that number. */
export async function expectChoice(
  core: Core,
  place: Place,
  member: MemberId,
  choices: readonly string[],
): Promise<void> {
  await core.redis.set(keyOf(core, 'choices', place, member), JSON.stringify(choices), 'EX', keep.choices)
}

export async function choicesOf(core: Core, place: Place, member: MemberId): Promise<string[]> {
  const kept = await core.redis.get(keyOf(core, 'choices', place, member))
  const read = z.array(z.string()).safeParse(JSON.parse(kept ?? '[]'))
  return read.success ? read.data : []
}
