import type { Clip } from '../core/clip.ts'
import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { namesOf } from '../core/people.ts'
import { type Answer, type Ask, type Bot, shareTo } from './bot.ts'
import { dropClip } from './drop-clip.ts'
import { offer } from './edit/recipe.ts'
import { pick } from './edit/variants.ts'
import * as making from './making.ts'
import { report } from './report.ts'

/** The buttons under a clip. Anybody may make something from it and pays for that; only its owner or the operator deletes it. */
export async function clipPressed(
  bot: Bot,
  ask: Ask,
  {
    verb,
    clip: id,
  }: { verb: 'again' | 'extend' | 'animate' | 'pick' | 'upgrade' | 'link' | 'delete' | 'report'; clip: string },
): Promise<Answer | undefined> {
  const base = await making.clipBase(bot, id)
  switch (verb) {
    case 'again':
      return making.again(bot, ask, base)
    case 'extend':
      return making.extend(bot, ask, base)
    case 'animate':
      return making.animate(bot, ask, base)
    case 'pick':
      return pick(bot, ask, id)
    case 'upgrade':
      return offer(bot, ask, base.clip)
    case 'link':
      return share(bot, ask, base.clip)
    case 'report':
      return report(bot, ask, base.clip)
    case 'delete':
      return remove(bot, ask, base.clip)
  }
}

function share(bot: Bot, ask: Ask, clip: Clip): Answer {
  const age = (Date.now() - clip.createdAt) / (24 * 3600 * 1000)
  const days = Math.max(1, Math.floor(bot.rules.retentionDays - age))
  return { message: { text: t(ask.locale, 'clip.link', { days, link: shareTo(bot, clip, days) }) } }
}

async function remove(bot: Bot, ask: Ask, clip: Clip): Promise<Answer> {
  if (!ask.operator && !(await namesOf(bot.core, ask.member)).includes(clip.member))
    throw new UserError('refusal.not-yours')
  await dropClip(bot, clip, ask.place)
  const { message: _, ...room } = ask.place
  return { message: { text: t(ask.locale, 'clip.deleted'), quiet: ask.member }, to: room }
}
