import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { consentWay } from '../../core/consent.ts'
import { UserError } from '../../core/errors.ts'
import { clipOfCode } from '../../core/family.ts'
import { getJob, jobsOf } from '../../core/jobs.ts'
import { namesOf } from '../../core/people.ts'
import type { Recipe } from '../../core/request.ts'
import type { Ask, Bot } from '../bot.ts'

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
  /** Its recipe; `bare`: without the pictures somebody else gave for it, which were not given for this. */
  readonly recipe: Recipe
  readonly bare: boolean
}

/** The clip that `--like` or "fork" names. Throws `refusal.code-clip`, or `refusal.edit-change` for what was made of finished clips. */
export async function clipLike(bot: Bot, ask: Ask, code: string): Promise<Liked> {
  const clip = await clipCoded(bot, ask, code)
  const { recipe } = clip
  if (recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  const bare = isGiven(recipe) && !(await isOwn(bot, ask, clip)) && (await consentWay(bot.core, ask.place)) !== 'off'
  if (!bare) return { clip, recipe, bare }
  const { firstFrame: _first, lastFrame: _last, strokes: _strokes, ...rest } = recipe
  return { clip, recipe: rest, bare }
}

/** Somebody sent pictures for it; those of clips are none. */
const isGiven = ({ firstFrame, lastFrame }: Recipe): boolean =>
  [firstFrame, lastFrame].some(key => key?.startsWith('pictures/'))
