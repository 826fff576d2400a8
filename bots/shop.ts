import type { Pack } from '../core/catalogue.ts'
import { UserError } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import { privatePlaceOf } from '../core/members.ts'
import { insist } from '../core/redis.ts'
import { chargeOf, returned, type Sale, saleOf, salesOf, sell, takeBack } from '../core/sales.ts'
import { balance } from '../core/wallet.ts'
import { type Answer, type Ask, type Bot, walletOf } from './bot.ts'
import { buttonId } from './buttons.ts'
import { credits } from './describe.ts'
import type { Capabilities, Incoming, Outgoing } from './platform.ts'

/** Credits for money: what is offered, what was paid, what is given back. */

/** The packs a platform can sell: those it has a price for. */
export const packsFor = (packs: readonly Pack[], { sells }: Capabilities): Pack[] =>
  packs.filter(pack => (sells === 'XTR' && pack.stars !== undefined) || (sells === 'sku' && pack.sku !== undefined))

/** Lists the packs, offers one ("buy medium", or the only one), or says where else credits come from. */
export async function buy(bot: Bot, ask: Ask): Promise<Answer> {
  const { locale, member, text, platform } = ask
  const packs = packsFor(bot.catalogue.packs, platform.can)
  const [only] = packs
  if (!only) return { message: { text: elsewhere(bot, locale), quiet: member } }
  if (text !== '' || packs.length === 1) return offer(bot, ask, text === '' ? only.id : text.toLowerCase())
  const lines = packs.map(({ id: pack, credits: worth, stars }) =>
    platform.can.sells === 'XTR'
      ? t(locale, 'buy.line-stars', { credits: credits(locale, worth), price: stars ?? 0, pack })
      : t(locale, 'buy.line', { credits: credits(locale, worth), pack }),
  )
  const buttons = packs.map(({ id: pack, credits: worth, stars }) => ({
    id: buttonId({ verb: 'buy', pack }),
    label: credits(locale, worth) + (platform.can.sells === 'XTR' ? ` · ${stars} ⭐` : ''),
  }))
  return { message: { text: [t(locale, 'buy.head'), ...lines].join('\n'), buttons, quiet: member } }
}

function elsewhere(bot: Bot, locale: string): string {
  const shops = [...bot.platforms.values()].filter(({ can }) => packsFor(bot.catalogue.packs, can).length > 0)
  if (shops.length === 0) return t(locale, 'buy.nowhere')
  const platforms = shops.map(({ name }) => nameOf(name)).join(locale.startsWith('zh') ? '、' : ', ')
  return t(locale, 'buy.elsewhere', { platforms })
}

const nameOf = (platform: string): string => platform.charAt(0).toUpperCase() + platform.slice(1)

/** One pack as something to pay. Throws `refusal.pack`. */
export async function offer(bot: Bot, { locale, member, platform }: Ask, id: string): Promise<Answer> {
  const pack = packsFor(bot.catalogue.packs, platform.can).find(known => known.id === id)
  if (!pack) throw new UserError('refusal.pack')
  const title = t(locale, 'buy.title', { credits: credits(locale, pack.credits) })
  const description = t(locale, 'buy.description')
  const invoice = { pack: pack.id, title, description, price: platform.can.sells === 'XTR' ? (pack.stars ?? 0) : 0 }
  return { message: { text: `${title}\n${description}`, invoice, quiet: member } }
}

/** How long a payment waits for Redis to come back before its platform is asked to bring it again. */
const patienceMs = 5_000

/**
 * Somebody paid: the credits are theirs, once per charge. Whoever is shut out gets them too, for the money is ours. What to say;
 * undefined if it was said. Throws where it could not be kept: the update must come again.
 */
export async function paid(
  bot: Bot,
  event: Extract<Incoming, { kind: 'paid' }>,
  locale: string,
): Promise<Answer | undefined> {
  const { member, price, update, place } = event
  const charge = chargeOf(place.platform, event.charge)
  const pack = bot.catalogue.packs.find(known => known.id === event.pack)
  const account = walletOf(member)
  const sale = { charge, account, member, pack: event.pack.slice(0, 100), credits: pack?.credits ?? 0, price, update }
  const what = await insist(() => sell(bot.core, sale), AbortSignal.timeout(patienceMs))
  if (what === 'known') return undefined
  if (!pack) {
    bot.log.error({ charge, pack: event.pack }, 'paid for a pack that is not in the catalogue')
    const { operatorPlace, language } = bot.rules
    const words = t(language, 'buy.operator', { member, price, pack: sale.pack, charge })
    if (operatorPlace) void bot.tell(operatorPlace, { text: words, once: `paid:${charge}` })
    return { message: { text: t(locale, 'buy.unknown-pack', { charge }), mood: 'problem', quiet: member } }
  }
  const { available } = await balance(bot.core, account)
  const amounts = { credits: credits(locale, pack.credits), total: credits(locale, available) }
  return { message: { text: t(locale, 'buy.done', { ...amounts, charge }), mood: 'done', quiet: member } }
}

const shownSales = 5

/** `/paysupport`: the operator's own words, or plain ones, and the payments there were. */
export async function paySupport(bot: Bot, { locale, member }: Ask): Promise<Answer> {
  const lines = (await salesOf(bot.core, member, shownSales)).map(({ at, credits: worth, charge, state }) =>
    t(locale, state === 'paid' ? 'paysupport.line' : 'paysupport.returned', {
      date: new Date(at).toISOString().slice(0, 10),
      credits: credits(locale, worth),
      charge,
    }),
  )
  const text = [bot.rules.paySupport ?? t(locale, 'paysupport.text'), ...lines].join('\n')
  return { message: { text, quiet: member } }
}

export const terms = async (bot: Bot, { locale }: Ask): Promise<Answer> => ({
  message: { text: bot.rules.terms ?? t(locale, 'terms.text') },
})

/** A charge by its full name ("telegram/stx…") or by the platform's number alone. Throws `refusal.charge`. */
async function chargeNamed(bot: Bot, said: string): Promise<Sale> {
  const names = [said, ...[...bot.platforms.keys()].map(platform => chargeOf(platform, said))]
  for (const name of names) {
    const sale = await saleOf(bot.core, name)
    if (sale) return sale
  }
  throw new UserError('refusal.charge')
}

/** The operator gives a payment back: first what is left of the credits comes in, then the money goes out. */
export async function refund(bot: Bot, ask: Ask): Promise<Answer> {
  const { charge, member, credits: worth } = await chargeNamed(bot, ask.text)
  const [name = '', ...rest] = charge.split('/')
  const { state, taken } = await takeBack(bot.core, charge)
  const say = (key: 'refund.done' | 'refund.again' | 'refund.by-hand'): Answer => {
    const amounts = { taken: credits(ask.locale, taken), credits: credits(ask.locale, worth) }
    return { message: { text: t(ask.locale, key, { ...amounts, member, platform: nameOf(name) }), quiet: ask.member } }
  }
  if (state === 'returned') return say('refund.again')
  const platform = bot.platforms.get(name)
  try {
    await platform?.refund?.(member, rest.join('/'))
  } catch (error) {
    throw new UserError('refusal.refund-failed', { platform: nameOf(name) }, error)
  }
  if (await returned(bot.core, charge)) await tellMember(bot, { charge, member, taken })
  return say(platform?.refund ? 'refund.done' : 'refund.by-hand')
}

/** The one who paid hears of it where they talk to us in private. */
async function tellMember(bot: Bot, { charge, member, taken }: Pick<Sale, 'charge' | 'member' | 'taken'>) {
  const found = await privatePlaceOf(bot.core, member)
  if (!found) return
  const { place, locale = bot.rules.language } = found
  const message: Outgoing = { text: t(locale, 'refund.told', { charge, taken: credits(locale, taken) }) }
  void bot.tell(place, { ...message, once: `refund:${charge}` })
}
