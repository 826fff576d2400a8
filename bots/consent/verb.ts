import { type ConsentWay, consentWay, noteConsent, setConsentWay, withdrawConsent } from '../../core/consent.ts'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import type { Answer, Ask, Bot } from '../bot.ts'

/** "/consent": what is done here with pictures somebody else posted, and what one's own may be used for. */

const ways: Readonly<Record<string, ConsentWay>> = {
  ask: 'ask',
  询问: 'ask',
  先问: 'ask',
  off: 'off',
  关闭: 'off',
  不问: 'off',
  deny: 'deny',
  禁止: 'deny',
}
const always = /^(?:always|allow|总是|总是同意)$/iu
const back = /^(?:withdraw|revoke|撤回|撤销)$/iu

export async function consent(bot: Bot, ask: Ask): Promise<Answer> {
  const { core } = bot
  const { place, member, locale } = ask
  const word = ask.text.trim().toLowerCase()
  const say = (key: Parameters<typeof t>[1], params = {}): Answer => ({
    message: { text: t(locale, key, params), quiet: member },
  })
  if (place.private) return say('consent.private')
  if (word === '') {
    const here = t(locale, `consent.way-${await consentWay(core, place)}`)
    return say('consent.now', { here })
  }
  if (always.test(word)) {
    await noteConsent(core, { owner: member, place, pictures: '*', said: true })
    return say('consent.always-on')
  }
  if (back.test(word)) {
    await withdrawConsent(core, member, place)
    return say((await consentWay(core, place)) === 'off' ? 'consent.way-off' : 'consent.withdrawn')
  }
  const way = Object.hasOwn(ways, word) ? ways[word] : undefined
  if (!way) throw new UserError('refusal.consent-usage')
  if (!(await looksAfter(ask))) throw new UserError('refusal.consent-manager')
  await setConsentWay(core, place, way)
  return { message: { text: t(locale, `consent.way-${way}`) } }
}

/** Operators may everywhere; else whoever the platform says looks after the place. */
const looksAfter = async ({ operator, manages, platform, place, member }: Ask): Promise<boolean> =>
  operator || (manages ?? (await platform.manages?.(place, member)) ?? false)
