import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { Edit, type Joint, type Music } from '../../core/edit.ts'
import { editRecipe } from '../../core/edit-recipe.ts'
import { UserError } from '../../core/errors.ts'
import { chosenTake, clipOf, creditsOf, type Film } from '../../core/film/film.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { readJoin, readMoment } from '../edit/read.ts'
import { withSound } from '../edit/verbs.ts'
import { order } from '../order.ts'
import { creditLines } from './credits.ts'
import { payerOf } from './offer.ts'
import { filmMeant } from './which.ts'

/** The finished film: the chosen takes joined, with title, credits, and the music that was sent along. */

/** How it is asked for: "reel wipe --beat --cover 3". */
interface ReelWords {
  /** Between shots that do not go on from each other. */
  readonly joint: Joint
  readonly onBeat: boolean
  readonly cover?: number
  readonly title?: string
}

const coverOption = /\s*--(?:cover|封面)[\s:=]+(\S+)/iu

/** Throws `refusal.edit-usage`. */
export function readReel(text: string): ReelWords {
  const example = 'reel fade --beat --cover 3'
  const said = text.normalize('NFKC')
  const at = coverOption.exec(said)?.[1]
  const cover = at === undefined ? undefined : readMoment(at)
  try {
    const { names, joint = 'fade', onBeat, title } = readJoin(said.replace(coverOption, ''))
    if (names.length > 0 || (at !== undefined && cover === undefined)) throw new UserError('refusal.edit-usage')
    return { joint, onBeat, ...(cover !== undefined && { cover }), ...(title !== undefined && { title }) }
  } catch (error) {
    throw new UserError('refusal.edit-usage', { example }, error)
  }
}

/** A shot of the film that plays, and its clip. */
interface Played {
  readonly clip: Clip
  /** Whatever a later clip may have gone on from: the take, and its final (same seed, same motion). */
  readonly ids: readonly string[]
}

/** The edit that joins these. Shots that go on from the one before follow unbroken. Pure. */
function reelOf(
  film: Film,
  played: readonly Played[],
  { locale, words, music, by }: { locale: string; words: ReelWords; music?: Music['sound'] | undefined; by: string },
): Edit {
  const { joint, onBeat, cover, title = film.title } = words
  const lines = music === undefined ? creditsOf(film) : [...creditsOf(film), { role: 'music' as const, names: [by] }]
  const credits = creditLines(locale, lines)
  const unbroken = (i: number): boolean => played[i - 1]?.ids.includes(played[i]?.clip.recipe.continues ?? '') ?? false
  return Edit.parse({
    op: 'join',
    pieces: played.map(({ clip }, i) => ({ clip: clip.id, joint: unbroken(i) ? 'continuous' : joint })),
    title,
    onBeat,
    ...(credits.length > 0 && { credits }),
    ...(cover !== undefined && { cover }),
    ...(music !== undefined && { music: { sound: music } }),
  })
}

/** Orders the reel of the film that is meant. */
export async function reel(bot: Bot, asked: Ask, named?: Film): Promise<Answer | undefined> {
  const { film, ask } = named ? { film: named, ask: { ...asked, text: '' } } : await filmMeant(bot, asked, 'past')
  const words = readReel(ask.text)
  if (words.onBeat && ask.sounds.length === 0) throw new UserError('refusal.sound-none')
  const played: Played[] = []
  for (const shot of film.shots) {
    const id = clipOf(shot)
    const clip = id === undefined ? undefined : await getClip(bot.core, id)
    if (clip) played.push({ clip, ids: [clip.id, chosenTake(shot)?.clip ?? clip.id] })
  }
  if (played.length === 0) throw new UserError('refusal.film-empty')
  const part = { payer: payerOf(film, ask.member), film: { id: film.id, prompt: film.title, reel: true as const } }
  const by = ask.profile.name ?? ask.member
  const clips = played.map(({ clip }) => clip)
  return withSound(bot, ask, music =>
    order(bot, ask, editRecipe(reelOf(film, played, { locale: ask.locale, words, music, by }), clips), part),
  )
}
