import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { openJobs } from '../core/jobs.ts'
import { namesOf, walletOwner } from '../core/people.ts'
import { exportMember, forgetMember } from '../core/personal.ts'
import { type Answer, type Ask, type Bot, linkTo } from './bot.ts'
import { buttonId, memberMark } from './buttons.ts'
import { called } from './linking.ts'
import { yes } from './read-command.ts'

/** The verbs about a member's data: hand it out, erase it. */

const confirmMinutes = 15
const exportHours = 1
const minuteNow = (): number => Math.floor(Date.now() / 60_000)

/** Everything we keep about a member as one JSON file behind a link that ends soon; never where others could open it. */
export async function exportData(bot: Bot, ask: Ask): Promise<Answer> {
  if (!ask.place.private && !ask.quiet) throw new UserError('refusal.private-only')
  const data = await exportMember(bot.core, ask.member)
  const key = await bot.store.put('exports', 'json', Buffer.from(JSON.stringify(data, undefined, 2)))
  const link = linkTo(bot, key, exportHours / 24)
  return { message: { text: t(ask.locale, 'export.done', { link }), quiet: ask.member } }
}

/** Asks first; "forget yes" or the button does it. */
export async function forgetAsked(bot: Bot, ask: Ask): Promise<Answer> {
  if (yes.test(ask.text)) return forgetNow(bot, ask)
  const id = buttonId({ verb: 'forget', whose: memberMark(ask.member), minute: minuteNow() })
  const names = await namesOf(bot.core, ask.member)
  const linked = names.length > 1 ? t(ask.locale, 'forget.linked', await whoseWallet(bot, ask, names)) : ''
  return {
    message: {
      text: [t(ask.locale, 'forget.ask'), linked].filter(line => line !== '').join('\n'),
      buttons: [{ id, label: t(ask.locale, 'button.forget') }],
      quiet: ask.member,
    },
  }
}

/** Of people who linked accounts: which these are, and which of them keeps the credits. */
async function whoseWallet(
  bot: Bot,
  { locale }: Ask,
  names: readonly string[],
): Promise<Record<'names' | 'wallet', string>> {
  const wallet = await walletOwner(bot.core, names)
  return { names: await called(bot, names, locale), wallet: await called(bot, [wallet], locale) }
}

/** The button: only for the one who asked, only for a quarter of an hour. */
export async function forgetPressed(bot: Bot, ask: Ask, press: { whose: string; minute: number }): Promise<Answer> {
  if (press.whose !== memberMark(ask.member)) throw new UserError('refusal.not-yours')
  if (Math.abs(minuteNow() - press.minute) > confirmMinutes) throw new UserError('refusal.button-old')
  return forgetNow(bot, ask)
}

async function forgetNow(bot: Bot, ask: Ask): Promise<Answer> {
  if ((await openJobs(bot.core, ask.member)).length > 0) throw new UserError('refusal.forget-open')
  const { names, films } = await forgetMember(bot.core, bot.store, ask.member)
  for (const film of films) bot.films.changed(film)
  for (const name of names) await bot.platforms.get(name.slice(0, name.indexOf(':')))?.forget?.(name)
  return { message: { text: t(ask.locale, 'forget.done'), quiet: ask.member } }
}
