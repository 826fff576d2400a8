import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { UserError } from '../../core/errors.ts'
import { clipOfCode, codeOf, numberOf } from '../../core/family.ts'
import { t } from '../../core/i18n.ts'
import { getJob, jobsOf } from '../../core/jobs.ts'
import { namesOf } from '../../core/people.ts'
import type { Recipe } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { mayUse, picturesIn } from '../consent/gate.ts'

/** Codes can be guessed: what was asked for in private is its maker's, under any of their names, and the operators' alone. */
export async function mayName(bot: Bot, ask: Pick<Ask, 'member' | 'operator'>, clip: Clip): Promise<boolean> {
  if (ask.operator || clip.member === ask.member) return true
  const job = await getJob(bot.core, clip.job)
  return job?.request.place.private === false || (await isOwn(bot, ask, clip))
}

const isOwn = async (bot: Bot, { member }: Pick<Ask, 'member'>, clip: Clip): Promise<boolean> =>
  (await namesOf(bot.core, member)).includes(clip.member)

/** The clip of a code. Throws `refusal.code-clip` where there is none, and just so where it is somebody's private one. */
export async function clipCoded(bot: Bot, ask: Ask, code: string): Promise<Clip> {
  const clip = await clipOfCode(bot.core, code)
  if (!clip || !(await mayName(bot, ask, clip))) throw new UserError('refusal.code-clip', { code: code.slice(0, 12) })
  return clip
}

/** The clip of a name: its code, or the number of the member's own job. Throws `refusal.code-clip` or `refusal.job-gone`. */
export async function clipNamed(bot: Bot, ask: Ask, name: string): Promise<Clip> {
  if (/^k/i.test(name)) return clipCoded(bot, ask, name)
  const number = Number(name.replace('#', ''))
  const job = (await jobsOf(bot.core, ask.member, 500)).find(known => known.number === number)
  const clip = job?.clip === undefined ? undefined : await getClip(bot.core, job.clip)
  if (!clip) throw new UserError('refusal.job-gone')
  return clip
}

/** A clip that something new begins with. */
export interface Liked {
  readonly clip: Clip
  /** Its recipe; `bare`: without its pictures, which may not be used here (bots/consent). */
  readonly recipe: Recipe
  readonly bare: boolean
}

/** A recipe without its pictures, and what was painted on them. */
export function withoutPictures({ firstFrame: _first, lastFrame: _last, strokes: _strokes, ...rest }: Recipe): Recipe {
  return rest
}

/**
 * The clip that `--like` or "fork" names; undefined without a name. Throws `refusal.code-clip`, or `refusal.edit-change` for what was
 * made of finished clips; AskFirst where whoever posted its pictures can be asked for them.
 */
export async function clipLike(bot: Bot, ask: Ask, code: string): Promise<Liked>
export async function clipLike(bot: Bot, ask: Ask, code: string | undefined): Promise<Liked | undefined>
export async function clipLike(bot: Bot, ask: Ask, code: string | undefined): Promise<Liked | undefined> {
  if (code === undefined) return undefined
  const clip = await clipCoded(bot, ask, code)
  const { recipe } = clip
  if (recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  // Its own pictures take their place.
  if (ask.images.length > 0 || (ask.pictures?.length ?? 0) > 0) return { clip, recipe, bare: false }
  try {
    await mayUse(bot, ask, picturesIn(recipe))
    return { clip, recipe, bare: false }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { clip, recipe: withoutPictures(recipe), bare: true }
  }
}

/** The ticket also says that pictures of a clip were left out. */
export function saidBare(ask: Ask, made: Answer | undefined, like: Liked | undefined): Answer | undefined {
  return made && like?.bare ? saidAlso(made, t(ask.locale, 'like.bare', { code: codeOf(numberOf(like.clip)) })) : made
}

/** An answer with one more line. */
export const saidAlso = (made: Answer, line: string): Answer => ({
  ...made,
  message: { ...made.message, text: `${made.message.text}\n${line}` },
})
