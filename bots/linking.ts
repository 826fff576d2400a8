import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { profileOf } from '../core/members.ts'
import { link, namesOf, offerLink, unlink } from '../core/people.ts'
import type { MemberId } from '../core/place.ts'
import { balance } from '../core/wallet.ts'
import { type Answer, type Ask, type Bot, walletOf } from './bot.ts'
import { credits, excerpt } from './describe.ts'

/** The verbs that make one person of several accounts, and several again. */

/** "Ann (telegram)": never the id, which is nobody else's business. */
export async function called(bot: Bot, names: readonly MemberId[], locale: string): Promise<string> {
  const spoken = await Promise.all(
    names.map(async name => {
      const platform = name.slice(0, name.indexOf(':'))
      const { name: own } = await profileOf(bot.core, name)
      return own ? `${excerpt(own, 30)} (${platform})` : platform
    }),
  )
  return spoken.join(locale.startsWith('zh') ? '、' : ', ')
}

/** `/link`: a code for the other platform, never where others could take it; `/link CODE` joins. */
export async function linkAsked(bot: Bot, ask: Ask): Promise<Answer> {
  const { locale, member } = ask
  if (ask.text !== '') return linkNow(bot, ask)
  if (!ask.place.private && !ask.quiet) throw new UserError('refusal.private-only')
  const names = await namesOf(bot.core, member)
  const lines = [t(locale, 'link.code', { code: await offerLink(bot.core, member) })]
  if (names.length > 1) lines.push(t(locale, 'link.shared', { names: await called(bot, names, locale) }))
  return { message: { text: lines.join('\n'), quiet: member } }
}

async function linkNow(bot: Bot, { locale, member, text }: Ask): Promise<Answer> {
  await link(bot.core, { member, code: text })
  const names = await called(bot, await namesOf(bot.core, member), locale)
  const { available } = await balance(bot.core, walletOf(member))
  const message = t(locale, 'link.done', { names, credits: credits(locale, available) })
  return { message: { text: message, mood: 'done', quiet: member } }
}

export async function unlinkAsked(bot: Bot, { locale, member }: Ask): Promise<Answer> {
  const parted = await unlink(bot.core, member)
  if (!parted) throw new UserError('refusal.not-linked')
  const names = await called(bot, parted.left, locale)
  const wallet = await called(bot, [parted.wallet], locale)
  return { message: { text: t(locale, 'unlink.left', { names, wallet }), quiet: member } }
}
