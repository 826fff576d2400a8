import { z } from 'zod'

/** What we read of Telegram's messages (Bot API 7.0 and later); everything else in them is ignored. Ids fit 52 bits. */

const id = z.number().int()

export const User = z.object({
  id,
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
  language_code: z.string().optional(),
})
export type User = z.infer<typeof User>

/** The bot itself. */
export const Me = User.extend({
  username: z.string(),
  /** Privacy mode is off: it sees every message of a group. */
  can_read_all_group_messages: z.boolean().default(false),
})
export type Me = z.infer<typeof Me>

const Chat = z.object({
  id,
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: z.string().optional(),
  username: z.string().optional(),
})

const PhotoSize = z.object({ file_id: z.string(), width: id, height: id, file_size: id.optional() })
const Document = z.object({ file_id: z.string(), mime_type: z.string().optional(), file_size: id.optional() })
const Entity = z.object({ type: z.string(), offset: id, length: id, user: User.optional() })

/** Pictures may be in a message, in the one it answers, or in one of another chat it quotes. */
const Pictured = z.object({
  photo: z.array(PhotoSize).optional(),
  document: Document.optional(),
  /** A GIF; it comes with a `document` for older bots. */
  animation: z.unknown().optional(),
  audio: Document.optional(),
  voice: Document.optional(),
})
export type Pictured = z.infer<typeof Pictured>

const Spoken = Pictured.extend({
  message_id: id,
  /** The bot by whose inline answer it was sent. */
  via_bot: User.optional(),
  /** Absent in channels. */
  from: User.optional(),
  /** Who speaks, where it is a chat: an anonymous administrator, a channel. */
  sender_chat: Chat.optional(),
  chat: Chat,
  /** A topic only if `is_topic_message`; else the root of a chain of replies. */
  message_thread_id: id.optional(),
  is_topic_message: z.boolean().optional(),
  forum_topic_created: z.unknown().optional(),
})

export const Message = Spoken.extend({
  reply_to_message: Spoken.optional(),
  external_reply: Pictured.optional(),
  text: z.string().optional(),
  entities: z.array(Entity).optional(),
  caption: z.string().optional(),
  caption_entities: z.array(Entity).optional(),
  media_group_id: z.string().optional(),
  is_automatic_forward: z.boolean().optional(),
  migrate_to_chat_id: id.optional(),
  migrate_from_chat_id: id.optional(),
  sticker: z.unknown().optional(),
  video: z.unknown().optional(),
  video_note: z.unknown().optional(),
  successful_payment: z
    .object({
      currency: z.string(),
      total_amount: id,
      invoice_payload: z.string(),
      telegram_payment_charge_id: z.string(),
    })
    .optional(),
})
export type Message = z.infer<typeof Message>

const Reactions = z.array(z.object({ type: z.string(), emoji: z.string().optional() }))

export const PreCheckout = z.object({
  id: z.string(),
  from: User,
  currency: z.string(),
  total_amount: id,
  invoice_payload: z.string(),
})
export type PreCheckout = z.infer<typeof PreCheckout>

export const InlineQuery = z.object({ id: z.string(), from: User, query: z.string(), offset: z.string() })
export type InlineQuery = z.infer<typeof InlineQuery>

export const MemberChange = z.object({
  chat: Chat,
  from: User,
  old_chat_member: z.object({ status: z.string() }),
  new_chat_member: z.object({ status: z.string() }),
})
export type MemberChange = z.infer<typeof MemberChange>

export const Update = z.object({
  update_id: id,
  message: Message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: User,
      /** An old message comes as its chat and id only. */
      message: Spoken.pick({
        message_id: true,
        chat: true,
        message_thread_id: true,
        is_topic_message: true,
      }).optional(),
      data: z.string().optional(),
    })
    .optional(),
  message_reaction: z
    .object({
      chat: Chat,
      message_id: id,
      user: User.optional(),
      /** Instead of `user` where somebody reacts as a chat. */
      actor_chat: Chat.optional(),
      old_reaction: Reactions,
      new_reaction: Reactions,
    })
    .optional(),
  poll_answer: z
    .object({
      poll_id: z.string(),
      user: User.optional(),
      /** Instead of `user` where somebody votes as a chat. */
      voter_chat: Chat.optional(),
      option_ids: z.array(id),
    })
    .optional(),
  pre_checkout_query: PreCheckout.optional(),
  inline_query: InlineQuery.optional(),
  my_chat_member: MemberChange.optional(),
})
export type Update = z.infer<typeof Update>

/** What we ask for; reactions only come to administrators and only if named. */
export const allowedUpdates = [
  'message',
  'callback_query',
  'message_reaction',
  'poll_answer',
  'pre_checkout_query',
  'inline_query',
  'my_chat_member',
] as const

/** A message of ours, as the answer to sending or editing it. */
export const Sent = z.object({
  message_id: id,
  chat: Chat,
  video: z.object({ file_id: z.string() }).optional(),
  photo: z.array(PhotoSize).optional(),
  animation: z.object({ file_id: z.string() }).optional(),
  document: z.object({ file_id: z.string() }).optional(),
  poll: z.object({ id: z.string() }).optional(),
})
export type Sent = z.infer<typeof Sent>
