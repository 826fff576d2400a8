import { clipsOf, rewriteClip } from '../clips.ts'
import type { Edit } from '../edit.ts'
import { UserError } from '../errors.ts'
import { t } from '../i18n.ts'
import { getJob, rewriteRequest } from '../jobs.ts'
import type { MemberId } from '../place.ts'
import type { Core } from '../redis.ts'
import { type Film, nameIn, partsIn } from './film.ts'
import { dropFilmsWith, filmOf, filmsWith, tellFilm } from './store.ts'

/** What films keep of somebody who wants to be forgotten: that there was somebody, and how they voted. */

/** Puts a word in the place of a name, in films and in the credits of their reels; ids of the films. Films that are finished files stay. */
export async function forgetInFilms(core: Core, names: readonly MemberId[]): Promise<string[]> {
  const ids = [...new Set((await Promise.all(names.map(name => filmsWith(core, name)))).flat())]
  for (const id of ids) {
    const film = await filmOf(core, id)
    if (!film) continue
    await forgetCredits(core, film, names)
    try {
      await tellFilm(core, id, { kind: 'forget', names })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
    }
  }
  await dropFilmsWith(core, names)
  return ids
}

/** Reels can be made again from their recipes, under whose name they stand. */
async function forgetCredits(core: Core, film: Film, names: readonly MemberId[]): Promise<void> {
  const shown = namesOnlyOf(film, names)
  const word = t(film.locale, 'film.somebody')
  for (const { id: member } of film.members)
    for (const clip of await clipsOf(core, member, 500)) {
      const edit = nameless(clip.recipe.edit, shown, word)
      if (!edit) continue
      const job = await getJob(core, clip.job)
      if (job?.request.film?.id !== film.id) continue
      await rewriteClip(core, { ...clip, recipe: { ...clip.recipe, edit } })
      await rewriteRequest(core, { ...job, request: { ...job.request, recipe: { ...job.request.recipe, edit } } })
    }
}

/** What these members are called in a film's credits, without the names that somebody else has there, too: those stay. Pure. */
export function namesOnlyOf(film: Film, names: readonly MemberId[]): string[] {
  const others = partsIn(film).flatMap(({ ids }) => ids.filter(id => !names.includes(id)).map(id => nameIn(film, id)))
  return film.members.flatMap(({ id, name }) => (names.includes(id) && !others.includes(name) ? [name] : []))
}

/** An edit with a word for these names in its credits; undefined where they are not in it. Pure. */
function nameless(edit: Edit | undefined, shown: readonly string[], word: string): Edit | undefined {
  if (edit?.op !== 'join' || !edit.credits) return undefined
  // A name that is too long for the credits was cut there.
  const isTheirs = (name: string): boolean =>
    shown.some(one => one === name || (name !== '' && one.startsWith(name) && name.length === 40))
  if (!edit.credits.some(line => line.names.some(isTheirs))) return undefined
  const credits = edit.credits.map(line => ({ ...line, names: line.names.map(name => (isTheirs(name) ? word : name)) }))
  return { ...edit, credits }
}
