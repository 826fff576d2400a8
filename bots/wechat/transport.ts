import { z } from 'zod'

/**
 * The seam between the WeChat adapter and whatever speaks to WeChat: wechaty with a puppet (wechaty.ts), and room for another one, such
 * as the official bot API (CONTRIBUTING.md). Plain data only: a transport may live in a process of its own (isolated.ts).
 */

/** Somebody as the transport shows them. Ids that begin with "@" are those of a web login and mean nothing after it. */
export const Person = z.object({
  id: z.string().min(1),
  /** The name they gave themselves. */
  name: z.string(),
  /** The remark the bot's account has for them. */
  alias: z.string().optional(),
  /** Their WeChat id, where it is shown. */
  weixin: z.string().optional(),
  friend: z.boolean().optional(),
})
export type Person = z.infer<typeof Person>

/** A group chat. */
export const Room = z.object({ id: z.string().min(1), topic: z.string(), members: z.array(Person) })
export type Room = z.infer<typeof Room>

export const Heard = z.object({
  /** WeChat's id of the message; the same when it is delivered twice. */
  id: z.string().min(1),
  who: Person,
  /** Absent in a chat with the bot alone. */
  room: Room.omit({ members: true }).optional(),
  /** Without the mention of the bot and without the quotation. */
  text: z.string(),
  /** It is a picture; `fetch` gets it. */
  picture: z.boolean(),
  /** The bot is mentioned. */
  mentioned: z.boolean(),
  /** The message this one quotes: its id and author where WeChat tells, whether the bot said it, and how it begins ("" = no words). */
  quote: z
    .object({ id: z.string().optional(), who: Person.optional(), mine: z.boolean(), text: z.string() })
    .optional(),
})
export type Heard = z.infer<typeof Heard>

export const TransportEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('heard'), heard: Heard }),
  /** The address a phone has to scan to log in. */
  z.object({ type: z.literal('scan'), qr: z.string().min(1) }),
  z.object({ type: z.literal('in'), self: Person }),
  z.object({ type: z.literal('out'), reason: z.string() }),
  /** All rooms and friends of this login are known now. */
  z.object({ type: z.literal('ready') }),
  /** The bot was taken out of a room, or back in. */
  z.object({ type: z.literal('left'), room: z.string() }),
  z.object({ type: z.literal('joined'), room: z.string() }),
  /** WeChat says that the bot talks too much. */
  z.object({ type: z.literal('slow') }),
  /** It will not come back by itself: close it and open another one. */
  z.object({ type: z.literal('dead'), why: z.string() }),
  /** Something went wrong inside that needs nobody. */
  z.object({ type: z.literal('trouble'), what: z.string() }),
])
export type TransportEvent = z.infer<typeof TransportEvent>

/**
 * How a call failed. `later`: nothing was done, the same call will work after a pause. `often`: so it is, and no other call will work
 * before. `gone`: nobody is there (any more).
 * `refused`: nothing was done, and asking again may or may not help. `unsure`: it may have been done. `too-big`: the file is.
 */
export const Failing = z.enum(['later', 'often', 'gone', 'refused', 'unsure', 'too-big'])
export type Failing = z.infer<typeof Failing>

export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly how: Failing
  /** Pause before another try, in ms. */
  readonly afterMs: number
  constructor(how: Failing, message: string, { afterMs = 5_000, cause }: { afterMs?: number; cause?: unknown } = {}) {
    super(message, { cause })
    this.how = how
    this.afterMs = afterMs
  }
}

/** Takes what happens; resolves when it is durably dealt with. Never rejects. */
export type Ears = (event: TransportEvent) => Promise<void>

/** Chats are named by the id of the room, or of the person in a chat with the bot alone. Calls throw TransportError. */
export interface Transport {
  /** Resolves when it runs, which is not yet being logged in. */
  start(ears: Ears): Promise<void>
  /** Says it, with a mention of a member of the room; the id of the new message, where the transport learns it. */
  text(chat: string, text: string, mention?: string): Promise<string | undefined>
  /** Sends a file that WeChat shows by its name's ending. */
  file(chat: string, file: { readonly name: string; readonly bytes: Uint8Array }): Promise<string | undefined>
  /** The picture of a message, up to so many bytes. */
  fetch(message: string, limit: number): Promise<Uint8Array>
  rooms(): Promise<Room[]>
  friends(): Promise<Person[]>
  /** Changes the remark the bot's account has for a friend. */
  remark(person: string, alias: string): Promise<void>
  /** Ends it; the login stays. */
  close(): Promise<void>
}
