import { randomInt } from 'node:crypto'
import { UserError } from '../errors.ts'
import { type Place, placeKey } from '../place.ts'
import type { Core } from '../redis.ts'
import { Film } from './film.ts'
import { type FilmEvent, step } from './step.ts'

/** Films in Redis (core/lua/films.lua). Two processes may change the same film: the one that comes second reads again. */

const keyOf = (core: Core, id: string): string => `${core.root}:film:${id}`

/** Letters and digits nobody mixes up. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const mostTries = 20

/** Whatever waits for a pot is looked after this often, in ms: the process that took the credits may be gone. */
const waitingMs = 5_000

/** When the clock has to look at a film next: its turn or the film itself is over, something waits; else in a day. */
function lookAt(film: Film, now: number): number {
  return Math.min(
    film.waiting.length > 0 ? now + waitingMs : Number.POSITIVE_INFINITY,
    film.turn?.until ?? Number.POSITIVE_INFINITY,
    film.endsAt ?? Number.POSITIVE_INFINITY,
    now + 86_400_000,
  )
}

async function put(core: Core, film: Film, now: number): Promise<boolean> {
  const rooms = film.places.map(placeKey)
  const answer = await core.call(
    'tr_film_put',
    film.id,
    film.version,
    JSON.stringify(film),
    lookAt(film, now),
    film.state,
    ...rooms,
  )
  return answer === 1
}

export async function filmOf(core: Core, id: string): Promise<Film | undefined> {
  const text = await core.redis.hget(keyOf(core, id.toUpperCase()), 'json')
  return text === null ? undefined : Film.parse(JSON.parse(text))
}

const withKey = (core: Core, member: string): string => `${core.root}:films-with:${member}`

/** Notes who takes part, before they do: a film may be listed for somebody who then does not. */
async function noteMembers(core: Core, film: Film, before: Film['members']): Promise<void> {
  // Who was forgotten and comes back gets their name again.
  const fresh = film.members.filter(({ id, name }) => before.every(known => known.id !== id || known.name !== name))
  await Promise.all(fresh.map(({ id }) => core.redis.sadd(withKey(core, id), film.id)))
}

/** Ids of the films that somebody took part in, open or past. */
export const filmsWith = (core: Core, member: string): Promise<string[]> => core.redis.smembers(withKey(core, member))

/** Forgets that these took part in any. */
export async function dropFilmsWith(core: Core, members: readonly string[]): Promise<void> {
  await core.redis.del(...members.map(member => withKey(core, member)))
}

const updateSeconds = 7 * 24 * 3600

/** Keeps a new film under an id of its own; `make` is asked for the film with that id. The same `update` again is the same film. */
export async function createFilm(
  core: Core,
  make: (id: string) => Film,
  { update, now = Date.now() }: { update?: string; now?: number } = {},
): Promise<Film> {
  const key = `${core.root}:film-update:${update}`
  for (let length = 3; ; length += 1) {
    const fresh = `F${Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')}`
    const before = update === undefined ? null : await core.redis.set(key, fresh, 'EX', updateSeconds, 'NX', 'GET')
    const known = before === null ? undefined : await filmOf(core, before)
    if (known) return known
    const film = Film.parse(make(before ?? fresh))
    await noteMembers(core, film, [])
    if (await put(core, film, now)) return film
    if (length === 7) throw new Error('no free film id was found')
    if (before === null && update !== undefined) await core.redis.del(key)
  }
}

/** Changes a film by an event; the film after it. Throws UserError from `step`, or `refusal.film-gone`. */
export async function tellFilm(core: Core, id: string, event: FilmEvent, now = Date.now()): Promise<Film> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const film = await filmOf(core, id)
    if (!film) throw new UserError('refusal.film-gone', { film: id })
    const next = step(film, event, now)
    if (next === film) return next
    await noteMembers(core, next, film.members)
    if (await put(core, next, now)) return next
  }
  throw new UserError('refusal.busy')
}

/** Films of a room that are open, or the last 50 that have ended, newest first. */
export async function filmsAt(core: Core, place: Place, which: 'open' | 'past' = 'open'): Promise<Film[]> {
  const room = placeKey(place)
  const ids =
    which === 'open'
      ? await core.redis.smembers(`${core.root}:films-at:${room}`)
      : await core.redis.zrange(`${core.root}:films-over:${room}`, '0', '-1')
  const films = await Promise.all(ids.map(id => filmOf(core, id)))
  return films.filter(film => film !== undefined).sort((a, b) => b.createdAt - a.createdAt)
}

/** The clock has looked at a film and found nothing to do. */
export async function lookLater(core: Core, film: Film, now = Date.now()): Promise<void> {
  await core.redis.zadd(`${core.root}:films`, 'XX', String(lookAt(film, now)), film.id)
}

/** Films that the clock has to look at now. */
export async function dueFilms(core: Core, now = Date.now()): Promise<string[]> {
  return core.redis.zrange(`${core.root}:films`, '-inf', String(now), 'BYSCORE')
}
