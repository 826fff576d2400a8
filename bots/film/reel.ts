import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import type { CreditLine, Edit, Joint } from '../../core/edit.ts'
import { editRecipe } from '../../core/edit-recipe.ts'
import { UserError } from '../../core/errors.ts'
import { clipOf, creditsOf, type Film } from '../../core/film/film.ts'
import { filmsAt } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { order } from '../order.ts'
import { payerOf } from './offer.ts'

/** The finished film: the chosen takes joined, with title and credits. */

/** How a clip follows the one before: unbroken where it goes on from that very clip, else a short fade. Pure. */
const jointOf = (clip: Clip, before: Clip | undefined): Joint =>
  before !== undefined && clip.recipe.continues === before.id ? 'continuous' : 'fade'

/** The edit that joins these clips. Pure. */
function reelOf(film: Film, clips: readonly Clip[], locale: string): Edit {
  const credits: CreditLine[] = creditsOf(film).map(({ role, names }) => ({
    role: t(locale, `film.role-${role}`),
    names: names.slice(0, 20).map(name => name.slice(0, 40)),
  }))
  return {
    op: 'join',
    pieces: clips.map((clip, i) => ({ clip: clip.id, joint: jointOf(clip, clips[i - 1]) })),
    title: film.title,
    ...(credits.length > 0 && { credits }),
    onBeat: false,
  }
}

/** Orders the reel of a film; of the newest one here, if none is named. */
export async function reel(bot: Bot, ask: Ask, named?: Film): Promise<Answer | undefined> {
  const film = named ?? (await filmsAt(bot.core, ask.place))[0]
  if (!film) throw new UserError('refusal.film-none')
  const clips = []
  for (const shot of film.shots) {
    const id = clipOf(shot)
    const clip = id === undefined ? undefined : await getClip(bot.core, id)
    if (clip) clips.push(clip)
  }
  if (clips.length === 0) throw new UserError('refusal.film-empty')
  const part = { payer: payerOf(film, ask.member), film: { id: film.id, prompt: film.title, reel: true as const } }
  return order(bot, ask, editRecipe(reelOf(film, clips, ask.locale), clips), part)
}
