import type { Place } from '../../core/place.ts'
import type { Button, Outgoing } from '../platform.ts'

/** Outgoing -> what Telegram is told. Pure. Without parse_mode, so that whatever people wrote stands as they wrote it. */

/** Bot API's limits: characters of a text and of a caption, in UTF-16 units. */
export const limits = { text: 4096, caption: 1024 } as const

interface Keyboard {
  readonly inline_keyboard: readonly (readonly Record<string, unknown>[])[]
}

export interface Composed {
  readonly text: string
  readonly reply_markup?: Keyboard
}

/** Telegram refuses buttons with addresses the world cannot reach. */
export function linkable(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return /^https?:$/.test(protocol) && hostname.includes('.') && !/^(?:127|10|0)\.|^192\.168\./.test(hostname)
}

/** Labels of a row take about so much room before a phone cuts them. */
const rowWidth = 30
const rowLength = 4
/** A Chinese character is as wide as two letters. */
const widthOf = (label: string): number =>
  [...label].reduce((sum, sign) => sum + ((sign.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1), 3)

function rowsOf(buttons: readonly Button[]): Keyboard['inline_keyboard'] {
  const rows: Record<string, unknown>[][] = []
  let room = 0
  for (const { id, label, url, app } of buttons) {
    const width = widthOf(label)
    const last = rows.at(-1)
    const opens = app ? { web_app: { url } } : { url }
    const button = { text: label, ...(url === undefined ? { callback_data: id } : opens) }
    if (last && last.length < rowLength && width <= room) last.push(button)
    else {
      rows.push([button])
      room = rowWidth
    }
    room -= width
  }
  return rows
}

/** A line that fills up, under what is being made. */
function bar(done: number): string {
  const full = Math.floor(Math.min(1, Math.max(0, done)) * 10)
  return '▰'.repeat(full) + '▱'.repeat(10 - full)
}

/** Words and buttons of a message; a link that may not be a button stands in the words. */
export function compose({ text, buttons = [], progress, mood }: Outgoing): Composed {
  const pressed = buttons.filter(({ url }) => url === undefined || linkable(url))
  const said = buttons.filter(button => !pressed.includes(button)).map(({ label, url }) => `${label}: ${url}`)
  const drawn = mood === 'working' && progress !== undefined && progress > 0 ? [bar(progress)] : []
  const lines = [text, ...drawn, ...said].filter(line => line !== '').join('\n')
  return {
    text: lines.length <= limits.text ? lines : text,
    ...(pressed.length > 0 && { reply_markup: { inline_keyboard: rowsOf(pressed) } }),
  }
}

/** Where a message is said: chat, topic, and what it answers. A topic's messages are found again by their thread. */
export const addressOf = (to: Place): Record<string, unknown> => ({
  chat_id: Number(to.channel),
  ...(to.thread !== undefined && { message_thread_id: Number(to.thread) }),
  ...(to.message !== undefined && {
    reply_parameters: { message_id: Number(to.message), allow_sending_without_reply: true },
  }),
})

/** A poll in which everybody has one vote, with their name: only such votes are told to a bot. */
export const pollOf = ({ text, poll }: Outgoing) => ({
  question: text,
  options: (poll?.options ?? []).map(option => ({ text: option })),
  is_anonymous: false,
  allows_multiple_answers: false,
})

/** Bot API's limits of an invoice, in characters. */
const titleChars = 32
const descriptionChars = 255

/** Stars: no provider, exactly one price, and the pack comes back with the payment. */
export const invoiceOf = ({ pack, title, description, price }: NonNullable<Outgoing['invoice']>) => ({
  title: title.slice(0, titleChars),
  description: description.slice(0, descriptionChars),
  payload: pack,
  provider_token: '',
  currency: 'XTR',
  prices: [{ label: title.slice(0, titleChars), amount: price }],
})
