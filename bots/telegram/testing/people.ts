import { randomUUID } from 'node:crypto'
import type { ApiServer } from './server.ts'
import { type Kept, type Person, type Room, type Shown, wireChat, wireMessage } from './world.ts'

/** People who use Telegram: what they do reaches the bot as updates, and they see what the bot shows. */

/** What somebody says. */
interface Saying {
  readonly text?: string
  /** Bytes of a photo, or of several: an album. */
  readonly photos?: readonly Uint8Array[]
  /** Sent as files. */
  readonly documents?: readonly { readonly bytes: Uint8Array; readonly mime: string }[]
  readonly replyTo?: number
  readonly thread?: number
  /** As an anonymous administrator. */
  readonly anonymous?: boolean
}

/** How a payment ended. */
interface Paid {
  readonly ok: boolean
  readonly error?: string
  readonly charge?: string
}

export interface People {
  /** Somebody, by name; the same one for the same name. Their private chat has their id. */
  person(name: string, language?: string): Person
  private(name: string): Room
  group(title: string, options?: { forum?: boolean; type?: 'group' | 'supergroup'; bot?: Room['bot'] }): Room
  topic(room: Room): number
  /** Writes; the messages that were made (an album has several). The bot hears of what it may hear of. */
  write(by: string, room: Room, saying: Saying): Kept[]
  press(by: string, room: Room, message: number, button: string): number
  react(by: string, room: Room, message: number, before: readonly string[], after: readonly string[]): void
  /** Votes in a poll for the option of that number, or takes the vote back. */
  vote(by: string, room: Room, message: number, option?: number): void
  /** Takes up an invoice and pays when the bot agrees. */
  pay(by: string, room: Room, message: number, forged?: { amount?: number }): Promise<Paid>
  /** Looks for something to share; what the bot offers. */
  inline(by: string, query: string, offset?: string): Promise<Record<string, unknown>>
  /** Somebody becomes an administrator of a group. */
  appoint(by: string, room: Room): void
  /** The bot is brought into a group, or thrown out of a chat. */
  invite(by: string, room: Room): void
  kick(by: string, room: Room): void
  /** A group becomes a supergroup; the new one. */
  upgrade(room: Room): Room
  /** The bot's messages in a chat, oldest first. */
  shown(room: Room): Kept[]
  /** Resolves with the first of the bot's messages that fits, now or later. */
  until(room: Room, fits: (message: Kept) => boolean, ms?: number): Promise<Kept>
}

export function openPeople(server: ApiServer): People {
  const { world, outbox, ledger } = server
  const named = new Map<string, Person>()
  let nextGroup = 1
  let nextTopic = 90

  function roomOf(id: number, title: string, options: Partial<Room> = {}): Room {
    const known = world.rooms.get(id)
    if (known) return known
    const base = { type: 'private', forum: false, bot: 'member' } as const
    // Message ids begin low everywhere, so that those of two chats are easily mixed up.
    const room: Room = { ...base, ...options, id, title, topics: new Map(), messages: new Map(), next: 11 }
    world.rooms.set(id, room)
    return room
  }

  const people: People = {
    person(name, language) {
      const known = named.get(name)
      if (known) {
        if (language !== undefined) known.language_code = language
        return known
      }
      const person: Person = {
        id: 500_000_001 + named.size,
        is_bot: false,
        first_name: name,
        ...(language !== undefined && { language_code: language }),
      }
      named.set(name, person)
      world.people.set(person.id, person)
      return person
    },
    private(name) {
      const { id } = people.person(name)
      return roomOf(id, name)
    },
    group(title, { forum = false, type = 'supergroup', bot = 'member' } = {}) {
      const number = nextGroup++
      return roomOf(type === 'group' ? -number : -1_000_000_000_000 - number, title, { type, forum, bot })
    },
    topic(room) {
      nextTopic += 1
      room.topics.set(nextTopic, { closed: false })
      return nextTopic
    },
    write(by, room, { text = '', photos = [], documents = [], replyTo, thread, anonymous = false }) {
      const person: Person = anonymous
        ? { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' }
        : people.person(by)
      const shown = [
        ...photos.map((bytes): Shown => ({ type: 'photo', file: world.keepFile(bytes, 'photo.jpg').id, about: {} })),
        ...documents.map(
          ({ bytes, mime }): Shown => ({
            type: 'document',
            file: world.keepFile(bytes, 'file').id,
            about: { mime_type: mime },
          }),
        ),
      ]
      const base = {
        by: person,
        ...(anonymous && { as: room.id }),
        ...(thread !== undefined && { thread }),
        ...(replyTo !== undefined && { answers: replyTo }),
        ...(shown.length > 1 && { album: randomUUID() }),
      }
      const parts: { words: string; media?: Shown }[] =
        shown.length === 0 ? [{ words: text }] : shown.map((media, n) => ({ words: n === 0 ? text : '', media }))
      const written = parts.map(part => world.add(room, { ...base, ...part }))
      for (const message of written) if (hears(room, message)) outbox.push('message', wireMessage(world, room, message))
      return written
    },
    press(by, room, message, button) {
      const bearer = room.messages.get(message)
      const found = bearer?.markup?.inline_keyboard
        .flat()
        .flatMap(one => ('callback_data' in one ? one : []))
        .find(one => one.text === button || one.callback_data === button)
      const id = randomUUID()
      ledger.presses.add(id)
      return outbox.push('callback_query', {
        id,
        from: people.person(by),
        chat_instance: '1',
        message: bearer ? wireMessage(world, room, bearer) : { chat: wireChat(room), message_id: message, date: 0 },
        data: found?.callback_data ?? button,
      })
    },
    react(by, room, message, before, after) {
      if (room.type !== 'private' && room.bot !== 'administrator') return
      const list = (emoji: readonly string[]): object[] => emoji.map(one => ({ type: 'emoji', emoji: one }))
      outbox.push('message_reaction', {
        chat: wireChat(room),
        message_id: message,
        user: people.person(by),
        date: 1,
        old_reaction: list(before),
        new_reaction: list(after),
      })
    },
    vote(by, room, message, option) {
      const poll = room.messages.get(message)?.poll
      if (!poll || poll.closed || (option !== undefined && poll.options[option] === undefined))
        throw new Error(`nobody can vote for ${option} in ${message}`)
      const option_ids = option === undefined ? [] : [option]
      outbox.push('poll_answer', { poll_id: poll.id, user: people.person(by), option_ids })
    },
    async pay(by, room, message, { amount } = {}) {
      const invoice = room.messages.get(message)?.media?.about
      const user = people.person(by)
      const price = amount ?? Number(invoice?.['total_amount'])
      const terms = { currency: 'XTR', total_amount: price, invoice_payload: String(invoice?.['payload']) }
      const id = randomUUID()
      const answer = await new Promise<{ ok: boolean; error?: string }>(resolve => {
        const timer = setTimeout(() => resolve({ ok: false, error: 'the bot did not answer in time' }), 10_000)
        ledger.checkouts.set(id, given => {
          clearTimeout(timer)
          resolve(given)
        })
        outbox.push('pre_checkout_query', { id, from: user, ...terms })
      })
      ledger.checkouts.delete(id)
      if (!answer.ok) return answer
      const charge = `stxCharge_${randomUUID()}`
      ledger.charges.set(charge, { id: charge, user: user.id, refunded: false })
      const paid = world.add(room, { by: user, words: '' })
      const { text: _text, ...wire } = wireMessage(world, room, paid)
      const successful_payment = { ...terms, telegram_payment_charge_id: charge, provider_payment_charge_id: '' }
      outbox.push('message', { ...wire, successful_payment })
      return { ok: true, charge }
    },
    inline(by, query, offset = '') {
      const id = randomUUID()
      return new Promise(resolve => {
        ledger.inline.set(id, answer => {
          ledger.inline.delete(id)
          resolve(answer)
        })
        outbox.push('inline_query', { id, from: people.person(by), query, offset })
      })
    },
    appoint(by, room) {
      room.admins ??= new Set()
      room.admins.add(people.person(by).id)
    },
    invite: (by, room) => changeBot(by, room, 'member'),
    kick: (by, room) => changeBot(by, room, 'kicked'),
    upgrade(room) {
      const now = people.group(room.title)
      room.movedTo = now.id
      const said = (where: Room, what: object): void => {
        const { text: _text, ...wire } = wireMessage(
          world,
          where,
          world.add(where, { by: people.person('Admin'), words: '' }),
        )
        outbox.push('message', { ...wire, ...what })
      }
      said(room, { migrate_to_chat_id: now.id })
      said(now, { migrate_from_chat_id: room.id })
      return now
    },
    shown: room => [...room.messages.values()].filter(({ by }) => by.id === world.me.id),
    async until(room, fits, ms = 10_000) {
      const late = AbortSignal.timeout(ms)
      const over = new Promise<void>(resolve => late.addEventListener('abort', () => resolve()))
      for (;;) {
        const found = people.shown(room).find(fits)
        if (found) return found
        if (late.aborted) {
          const there = people
            .shown(room)
            .map(({ id, words, media }) => `#${id} ${media ? `[${media.type}] ` : ''}${words}`)
          throw new Error(
            `not seen in ${ms} ms; there is:\n${there.join('\n---\n')}\nbroken: ${server.broken.join('; ')}`,
          )
        }
        await Promise.race([server.changed(), over])
      }
    },
  }

  function changeBot(by: string, room: Room, now: Room['bot']): void {
    const before = room.bot
    room.bot = now
    const user = { user: world.me }
    outbox.push('my_chat_member', {
      chat: wireChat(room),
      from: people.person(by),
      date: 1,
      old_chat_member: { ...user, status: before },
      new_chat_member: { ...user, status: now },
    })
  }

  /** Privacy mode: in a group it hears commands, its name, answers to it; everything as an administrator or with privacy off. */
  function hears(room: Room, { words, answers }: Kept): boolean {
    if (room.bot === 'kicked' || room.bot === 'left') return false
    if (room.type === 'private' || room.bot === 'administrator' || world.me.can_read_all_group_messages) return true
    const answered = answers === undefined ? undefined : room.messages.get(answers)
    return words.startsWith('/') || words.includes(`@${world.me.username}`) || answered?.by.id === world.me.id
  }

  return people
}

/** What stands on the buttons of a message. */
export const labels = ({ markup }: Kept): string[] => (markup?.inline_keyboard.flat() ?? []).map(({ text }) => text)
