import { UserError } from '../errors.ts'
import type { MemberId, Place } from '../place.ts'
import { placeKey } from '../place.ts'
import { chosenTake, type Film, FilmRules, openShot, ranking, type Shot, type Take, type Waiting } from './film.ts'

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

const minuteMs = 60_000
const mostMembers = 200

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
      return { ...film, members: film.members.filter(member => member.id !== event.by) }
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
      return { ...film, host: event.to }
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
      return film.waiting.some(one => one.update === event.waiting.update) ? film : waitFor(film, event)
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
  }
}

function hostOnly(film: Film, by: MemberId): void {
  if (by !== film.host) throw new UserError('refusal.film-host-only')
}

function stillOpen(film: Film): void {
  if (film.state !== 'open') throw new UserError('refusal.film-ended', { title: film.title })
}

function join(film: Film, by: MemberId, name: string): Film {
  stillOpen(film)
  const known = film.members.find(member => member.id === by)
  if (known?.muted) throw new UserError('refusal.film-muted')
  if (known)
    return known.name === name ? film : { ...film, members: film.members.map(m => (m.id === by ? { ...m, name } : m)) }
  if (film.rules.join === 'invited' && !film.invited.includes(by) && !film.invited.includes(name))
    throw new UserError('refusal.film-invited-only')
  if (film.members.length >= mostMembers) throw new UserError('refusal.film-full')
  return { ...film, members: [...film.members, { id: by, name }] }
}

/**
 * Whether a member may offer a take now; throws the reason if not. The same check runs before credits are held and when the offer is
 * noted. `own`: the update that asks for it, which may have waited for the pot.
 */
export function mayOffer(film: Film, by: MemberId, name: string, price: number, own?: string): Film {
  stillOpen(film)
  const joined = join(film, by, name)
  const { rules } = joined
  const shot = openShot(joined)
  const waiting = joined.waiting.filter(({ what, update }) => what === 'take' && update !== own)
  if (!shot && joined.shots.length >= rules.shots) throw new UserError('refusal.film-shots', { count: rules.shots })
  if (rules.turns === 'round' && joined.turn && joined.turn.member !== by)
    throw new UserError('refusal.film-not-your-turn')
  if (rules.turns === 'first' && (shot?.takes.length ?? 0) + waiting.length > 0)
    throw new UserError('refusal.film-taken')
  const mine = [...(shot?.takes ?? []), ...waiting].filter(take => take.member === by).length
  if (mine >= rules.takesEach) throw new UserError('refusal.film-takes', { count: rules.takesEach })
  if (rules.budget !== undefined && joined.spent + price > rules.budget)
    throw new UserError('refusal.film-budget', { credits: rules.budget - joined.spent })
  if (rules.memberBudget !== undefined && rules.pays !== 'each' && by !== joined.host) {
    const left = rules.memberBudget - spentBy(joined, by)
    if (price > left) throw new UserError('refusal.film-budget', { credits: Math.max(0, left) })
  }
  return joined
}

/** Credits that a member's takes have cost so far. */
const spentBy = (film: Film, member: MemberId): number =>
  film.shots.flatMap(shot => shot.takes).reduce((sum, take) => sum + (take.member === member ? take.price : 0), 0)

/** In a round, an offer is what the turn was for: it goes on. */
function offered(film: Film, event: Extract<FilmEvent, { kind: 'offer' }>, now: number): Film {
  const next = offer(film, event)
  return next !== film && next.turn?.member === event.by ? passOn(next, now) : next
}

function waitFor(film: Film, { name, waiting }: Extract<FilmEvent, { kind: 'wait' }>): Film {
  const joined = join(film, waiting.member, name)
  return { ...joined, waiting: [...joined.waiting, waiting] }
}

/** What waited for the pot waits no more. */
const done = (film: Film, update: string | undefined): Film => ({
  ...film,
  waiting: film.waiting.filter(one => one.update !== update),
})

/** Whether there are credits left in the budget for a chosen take's final. Throws `refusal.film-budget`. */
export function mayFinish({ rules: { budget }, spent }: Film, price: number): void {
  if (budget !== undefined && spent + price > budget)
    throw new UserError('refusal.film-budget', { credits: Math.max(0, budget - spent) })
}

/** A chosen take's final is on its way, or there; it is paid for once. Nothing, if another take was chosen meanwhile. */
function finish(film: Film, event: Extract<FilmEvent, { kind: 'finish' | 'final' }>): Film {
  const { job, price, take } = event
  const shot = film.shots.find(one => one.number === event.shot)
  if (!shot || shot.chosen !== take) return film
  const known = shot.finishing?.job === job
  const next = { ...shot, finishing: { job, price }, ...(event.kind === 'final' && { final: event.clip }) }
  if (known && next.final === shot.final) return film
  return {
    ...film,
    spent: film.spent + (known ? 0 : price),
    shots: film.shots.map(one => (one === shot ? next : one)),
  }
}

function offer(before: Film, event: Extract<FilmEvent, { kind: 'offer' }>): Film {
  const film = event.update === undefined ? before : done(before, event.update)
  if (film.shots.some(shot => shot.takes.some(take => take.job === event.job))) return before
  const joined = mayOffer(film, event.by, event.name, event.price)
  const shots = openShot(joined)
    ? joined.shots
    : [...joined.shots, { number: Math.max(...joined.shots.map(one => one.number)) + 1, takes: [] }]
  const shot = shots.at(-1) as Shot
  const take: Take = {
    number: Math.max(0, ...shot.takes.map(one => one.number)) + 1,
    job: event.job,
    member: event.by,
    prompt: event.prompt,
    price: event.price,
    votes: [],
  }
  return {
    ...joined,
    spent: joined.spent + event.price,
    shots: [...shots.slice(0, -1), { ...shot, takes: [...shot.takes, take] }],
  }
}

function onTake(film: Film, job: string, change: (take: Take) => Take): Film {
  if (!film.shots.some(shot => shot.takes.some(take => take.job === job))) return film
  return {
    ...film,
    shots: film.shots.map(shot => ({
      ...shot,
      takes: shot.takes.map(take => (take.job === job ? change(take) : take)),
    })),
  }
}

function failed(film: Film, job: string): Film {
  const unfinished = film.shots.find(shot => shot.finishing?.job === job && shot.final === undefined)
  if (unfinished) {
    const { finishing, ...rest } = unfinished
    return {
      ...film,
      spent: film.spent - (finishing?.price ?? 0),
      shots: film.shots.map(shot => (shot === unfinished ? rest : shot)),
    }
  }
  const lost = film.shots.flatMap(shot => shot.takes).find(take => take.job === job)
  if (!lost || lost.clip !== undefined) return film
  return {
    ...film,
    spent: film.spent - lost.price,
    shots: film.shots.map(shot => ({ ...shot, takes: shot.takes.filter(take => take.job !== job) })),
  }
}

function vote(film: Film, { by, name, take: number, on }: Extract<FilmEvent, { kind: 'vote' }>): Film {
  const joined = join(film, by, name)
  const shot = openShot(joined)
  const take = shot?.takes.find(one => one.number === number && one.clip !== undefined)
  if (!shot || !take) throw new UserError('refusal.film-no-take', { take: number })
  if (take.votes.includes(by) === on) return joined
  const takes = shot.takes.map(one => ({
    ...one,
    // One member, one vote a shot: a new one takes the old one away.
    votes: [...one.votes.filter(voter => voter !== by), ...(on && one.number === number ? [by] : [])],
  }))
  return { ...joined, shots: [...joined.shots.slice(0, -1), { ...shot, takes }] }
}

function choose(film: Film, by: MemberId, number: number | undefined): Film {
  stillOpen(film)
  hostOnly(film, by)
  // Until somebody goes on, the host may think again.
  const shot = film.shots.at(-1)
  const take = number === undefined ? shot && ranking(shot)[0] : shot?.takes.find(one => one.number === number)
  if (!shot || !take?.clip) throw new UserError('refusal.film-no-take', { take: number ?? 1 })
  if (shot.chosen === take.number) return film
  const { final: _final, finishing: _finishing, ...rest } = shot
  return { ...film, shots: [...film.shots.slice(0, -1), { ...rest, chosen: take.number }] }
}

function remove(film: Film, { by, shot: number, take }: Extract<FilmEvent, { kind: 'remove' }>): Film {
  const shot = film.shots.find(one => one.number === number)
  const found = shot?.takes.find(one => one.number === take)
  if (!shot || !found) throw new UserError('refusal.film-no-take', { take })
  if (by !== film.host && by !== found.member) throw new UserError('refusal.film-host-only')
  if (found.clip === undefined) throw new UserError('refusal.film-no-take', { take })
  const { chosen, final, finishing, ...rest } = shot
  const kept = { ...rest, takes: shot.takes.filter(one => one !== found) }
  const more = { ...(final !== undefined && { final }), ...(finishing && { finishing }) }
  const others = chosen !== undefined && chosen !== take ? { chosen, ...more } : {}
  const shots = film.shots.map(one => (one === shot ? { ...kept, ...others } : one))
  // A shot that lost its chosen take plays no more, unless it is the last one: then it is open again.
  return { ...film, shots: shots.filter((one, i) => i === shots.length - 1 || chosenTake(one) !== undefined) }
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
