import type { Place } from '../../core/place.ts'
import type { Attachment, Incoming } from '../platform.ts'
import type { Me, Message, Pictured, Update, User } from './wire.ts'

/** Telegram's updates -> Incoming. Pure. */

/** Who says something: a person, or the chat they hide behind (an anonymous administrator); undefined = a bot or nobody. */
interface Sender {
  readonly member: string
  readonly memberName: string
  readonly locale?: string
  readonly handle?: string
}

const memberOf = (id: number): string => `telegram:${id}`

function person({ id, first_name, last_name, language_code, username }: User): Sender {
  const memberName = last_name === undefined ? first_name : `${first_name} ${last_name}`
  return {
    ...{ member: memberOf(id), memberName },
    ...(language_code !== undefined && { locale: language_code }),
    ...(username !== undefined && { handle: username }),
  }
}

function senderOf(
  from: User | undefined,
  chat: { id: number; title?: string | undefined } | undefined,
): Sender | undefined {
  if (chat) return { member: memberOf(chat.id), memberName: chat.title ?? '' }
  return from && !from.is_bot ? person(from) : undefined
}

type Placed = Pick<Message, 'chat' | 'message_id' | 'message_thread_id' | 'is_topic_message'>

/** What a forum's General topic is sometimes called; it must never be said back. */
const general = 1

/** A thread id names a topic only in a topic; General has none, and plain replies carry one that is none. */
export const placeOf = ({ chat, message_id, message_thread_id, is_topic_message }: Placed): Place => ({
  platform: 'telegram',
  channel: String(chat.id),
  ...(is_topic_message &&
    message_thread_id !== undefined &&
    message_thread_id !== general && { thread: String(message_thread_id) }),
  message: String(message_id),
  private: chat.type === 'private',
})

/** The picture or sound of a message: the largest rendering of a photo, or a file. */
function pictureOf({ photo, document: file, animation, audio, voice }: Pictured): Attachment | undefined {
  const document = audio ?? voice ?? file
  const best = photo?.reduce((most, size) => (size.width * size.height > most.width * most.height ? size : most))
  if (best) return { id: best.file_id, mime: 'image/jpeg', bytes: best.file_size ?? 0 }
  if (!document || animation !== undefined) return undefined
  return {
    id: document.file_id,
    mime: document.mime_type ?? 'application/octet-stream',
    bytes: document.file_size ?? 0,
  }
}

interface Words {
  readonly text: string
  /** We are meant by name. */
  readonly named: boolean
  /** It is a command for another bot. */
  readonly others: boolean
}

/** Cuts our name from what was written. Offsets of entities count UTF-16 units, as strings here do. */
export function wordsOf(me: Pick<Me, 'id' | 'username'>, message: Message): Words {
  const text = message.text ?? message.caption ?? ''
  const own = `@${me.username.toLowerCase()}`
  let named = false
  let others = false
  let kept = ''
  let at = 0
  for (const { type, offset, length, user } of message.entities ?? message.caption_entities ?? []) {
    const part = text.slice(offset, offset + length)
    const command = type === 'bot_command' && offset === 0 ? /@\w+$/.exec(part)?.[0].toLowerCase() : undefined
    if (command !== undefined && command !== own) others = true
    const mentioned =
      (type === 'mention' && part.toLowerCase() === own) || (type === 'text_mention' && user?.id === me.id)
    if (!mentioned && command !== own) continue
    named = true
    const end = mentioned ? offset : offset + length - own.length
    kept += text.slice(at, end)
    at = offset + length
  }
  const words = kept + text.slice(at)
  return { text: named ? words.replace(/ {2,}/g, ' ').trim() : words, named, others }
}

/** Somebody said something that is for us, or may be; undefined for service messages, bots, other bots' commands. */
export function readMessage(me: Me, updateId: string, message: Message): Incoming | undefined {
  const sender = senderOf(message.from, message.sender_chat)
  if (!sender || message.is_automatic_forward || message.via_bot?.id === me.id) return undefined
  const place = placeOf(message)
  const update = `telegram:${me.id}:${updateId}`
  const paid = message.successful_payment
  if (paid) {
    const { invoice_payload: pack, telegram_payment_charge_id: charge, total_amount: price } = paid
    return { kind: 'paid', update, place, ...sender, pack, charge, price }
  }
  const answered = answeredBy(message)
  const { text, named, others } = wordsOf(me, message)
  const toUs = answered?.from?.id === me.id
  const addressed = place.private || named || toUs
  if (others || !(addressed ? says(message) : text !== '')) return undefined
  return {
    kind: 'message',
    update,
    place,
    ...sender,
    text,
    images: picturesFor(me, message, toUs),
    addressed,
    ...(answered && { replyTo: placeOf(answered) }),
  }
}

/** The message answered to; in a topic what answers nothing seems to answer the topic's first message. */
function answeredBy({ reply_to_message: answered, message_thread_id }: Message): Message['reply_to_message'] {
  const root = answered?.message_id === message_thread_id && answered?.forum_topic_created !== undefined
  return root ? undefined : answered
}

/** Somebody sent something, even if we can only answer that it has no words; a service message says nothing. */
const says = (message: Message): boolean =>
  [
    message.text,
    message.photo,
    message.document,
    message.sticker,
    message.voice,
    message.audio,
    message.video,
    message.video_note,
  ].some(part => part !== undefined)

/** Its own picture, else the one it is about; what we made ourselves is known by the message, not by its picture. */
function picturesFor(me: Me, message: Message, toUs: boolean): Attachment[] {
  const own = pictureOf(message)
  if (own) return [own]
  const { reply_to_message: answered, external_reply: elsewhere } = message
  const about = toUs ? undefined : (answered ?? elsewhere)
  const picture = about && pictureOf(about)
  if (!picture) return []
  const by = answered ? posterOf(me, answered) : 'unknown'
  return [{ ...picture, ...(by && { by }) }]
}

/** Who brought a picture into the chat, as far as they can be asked; undefined for what we made ourselves. */
function posterOf(me: Me, { from, sender_chat, via_bot, ...answered }: NonNullable<Message['reply_to_message']>) {
  if (via_bot?.id === me.id) return undefined
  if (sender_chat || !from || from.is_bot) return 'unknown'
  const { member, memberName: name } = person(from)
  return { member, name, message: placeOf(answered) }
}

/** The parts of an album as one message: all its pictures, in order, with the words that stand under one of them. */
export function joinAlbum(me: Me, parts: readonly Message[]): Incoming | undefined {
  const each = [...new Map(parts.map(part => [part.message_id, part])).values()]
  each.sort((a, b) => a.message_id - b.message_id)
  const [first] = each
  if (first?.media_group_id === undefined) return undefined
  const id = `album:${first.chat.id}:${first.media_group_id}`
  const read = each.flatMap(part => readMessage(me, id, part) ?? []).filter(part => part.kind === 'message')
  const spoken = read.find(part => part.text !== '') ?? read[0]
  return spoken && { ...spoken, place: placeOf(first), images: each.flatMap(part => pictureOf(part) ?? []) }
}

/** What else an update may be: a pressed button, a vote, reactions given and taken. Of a vote's poll only the id is known (`message`). */
export function readRest(me: Me, update: Update): Incoming[] {
  const id = `telegram:${me.id}:${update.update_id}`
  const { callback_query: press, message_reaction: reacted, poll_answer: vote } = update
  if (press?.message && press.data !== undefined)
    return [{ kind: 'button', update: id, place: placeOf(press.message), ...person(press.from), id: press.data }]
  if (vote) {
    const sender = senderOf(vote.user, vote.voter_chat)
    const place: Place = { platform: 'telegram', channel: 'poll', message: vote.poll_id, private: false }
    const [option] = vote.option_ids
    const added = option !== undefined
    return sender ? [{ kind: 'polled', update: id, place, ...sender, added, ...(added && { option }) }] : []
  }
  if (!reacted) return []
  const sender = senderOf(reacted.user, reacted.actor_chat)
  if (!sender) return []
  const emoji = (list: typeof reacted.old_reaction): string[] => list.flatMap(one => one.emoji ?? [])
  const before = emoji(reacted.old_reaction)
  const after = emoji(reacted.new_reaction)
  const changes = [
    ...after.filter(one => !before.includes(one)).map(one => ({ emoji: one, added: true })),
    ...before.filter(one => !after.includes(one)).map(one => ({ emoji: one, added: false })),
  ]
  const place = placeOf({ chat: reacted.chat, message_id: reacted.message_id })
  return changes.map((change, n) => ({ kind: 'reaction', update: `${id}:${n}`, place, ...sender, ...change }))
}
