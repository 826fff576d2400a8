import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { UserError } from '../../core/errors.ts'
import { clipOfCode } from '../../core/family.ts'
import { jobsOf } from '../../core/jobs.ts'
import type { Ask, Bot } from '../bot.ts'

/** The clip of a name: its code, or the number of the member's own job. Throws `refusal.code-clip` or `refusal.job-gone`. */
export async function clipNamed(bot: Bot, ask: Ask, name: string): Promise<Clip> {
  if (/^k/i.test(name)) {
    const clip = await clipOfCode(bot.core, name)
    if (!clip) throw new UserError('refusal.code-clip', { code: name })
    return clip
  }
  const number = Number(name.replace('#', ''))
  const job = (await jobsOf(bot.core, ask.member, 500)).find(known => known.number === number)
  const clip = job?.clip === undefined ? undefined : await getClip(bot.core, job.clip)
  if (!clip) throw new UserError('refusal.job-gone')
  return clip
}

/** The clip that `--like` names. Throws `refusal.code-clip`, or `refusal.edit-change` for what was made of finished clips. */
export async function clipLike(bot: Bot, code: string): Promise<Clip> {
  const clip = await clipOfCode(bot.core, code)
  if (!clip) throw new UserError('refusal.code-clip', { code })
  if (clip.recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  return clip
}
