import { z } from 'zod'
import { MemberId, Place } from './place.ts'
import type { Core } from './redis.ts'
import { MediaKey } from './request.ts'

/**
 * Whether a picture may be used by somebody who did not post it: what a place does about it, what its poster has said, and questions
 * that are open.
 *   :consent-ways           hash   place -> 'ask' | 'off' | 'deny'
 *   :consent:<member>       hash   "<place> <picture>" or "<place> *" -> 'yes', or 'no <until, Unix ms>'
 *   :consent-open:<member>  zset   questions that are open to a member, by when they end
 *   :consent-by:<member>    zset   questions that are open because of a member's requests, likewise
 *   :consent-question:<id>  string a question (JSON), until it ends
 */

const consentWays = ['ask', 'off', 'deny'] as const
export type ConsentWay = (typeof consentWays)[number]

/** How long a question stays open, and for how long a no spares its poster the next one; in ms. */
export const consentMs = { open: 24 * 3600_000, no: 7 * 24 * 3600_000 } as const
const keepSeconds = 365 * 24 * 3600
/** Questions open to one member at a time: nobody is to be buried in them. */
const mostOpen = 5

/** A whole channel or group, whatever thread: people think of it as one place. */
const roomOf = ({ platform, channel }: Place): string => [platform, channel].map(encodeURIComponent).join('/')

const waysKey = (core: Core): string => `${core.root}:consent-ways`
const saidKey = (core: Core, member: MemberId): string => `${core.root}:consent:${member}`
const openKey = (core: Core, member: MemberId): string => `${core.root}:consent-open:${member}`
const byKey = (core: Core, member: MemberId): string => `${core.root}:consent-by:${member}`
const questionKey = (core: Core, id: string): string => `${core.root}:consent-question:${id}`

/** What a place does with pictures somebody else posted; 'ask' unless it was told otherwise. */
export async function consentWay(core: Core, place: Place): Promise<ConsentWay> {
  const said = z.enum(consentWays).safeParse(await core.redis.hget(waysKey(core), roomOf(place)))
  return said.success ? said.data : 'ask'
}

export async function setConsentWay(core: Core, place: Place, way: ConsentWay): Promise<void> {
  await core.redis.hset(waysKey(core), roomOf(place), way)
}

/** What a member has said about this picture (hash of its bytes) in this place: 'yes', 'no', or nothing yet. */
export async function consentOf(
  core: Core,
  { owner, place, picture }: { owner: MemberId; place: Place; picture: string },
  now = Date.now(),
): Promise<'yes' | 'no' | undefined> {
  const room = roomOf(place)
  const [always, this_] = await core.redis.hmget(saidKey(core, owner), `${room} *`, `${room} ${picture}`)
  if (this_?.startsWith('no ') && Number(this_.slice(3)) > now) return 'no'
  return always === 'yes' || this_ === 'yes' ? 'yes' : undefined
}

/** Keeps what a member said: of these pictures, or of all of theirs in this place. */
export async function noteConsent(
  core: Core,
  { owner, place, pictures, said }: { owner: MemberId; place: Place; pictures: readonly string[] | '*'; said: boolean },
  now = Date.now(),
): Promise<void> {
  const value = said ? 'yes' : `no ${now + consentMs.no}`
  const names = pictures === '*' ? ['*'] : pictures
  const fields = Object.fromEntries(names.map(name => [`${roomOf(place)} ${name}`, value]))
  await core.redis.multi().hset(saidKey(core, owner), fields).expire(saidKey(core, owner), keepSeconds).exec()
}

/** Takes back every yes a member gave in this place; how many there were. */
export async function withdrawConsent(core: Core, owner: MemberId, place: Place): Promise<number> {
  const said = await core.redis.hgetall(saidKey(core, owner))
  const mine = Object.keys(said).filter(name => name.startsWith(`${roomOf(place)} `) && said[name] === 'yes')
  return mine.length === 0 ? 0 : core.redis.hdel(saidKey(core, owner), ...mine)
}

/** A request that waits for the word of whoever posted its pictures. */
export const Question = z.object({
  id: z.string().regex(/^[\w-]{16}$/),
  owner: MemberId,
  ownerName: z.string(),
  /** Where it was asked, and where a yes counts. */
  place: Place,
  /** Hashes of the pictures, and where they are kept meanwhile. */
  pictures: z.array(z.object({ hash: z.string(), key: MediaKey })),
  /** What was asked for, as the conversation needs it to go on. */
  asked: z.unknown(),
  /** Who asked for it. */
  by: MemberId.optional(),
  /** The message that bears the question, once it was posted. */
  posted: Place.optional(),
})
export type Question = z.infer<typeof Question>

/** Opens a question. False if its poster has too many open ones, or this very one was opened before. */
export async function openQuestion(core: Core, question: Question, now = Date.now()): Promise<'ok' | 'again' | 'many'> {
  const { redis } = core
  const key = openKey(core, question.owner)
  await redis.zremrangebyscore(key, '-inf', now)
  if ((await redis.exists(questionKey(core, question.id))) === 1) return 'again'
  if ((await redis.zcard(key)) >= mostOpen) return 'many'
  const text = JSON.stringify(Question.parse(question))
  const work = redis.multi().set(questionKey(core, question.id), text, 'PX', consentMs.open)
  work.zadd(key, now + consentMs.open, question.id).pexpire(key, consentMs.open)
  if (question.by !== undefined) {
    const own = byKey(core, question.by)
    work
      .zremrangebyscore(own, '-inf', now)
      .zadd(own, now + consentMs.open, question.id)
      .pexpire(own, consentMs.open)
  }
  for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
  return 'ok'
}

export async function questionOf(core: Core, id: string): Promise<Question | undefined> {
  const text = await core.redis.get(questionKey(core, id))
  return text === null ? undefined : Question.parse(JSON.parse(text))
}

/** Notes which message bears a question, if it is still open. */
export async function notePosted(core: Core, id: string, posted: Place): Promise<void> {
  const question = await questionOf(core, id)
  const text = question && JSON.stringify({ ...question, posted })
  if (text !== undefined) await core.redis.set(questionKey(core, id), text, 'KEEPTTL', 'XX')
}

const isSame = (a: Place, b: Place): boolean => roomOf(a) === roomOf(b) && a.message === b.message

/** The open question to a member here that this message bears; without one the question that was put last. */
export async function questionTo(
  core: Core,
  { owner, place, message }: { owner: MemberId; place: Place; message?: Place | undefined },
): Promise<Question | undefined> {
  for (const id of (await core.redis.zrange(openKey(core, owner), '0', '-1', 'REV')) ?? []) {
    const question = await questionOf(core, id)
    if (!question || roomOf(question.place) !== roomOf(place)) continue
    if (!message || (question.posted && isSame(question.posted, message))) return question
  }
  return undefined
}

/** The question is answered. */
export async function closeQuestion(
  core: Core,
  { id, owner, by }: Pick<Question, 'id' | 'owner' | 'by'>,
): Promise<void> {
  const work = core.redis.multi().del(questionKey(core, id)).zrem(openKey(core, owner), id)
  if (by !== undefined) work.zrem(byKey(core, by), id)
  await work.exec()
}

/** All a member has said, by place and picture: what `export` hands out. */
export const consentsOf = (core: Core, owner: MemberId): Promise<Record<string, string>> =>
  core.redis.hgetall(saidKey(core, owner))

/** Forgets all a member has said, what is asked of them and what they asked for; pictures that waited fall to the retention sweep. */
export async function dropConsents(core: Core, member: MemberId): Promise<void> {
  const keys = [openKey(core, member), byKey(core, member)]
  const ids = await Promise.all(keys.map(key => core.redis.zrange(key, '0', '-1')))
  for (const id of ids.flat()) {
    const question = await questionOf(core, id)
    if (question) await closeQuestion(core, question)
  }
  await core.redis.del(saidKey(core, member), ...keys)
}
