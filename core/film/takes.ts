import { UserError } from '../errors.ts'
import type { MemberId } from '../place.ts'
import { chosenTake, type Film, openShot, ranking, type Shot, type Take } from './film.ts'
import { hostOnly, join, stillOpen } from './members.ts'
import type { FilmEvent } from './step.ts'

/** Takes of a film: offered, waiting for the pot, made, voted for, chosen, made again, removed. Pure; throws UserError `refusal.film-*`. */

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
  // It was their turn when they asked; the pot may take longer than a turn.
  const waited = joined.waiting.some(({ what, update }) => what === 'take' && update === own)
  if (rules.turns === 'round' && joined.turn && joined.turn.member !== by && !waited)
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

export function waitFor(film: Film, { name, waiting }: Extract<FilmEvent, { kind: 'wait' }>): Film {
  const known = film.waiting.find(one => one.update === waiting.update)
  if (known?.price === waiting.price) return film
  // It keeps its place in the line, and only costs something else by now.
  if (known)
    return { ...film, waiting: film.waiting.map(one => (one === known ? { ...one, price: waiting.price } : one)) }
  const joined = join(film, waiting.member, name)
  return { ...joined, waiting: [...joined.waiting, waiting] }
}

/** What waited for the pot waits no more. */
export const done = (film: Film, update: string | undefined): Film => ({
  ...film,
  waiting: film.waiting.filter(one => one.update !== update),
})

/** Whether there are credits left in the budget for a chosen take's final. Throws `refusal.film-budget`. */
export function mayFinish({ rules: { budget }, spent }: Film, price: number): void {
  if (budget !== undefined && spent + price > budget)
    throw new UserError('refusal.film-budget', { credits: Math.max(0, budget - spent) })
}

/** A final is on its way, or there. It is counted once, and plays if its take is the chosen one still. */
export function finish(film: Film, event: Extract<FilmEvent, { kind: 'finish' | 'final' }>): Film {
  const { job, price, take } = event
  const clip = event.kind === 'final' ? event.clip : undefined
  const known = film.finals.find(one => one.job === job)
  const counted =
    known && (clip === undefined || known.clip === clip)
      ? film
      : {
          ...film,
          spent: film.spent + (known ? 0 : price),
          finals: [...film.finals.filter(one => one !== known), { job, price, ...(clip !== undefined && { clip }) }],
        }
  const shot = film.shots.find(one => one.number === event.shot)
  if (!shot || shot.chosen !== take) return counted
  const next = { ...shot, finishing: { job, price }, ...(clip !== undefined && { final: clip }) }
  if (shot.finishing?.job === job && next.final === shot.final) return counted
  return { ...counted, shots: film.shots.map(one => (one === shot ? next : one)) }
}

export function offer(film: Film, event: Extract<FilmEvent, { kind: 'offer' }>): Film {
  if (film.shots.some(shot => shot.takes.some(take => take.job === event.job))) return film
  const joined = done(mayOffer(film, event.by, event.name, event.price, event.update), event.update)
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

export function onTake(film: Film, job: string, change: (take: Take) => Take): Film {
  if (!film.shots.some(shot => shot.takes.some(take => take.job === job))) return film
  return {
    ...film,
    shots: film.shots.map(shot => ({
      ...shot,
      takes: shot.takes.map(take => (take.job === job ? change(take) : take)),
    })),
  }
}

export function failed(film: Film, job: string): Film {
  const final = film.finals.find(one => one.job === job)
  if (final?.clip !== undefined) return film
  if (final)
    return {
      ...film,
      spent: film.spent - final.price,
      finals: film.finals.filter(one => one !== final),
      shots: film.shots.map(({ finishing, ...rest }) =>
        finishing && finishing.job !== job ? { ...rest, finishing } : rest,
      ),
    }
  const lost = film.shots.flatMap(shot => shot.takes).find(take => take.job === job)
  if (!lost || lost.clip !== undefined) return film
  return {
    ...film,
    spent: film.spent - lost.price,
    shots: film.shots.map(shot => ({ ...shot, takes: shot.takes.filter(take => take.job !== job) })),
  }
}

export function vote(film: Film, { by, name, take: number, on }: Extract<FilmEvent, { kind: 'vote' }>): Film {
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

export function choose(film: Film, by: MemberId, number: number | undefined): Film {
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

export function remove(film: Film, { by, shot: number, take }: Extract<FilmEvent, { kind: 'remove' }>): Film {
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
