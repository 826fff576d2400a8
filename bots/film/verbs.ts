import { UserError } from '../../core/errors.ts'
import { codeAccepted, offerCode } from '../../core/film/bridge.ts'
import { type Film, openShot, ranking } from '../../core/film/film.ts'
import { chipIn, closePot, openPot, potOf } from '../../core/film/pot.ts'
import { type FilmEvent, newFilm } from '../../core/film/step.ts'
import { createFilm, filmOf, filmsAt, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import { dailyGrant } from '../../core/wallet.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { linkTo, today, walletOf } from '../bot.ts'
import { credits } from '../describe.ts'
import { openPolls } from './ballot.ts'
import { boardMessage, type FilmAct } from './board.ts'
import { filmFile } from './file.ts'
import { decided, offer, renderFinal } from './offer.ts'
import { type FilmCall, readFilm } from './read.ts'
import { reel } from './reel.ts'

/** What people say and press about films. */

type Answered = Promise<Answer | undefined>

/** Films last a month unless their host says otherwise. */
const usualHours = 24 * 30
const hourMs = 3600 * 1000
const exportDays = 1

/** The film that is meant here: the newest open one of this room. Throws `refusal.film-none`. */
async function filmHere(bot: Bot, ask: Ask): Promise<Film> {
  const [film] = await filmsAt(bot.core, ask.place)
  if (!film) throw new UserError('refusal.film-none')
  return film
}

const nameOf = (ask: Ask): string => ask.profile.name ?? ask.member
const plain = (ask: Ask, key: Parameters<typeof t>[1], params: Record<string, string | number> = {}): Answer => ({
  message: { text: t(ask.locale, key, params) },
})

/** Tells a film and shows its board; the boards in other rooms follow by themselves. */
async function tell(bot: Bot, film: Film, event: FilmEvent): Promise<Film> {
  const after = await tellFilm(bot.core, film.id, event)
  if (after.version !== film.version) bot.films.changed(after.id)
  return after
}

async function board(bot: Bot, ask: Ask, film: Film): Promise<Answer> {
  const pot = film.rules.pays === 'pot' ? await potOf(bot.core, film.id) : undefined
  return { message: { ...boardMessage(ask.locale, film, pot), once: `board:${film.id}:${film.version}` } }
}

/** "/film ...". */
export async function film(bot: Bot, ask: Ask): Answered {
  const call = readFilm(ask.text)
  if (call.act === 'new') return begin(bot, ask, call)
  if (call.act === 'bridge' && call.code !== undefined) return join(bot, ask, call.code)
  if (call.act === 'list') return list(bot, ask)
  return onFilm(bot, ask, await filmHere(bot, ask), call)
}

async function begin(bot: Bot, ask: Ask, { title, rules, hours }: Extract<FilmCall, { act: 'new' }>): Promise<Answer> {
  const now = Date.now()
  const endsAt = now + (hours ?? usualHours) * hourMs
  const made = await createFilm(bot.core, id =>
    newFilm(
      { id, title, host: ask.member, hostName: nameOf(ask), locale: ask.locale, place: roomOf(ask), rules, endsAt },
      now,
    ),
  )
  if (made.rules.pays === 'pot') await openPot(bot.core, made.id, { goal: 0, until: endsAt })
  bot.films.changed(made.id)
  return plain(ask, 'film.begun', { title: made.title, film: made.id })
}

const roomOf = ({ place }: Ask): Ask['place'] => {
  const { message: _message, ...room } = place
  return room
}

async function list(bot: Bot, ask: Ask): Promise<Answer> {
  const films = await filmsAt(bot.core, ask.place)
  if (films.length === 0) throw new UserError('refusal.film-none')
  const lines = films.map(one =>
    t(ask.locale, 'film.listed', { title: one.title, film: one.id, shots: one.shots.length }),
  )
  return { message: { text: lines.join('\n') } }
}

/** Finds a member by the name people see. */
function named(one: Film, name: string): Film['members'][number] {
  const wanted = name.toLowerCase()
  const found = one.members.find(member => member.id === name || member.name.toLowerCase() === wanted)
  if (!found) throw new UserError('refusal.film-not-a-member')
  return found
}

async function onFilm(bot: Bot, ask: Ask, one: Film, call: FilmCall): Answered {
  const by = ask.member
  switch (call.act) {
    case 'board':
      return board(bot, ask, one)
    case 'join': {
      const after = await tell(bot, one, { kind: 'join', by, name: nameOf(ask) })
      return plain(ask, 'film.joined', { title: after.title })
    }
    case 'leave':
      await tell(bot, one, { kind: 'leave', by })
      return plain(ask, 'film.left', { title: one.title })
    case 'rules': {
      let after = one
      if (call.title !== undefined) after = await tell(bot, after, { kind: 'title', by, title: call.title })
      after = await tell(bot, after, { kind: 'rules', by, rules: call.rules })
      if (after.rules.pays === 'pot') await openPot(bot.core, after.id, { goal: 0, until: after.endsAt ?? 0 })
      return board(bot, ask, after)
    }
    case 'mute':
    case 'unmute': {
      const { id, name } = named(one, call.name)
      await tell(bot, one, { kind: 'mute', by, who: id, muted: call.act === 'mute' })
      return plain(ask, call.act === 'mute' ? 'film.muted' : 'film.unmuted', { name })
    }
    case 'invite':
      await tell(bot, one, { kind: 'invite', by, who: call.name })
      return plain(ask, 'film.invited', { name: call.name })
    case 'host': {
      const { id, name } = named(one, call.name)
      await tell(bot, one, { kind: 'hand-over', by, to: id })
      return plain(ask, 'film.host', { name })
    }
    case 'remove':
      await tell(bot, one, { kind: 'remove', by, shot: call.shot, take: call.take })
      return plain(ask, 'film.removed', { shot: call.shot, take: call.take })
    case 'pass':
      return board(bot, ask, await tell(bot, one, { kind: 'pass', by }))
    case 'bridge': {
      if (by !== one.host) throw new UserError('refusal.film-host-only')
      return plain(ask, 'film.bridge-code', { code: await offerCode(bot.core, one.id), title: one.title })
    }
    case 'export': {
      const key = await bot.store.put('exports', 'json', await filmFile(bot.core, one))
      return plain(ask, 'film.exported', { link: linkTo(bot, key, exportDays), title: one.title })
    }
    case 'end':
      await tell(bot, one, { kind: 'end', by })
      await closePot(bot.core, one.id)
      return plain(ask, 'film.ended-now', { title: one.title })
    case 'archive':
      await tell(bot, one, { kind: 'archive', by })
      await closePot(bot.core, one.id)
      return plain(ask, 'film.archived-now', { title: one.title })
    default:
      return undefined
  }
}

async function join(bot: Bot, ask: Ask, code: string): Promise<Answer> {
  const id = await codeAccepted(bot.core, code)
  const one = id === undefined ? undefined : await filmOf(bot.core, id)
  if (!one) throw new UserError('refusal.film-code')
  // The code is the host's word: whoever brings it may connect the room.
  const after = await tell(bot, one, { kind: 'bridge', by: one.host, place: roomOf(ask) })
  return plain(ask, 'film.bridged', { title: after.title })
}

/** "/shot a rabbit bakes a cake": a take for the open shot of the film here. */
export async function shot(bot: Bot, ask: Ask): Answered {
  const one = await filmHere(bot, ask)
  if (ask.text === '' && ask.images.length === 0) throw new UserError('refusal.film-shot-words')
  const answer = await offer(bot, ask, one)
  bot.films.changed(one.id)
  return answer
}

/** "/vote 2"; without a number a poll, where there are polls. */
export async function vote(bot: Bot, ask: Ask): Answered {
  const one = await filmHere(bot, ask)
  return ask.text === '' ? pollFor(bot, ask, one) : voted(bot, ask, one, numberOf(ask.text))
}

/** Asks everybody about the takes of the open shot; the board does where there are no polls. */
async function pollFor(bot: Bot, ask: Ask, one: Film): Answered {
  const shot = openShot(one)
  if ((shot ? ranking(shot) : []).length < 2) throw new UserError('refusal.film-poll')
  await tell(bot, one, { kind: 'join', by: ask.member, name: nameOf(ask) })
  const opened = await openPolls({ ...bot, platform: name => bot.platforms.get(name) }, await again(bot, one))
  return ask.platform.can.polls && opened > 0 ? plain(ask, 'film.polled') : board(bot, ask, await again(bot, one))
}

/** The film as it is now. */
const again = async (bot: Bot, one: Film): Promise<Film> => (await filmOf(bot.core, one.id)) ?? one

async function voted(bot: Bot, ask: Ask, one: Film, take: number): Promise<Answer> {
  await tell(bot, one, { kind: 'vote', by: ask.member, name: nameOf(ask), take, on: true })
  return { message: { text: t(ask.locale, 'film.voted', { take }), quiet: ask.member } }
}

/** "/choose 2", or what has most votes. The chosen take is made again at the final tier, if that is better. */
export async function choose(bot: Bot, ask: Ask): Answered {
  return chosen(bot, ask, await filmHere(bot, ask), ask.text === '' ? undefined : numberOf(ask.text))
}

async function chosen(bot: Bot, ask: Ask, one: Film, take: number | undefined): Answered {
  const after = await tell(bot, one, { kind: 'choose', by: ask.member, ...(take !== undefined && { take }) })
  const decidedShot = decided(one, after)
  const again = decidedShot && (await renderFinal(bot, ask, after, decidedShot))
  return again ?? plain(ask, 'film.chosen', { shot: decidedShot?.number ?? 0, take: decidedShot?.chosen ?? 0 })
}

/** "/chip 30": credits into the pot of the film here. */
export async function chip(bot: Bot, ask: Ask): Answered {
  return chipped(bot, ask, await filmHere(bot, ask), numberOf(ask.text))
}

async function chipped(bot: Bot, ask: Ask, one: Film, count: number): Promise<Answer> {
  if (one.rules.pays !== 'pot') throw new UserError('refusal.film-no-pot')
  await tell(bot, one, { kind: 'join', by: ask.member, name: nameOf(ask) })
  const account = walletOf(ask.member)
  await dailyGrant(bot.core, account, ask.entitled.dailyCredits, today())
  const done = await chipIn(bot.core, { op: `chip:${ask.update}`, pot: one.id, account, credits: count })
  if (!done.ok) throw new UserError(`refusal.pot-${done.why}`, { credits: done.available, price: count })
  bot.films.changed(one.id)
  return plain(ask, 'film.chipped', { name: nameOf(ask), credits: credits(ask.locale, count), total: done.total })
}

/** A button of a board. */
export async function filmPressed(
  bot: Bot,
  ask: Ask,
  { act, film: id, arg }: { act: FilmAct; film: string; arg: number },
): Answered {
  const one = await filmOf(bot.core, id)
  if (!one) throw new UserError('refusal.film-gone', { film: id })
  switch (act) {
    case 'vote':
      return voted(bot, ask, one, arg)
    case 'choose':
      return chosen(bot, ask, one, undefined)
    case 'chip':
      return chipped(bot, ask, one, arg)
    case 'pass':
      await tell(bot, one, { kind: 'pass', by: ask.member })
      return undefined
    case 'join':
      return onFilm(bot, ask, one, { act: 'join' })
    case 'reel':
      return reel(bot, ask, one)
  }
}

function numberOf(text: string): number {
  const found = /^#?(\d{1,6})$/u.exec(text.trim())?.[1]
  if (found === undefined || Number(found) < 1) throw new UserError('refusal.film-number')
  return Number(found)
}
