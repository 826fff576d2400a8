import { UserError } from '../errors.ts'
import { t } from '../i18n.ts'
import type { MemberId, Place } from '../place.ts'
import { placeKey } from '../place.ts'
import { type Film, FilmRules, type Waiting } from './film.ts'
import { hostOnly, join, stillOpen } from './members.ts'
import { choose, done, failed, finish, offer, onTake, remove, vote, waitFor } from './takes.ts'

/** What can happen to a film. `by` is who did it; the clock and the queue are nobody. */
export type FilmEvent =
  | { readonly kind: 'join'; readonly by: MemberId; readonly name: string }
  | { readonly kind: 'invite'; readonly by: MemberId; readonly who: string }
  | { readonly kind: 'leave'; readonly by: MemberId }
  | { readonly kind: 'mute'; readonly by: MemberId; readonly who: MemberId; readonly muted: boolean }
  | { readonly kind: 'hand-over'; readonly by: MemberId; readonly to: MemberId }
  | { readonly kind: 'rules'; readonly by: MemberId; readonly rules: Partial<FilmRules>; readonly endsAt?: number }
  | { readonly kind: 'title'; readonly by: MemberId; readonly title: string }
  /** A take was accepted and is being made. */
  | {
      readonly kind: 'offer'
      readonly by: MemberId
      readonly name: string
      readonly job: string
      readonly prompt: string
      readonly price: number
      /** The update that asked for it. */
      readonly update?: string
    }
  /** Something has to wait for the pot; or it waits no more. */
  | { readonly kind: 'wait'; readonly name: string; readonly waiting: Waiting }
  | { readonly kind: 'waited'; readonly update: string }
  | { readonly kind: 'made'; readonly job: string; readonly clip: string }
  /** A take will not come; its credits went back. */
  | { readonly kind: 'failed'; readonly job: string }
  | { readonly kind: 'vote'; readonly by: MemberId; readonly name: string; readonly take: number; readonly on: boolean }
  /** The host (or, without a number, the votes) decides the open shot. */
  | { readonly kind: 'choose'; readonly by: MemberId; readonly take?: number }
  /** A chosen take is being made again at the final tier; it is made. */
  | {
      readonly kind: 'finish'
      readonly shot: number
      readonly take: number
      readonly job: string
      readonly price: number
    }
  | {
      readonly kind: 'final'
      readonly shot: number
      readonly take: number
      readonly job: string
      readonly clip: string
      readonly price: number
    }
  | { readonly kind: 'remove'; readonly by: MemberId; readonly shot: number; readonly take: number }
  | { readonly kind: 'pass'; readonly by: MemberId }
  /** A turn's time is over. */
  | { readonly kind: 'turn-over' }
  | { readonly kind: 'bridge'; readonly by: MemberId; readonly place: Place }
  /** These polls are open now; the others are over. */
  | { readonly kind: 'polls'; readonly places: readonly Place[] }
  | { readonly kind: 'board'; readonly place: Place; readonly at: Place }
  | { readonly kind: 'end'; readonly by?: MemberId }
  | { readonly kind: 'reel'; readonly clip: string }
  | { readonly kind: 'archive'; readonly by: MemberId }
  /** These names (one person's) are forgotten. */
  | { readonly kind: 'forget'; readonly names: readonly MemberId[] }

const minuteMs = 60_000

/** A new film. */
export function newFilm(
  {
    id,
    title,
    host,
    hostName,
    locale,
    place,
    rules,
    endsAt,
  }: {
    id: string
    title: string
    host: MemberId
    hostName: string
    locale: string
    place: Place
    rules?: Partial<FilmRules>
    endsAt?: number
  },
  now: number,
): Film {
  return {
    id,
    title,
    host,
    locale,
    rules: FilmRules.parse(rules ?? {}),
    places: [place],
    boards: [null],
    members: [{ id: host, name: hostName }],
    invited: [],
    shots: [{ number: 1, takes: [] }],
    spent: 0,
    finals: [],
    waiting: [],
    polls: [],
    state: 'open',
    createdAt: now,
    ...(endsAt !== undefined && { endsAt }),
    version: 0,
  }
}

/**
 * The film after an event; the same film object if nothing changed. Pure. Throws UserError `refusal.film-*` for what may not be.
 * Events of the queue ('made', 'failed', 'final', 'reel') never throw: what they name and cannot be found is past.
 */
export function step(film: Film, event: FilmEvent, now: number): Film {
  const next = after(film, event, now)
  return next === film ? film : { ...withTurn(next, now), version: film.version + 1 }
}

function after(film: Film, event: FilmEvent, now: number): Film {
  switch (event.kind) {
    case 'join':
      return join(film, event.by, event.name)
    case 'invite':
      hostOnly(film, event.by)
      return film.invited.includes(event.who) ? film : { ...film, invited: [...film.invited, event.who] }
    case 'leave':
      if (event.by === film.host) throw new UserError('refusal.film-host-stays')
      // A mute outlasts leaving: coming back is no way around it.
      return { ...film, members: film.members.filter(member => member.id !== event.by || member.muted) }
    case 'mute':
      hostOnly(film, event.by)
      if (event.who === film.host) throw new UserError('refusal.film-host-stays')
      return {
        ...film,
        members: film.members.map(member =>
          member.id === event.who ? { id: member.id, name: member.name, ...(event.muted && { muted: true }) } : member,
        ),
      }
    case 'hand-over':
      hostOnly(film, event.by)
      if (!film.members.some(member => member.id === event.to)) throw new UserError('refusal.film-not-a-member')
      return handOver(film, event.to)
    case 'rules':
      hostOnly(film, event.by)
      return {
        ...film,
        rules: FilmRules.parse({ ...film.rules, ...event.rules }),
        ...(event.endsAt !== undefined && { endsAt: event.endsAt }),
      }
    case 'title':
      hostOnly(film, event.by)
      return { ...film, title: event.title }
    case 'offer':
      return offered(film, event, now)
    case 'made':
      return onTake(film, event.job, take => ({ ...take, clip: event.clip }))
    case 'failed':
      return failed(film, event.job)
    case 'vote':
      return vote(film, event)
    case 'choose':
      return choose(film, event.by, event.take)
    case 'wait':
      return waitFor(film, event)
    case 'waited':
      return film.waiting.some(one => one.update === event.update) ? done(film, event.update) : film
    case 'finish':
    case 'final':
      return finish(film, event)
    case 'remove':
      return remove(film, event)
    case 'pass':
      if (film.turn?.member !== event.by && event.by !== film.host) throw new UserError('refusal.film-not-your-turn')
      return passOn(film, now)
    case 'turn-over':
      return film.turn && film.turn.until <= now ? passOn(film, now) : film
    case 'bridge':
      return bridge(film, event.by, event.place)
    case 'board':
      return {
        ...film,
        boards: film.places.map((place, i) =>
          placeKey(place) === placeKey(event.place) ? event.at : (film.boards[i] ?? null),
        ),
      }
    case 'polls':
      return { ...film, polls: [...event.places] }
    case 'end':
      if (event.by !== undefined) hostOnly(film, event.by)
      if (film.state !== 'open') return film
      return { ...film, state: 'ended' }
    case 'reel':
      return { ...film, reel: event.clip }
    case 'archive':
      hostOnly(film, event.by)
      return film.state === 'archived' ? film : { ...film, state: 'archived' }
    case 'forget':
      return forget(film, event.names)
  }
}

/** That somebody was there stays, and which take they voted for; their name and words go. */
function forget(film: Film, names: readonly MemberId[]): Film {
  const shown = film.members.flatMap(({ id, name }) => (names.includes(id) ? [name] : []))
  const word = t(film.locale, 'film.somebody')
  return {
    ...film,
    members: film.members.map(member => (names.includes(member.id) ? { ...member, name: word } : member)),
    invited: film.invited.filter(one => !names.includes(one) && !shown.includes(one)),
    shots: film.shots.map(shot => ({
      ...shot,
      takes: shot.takes.map(take => (names.includes(take.member) ? { ...take, prompt: '…' } : take)),
    })),
  }
}

/** Nobody is made to pay for others: where the host paid, everyone pays for themselves until the new one says otherwise. */
function handOver(film: Film, to: MemberId): Film {
  if (to === film.host) return film
  const { rules } = film
  return { ...film, host: to, rules: rules.pays === 'host' ? { ...rules, pays: 'each' } : rules }
}

/** In a round, an offer is what the turn was for: it goes on. */
function offered(film: Film, event: Extract<FilmEvent, { kind: 'offer' }>, now: number): Film {
  const next = offer(film, event)
  return next !== film && next.turn?.member === event.by ? passOn(next, now) : next
}

function bridge(film: Film, by: MemberId, place: Place): Film {
  stillOpen(film)
  hostOnly(film, by)
  if (film.places.some(known => placeKey(known) === placeKey(place))) return film
  if (film.places.length >= 8) throw new UserError('refusal.film-places')
  return { ...film, places: [...film.places, place], boards: [...film.boards, null] }
}

/** Who comes after a member, in the order they joined; the muted are left out. */
function following(film: Film, member: MemberId | undefined): MemberId | undefined {
  const able = film.members.filter(one => !one.muted)
  const at = able.findIndex(one => one.id === member)
  return able[(at + 1) % Math.max(1, able.length)]?.id
}

function passOn(film: Film, now: number): Film {
  const member = following(film, film.turn?.member)
  if (!member) return film
  return { ...film, turn: { member, until: now + film.rules.turnMinutes * minuteMs } }
}

/** Keeps `turn` in step with the rest: somebody's who may take part while takes are wanted in a round, nobody's else. */
function withTurn(film: Film, now: number): Film {
  const { turn, ...rest } = film
  if (film.rules.turns !== 'round' || film.state !== 'open') return turn ? rest : film
  const able = film.members.some(member => member.id === turn?.member && !member.muted)
  return turn && able ? film : passOn(film, now)
}
