import { consentOf, consentWay, isSameRoom } from '../../core/consent.ts'
import { UserError } from '../../core/errors.ts'
import { profileOf } from '../../core/members.ts'
import { namesOf } from '../../core/people.ts'
import { type Given, givenOf, isGiven, sourcesOf } from '../../core/pictures.ts'
import type { MemberId, Place } from '../../core/place.ts'
import type { MediaKey, Recipe } from '../../core/request.ts'
import type { Bot, Picture } from '../bot.ts'
import type { Meant } from './parked.ts'

/**
 * Whether somebody may use a picture that was given to us: sent along, or in the recipe of a clip that is made again, changed, forked,
 * upgraded, compared, or that a draft was made of which a clip begins with. Everything that is to be made passes here (order.ts, `checkAsked`). One's own: yes. Whoever brings a picture into
 * a chat, forwarded or not, is taken for its poster. Of somebody else's the poster is asked, unless the room it was posted in says
 * otherwise; where nobody can be asked (a channel, another bot, a message from another chat), it is not used until a person has posted
 * it. In other rooms it is used only by whom its poster has given it.
 */

export interface Poster {
  readonly member: MemberId
  readonly name: string
  /** What they posted: an answer to it reaches them. */
  readonly message?: Place
}

/** Who uses pictures, and where. */
export interface Use {
  readonly member: MemberId
  readonly place: Place
}

/** Somebody has to be asked first (ask.ts). */
export class AskFirst extends Error {
  override readonly name = 'AskFirst'
  readonly poster: Poster
  /** The room it was posted in. */
  readonly place: Place
  /** Hashes of the pictures. */
  readonly pictures: readonly string[]
  /** The request's own pictures, fetched: kept until they have answered. */
  readonly kept: readonly Picture[]
  /** What was asked for, as it was understood; absent while that is not known yet. */
  readonly meant: Meant | undefined
  constructor({ poster, place, pictures, kept, meant }: Wanting) {
    super(`${poster.member} is to be asked first`)
    this.poster = poster
    this.place = place
    this.pictures = pictures
    this.kept = kept
    this.meant = meant
  }

  /** The same with more of it known. */
  with(more: Partial<Wanting>): AskFirst {
    return new AskFirst({ ...this, ...more })
  }
}

interface Wanting extends Pick<AskFirst, 'poster' | 'place' | 'pictures' | 'kept'> {
  readonly meant?: Meant | undefined
}

/**
 * Does what was understood. Should somebody's word be needed first, that is what waits for it: the same words may mean something else
 * later. What is known more exactly further in counts.
 */
export async function asMeant<T>(meant: Meant, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing()
  } catch (error) {
    throw error instanceof AskFirst && !error.meant ? error.with({ meant }) : error
  }
}

/** Each of these, in order; where somebody has to be asked first, that is said at the end, once for all pictures of theirs. */
export async function eachAllowed<A, T>(all: readonly A[], use: (one: A) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  const asking: AskFirst[] = []
  for (const one of all)
    try {
      done.push(await use(one))
    } catch (error) {
      if (!(error instanceof AskFirst)) throw error
      asking.push(error)
    }
  const [first] = asking
  if (!first) return done
  const theirs = asking.filter(({ poster }) => poster.member === first.poster.member)
  throw first.with({ pictures: [...new Set(theirs.flatMap(({ pictures }) => pictures))] })
}

/** What is said of a request that had waited for something else when its pictures were not allowed any more. */
export const takenBack = ({ poster: { name } }: AskFirst): UserError =>
  new UserError('refusal.consent-taken-back', { name })

/** The pictures of a recipe. */
export const picturesIn = ({ firstFrame, lastFrame }: Pick<Recipe, 'firstFrame' | 'lastFrame'>): MediaKey[] =>
  [firstFrame, lastFrame].filter(key => key !== undefined)

/**
 * Passes if these pictures may be used. Throws UserError `refusal.consent-*` where they may not, AskFirst where their poster has to say
 * so; with `kept` that the request came with.
 */
export async function mayUse(
  bot: Bot,
  { member, place }: Use,
  keys: readonly MediaKey[],
  kept: readonly Picture[] = [],
): Promise<void> {
  if (keys.length === 0) return
  const names = await namesOf(bot.core, member)
  const waiting: { by: Exclude<Given['by'], 'unknown'>; at: Place; hash: string }[] = []
  for (const key of await sourcesOf(bot.core, keys)) {
    const given = await givenOf(bot.core, key)
    if (!given) {
      // Made here, and nobody's. Of a given one its poster is forgotten, and took it along.
      if (!isGiven(key) && (await bot.store.has(key))) continue
      throw new UserError('refusal.picture-gone')
    }
    const { by, at, hash } = given
    if (by !== 'unknown' && names.includes(by.member)) continue
    const here = isSameRoom(at, place)
    const way = here ? await consentWay(bot.core, at) : 'ask'
    if (way === 'off') continue
    const of = { place: at, picture: hash, by: names }
    const said = by === 'unknown' ? undefined : await consentOf(bot.core, { owner: by.member, ...of })
    // What somebody gave in person (an answer to a duet, a yes) no rule of the room takes back.
    if (said === 'yours') continue
    if (way === 'deny') throw new UserError('refusal.consent-deny')
    if (by === 'unknown') throw new UserError('refusal.consent-unknown')
    if (said === 'no') throw new UserError('refusal.consent-no', { name: by.name })
    if (said === 'yes' && here) continue
    if (!here) throw new UserError('refusal.consent-elsewhere', { name: by.name })
    if ((await profileOf(bot.core, by.member)).banned !== undefined) throw new UserError('refusal.consent-unknown')
    waiting.push({ by, at, hash })
  }
  const [first] = waiting
  if (!first) return
  const { by, at } = first
  const pictures = waiting.filter(one => one.by.member === by.member).map(({ hash }) => hash)
  const poster = { ...by, ...(at.message !== undefined && { message: at }) }
  throw new AskFirst({ poster, place: at, pictures, kept })
}
