import { crashpoint } from '../../core/crashpoint.ts'
import { UserError } from '../../core/errors.ts'
import { codeAccepted } from '../../core/film/bridge.ts'
import { type Film, openShot, ranking, type Waiting } from '../../core/film/film.ts'
import { chipIn, noteChip, potOf } from '../../core/film/pot.ts'
import type { FilmEvent } from '../../core/film/step.ts'
import { filmOf, filmsAt, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import { placeKey } from '../../core/place.ts'
import { dailyGrant } from '../../core/wallet.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { today, walletOf } from '../bot.ts'
import { asMeant } from '../consent/gate.ts'
import { credits } from '../describe.ts'
import { filmAgain } from './again.ts'
import { knownAs, openPolls } from './ballot.ts'
import { boardMessage, type FilmAct } from './board.ts'
import { begin, onFilm, roomOf } from './host.ts'
import { decided, offer, renderFinal } from './offer.ts'
import { readFilm } from './read.ts'
import { reel } from './reel.ts'
import { startWaiting } from './wait.ts'
import { filmMeant } from './which.ts'

/** What people say and press about films; what only concerns a film as a whole is in host.ts. */

type Answered = Promise<Answer | undefined>

const nameOf = (ask: Ask): string => ask.profile.name ?? ask.member
const plain = (ask: Ask, key: Parameters<typeof t>[1], params: Record<string, string | number> = {}): Answer => ({
  message: { text: t(ask.locale, key, params) },
})

/** Tells a film; the boards follow by themselves. */
async function tell(bot: Bot, film: Film, event: FilmEvent): Promise<Film> {
  const after = await tellFilm(bot.core, film.id, event)
  if (after.version !== film.version) bot.films.changed(after.id)
  return after
}

/** The board, here and now; what the pot is full enough for by now starts. */
async function board(bot: Bot, ask: Ask, film: Film): Promise<Answer> {
  const also = await startWaiting(bot, film.id, start)
  const now = (await filmOf(bot.core, film.id)) ?? film
  const pot = now.rules.pays === 'pot' ? await potOf(bot.core, now.id) : undefined
  const message = { ...boardMessage(ask.locale, now, pot), once: `board:${now.id}:${now.version}` }
  return { message, ...(also.length > 0 && { also }) }
}

/** "/film ...". */
export async function film(bot: Bot, ask: Ask): Answered {
  const first = readFilm(ask.text, ask.files.length > 0)
  if (first.act === 'bridge' && first.code !== undefined) return join(bot, ask, first.code)
  if (first.act === 'list') return list(bot, ask)
  if (first.act === 'again') return filmAgain(bot, ask, first.link)
  const named = first.act === 'new' ? await filmMeant(bot, ask, 'past').catch(() => undefined) : undefined
  if (first.act === 'new' && (!named || named.ask.text === ask.text)) return begin(bot, ask, first)
  const meant = named ?? (await filmMeant(bot, ask, 'past'))
  const call = named ? readFilm(meant.ask.text, false) : first
  if (call.act === 'board') return board(bot, ask, meant.film)
  if (call.act === 'again') return filmAgain(bot, { ...ask, text: meant.film.id }, undefined)
  return (await onFilm(bot, meant.ask, meant.film, call)) ?? board(bot, ask, meant.film)
}

async function list(bot: Bot, ask: Ask): Promise<Answer> {
  const films = [...(await filmsAt(bot.core, ask.place)), ...(await filmsAt(bot.core, ask.place, 'past'))]
  if (films.length === 0) throw new UserError('refusal.film-none')
  const lines = films.slice(0, 20).map(one =>
    t(ask.locale, `film.listed-${one.state}`, {
      title: one.title,
      film: one.id,
      count: one.shots.filter(({ chosen }) => chosen !== undefined).length,
    }),
  )
  return { message: { text: lines.join('\n') } }
}

async function join(bot: Bot, ask: Ask, code: string): Promise<Answer> {
  const id = await codeAccepted(bot.core, code)
  const one = id === undefined ? undefined : await filmOf(bot.core, id)
  if (!one) throw new UserError('refusal.film-code')
  // The code is the host's word: whoever brings it may connect the room.
  const after = await tell(bot, one, { kind: 'bridge', by: one.host, place: roomOf(ask) })
  crashpoint('film-bridged')
  return plain(ask, 'film.bridged', { title: after.title })
}

/** Credits may have come while the request was noted: nobody else would start it then. */
async function withStarted(bot: Bot, one: Film, answer: Answer): Promise<Answer> {
  const also = await startWaiting(bot, one.id, start)
  return { ...answer, ...(also.length > 0 && { also }) }
}

/** "/shot a rabbit bakes a cake": a take for the open shot of the film that is meant. */
export async function shot(bot: Bot, asked: Ask): Answered {
  const { film: one, ask } = await filmMeant(bot, asked)
  if (ask.text === '' && ask.images.length === 0) throw new UserError('refusal.film-shot-words')
  const answer = await asMeant({ command: 'shot', text: `${one.id} ${ask.text}` }, () => offer(bot, ask, one))
  bot.films.changed(one.id)
  return answer?.waits ? withStarted(bot, one, answer) : answer
}

/** "/vote 2"; without a number a poll, where there are polls. */
export async function vote(bot: Bot, asked: Ask): Answered {
  const { film: one, ask } = await filmMeant(bot, asked)
  return ask.text === '' ? pollFor(bot, ask, one) : voted(bot, ask, one, numberOf(ask.text))
}

/** Asks everybody about the takes of the open shot; the board does where there are no polls. */
async function pollFor(bot: Bot, ask: Ask, one: Film): Answered {
  const open = openShot(one)
  if ((open ? ranking(open) : []).length < 2) throw new UserError('refusal.film-poll')
  const by = await knownAs(bot.core, one, ask.member)
  const now = await tell(bot, one, { kind: 'join', by, name: nameOf(ask) })
  const opened = await openPolls({ ...bot, platform: name => bot.platforms.get(name) }, now)
  return ask.platform.can.polls && opened > 0 ? plain(ask, 'film.polled') : board(bot, ask, now)
}

async function voted(bot: Bot, ask: Ask, one: Film, take: number): Promise<Answer> {
  const by = await knownAs(bot.core, one, ask.member)
  await tell(bot, one, { kind: 'vote', by, name: nameOf(ask), take, on: true })
  return { message: { text: t(ask.locale, 'film.voted', { take }), quiet: ask.member } }
}

/** "/choose 2", or what has most votes. The chosen take is made again at the final tier, if that is better. */
export async function choose(bot: Bot, asked: Ask): Answered {
  const { film: one, ask } = await filmMeant(bot, asked)
  return chosen(bot, ask, one, ask.text === '' ? undefined : numberOf(ask.text))
}

async function chosen(bot: Bot, ask: Ask, one: Film, take: number | undefined): Answered {
  const by = await knownAs(bot.core, one, ask.member)
  const after = await tell(bot, one, { kind: 'choose', by, ...(take !== undefined && { take }) })
  const shotNow = decided(one, after)
  const again = shotNow && (await renderFinal(bot, ask, after, shotNow))
  bot.films.changed(one.id)
  if (again?.waits) return withStarted(bot, one, again)
  return again ?? plain(ask, 'film.chosen', { shot: shotNow?.number ?? 0, take: shotNow?.chosen ?? 0 })
}

/** "/chip 30": credits into the pot of the film that is meant. */
export async function chip(bot: Bot, asked: Ask): Answered {
  const { film: one, ask } = await filmMeant(bot, asked)
  return chipped(bot, ask, one, numberOf(ask.text))
}

async function chipped(bot: Bot, ask: Ask, one: Film, count: number): Promise<Answer> {
  if (one.rules.pays !== 'pot') throw new UserError('refusal.film-no-pot')
  const by = await knownAs(bot.core, one, ask.member)
  await tell(bot, one, { kind: 'join', by, name: nameOf(ask) })
  const account = walletOf(by)
  await dailyGrant(bot.core, account, ask.entitled.dailyCredits, today())
  const done = await chipIn(bot.core, { op: `chip:${ask.update}`, pot: one.id, account, credits: count })
  if (!done.ok) throw new UserError(`refusal.pot-${done.why}`, { credits: done.available, price: count })
  crashpoint('film-chipped')
  await noteChip(bot.core, account, one.id)
  bot.films.changed(one.id)
  const params = { name: nameOf(ask), credits: credits(ask.locale, count), total: done.total }
  return withStarted(bot, one, plain(ask, 'film.chipped', params))
}

/** What waited for the pot starts. */
async function start(bot: Bot, ask: Ask, one: Film, { what, prompt }: Waiting): Answered {
  if (what === 'take') return offer(bot, ask, one)
  const finished = one.shots.findLast(({ takes, chosen: number }) =>
    takes.some(take => take.number === number && take.prompt === prompt),
  )
  return finished && renderFinal(bot, ask, one, finished)
}

/** A button of a board. */
export async function filmPressed(
  bot: Bot,
  ask: Ask,
  { act, film: id, arg }: { act: FilmAct; film: string; arg: number },
): Answered {
  const one = await filmOf(bot.core, id)
  // A button can be typed by hand: only the film's own rooms have it.
  const here = one?.places.some(place => placeKey(place) === placeKey(ask.place))
  if (!one || !here) throw new UserError('refusal.film-gone', { film: id })
  switch (act) {
    case 'vote':
      return voted(bot, ask, one, arg)
    case 'choose':
      return chosen(bot, ask, one, undefined)
    case 'chip':
      return chipped(bot, ask, one, arg)
    case 'pass':
      await tell(bot, one, { kind: 'pass', by: await knownAs(bot.core, one, ask.member) })
      return undefined
    case 'join':
      return onFilm(bot, ask, one, { act: 'join' })
    case 'reel':
      return reel(bot, ask, one)
    case 'wake': {
      const [first, ...also] = await startWaiting(bot, one.id, start)
      bot.films.changed(one.id)
      return first && { ...first, also }
    }
  }
}

function numberOf(text: string): number {
  const found = /^#?(\d{1,6})$/u.exec(text.trim())?.[1]
  if (found === undefined || Number(found) < 1) throw new UserError('refusal.film-number')
  return Number(found)
}
