import type { Catalogue } from '../../core/catalogue.ts'
import { pickLanguage, t } from '../../core/i18n.ts'
import type { PreCheckout } from './wire.ts'

/** Before somebody pays, Telegram asks within ten seconds whether the offer still stands; an old invoice may name another price. Pure. */
export function checkoutAnswer({ packs }: Catalogue, asked: PreCheckout): Record<string, unknown> {
  const pack = packs.find(({ id }) => id === asked.invoice_payload)
  const stands = asked.currency === 'XTR' && pack?.stars === asked.total_amount
  return {
    pre_checkout_query_id: asked.id,
    ok: stands,
    ...(!stands && { error_message: t(pickLanguage(asked.from.language_code), 'telegram.offer-over') }),
  }
}
