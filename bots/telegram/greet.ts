import { pickLanguage, t } from '../../core/i18n.ts'
import type { Place } from '../../core/place.ts'
import type { Outgoing } from '../platform.ts'
import type { Me, MemberChange } from './wire.ts'

const away = ['left', 'kicked']

/** Said when the bot comes into a group: how it is spoken to there, which depends on whether it may hear everything. Pure. */
export function greeting(
  me: Me,
  update: string,
  { chat, from, old_chat_member: before, new_chat_member: now }: MemberChange,
): { to: Place; message: Outgoing } | undefined {
  const comes = away.includes(before.status) && !away.includes(now.status)
  if (!comes || (chat.type !== 'group' && chat.type !== 'supergroup')) return undefined
  const key = me.can_read_all_group_messages ? 'telegram.greeting-open' : 'telegram.greeting'
  return {
    to: { platform: 'telegram', channel: String(chat.id), private: false },
    message: {
      text: t(pickLanguage(from.language_code), key, { name: `@${me.username}` }),
      once: `greeting:${update}`,
    },
  }
}
