import { crashpoint } from '../../core/crashpoint.ts'
import { UserError } from '../../core/errors.ts'
import { offerCode } from '../../core/film/bridge.ts'
import type { Film } from '../../core/film/film.ts'
import { closePot, openPot, potUntil } from '../../core/film/pot.ts'
import { type FilmEvent, newFilm } from '../../core/film/step.ts'
import { createFilm, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { linkTo } from '../bot.ts'
import { knownAs } from './ballot.ts'
import { backText } from './board.ts'
import { fileBytes, filmFile } from './file.ts'
import type { FilmCall } from './read.ts'

/** What is said about a film as a whole: its beginning, rules, members and end. Undefined = its board is the answer. */

/** Films last a month unless their host says otherwise. */
const usualHours = 24 * 30
const hourMs = 3600 * 1000
const exportDays = 1

const nameOf = (ask: Ask): string => ask.profile.name ?? ask.member
const plain = (ask: Ask, key: Parameters<typeof t>[1], params: Record<string, string | number> = {}): Answer => ({
  message: { text: t(ask.locale, key, params) },
})

/** The room that is spoken in, without a message. */
export const roomOf = ({ place }: Ask): Ask['place'] => {
  const { message: _message, ...room } = place
  return room
}

export async function begin(
  bot: Bot,
  ask: Ask,
  { title, rules, hours }: Extract<FilmCall, { act: 'new' }>,
): Promise<Answer> {
  const now = Date.now()
  const endsAt = now + (hours ?? usualHours) * hourMs
  const make = (id: string): Film =>
    newFilm(
      { id, title, host: ask.member, hostName: nameOf(ask), locale: ask.locale, place: roomOf(ask), rules, endsAt },
      now,
    )
  const made = await createFilm(bot.core, make, { update: ask.update })
  crashpoint('film-begun')
  if (made.rules.pays === 'pot') await openPot(bot.core, made.id, { goal: 0, until: endsAt })
  bot.films.changed(made.id)
  return plain(ask, 'film.begun', { title: made.title, film: made.id })
}

/** Finds a member by the name people see. */
function named(one: Film, name: string): Film['members'][number] {
  const wanted = name.toLowerCase()
  const found = one.members.find(member => member.id === name || member.name.toLowerCase() === wanted)
  if (!found) throw new UserError('refusal.film-not-a-member')
  return found
}

export async function onFilm(bot: Bot, ask: Ask, one: Film, call: FilmCall): Promise<Answer | undefined> {
  const by = await knownAs(bot.core, one, ask.member)
  const tell = async (event: FilmEvent): Promise<Film> => {
    const after = await tellFilm(bot.core, one.id, event)
    if (after.version !== one.version) bot.films.changed(one.id)
    return after
  }
  switch (call.act) {
    case 'join': {
      const after = await tell({ kind: 'join', by, name: nameOf(ask) })
      return plain(ask, 'film.joined', { title: after.title })
    }
    case 'leave':
      await tell({ kind: 'leave', by })
      return plain(ask, 'film.left', { title: one.title })
    case 'rules': {
      const { title, rules, hours } = call
      if (title !== undefined) await tell({ kind: 'title', by, title })
      const endsAt = hours === undefined ? undefined : Date.now() + hours * hourMs
      const after = await tell({ kind: 'rules', by, rules, ...(endsAt !== undefined && { endsAt }) })
      const until = after.endsAt ?? 0
      if (after.rules.pays === 'pot') await openPot(bot.core, after.id, { goal: 0, until })
      if (endsAt !== undefined) await potUntil(bot.core, after.id, until)
      return undefined
    }
    case 'mute':
    case 'unmute': {
      const { id, name } = named(one, call.name)
      await tell({ kind: 'mute', by, who: id, muted: call.act === 'mute' })
      return plain(ask, call.act === 'mute' ? 'film.muted' : 'film.unmuted', { name })
    }
    case 'invite':
      await tell({ kind: 'invite', by, who: call.name })
      return plain(ask, 'film.invited', { name: call.name })
    case 'host': {
      const { id, name } = named(one, call.name)
      const after = await tell({ kind: 'hand-over', by, to: id })
      return plain(ask, after.rules.pays === one.rules.pays ? 'film.host' : 'film.host-each', { name })
    }
    case 'remove':
      await tell({ kind: 'remove', by, shot: call.shot, take: call.take })
      return plain(ask, 'film.removed', { shot: call.shot, take: call.take })
    case 'pass':
      await tell({ kind: 'pass', by })
      return undefined
    case 'bridge': {
      if (by !== one.host) throw new UserError('refusal.film-host-only')
      return plain(ask, 'film.bridge-code', { code: await offerCode(bot.core, one.id), title: one.title })
    }
    case 'export': {
      const file = await filmFile(bot.core, one, bot.rules.secret)
      if (!file) throw new UserError('refusal.film-empty')
      const key = await bot.store.put('exports', 'json', fileBytes(file))
      return plain(ask, 'film.exported', { link: linkTo(bot, key, exportDays), title: one.title })
    }
    case 'end':
      return over(bot, ask, await tell({ kind: 'end', by }), 'film.ended-now')
    case 'archive':
      return over(bot, ask, await tell({ kind: 'archive', by }), 'film.archived-now')
    default:
      return undefined
  }
}

/** The end: the pot goes back to everyone, now, or (keeper.ts) when what is being made from it is done. */
async function over(bot: Bot, ask: Ask, one: Film, key: 'film.ended-now' | 'film.archived-now'): Promise<Answer> {
  crashpoint('film-ending')
  const back = await closePot(bot.core, one.id)
  crashpoint('film-paid-back')
  const said = back ? backText(ask.locale, one, back) : ''
  for (const { update } of back ? one.waiting : []) await tellFilm(bot.core, one.id, { kind: 'waited', update })
  const text = [t(ask.locale, key, { title: one.title }), said].filter(line => line !== '').join('\n')
  return { message: { text } }
}
