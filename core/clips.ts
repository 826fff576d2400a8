import { Clip } from './clip.ts'
import { newestOf } from './people.ts'
import { type MemberId, type Place, placeKey } from './place.ts'
import type { Core } from './redis.ts'

/** Records of clips; their media lies in the store. A clip is written with the end of its job (tr_rendered). */

const keyOf = (core: Core, id: string): string => `${core.root}:clip:${id}`

export async function getClip(core: Core, id: string): Promise<Clip | undefined> {
  const text = await core.redis.get(keyOf(core, id))
  return text === null ? undefined : Clip.parse(JSON.parse(text))
}

/** Clips of a person, under whatever name they were made, newest first. */
export async function clipsOf(core: Core, member: MemberId, limit: number): Promise<Clip[]> {
  const ids = await newestOf(core, 'clips', member, limit)
  const clips = await Promise.all(ids.map(id => getClip(core, id)))
  return clips.filter(clip => clip !== undefined)
}

/** The clip this message shows. */
export async function clipAt(core: Core, place: Place): Promise<Clip | undefined> {
  const { root, redis } = core
  const job = await redis.get(`${root}:at:${placeKey(place)}/${encodeURIComponent(place.message ?? '')}`)
  const id = job === null ? null : await redis.hget(`${root}:job:${job}`, 'clip')
  return id === null ? undefined : getClip(core, id)
}

/** Puts another record in the place of a clip's. */
export async function rewriteClip(core: Core, clip: Clip): Promise<void> {
  await core.redis.set(keyOf(core, clip.id), JSON.stringify(Clip.parse(clip)), 'KEEPTTL', 'XX')
}

const shownSeconds = 90 * 24 * 3600

/** Notes that this message shows a job's clip as well, so that what is answered to it is about that clip. */
export async function noteShown({ root, redis }: Core, place: Place, job: string): Promise<void> {
  const at = `${root}:at:${placeKey(place)}/${encodeURIComponent(place.message ?? '')}`
  await redis.set(at, job, 'EX', shownSeconds)
}

/** Forgets a clip if it is this member's; its media is the caller's to remove. */
export async function removeClip(core: Core, id: string, member: MemberId): Promise<boolean> {
  const clip = await getClip(core, id)
  if (clip?.member !== member) return false
  const [, removed] =
    (await core.redis.multi().zrem(`${core.root}:clips:${member}`, id).del(keyOf(core, id)).exec()) ?? []
  return removed?.[1] === 1
}
