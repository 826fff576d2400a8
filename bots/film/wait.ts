import { crashpoint } from '../../core/crashpoint.ts'
import { failureOf, UserError } from '../../core/errors.ts'
import type { Film, Waiting } from '../../core/film/film.ts'
import { type Pot, potOf } from '../../core/film/pot.ts'
import { filmOf, tellFilm } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import type { Answer, Ask, Bot, Picture } from '../bot.ts'
import { AskFirst, takenBack } from '../consent/gate.ts'
import { park, unpark } from '../consent/parked.ts'
import { credits, excerpt } from '../describe.ts'
import { refusalMessage } from '../present.ts'
import { knownAs } from './ballot.ts'
import { chipButton } from './board.ts'

/** What waits until the pot is full enough, and starts by itself then. Nothing is held before. */

/** Credits the pot still lacks; 0 = it is full enough. Pure. */
const lacking = ({ rules: { goal = 0 } }: Film, pot: Pick<Pot, 'available' | 'total'>, price: number): number =>
  Math.max(0, price - pot.available, goal - pot.total)

/** Whether this has to wait for the film's pot. */
export async function mustWait(bot: Pick<Bot, 'core'>, film: Film, price: number): Promise<boolean> {
  if (film.rules.pays !== 'pot') return false
  const pot = await potOf(bot.core, film.id)
  return pot === undefined || lacking(film, pot, price) > 0
}

/** Notes that a request waits for the pot; the answer says for how much. */
export async function wait(
  bot: Bot,
  ask: Ask,
  film: Film,
  {
    what,
    prompt,
    price,
    pictures = [],
  }: Pick<Waiting, 'what' | 'prompt' | 'price'> & { pictures?: readonly Picture[] },
): Promise<Answer> {
  const member = await knownAs(bot.core, film, ask.member)
  const waiting = { update: ask.update, what, member, prompt, price, asked: park(ask, pictures) }
  crashpoint('film-waits')
  await tellFilm(bot.core, film.id, { kind: 'wait', name: ask.profile.name ?? ask.member, waiting })
  bot.films.changed(film.id)
  const pot = await potOf(bot.core, film.id)
  const missing = pot ? lacking(film, pot, price) : price
  const params = { price: credits(ask.locale, price), missing: credits(ask.locale, missing) }
  const buttons = missing > 0 ? [chipButton(ask.locale, film, missing)] : []
  return { message: { text: t(ask.locale, 'film.waits', params), buttons }, waits: true }
}

/** How a request that waited is taken up: offer.ts and verbs.ts know. */
export type Start = (bot: Bot, ask: Ask, film: Film, waiting: Waiting) => Promise<Answer | undefined>

/**
 * Starts what the pot is full enough for now, in the order it came; what is said about it, to whoever asked. Never throws: what goes wrong
 * is the log's, and what still waits is taken up by the film's clock (keeper.ts).
 */
export async function startWaiting(bot: Bot, id: string, start: Start): Promise<Answer[]> {
  const said: Answer[] = []
  try {
    await startInto(said, bot, id, start)
  } catch (error) {
    bot.log.warn({ err: error, film: id }, 'what waits for a pot was not started')
  }
  return said
}

async function startInto(said: Answer[], bot: Bot, id: string, start: Start): Promise<void> {
  for (;;) {
    const film = await filmOf(bot.core, id)
    const [next] = film?.waiting ?? []
    if (!film || !next || film.state !== 'open' || (await mustWait(bot, film, next.price))) return
    const parked = await unpark(bot, next.asked)
    // Whoever asked counted on the pot: nobody's own credits are spent for it.
    const ofPot = film.rules.pays === 'pot'
    const able = parked && (parked.ask.profile.banned === undefined || parked.ask.operator)
    const answer = able && (ofPot ? await started(bot, parked.ask, film, next, start) : unmade(parked.ask, next))
    if (answer === 'waits') return
    await tellFilm(bot.core, id, { kind: 'waited', update: next.update })
    if (answer && parked) {
      const { place, member, locale } = parked.ask
      said.push({ to: place, member, locale, ...answer })
    }
  }
}

const unmade = ({ locale }: Ask, { prompt }: Waiting): Answer => ({
  message: { text: t(locale, 'film.no-pot-now', { prompt: excerpt(prompt, 60) }) },
})

async function started(
  bot: Bot,
  ask: Ask,
  film: Film,
  waiting: Waiting,
  start: Start,
): Promise<Answer | 'waits' | undefined> {
  try {
    const answer = await start(bot, ask, film, waiting)
    // It costs more than it did, or somebody was faster at the pot: it keeps its place.
    return answer?.waits ? 'waits' : answer
  } catch (error) {
    const failure = error instanceof AskFirst ? takenBack(error) : error
    if (!(failure instanceof UserError)) throw error
    // Somebody was faster at the pot.
    if (failure.code === 'refusal.credits') return 'waits'
    return { message: refusalMessage(ask.locale, failureOf(failure), ask.member) }
  }
}
