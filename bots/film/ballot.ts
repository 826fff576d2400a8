import { setTimeout as sleep } from 'node:timers/promises'
import type { Clip } from '../../core/clip.ts'
import { UserError } from '../../core/errors.ts'
import { type Film, nameIn, openShot, ranking } from '../../core/film/film.ts'
import { filmOf, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import { getJob } from '../../core/jobs.ts'
import { profileOf } from '../../core/members.ts'
import { namesOf } from '../../core/people.ts'
import { type Place, placeKey } from '../../core/place.ts'
import type { Core } from '../../core/redis.ts'
import type { Bot } from '../bot.ts'
import { excerpt } from '../describe.ts'
import type { Incoming, Outgoing, Platform } from '../platform.ts'

/** Votes for takes that come by a platform's own means: an emoji under the clip, or a poll. Both are the same vote as "vote 2". */

/** The name under which a person takes part already: who is linked has one vote, wherever they give it. */
export async function knownAs(core: Core, film: Film, member: string): Promise<string> {
  if (film.members.some(({ id }) => id === member)) return member
  const names = await namesOf(core, member)
  return film.members.find(({ id }) => names.includes(id))?.id ?? member
}

/** What a film does not take (it has ended, somebody is muted) is not said: nobody spoke to us. */
async function give(bot: Bot, film: Film, { member, memberName }: Incoming, take: number, on: boolean): Promise<void> {
  const by = await knownAs(bot.core, film, member)
  try {
    const after = await tellFilm(bot.core, film.id, { kind: 'vote', by, name: memberName, take, on })
    if (after.version !== film.version) bot.films.changed(film.id)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    bot.log.info({ film: film.id, code: error.code }, 'a film does not take this vote')
  }
}

/** An emoji under a clip: a vote, where it is a take of a film's open shot. */
export async function voteForClip(bot: Bot, clip: Clip, event: Incoming, on: boolean): Promise<void> {
  const of = (await getJob(bot.core, clip.job))?.request.film
  if (!of || of.reel || of.shot !== undefined) return
  const film = await filmOf(bot.core, of.id)
  const take = film && openShot(film)?.takes.find(one => one.job === clip.job)
  if (film && take) await give(bot, film, event, take.number, on)
}

const pollSeconds = 30 * 24 * 3600
const pollKey = (core: Core, at: Place): string => `${core.root}:film-poll:${placeKey(at)}#${at.message}`

/** What a poll is about. The first vote may be there before we have noted it. */
async function pollAt(core: Core, place: Place): Promise<string | undefined> {
  for (let tried = 0; ; tried += 1) {
    const known = await core.redis.get(pollKey(core, place))
    if (known !== null || tried === 5) return known ?? undefined
    await sleep(200)
  }
}

/** A vote in a poll. */
export async function polled(bot: Bot, event: Extract<Incoming, { kind: 'polled' }>): Promise<void> {
  const { place, option, added } = event
  const [id = '', shot, ...takes] = ((await pollAt(bot.core, place)) ?? '').split(' ')
  const film = id === '' ? undefined : await filmOf(bot.core, id)
  const open = film && openShot(film)
  if (!film || open?.number !== Number(shot)) return
  if ((await profileOf(bot.core, event.member)).banned !== undefined) return
  const by = await knownAs(bot.core, film, event.member)
  const take =
    option === undefined ? open.takes.find(({ votes }) => votes.includes(by))?.number : Number(takes[option] ?? 0)
  if (take !== undefined) await give(bot, film, event, take, added)
}

interface PollParts {
  readonly core: Core
  readonly log: Bot['log']
  platform(name: string): Platform | undefined
}

/** The poll about the open shot, for a platform's limits. Pure. */
function pollOf(film: Film, can: NonNullable<Platform['can']['polls']>): { message: Outgoing; takes: number[] } {
  const shot = openShot(film)
  const made = (shot ? ranking(shot) : []).slice(0, can.options).sort((a, b) => a.number - b.number)
  const options = made.map(({ number, member, prompt }) => {
    const head = t(film.locale, 'film.poll-take', { take: number, name: excerpt(nameIn(film, member), 24) })
    return excerpt(`${head} ${prompt}`, can.optionChars)
  })
  const question = t(film.locale, 'film.poll', { shot: shot?.number ?? 0, title: film.title })
  const text = excerpt(question, can.questionChars)
  return { message: { text, poll: { options } }, takes: made.map(({ number }) => number) }
}

/** Opens a poll about the open shot in every room whose platform has polls; those before it end. How many there are. */
export async function openPolls(parts: PollParts, film: Film): Promise<number> {
  const { core, log, platform } = parts
  await endPolls(parts, film.polls)
  const open: Place[] = []
  for (const place of film.places) {
    const on = platform(place.platform)
    if (!on?.can.polls) continue
    const { message, takes } = pollOf(film, on.can.polls)
    try {
      const at = await on.reply(place, { ...message, once: `poll:${film.id}:${film.version}` })
      const known = [film.id, openShot(film)?.number ?? 0, ...takes].join(' ')
      await core.redis.set(pollKey(core, at), known, 'EX', pollSeconds)
      open.push(at)
    } catch (error) {
      log.warn({ err: error, film: film.id, place }, 'poll not opened')
    }
  }
  await tellFilm(core, film.id, { kind: 'polls', places: open })
  return open.length
}

export async function endPolls({ log, platform }: PollParts, places: readonly Place[]): Promise<void> {
  for (const at of places)
    await platform(at.platform)
      ?.endPoll?.(at)
      .catch(error => log.info({ err: error, at }, 'poll not ended'))
}
