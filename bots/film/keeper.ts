import type { Clip } from '../../core/clip.ts'
import { noteShown } from '../../core/clips.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import { UserError } from '../../core/errors.ts'
import { type Film, openShot } from '../../core/film/film.ts'
import { closePot, overduePots, type Pot, potOf } from '../../core/film/pot.ts'
import type { FilmEvent } from '../../core/film/step.ts'
import { dueFilms, filmOf, lookLater, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import type { Job } from '../../core/job.ts'
import type { Log } from '../../core/log.ts'
import { type Place, placeKey } from '../../core/place.ts'
import type { Core } from '../../core/redis.ts'
import { adapt } from '../adapt.ts'
import { type Outgoing, PlaceGone, type Platform, RetryLater } from '../platform.ts'
import { endPolls } from './ballot.ts'
import { backText, boardMessage } from './board.ts'
import { mustWait } from './wait.ts'

/** Keeps films going beside the conversation: their takes' ends, their boards in every room, their clocks. */
export interface FilmKeeper {
  /** Something changed: the boards follow soon. */
  changed(film: string): void
  /** A job's clip stands in its room. Idempotent; a job of no film is nobody's. */
  delivered(job: Job, clip: Clip, message: Outgoing): Promise<void>
  /** A job ended without a clip. Idempotent. */
  failed(job: Job): Promise<void>
  stop(): Promise<void>
}

export interface KeeperParts {
  readonly core: Core
  readonly log: Log
  platform(name: string): Platform | undefined
  /** What waits for a film's pot may start: its credits are there. */
  wake(film: Film): void
}

/** Boards are told of changes together: one edit for a burst of votes. */
const settleMs = 1500
const tickMs = 5000
const mostFailures = 5
/** A board is not told anew for so long after the last news; a film lasts a month unless its host says otherwise. */
const toldSeconds = 60 * 24 * 3600

export function openFilmKeeper({ core, log, platform, wake }: KeeperParts): FilmKeeper {
  const timers = new Map<string, NodeJS.Timeout>()
  const refreshing = new Map<string, Promise<void>>()
  const failures = new Map<string, number>()
  let stopped = false

  function changed(id: string, afterMs = settleMs): void {
    if (stopped || timers.has(id)) return
    const timer = setTimeout(() => {
      timers.delete(id)
      const one = (refreshing.get(id) ?? Promise.resolve())
        .then(() => refresh(id))
        .catch(error => log.warn({ err: error, film: id }, 'board not shown'))
        .finally(() => {
          if (refreshing.get(id) === one) refreshing.delete(id)
        })
      refreshing.set(id, one)
    }, afterMs)
    timer.unref()
    timers.set(id, timer)
  }

  /** A board that could not be shown is shown a little later: as soon as a busy place lets us, or else a few times. */
  function again(id: string, afterMs?: number): void {
    const failed = failures.get(id) ?? 0
    if (afterMs === undefined) failures.set(id, failed + 1)
    if (failed < mostFailures) changed(id, Math.max(settleMs, afterMs ?? 0))
    else failures.delete(id)
  }

  async function refresh(id: string): Promise<void> {
    const film = await filmOf(core, id)
    if (!film) return
    if (film.polls.length > 0 && (film.state !== 'open' || !openShot(film))) {
      await endPolls({ core, log, platform }, film.polls)
      await tellFilm(core, id, { kind: 'polls', places: [] })
    }
    const pot = film.rules.pays === 'pot' ? await potOf(core, film.id) : undefined
    for (const [i, place] of film.places.entries()) {
      const on = platform(place.platform)
      if (!on) continue
      const { message } = adapt(boardFor(film, pot, on), on.can, film.locale)
      const news = newsOf(film)
      if (!on.edit && (await core.redis.hget(toldKey(film), placeKey(place))) === news) continue
      const at = await show(on, place, film.boards[i] ?? undefined, message).catch(error => {
        // The board would stay as it is until something else happens.
        again(id, error instanceof RetryLater ? error.afterMs : undefined)
        if (!(error instanceof RetryLater)) log.warn({ err: error, film: id, place }, 'board not shown')
        return undefined
      })
      if (at) failures.delete(id)
      if (at && !on.edit)
        await core.redis.multi().hset(toldKey(film), placeKey(place), news).expire(toldKey(film), toldSeconds).exec()
      if (
        at &&
        (film.boards[i] == null || placeKey(at) !== placeKey(film.boards[i]) || at.message !== film.boards[i].message)
      )
        await tellFilm(core, id, { kind: 'board', place, at })
    }
  }

  const toldKey = (film: Film): string => `${core.root}:film-told:${film.id}`
  /** How far a film is: where nothing can be edited a board comes anew when that changes, and not for every vote. */
  const newsOf = ({ state, shots, reel = '' }: Film): string =>
    [state, shots.filter(({ chosen }) => chosen !== undefined).length, reel].join(' ')

  /** Turns the board there into this one; a new one where there is none, it is gone, or nothing can be edited. */
  async function show(
    on: Platform,
    place: Place,
    board: Place | undefined,
    message: Outgoing,
  ): Promise<Place | undefined> {
    if (board && on.edit) {
      try {
        await on.edit(board, message)
        return board
      } catch (error) {
        if (!(error instanceof PlaceGone)) throw error
      }
    }
    return on.reply(place, message)
  }

  /** What a job's end means for its film. What the film does not take any more is no error: the clip was made all the same. */
  async function tell(job: Job, event: FilmEvent): Promise<Film | undefined> {
    const of = job.request.film
    if (!of) return undefined
    try {
      const film = await tellFilm(core, of.id, event)
      changed(of.id)
      return film
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      log.info({ film: of.id, job: job.id, code: error.code }, 'a film does not take this')
      return undefined
    }
  }

  async function delivered(job: Job, clip: Clip, message: Outgoing): Promise<void> {
    const of = job.request.film
    if (!of) return
    if (of.reel) await tell(job, { kind: 'reel', clip: clip.id })
    else if (of.shot !== undefined)
      await tell(job, {
        kind: 'final',
        shot: of.shot,
        take: of.take ?? 0,
        job: job.id,
        clip: clip.id,
        price: job.price,
      })
    else {
      const { member, memberName } = job.request
      const name = memberName ?? member
      // Should we have stopped between the acceptance and the offer, the job itself knows what it was for.
      await tell(job, { kind: 'offer', by: member, name, job: job.id, prompt: of.prompt, price: job.price })
      crashpoint('film-making')
      await tell(job, { kind: 'made', job: job.id, clip: clip.id })
      crashpoint('film-made')
    }
    const film = await filmOf(core, of.id)
    await Promise.all((film?.places ?? []).map(place => pass(place, job, message)))
  }

  /** The clip in a bridged room. The room it was asked in has it already. */
  async function pass(place: Place, job: Job, message: Outgoing): Promise<void> {
    if (placeKey(place) === placeKey(job.request.place)) return
    const on = platform(place.platform)
    if (!on) return
    const { message: fitted } = adapt(message, on.can, job.request.locale)
    await on
      .reply(place, { ...fitted, once: `bridge:${job.id}` })
      .then(at => noteShown(core, at, job.id))
      .catch(error => log.warn({ err: error, place, job: job.id }, 'clip not passed on'))
  }

  async function tick(): Promise<void> {
    const now = Date.now()
    for (const id of await dueFilms(core, now)) await apart(id, () => lookAfter(id, now))
    for (const pot of await overduePots(core, now))
      await apart(pot, async () => {
        const film = await filmOf(core, pot)
        if (film) await endPot(film)
        else await closePot(core, pot)
      })
  }

  /** One film that goes wrong stops no other one's clock. */
  async function apart(film: string, look: () => Promise<void>): Promise<void> {
    await look().catch(error => log.warn({ err: error, film }, 'film not looked after'))
  }

  async function lookAfter(id: string, now: number): Promise<void> {
    const film = await filmOf(core, id)
    if (!film) return
    const over = film.endsAt !== undefined && film.endsAt <= now
    const after = await tellFilm(core, id, over ? { kind: 'end' } : { kind: 'turn-over' }, now)
    const [next] = after.state === 'open' ? after.waiting : []
    if (next && !(await mustWait({ core }, after, next.price))) wake(after)
    if (after.version === film.version) return lookLater(core, after, now)
    changed(id)
    if (over) await endPot(after)
  }

  /** Gives back what a pot has left and says so; while a job is still paid from it, later. */
  async function endPot(film: Film): Promise<void> {
    const back = await closePot(core, film.id)
    if (!back || (back.length === 0 && film.waiting.length === 0)) return
    const text = backText(film.locale, film, back)
    for (const { update } of film.waiting) await tellFilm(core, film.id, { kind: 'waited', update })
    for (const place of film.places)
      await platform(place.platform)
        ?.reply(place, { text, once: `pot:${film.id}` })
        .catch(error => log.warn({ err: error, film: film.id }, 'pot not told'))
  }

  const timer = setInterval(() => {
    tick().catch(error => log.debug({ err: error }, 'films not looked after'))
  }, tickMs).unref()

  return {
    changed,
    delivered,
    async failed(job) {
      if (!job.request.film || job.request.film.reel) return
      const film = await tell(job, { kind: 'failed', job: job.id })
      if (film?.state === 'open' && film.waiting.length > 0) wake(film)
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      for (const one of timers.values()) clearTimeout(one)
      await Promise.allSettled(refreshing.values())
    },
  }
}

/** The board for everybody in a room; without buttons it says the words instead, for a number would be one person's answer. */
function boardFor(film: Film, pot: Pot | undefined, { can }: Platform): Outgoing {
  const { buttons: _, ...message } = boardMessage(film.locale, film, pot)
  if (can.buttons > 0) return boardMessage(film.locale, film, pot)
  return { ...message, ...(film.state === 'open' && { text: `${message.text}\n${t(film.locale, 'film.how-words')}` }) }
}
