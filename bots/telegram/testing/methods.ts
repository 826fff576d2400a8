import { isDeepStrictEqual } from 'node:util'
import sharp from 'sharp'
import type { Input, InputMedia, Markup, Method, Result } from './fields.ts'
import { general, type Kept, Refusal, type Room, type Shown, type Stored, type World, wireMessage } from './world.ts'

/** What the methods of the Bot API do in a world. Updates, webhook and faults are the server's. */

/** What a payment is about, from the invoice to the refund. */
interface Charge {
  readonly id: string
  readonly user: number
  refunded: boolean
}

export interface Ledger {
  readonly charges: Map<string, Charge>
  /** Pre-checkout questions that wait, by id. */
  readonly checkouts: Map<string, (answer: { ok: boolean; error?: string }) => void>
  readonly presses: Set<string>
  readonly inline: Map<string, (answer: Input<'answerInlineQuery'>) => void>
  readonly menus: Map<string, Input<'setMyCommands'>['commands']>
}

export interface Scene {
  readonly world: World
  readonly ledger: Ledger
  /** Files of a multipart body by field name. */
  readonly parts: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly name: string }>
  /** Largest file the bot may upload. */
  readonly uploadBytes: number
  /** What the bot gets from getFile at most. */
  readonly downloadBytes: number
  /** Notes a rule that was broken. */
  wrong(what: string): void
}

type Run<M extends Method> = (input: Input<M>, scene: Scene) => unknown

const bad = (description: string): Refusal => new Refusal(400, `Bad Request: ${description}`)

/** Addresses only this machine knows are refused on buttons. */
function checkMarkup(markup: Markup | undefined, room: Room): void {
  for (const button of markup?.inline_keyboard.flat() ?? []) {
    // Pages open inside private chats only.
    if ('web_app' in button && room.type !== 'private') throw bad('BUTTON_TYPE_INVALID')
    if (!('url' in button)) continue
    const address = URL.canParse(button.url) ? new URL(button.url) : undefined
    if (!address || !/^https?:$/.test(address.protocol) || !address.hostname.includes('.'))
      throw bad('BUTTON_URL_INVALID')
  }
}

/** The file a field names: one that comes along, or one Telegram has. */
function fileOf({ world, parts, uploadBytes }: Scene, input: string): Stored {
  const name = /^attach:\/\/(.+)$/.exec(input)?.[1]
  const part = name === undefined ? undefined : parts.get(name)
  if (name !== undefined && !part) throw bad('wrong file identifier/HTTP URL specified')
  if (part && part.bytes.byteLength > uploadBytes) throw new Refusal(413, 'Request Entity Too Large')
  const known = part ? world.keepFile(part.bytes, part.name) : world.files.get(input)
  if (!known) throw bad('wrong file identifier/HTTP URL specified')
  return known
}

async function checkThumbnail(scene: Scene, thumbnail: unknown): Promise<number | undefined> {
  const part = typeof thumbnail === 'string' ? scene.parts.get(thumbnail.replace('attach://', '')) : undefined
  if (thumbnail === undefined) return undefined
  if (!part) throw bad('wrong thumbnail')
  const { format, width, height } = await sharp(part.bytes).metadata()
  if (format !== 'jpeg' || Math.max(width, height) > 320 || part.bytes.byteLength >= 200_000)
    scene.wrong(`thumbnail ${format} ${width}x${height} of ${part.bytes.byteLength} bytes`)
  return part.bytes.byteLength
}

async function shownBy(scene: Scene, input: InputMedia): Promise<Shown> {
  const { type, media, caption: _caption, ...about } = input
  const file = fileOf(scene, media)
  const still = 'thumbnail' in about ? await checkThumbnail(scene, about.thumbnail) : undefined
  if (type === 'photo') {
    const { format } = await sharp(file.bytes).metadata()
    if (format !== 'jpeg' && format !== 'png') scene.wrong(`a photo that is ${format}`)
  }
  // GIF or silent MP4; the latter is none of ours.
  if (type === 'animation' && Buffer.from(file.bytes).toString('latin1', 0, 3) !== 'GIF')
    scene.wrong('an animation that is no GIF')
  const said = Object.entries({ ...about, thumbnail: still }).filter(([, value]) => value !== undefined)
  return { type, file: file.id, about: Object.fromEntries(said) }
}

interface Address {
  readonly chat_id: number
  readonly message_thread_id?: number | undefined
  readonly reply_parameters?: { readonly message_id: number } | undefined
  readonly reply_markup?: Markup | undefined
}

function send(scene: Scene, to: Address, words: string, media?: Shown): unknown {
  const { world, wrong } = scene
  if (to.message_thread_id === general) wrong('message_thread_id=1')
  const room = world.roomFor(to.chat_id, to.message_thread_id)
  if (words.trim() === '' && !media) {
    wrong('message text is empty')
    throw bad('message text is empty')
  }
  checkMarkup(to.reply_markup, room)
  const answers = to.reply_parameters && room.messages.has(to.reply_parameters.message_id)
  const kept = world.add(room, {
    by: world.me,
    words,
    ...(media && { media }),
    ...(to.message_thread_id !== undefined && { thread: to.message_thread_id }),
    ...(answers && { answers: to.reply_parameters?.message_id }),
    ...(to.reply_markup && { markup: to.reply_markup }),
  })
  return wireMessage(world, room, kept)
}

interface Change {
  readonly words: string
  readonly markup: Markup | undefined
  readonly media?: Shown | undefined
}

function change(scene: Scene, room: Room, kept: Kept, now: Change): unknown {
  checkMarkup(now.markup, room)
  const media = now.media ?? kept.media
  const same = [now.words, now.markup, media?.file].map((part, n) =>
    isDeepStrictEqual(part, [kept.words, kept.markup, kept.media?.file][n]),
  )
  if (same.every(Boolean))
    throw bad(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  kept.words = now.words
  if (now.markup) kept.markup = now.markup
  else delete kept.markup
  if (media) kept.media = media
  kept.edits += 1
  return wireMessage(scene.world, room, kept)
}

function own({ world }: Scene, { chat_id, message_id }: { chat_id: number; message_id: number }): [Room, Kept] {
  const room = world.roomFor(chat_id)
  return [room, world.ownIn(room, message_id, 'edit')]
}

const menuOf = ({ scope, language_code = '' }: Pick<Input<'getMyCommands'>, 'scope' | 'language_code'>): string =>
  `${JSON.stringify(scope ?? { type: 'default' })}/${language_code}`

function checkResult({ world }: Scene, result: Result): void {
  const file =
    'video_file_id' in result ? result.video_file_id : 'photo_file_id' in result ? result.photo_file_id : undefined
  if (file !== undefined && !world.files.has(file)) throw bad('wrong file identifier/HTTP URL specified')
}

export const methods: { readonly [M in Exclude<Method, 'getUpdates' | 'setWebhook' | 'deleteWebhook'>]: Run<M> } = {
  getMe: (_, { world }) => world.me,
  sendMessage: (input, scene) => send(scene, input, input.text),
  async sendVideo({ video, caption = '', ...input }, scene) {
    const { width, height, duration, supports_streaming, thumbnail } = input
    const about = { width, height, duration, supports_streaming, thumbnail }
    return send(scene, input, caption, await shownBy(scene, { type: 'video', media: video, ...about }))
  },
  sendPhoto: async ({ photo, caption = '', ...input }, scene) =>
    send(scene, input, caption, await shownBy(scene, { type: 'photo', media: photo })),
  sendAnimation: async ({ animation, caption = '', ...input }, scene) =>
    send(scene, input, caption, await shownBy(scene, { type: 'animation', media: animation })),
  sendDocument: async ({ document, caption = '', ...input }, scene) =>
    send(scene, input, caption, await shownBy(scene, { type: 'document', media: document })),
  sendPoll({ question, options, ...input }, scene) {
    const room = scene.world.roomFor(input.chat_id)
    const wire = send(scene, input, question) as { message_id: number }
    const kept = scene.world.ownIn(room, wire.message_id, 'edit')
    kept.poll = { id: `54${room.id}${kept.id}`, options: options.map(({ text }) => text), closed: false }
    return wireMessage(scene.world, room, kept)
  },
  stopPoll(input, scene) {
    const [, { poll }] = own(scene, input)
    if (!poll) throw bad('message with poll to stop not found')
    if (poll.closed) throw bad('poll has already been closed')
    poll.closed = true
    return { id: poll.id, is_closed: true }
  },
  sendInvoice(input, scene) {
    const { title, description, payload, prices } = input
    const about = { title, description, payload, currency: 'XTR', total_amount: prices[0]?.amount }
    return send(scene, input, title, { type: 'invoice', file: '', about })
  },
  editMessageText(input, scene) {
    const [room, kept] = own(scene, input)
    if (kept.media) throw bad('there is no text in the message to edit')
    if (input.text.trim() === '') throw bad('message text is empty')
    return change(scene, room, kept, { words: input.text, markup: input.reply_markup })
  },
  editMessageCaption(input, scene) {
    const [room, kept] = own(scene, input)
    if (!kept.media) throw bad('there is no caption in the message to edit')
    return change(scene, room, kept, { words: input.caption, markup: input.reply_markup })
  },
  async editMessageMedia(input, scene) {
    const [room, kept] = own(scene, input)
    const media = await shownBy(scene, input.media)
    return change(scene, room, kept, { words: input.media.caption ?? '', markup: input.reply_markup, media })
  },
  deleteMessage({ chat_id, message_id }, { world }) {
    const room = world.roomFor(chat_id)
    world.ownIn(room, message_id, 'delete')
    return room.messages.delete(message_id)
  },
  sendChatAction({ chat_id, message_thread_id }, { world, wrong }) {
    if (message_thread_id === general) wrong('message_thread_id=1')
    world.roomFor(chat_id, message_thread_id)
    return true
  },
  answerCallbackQuery({ callback_query_id: id }, { ledger, wrong }) {
    if (ledger.presses.delete(id)) return true
    wrong(`press ${id} is unknown or answered twice`)
    throw bad('query is too old and response timeout expired or query ID is invalid')
  },
  answerPreCheckoutQuery(input, { ledger }) {
    const answer = ledger.checkouts.get(input.pre_checkout_query_id)
    if (!answer) throw bad('query is too old and response timeout expired or query ID is invalid')
    answer({ ok: input.ok, ...(!input.ok && { error: input.error_message }) })
    return true
  },
  answerInlineQuery(input, scene) {
    const answer = scene.ledger.inline.get(input.inline_query_id)
    if (!answer) throw bad('query is too old and response timeout expired or query ID is invalid')
    if (new Set(input.results.map(({ id }) => id)).size < input.results.length) scene.wrong('two results have one id')
    for (const result of input.results) checkResult(scene, result)
    answer(input)
    return true
  },
  refundStarPayment({ user_id, telegram_payment_charge_id: id }, { ledger }) {
    const charge = ledger.charges.get(id)
    if (charge?.user !== user_id) throw bad('CHARGE_NOT_FOUND')
    if (charge.refunded) throw bad('CHARGE_ALREADY_REFUNDED')
    charge.refunded = true
    return true
  },
  getFile({ file_id }, { world, downloadBytes }) {
    const file = world.files.get(file_id)
    if (!file) throw bad('wrong file_id or the file is temporarily unavailable')
    if (file.bytes.byteLength > downloadBytes) throw bad('file is too big')
    return {
      file_id,
      file_unique_id: file_id.slice(0, 12),
      file_size: file.bytes.byteLength,
      file_path: `files/${file_id}`,
    }
  },
  getChatMember({ chat_id, user_id }, { world }) {
    const room = world.roomFor(chat_id)
    const user = world.people.get(user_id)
    if (!user) throw bad('member not found')
    return { status: room.admins?.has(user_id) ? 'administrator' : 'member', user }
  },
  getMyCommands: (input, { ledger }) => ledger.menus.get(menuOf(input)) ?? [],
  setMyCommands(input, { world, ledger }) {
    const { scope } = input
    if (scope && 'chat_id' in scope && !world.rooms.has(scope.chat_id)) throw bad('chat not found')
    ledger.menus.set(menuOf(input), input.commands)
    return true
  },
}
