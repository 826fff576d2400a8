import { z } from 'zod'

/** What each method of the Bot API takes, as strictly as we mean to use it: what is not listed here is a mistake. */

/** In a multipart body everything is text. */
const json = (text: unknown): unknown => {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
const int = z.preprocess(json, z.number().int())
const flag = z.preprocess(json, z.boolean())
const nested = <S extends z.ZodType>(schema: S) => z.preprocess(json, schema)

const bytesUpTo = (most: number) =>
  z.string().refine(text => text !== '' && Buffer.byteLength(text) <= most, `1 to ${most} bytes`)

const Button = z.union([
  z.strictObject({ text: z.string().min(1), callback_data: bytesUpTo(64) }),
  z.strictObject({ text: z.string().min(1), url: z.string() }),
  z.strictObject({ text: z.string().min(1), web_app: z.strictObject({ url: z.url({ protocol: /^https$/ }) }) }),
])
const Markup = nested(
  z.strictObject({
    inline_keyboard: z
      .array(z.array(Button).min(1).max(8))
      .min(1)
      .refine(rows => rows.flat().length <= 100, 'at most 100 buttons'),
  }),
)
export type Markup = z.infer<typeof Markup>

const text = z.string().max(4096)
const caption = z.string().max(1024)
const preview = nested(z.strictObject({ is_disabled: z.boolean() }))
const reply = nested(z.strictObject({ message_id: z.number().int(), allow_sending_without_reply: z.literal(true) }))
const where = { chat_id: int, message_thread_id: int.optional() }
const answer = { ...where, reply_parameters: reply.optional(), reply_markup: Markup.optional() }
const message = { chat_id: int, message_id: int, reply_markup: Markup.optional() }
const video = {
  width: int.optional(),
  height: int.optional(),
  duration: int.optional(),
  supports_streaming: flag.optional(),
  thumbnail: z.string().startsWith('attach://').optional(),
}

const InputMedia = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('video'), media: z.string(), caption: caption.optional(), ...video }),
  z.strictObject({ type: z.enum(['photo', 'animation', 'document']), media: z.string(), caption: caption.optional() }),
])
export type InputMedia = z.infer<typeof InputMedia>

const Scope = z.union([
  z.strictObject({ type: z.enum(['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators']) }),
  z.strictObject({ type: z.literal('chat'), chat_id: z.number().int() }),
])
const scoped = {
  scope: nested(Scope).optional(),
  language_code: z
    .string()
    .regex(/^[a-z]{2}$/)
    .optional(),
}
const Command = z.strictObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/),
  description: z.string().min(1).max(256),
})

const result = { id: bytesUpTo(64), title: z.string().min(1), description: z.string().optional() }
const Result = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('video'), video_file_id: z.string(), ...result }),
  z.strictObject({ type: z.literal('photo'), photo_file_id: z.string(), ...result }),
  z.strictObject({
    type: z.literal('article'),
    ...result,
    input_message_content: z.strictObject({ message_text: text.min(1) }),
  }),
])
export type Result = z.infer<typeof Result>

export const fields = {
  getMe: z.strictObject({}),
  getUpdates: z.strictObject({
    offset: z.number().int().optional(),
    limit: z.number().int().min(1).max(100).optional(),
    timeout: z.number().int().min(0).max(50).optional(),
    allowed_updates: z.array(z.string()).optional(),
  }),
  setWebhook: z.strictObject({
    url: z.url(),
    secret_token: z.string().regex(/^[\w-]{1,256}$/),
    max_connections: z.number().int().min(1).max(100).optional(),
    allowed_updates: z.array(z.string()).optional(),
  }),
  deleteWebhook: z.strictObject({ drop_pending_updates: z.literal(false).optional() }),
  sendMessage: z.strictObject({ ...answer, text, link_preview_options: preview.optional() }),
  sendVideo: z.strictObject({ ...answer, video: z.string(), caption: caption.optional(), ...video }),
  sendPhoto: z.strictObject({ ...answer, photo: z.string(), caption: caption.optional() }),
  sendAnimation: z.strictObject({ ...answer, animation: z.string(), caption: caption.optional() }),
  sendDocument: z.strictObject({ ...answer, document: z.string(), caption: caption.optional() }),
  sendInvoice: z.strictObject({
    ...answer,
    title: z.string().min(1).max(32),
    description: z.string().min(1).max(255),
    payload: bytesUpTo(128),
    provider_token: z.literal(''),
    currency: z.literal('XTR'),
    prices: z
      .array(z.strictObject({ label: z.string().min(1), amount: z.number().int().min(1).max(10_000) }))
      .length(1),
  }),
  editMessageText: z.strictObject({ ...message, text, link_preview_options: preview.optional() }),
  editMessageCaption: z.strictObject({ ...message, caption }),
  editMessageMedia: z.strictObject({ ...message, media: nested(InputMedia) }),
  deleteMessage: z.strictObject({ chat_id: int, message_id: int }),
  sendChatAction: z.strictObject({
    ...where,
    action: z.enum(['upload_video', 'upload_photo', 'upload_document', 'typing']),
  }),
  answerCallbackQuery: z.strictObject({ callback_query_id: z.string() }),
  answerPreCheckoutQuery: z.union([
    z.strictObject({ pre_checkout_query_id: z.string(), ok: z.literal(true) }),
    z.strictObject({ pre_checkout_query_id: z.string(), ok: z.literal(false), error_message: z.string().min(1) }),
  ]),
  answerInlineQuery: z.strictObject({
    inline_query_id: z.string(),
    results: z.array(Result).max(50),
    cache_time: z.number().int().min(0),
    is_personal: z.literal(true),
    next_offset: bytesUpTo(64).or(z.literal('')),
    button: z.strictObject({ text: z.string().min(1), start_parameter: z.string().regex(/^[\w-]{1,64}$/) }),
  }),
  sendPoll: z.strictObject({
    ...answer,
    question: z.string().min(1).max(300),
    options: nested(
      z
        .array(z.strictObject({ text: z.string().min(1).max(100) }))
        .min(2)
        .max(10),
    ),
    // Votes in anonymous polls are told to nobody.
    is_anonymous: z.literal(false),
    allows_multiple_answers: z.literal(false),
  }),
  stopPoll: z.strictObject({ chat_id: int, message_id: int }),
  refundStarPayment: z.strictObject({ user_id: z.number().int(), telegram_payment_charge_id: z.string().min(1) }),
  getFile: z.strictObject({ file_id: z.string() }),
  getChatMember: z.strictObject({ chat_id: int, user_id: int }),
  getMyCommands: z.strictObject(scoped),
  setMyCommands: z.strictObject({ ...scoped, commands: z.array(Command).min(1).max(100) }),
} as const satisfies Record<string, z.ZodType>

export type Method = keyof typeof fields
export type Input<M extends Method> = z.infer<(typeof fields)[M]>
