import type { InputMedia, Markup } from './fields.ts'

/** What there is on this Telegram: people, chats, messages, files. Plain data with the rules of who may see and change what. */

export interface Person {
  readonly id: number
  readonly first_name: string
  readonly is_bot: boolean
  readonly username?: string
  language_code?: string
}

/** A file of somebody's. `bytes` of what the bot uploads are only counted, unless they are a picture. */
export interface Stored {
  readonly id: string
  readonly bytes: Uint8Array
  readonly name: string
}

/** What a message shows besides words. */
export interface Shown {
  readonly type: InputMedia['type'] | 'document' | 'invoice'
  readonly file: string
  readonly about: Readonly<Record<string, unknown>>
}

export interface Kept {
  readonly id: number
  readonly by: Person
  /** A chat somebody speaks as. */
  readonly as?: number
  readonly thread?: number
  readonly answers?: number
  readonly album?: string
  /** Words, as text or as the caption of what is shown. */
  words: string
  media?: Shown
  poll?: { readonly id: string; readonly options: readonly string[]; closed: boolean }
  markup?: Markup
  edits: number
}

export interface Room {
  readonly id: number
  type: 'private' | 'group' | 'supergroup'
  readonly title: string
  readonly forum: boolean
  readonly topics: Map<number, { closed: boolean }>
  /** What the bot is there. */
  bot: 'member' | 'administrator' | 'left' | 'kicked'
  readonly messages: Map<number, Kept>
  /** People who administrate it. */
  admins?: Set<number>
  next: number
  movedTo?: number
}

/** What the Bot API answers when it refuses. */
export class Refusal extends Error {
  readonly code: number
  readonly parameters: object | undefined
  constructor(code: number, description: string, parameters?: object) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

const bad = (description: string, parameters?: object): Refusal =>
  new Refusal(400, `Bad Request: ${description}`, parameters)

export interface World {
  readonly me: Person & { readonly username: string; can_read_all_group_messages: boolean }
  readonly people: Map<number, Person>
  readonly rooms: Map<number, Room>
  readonly files: Map<string, Stored>
  /** The room, if the bot may speak there. Throws Refusal as the Bot API would. */
  roomFor(id: number, thread?: number): Room
  /** The bot's own message. Throws Refusal. */
  ownIn(room: Room, id: number, verb: 'edit' | 'delete'): Kept
  add(room: Room, message: Omit<Kept, 'id' | 'edits'>): Kept
  keepFile(bytes: Uint8Array, name: string): Stored
}

/** General, in a forum: messages there name no thread. */
export const general = 1

export function openWorld(): World {
  const me = {
    id: 4242,
    is_bot: true,
    first_name: 'Threadreel',
    username: 'reel_bot',
    can_read_all_group_messages: false,
  }
  const people = new Map<number, Person>()
  const rooms = new Map<number, Room>()
  const files = new Map<string, Stored>()
  let filed = 0

  return {
    me,
    people,
    rooms,
    files,
    roomFor(id, thread) {
      const room = rooms.get(id)
      if (!room) throw bad('chat not found')
      if (room.movedTo !== undefined)
        throw bad('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: room.movedTo })
      if (room.bot === 'kicked' && room.type === 'private')
        throw new Refusal(403, 'Forbidden: bot was blocked by the user')
      if (room.bot === 'kicked') throw new Refusal(403, `Forbidden: bot was kicked from the ${room.type} chat`)
      if (room.bot === 'left') throw new Refusal(403, `Forbidden: bot is not a member of the ${room.type} chat`)
      if (thread === undefined) return room
      const topic = room.topics.get(thread)
      if (!topic) throw bad('message thread not found')
      if (topic.closed) throw bad('TOPIC_CLOSED')
      return room
    },
    ownIn(room, id, verb) {
      const message = room.messages.get(id)
      if (!message) throw bad(`message to ${verb} not found`)
      if (message.by.id !== me.id) throw bad(`message can't be ${verb === 'edit' ? 'edited' : 'deleted'}`)
      return message
    },
    add(room, message) {
      const kept: Kept = { ...message, id: room.next, edits: 0 }
      room.next += 1
      room.messages.set(kept.id, kept)
      return kept
    },
    keepFile(bytes, name) {
      filed += 1
      const stored = { id: `AgAC-${filed}-${'x'.repeat(40)}`, bytes, name }
      files.set(stored.id, stored)
      return stored
    },
  }
}

const wirePerson = (person: Person): Person => person

export const wireChat = ({ id, type, title, forum }: Room): object =>
  type === 'private' ? { id, type, first_name: title } : { id, type, title, ...(forum && { is_forum: true }) }

/** Entities Telegram finds in what people write. */
function entitiesOf(words: string): object[] {
  const found = (pattern: RegExp, type: string): object[] =>
    [...words.matchAll(pattern)].map(match => ({ type, offset: match.index, length: match[0].length }))
  return [...found(/^\/\w+(?:@\w+)?/g, 'bot_command'), ...found(/(?<![/\w])@\w{3,}/g, 'mention')]
}

/** A message as the Bot API writes it; what it answers is written without its own answers. */
export function wireMessage(world: World, room: Room, kept: Kept, deep = true): Record<string, unknown> {
  const { id, by, as, thread, answers, album, words, media, markup, poll } = kept
  const answered = answers === undefined || !deep ? undefined : room.messages.get(answers)
  const topic = room.forum && thread !== undefined
  const entities = entitiesOf(words)
  const speaks = as === undefined ? undefined : world.rooms.get(as)
  return {
    message_id: id,
    from: wirePerson(by),
    date: Math.floor(Date.now() / 1000),
    chat: wireChat(room),
    ...(speaks && { sender_chat: wireChat(speaks) }),
    ...(topic && { message_thread_id: thread, is_topic_message: true }),
    // In a supergroup a chain of replies has a thread id too, which is no topic.
    ...(!topic && answers !== undefined && room.type === 'supergroup' && { message_thread_id: answers }),
    ...(answered && { reply_to_message: wireMessage(world, room, answered, false) }),
    ...(topic &&
      answers === undefined && {
        reply_to_message: {
          message_id: thread,
          from: by,
          date: 1,
          chat: wireChat(room),
          message_thread_id: thread,
          is_topic_message: true,
          forum_topic_created: { name: 'a topic', icon_color: 7322096 },
        },
      }),
    ...(album !== undefined && { media_group_id: album }),
    ...(poll && { poll: { id: poll.id, question: words, is_closed: poll.closed } }),
    ...(media ? wireMedia(world, media) : poll ? {} : { text: words, ...(entities.length > 0 && { entities }) }),
    ...(media && words !== '' && { caption: words, ...(entities.length > 0 && { caption_entities: entities }) }),
    ...(markup && { reply_markup: markup }),
  }
}

function wireMedia(world: World, { type, file, about }: Shown): object {
  if (type === 'invoice') return { invoice: about }
  const size = world.files.get(file)?.bytes.byteLength ?? 0
  const base = { file_id: file, file_unique_id: file.slice(0, 12), file_size: size, ...about }
  if (type === 'photo')
    return {
      photo: [
        { ...base, file_id: `${file}-s`, width: 90, height: 90 },
        { ...base, width: 1280, height: 1280 },
      ],
    }
  return { [type]: { ...base } }
}
