import { UserError } from '../../core/errors.ts'
import type { Film } from '../../core/film/film.ts'
import { filmOf, filmsAt } from '../../core/film/store.ts'
import { jobAt } from '../../core/jobs.ts'
import { placeKey } from '../../core/place.ts'
import type { Ask, Bot } from '../bot.ts'

/** Which film somebody means, where several are made in one room. */

const coded = /^(F[2-9A-Z]{3,7})(?:[\s:：]+|$)(.*)$/isu

/** A film of this room that the words begin with, by its code, and the words after it. */
async function named(bot: Bot, ask: Ask): Promise<{ film: Film; text: string } | undefined> {
  const [, code = '', text = ''] = coded.exec(ask.text) ?? []
  const film = code === '' ? undefined : await filmOf(bot.core, code.toUpperCase())
  // "Frogs dance" is no code.
  return film?.places.some(place => placeKey(place) === placeKey(ask.place)) ? { film, text } : undefined
}

/** The film whose board or take was answered to. */
async function answered(bot: Bot, { replyTo }: Ask): Promise<Film | undefined> {
  if (!replyTo) return undefined
  const of = (await jobAt(bot.core, replyTo))?.request.film
  if (of) return filmOf(bot.core, of.id)
  const said = ({ boards }: Film): boolean =>
    boards.some(board => board && placeKey(board) === placeKey(replyTo) && board.message === replyTo.message)
  return (await filmsAt(bot.core, replyTo)).find(said) ?? (await filmsAt(bot.core, replyTo, 'past')).find(said)
}

/**
 * The film that is meant: the one named by its code ("shot F7Q2 a cat"), the one answered to, else the newest open one here; with `past`
 * also one that has ended. The ask's words come back without the code. Throws `refusal.film-none`.
 */
export async function filmMeant(bot: Bot, ask: Ask, past?: 'past'): Promise<{ film: Film; ask: Ask }> {
  const by = await named(bot, ask)
  if (by) return { film: by.film, ask: { ...ask, text: by.text } }
  const film =
    (await answered(bot, ask)) ??
    (await filmsAt(bot.core, ask.place))[0] ??
    (past && (await filmsAt(bot.core, ask.place, 'past'))[0])
  if (!film) throw new UserError('refusal.film-none')
  return { film, ask }
}
