import { z } from 'zod'
import { MemberId, Place } from './place.ts'
import type { Core } from './redis.ts'
import { MediaKey } from './request.ts'

/**
 * Whether a picture may be used by somebody who did not post it: what a place does about it, what its poster has said, and questions
 * that are open.
 *   :consent-ways           hash   place -> 'ask' | 'off' | 'deny'
 *   :consent:<member>       hash   "<place> <picture>" or "<place> *" -> 'yes', or 'no <until, Unix ms>';
 *                                  "<place> <picture> <member>" -> 'yes': whoever that member is asked for, wherever they use it
 *   :consent-questions      zset   all open questions, by when they end
 *   :consent-open:<member>  zset   questions that are open to a member, likewise
 *   :consent-by:<member>    zset   questions that are open because of a member's requests, likewise
 *   :consent-question:<id>  string a question (JSON); it outlives its end, so that this can be told after we were away
 * A place is always the one the picture was posted in.
 */

const consentWays = ['ask', 'off', 'deny'] as const
export type ConsentWay = (typeof consentWays)[number]

/** How long a question stays open, and for how long a no spares its poster the next one; in ms. */
export const consentMs = { open: 24 * 3600_000, no: 7 * 24 * 3600_000 } as const
const keepSeconds = 365 * 24 * 3600
/** How long after its end a question is kept, in ms. */
const untoldMs = 7 * 24 * 3600_000
/** Questions open to one member at a time: nobody is to be buried in them. */
const mostOpen = 5

/** A whole channel or group, whatever thread: people think of it as one place. */
const roomOf = ({ platform, channel }: Place): string => [platform, channel].map(encodeURIComponent).join('/')

export const isSameRoom = (a: Place, b: Place): boolean => roomOf(a) === roomOf(b)

const waysKey = (core: Core): string => `${core.root}:consent-ways`
const saidKey = (core: Core, member: MemberId): string => `${core.root}:consent:${member}`
const allKey = (core: Core): string => `${core.root}:consent-questions`
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

/**
 * What a member has said about this picture (hash of its bytes) in the place where they posted it: 'yes' to everybody there, 'yours' to
 * one of these names (whoever asks, under all their linked names), 'no', or nothing yet.
 */
export async function consentOf(
  core: Core,
  { owner, place, picture, by }: { owner: MemberId; place: Place; picture: string; by: readonly MemberId[] },
  now = Date.now(),
): Promise<'yes' | 'yours' | 'no' | undefined> {
  const room = roomOf(place)
  const yours = by.map(name => `${room} ${picture} ${name}`)
  const said = await core.redis.hmget(saidKey(core, owner), `${room} *`, `${room} ${picture}`, ...yours)
  const [always, this_, ...theirs] = said
  if (theirs.includes('yes')) return 'yours'
  if (this_?.startsWith('no ') && Number(this_.slice(3)) > now) return 'no'
  return always === 'yes' || this_ === 'yes' ? 'yes' : undefined
}

/** What somebody says of their pictures: of these (by hash), or of all of theirs in this place. */
interface Said {
  readonly owner: MemberId
  readonly place: Place
  readonly pictures: readonly string[] | '*'
  readonly said: boolean
}

async function keep(core: Core, owner: MemberId, fields: Record<string, string>): Promise<void> {
  await core.redis.multi().hset(saidKey(core, owner), fields).expire(saidKey(core, owner), keepSeconds).exec()
}

/** Keeps what a member said to everybody in the place where they posted the pictures. */
export async function noteConsent(core: Core, { owner, place, pictures, said }: Said, now = Date.now()): Promise<void> {
  const value = said ? 'yes' : `no ${now + consentMs.no}`
  const names = pictures === '*' ? ['*'] : pictures
  await keep(core, owner, Object.fromEntries(names.map(name => [`${roomOf(place)} ${name}`, value])))
}

/** Keeps that a member gave these pictures (by hash) to somebody, who need not ask for them again, wherever they are. */
export async function noteYours(
  core: Core,
  { owner, place, pictures, to }: Pick<Said, 'owner' | 'place'> & { pictures: readonly string[]; to: MemberId },
): Promise<void> {
  await keep(core, owner, Object.fromEntries(pictures.map(name => [`${roomOf(place)} ${name} ${to}`, 'yes'])))
}

/** Takes back that these pictures were given to somebody, under any of these names. */
export async function dropYours(
  core: Core,
  {
    owner,
    place,
    pictures,
    to,
  }: Pick<Said, 'owner' | 'place'> & { pictures: readonly string[]; to: readonly MemberId[] },
): Promise<void> {
  const theirs = pictures.flatMap(name => to.map(one => `${roomOf(place)} ${name} ${one}`))
  if (theirs.length > 0) await core.redis.hdel(saidKey(core, owner), ...theirs)
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
  /** Where the pictures were posted, and where a yes counts. */
  place: Place,
  /** Hashes of the poster's pictures. */
  pictures: z.array(z.string()),
  /** Pictures that are kept for this request alone. */
  kept: z.array(MediaKey),
  /** What was asked for, as the conversation needs it to go on. */
  asked: z.unknown(),
  /** Who asked for it. */
  by: MemberId,
  /** Unix ms. */
  until: z.number(),
  /** The message that bears the question, once it was posted. */
  posted: Place.optional(),
})
export type Question = z.infer<typeof Question>

/** Opens a question for a day. Not 'ok' if its poster has too many open ones, or this very one was opened before. */
export async function openQuestion(
  core: Core,
  asked: Omit<Question, 'until' | 'posted'>,
  now = Date.now(),
): Promise<'ok' | 'again' | 'many'> {
  const { redis } = core
  const question = Question.parse({ ...asked, until: now + consentMs.open })
  const { id, owner, by, until } = question
  await redis.zremrangebyscore(openKey(core, owner), '-inf', now)
  if ((await redis.exists(questionKey(core, id))) === 1) return 'again'
  if ((await redis.zcard(openKey(core, owner))) >= mostOpen) return 'many'
  const keptMs = consentMs.open + untoldMs
  const work = redis.multi().set(questionKey(core, id), JSON.stringify(question), 'PX', keptMs)
  work.zadd(allKey(core), until, id)
  for (const key of [openKey(core, owner), byKey(core, by)]) work.zadd(key, until, id).pexpire(key, keptMs)
  for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
  return 'ok'
}

async function read(core: Core, id: string): Promise<Question | undefined> {
  const text = await core.redis.get(questionKey(core, id))
  // One from before an upgrade may have been kept in another shape: it is over.
  return text === null ? undefined : Question.safeParse(JSON.parse(text)).data
}

/** A question that is open. */
export async function questionOf(core: Core, id: string, now = Date.now()): Promise<Question | undefined> {
  const question = await read(core, id)
  return question && question.until > now ? question : undefined
}

/** Questions whose time is over, for `closeQuestion`. */
export async function overdueQuestions(core: Core, now = Date.now()): Promise<Question[]> {
  const ids = await core.redis.zrange(allKey(core), '-inf', String(now), 'BYSCORE')
  const found = await Promise.all(ids.map(id => read(core, id)))
  const gone = ids.filter((_, i) => found[i] === undefined)
  if (gone.length > 0) await core.redis.zrem(allKey(core), ...gone)
  return found.filter(question => question !== undefined)
}

/** Notes which message bears a question, if it is still open. */
export async function notePosted(core: Core, id: string, posted: Place): Promise<void> {
  const question = await questionOf(core, id)
  const text = question && JSON.stringify({ ...question, posted })
  if (text !== undefined) await core.redis.set(questionKey(core, id), text, 'KEEPTTL', 'XX')
}

/** The open question to a member here that this message bears; without one the question that was put last. */
export async function questionTo(
  core: Core,
  { owner, place, message }: { owner: MemberId; place: Place; message?: Place | undefined },
): Promise<Question | undefined> {
  for (const id of (await core.redis.zrange(openKey(core, owner), '0', '-1', 'REV')) ?? []) {
    const question = await questionOf(core, id)
    if (!question || !isSameRoom(question.posted ?? question.place, place)) continue
    const bears = question.posted && message && question.posted.message === message.message
    if (!message || (bears && isSameRoom(question.posted ?? place, message))) return question
  }
  return undefined
}

/** Ends a question; true for whoever ended it, so that it is answered or over once. */
export async function closeQuestion(
  core: Core,
  { id, owner, by }: Pick<Question, 'id' | 'owner' | 'by'>,
): Promise<boolean> {
  const ended = (await core.redis.zrem(allKey(core), id)) === 1
  await core.redis.multi().del(questionKey(core, id)).zrem(openKey(core, owner), id).zrem(byKey(core, by), id).exec()
  return ended
}

/** All a member has said, by place and picture: what `export` hands out. */
export const consentsOf = (core: Core, owner: MemberId): Promise<Record<string, string>> =>
  core.redis.hgetall(saidKey(core, owner))

/** Forgets all a member has said, what is asked of them and what they asked for; the pictures that were kept for it. */
export async function dropConsents(core: Core, member: MemberId, now = Date.now()): Promise<MediaKey[]> {
  const keys = [openKey(core, member), byKey(core, member)]
  const ids = await Promise.all(keys.map(key => core.redis.zrange(key, '0', '-1')))
  const kept: MediaKey[] = []
  for (const id of ids.flat()) {
    const question = await read(core, id)
    if (!question) continue
    // Whoever waits for their word hears that none will come: the question is over, and does not say whose it was.
    if (question.by !== member)
      await core.redis.set(
        questionKey(core, id),
        JSON.stringify({ ...question, owner: question.by, ownerName: '', until: now }),
        'KEEPTTL',
        'XX',
      )
    if (question.by !== member) await core.redis.zadd(allKey(core), 'XX', now, id)
    else if (await closeQuestion(core, question)) kept.push(...question.kept)
  }
  await core.redis.del(saidKey(core, member), ...keys)
  return kept
}
