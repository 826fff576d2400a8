import { UserError } from '../errors.ts'
import type { MemberId } from '../place.ts'
import type { Film } from './film.ts'

/** Who takes part in a film, and who may do what. Pure; throws UserError `refusal.film-*`. */

const mostMembers = 200

export function hostOnly(film: Film, by: MemberId): void {
  if (by !== film.host) throw new UserError('refusal.film-host-only')
}

export function stillOpen(film: Film): void {
  if (film.state !== 'open') throw new UserError('refusal.film-ended', { title: film.title })
}

export function join(film: Film, by: MemberId, name: string): Film {
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
