import type { Clip } from '../core/clip.ts'
import { removeClip } from '../core/clips.ts'
import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { type Answer, type Ask, type Bot, shareTo } from './bot.ts'
import * as making from './making.ts'

/** The buttons under a clip. Anybody may make something from it and pays for that; only its owner or the operator deletes it. */
export async function clipPressed(
  bot: Bot,
  ask: Ask,
  { verb, clip: id }: { verb: 'again' | 'extend' | 'animate' | 'link' | 'delete'; clip: string },
): Promise<Answer | undefined> {
  const base = await making.clipBase(bot, id)
  switch (verb) {
    case 'again':
      return making.again(bot, ask, base)
    case 'extend':
      return making.extend(bot, ask, base)
    case 'animate':
      return making.animate(bot, ask, base)
    case 'link':
      return share(bot, ask, base.clip)
    case 'delete':
      return remove(bot, ask, base.clip)
  }
}

function share(bot: Bot, ask: Ask, clip: Clip): Answer {
  const age = (Date.now() - clip.createdAt) / (24 * 3600 * 1000)
  const days = Math.max(1, Math.floor(bot.rules.retentionDays - age))
  return { message: { text: t(ask.locale, 'clip.link', { days, link: shareTo(bot, clip, days) }) } }
}

/** The record goes first: what is left of the files if we stop here is swept away later. */
async function remove(bot: Bot, ask: Ask, clip: Clip): Promise<Answer> {
  if (clip.member !== ask.member && !ask.operator) throw new UserError('refusal.not-yours')
  await removeClip(bot.core, clip.id, clip.member)
  const files = [clip.media, clip.poster, ...(clip.state ? [clip.state] : [])]
  await Promise.allSettled(files.map(key => bot.store.remove(key)))
  const { message, ...room } = ask.place
  if (message !== undefined && ask.platform.remove)
    await ask.platform.remove(ask.place).catch(error => bot.log.warn({ err: error }, 'message not removed'))
  return { message: { text: t(ask.locale, 'clip.deleted'), quiet: ask.member }, to: room }
}
