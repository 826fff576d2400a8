import type { Place } from '../core/place.ts'

/** What a platform can do, as data, so that one function (present.ts) decides how to degrade. */
export interface Capabilities {
  /** Answers can stand inside a thread; else they quote the message. */
  readonly threads: boolean
  /** Most buttons on one message; 0 = choices are said in words and answered by a digit. */
  readonly buttons: number
  /** Longest text of a message, in UTF-16 code units. */
  readonly textChars: number
  /** Largest file the bot may send, in bytes: it travels with the job and the encoder aims below it. */
  readonly uploadBytes: number
  /** Shortest pause between two edits of a message, in ms; Infinity = it cannot edit. */
  readonly editEveryMs: number
  /** How long after a message an answer is accepted, in ms. */
  readonly replyWithinMs: number
  /** A message with `quiet` is seen by its member only. */
  readonly quiet: boolean
  /** A button may ask for words before it is sent (`Button.form`). */
  readonly forms?: boolean
  /** What the platform sells credits by: packs of the catalogue that have `stars`, or a `sku`; absent where it sells nothing. */
  readonly sells?: 'XTR' | 'sku'
  /** A button may be shown to one member only (`Button.only`). */
  readonly ownButtons?: boolean
  /** A picture cannot answer a message or mention anybody: of whoever was asked for one, the next counts. */
  readonly barePictures?: boolean
  /** The bot sees reactions to its messages. */
  readonly reactions?: boolean
  /**
   * A page of ours can open inside the private chat (`Button.app`), and knows who opened it; in groups by a link that begins with this
   * and ends with the page's id, where there is one.
   */
  readonly apps?: { readonly link?: string }
  /** Polls of its own, whose votes the bot sees with their names: most options, and longest question and option in characters. */
  readonly polls?: { readonly options: number; readonly questionChars: number; readonly optionChars: number }
}

export interface Button {
  /** At most 64 bytes; carries ids, never a closure, and works after a restart: "again:<clip>". */
  readonly id: string
  readonly label: string
  /** Opens this address instead of sending the id. */
  readonly url?: string
  /** The address opens inside the chat; only where `can.apps`, in a private chat, over https. */
  readonly app?: true
  /** Asks for a line of words first, where `can.forms`; they come back as `text` of the press. */
  readonly form?: { readonly label: string; readonly value: string }
  /** Works for this member only: shown to nobody else where `can.ownButtons`, else it bears the name (adapt.ts). */
  readonly only?: { readonly member: string; readonly name: string }
}

/** A file to send. `key` names it in the store, so that an adapter can reuse an earlier upload or link to it. */
interface OutgoingMedia {
  readonly key: string
  /** An animation is a picture that moves (.gif, .webp): no player, no sound. */
  readonly kind: 'video' | 'image' | 'animation'
  readonly name: string
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly seconds?: number
  /** Store key of a still. */
  readonly poster?: string
}

export interface Outgoing {
  readonly text: string
  readonly buttons?: readonly Button[]
  readonly media?: OutgoingMedia
  /** 0..1: platforms that can draw a bar do, the text says it as well. */
  readonly progress?: number
  /** Where it stands, for platforms that style by it. */
  readonly mood?: 'plain' | 'working' | 'done' | 'problem'
  /** Locale key of what went wrong, for programs that read along (`npm run try`). */
  readonly failure?: string
  /** Offers this pack of credits for money, where `can.sells`. `price` in Stars; 0 where the platform's shop knows it (sku). */
  readonly invoice?: {
    readonly pack: string
    readonly title: string
    readonly description: string
    readonly price: number
  }
  /** A poll with one vote each, whose question is `text`; only where `can.polls`, and without buttons or media. */
  readonly poll?: { readonly options: readonly string[] }
  /** Only this member should see it (credits, refusals) where the platform can do that. */
  readonly quiet?: Incoming['member']
  /** Same key = same message: a platform that knows nonces shows it once however often it is sent. */
  readonly once?: string
}

/** A file somebody sent. `id` is what `download` needs; nothing has been fetched yet. */
export interface Attachment {
  readonly id: string
  readonly mime: string
  readonly bytes: number
  /**
   * Who brought it here, where that is not whoever speaks now; 'unknown' where that is nobody who could be asked (a channel, another
   * bot, a message of another chat). An answer to `message` reaches them.
   */
  readonly by?: 'unknown' | { readonly member: string; readonly name: string; readonly message?: Place }
}

interface IncomingBase {
  /** The platform's own id of this update, unique for ever: `<platform>:<bot>:<id>`. */
  readonly update: string
  readonly place: Place
  readonly member: string
  readonly memberName: string
  /** The name people mention them by, where that is not their name (Telegram's @username). */
  readonly handle?: string
  /** Locale the platform reports, if it does. */
  readonly locale?: string
  /** An answer to this can be shown to its member alone, where that differs from `can.quiet`. */
  readonly quiet?: boolean
  /** Largest file this place takes, where the platform says so and it differs from `can.uploadBytes`. */
  readonly uploadBytes?: number
  /** The platform's role ids of this member here, where it has roles. */
  readonly roles?: readonly string[]
  /** The platform marks this place as for adults; absent = it is not, or it cannot say. */
  readonly adult?: boolean
  /** Whether this member looks after the place; absent = the platform did not say (`Platform.manages` may know). */
  readonly manages?: boolean
}

export type Incoming =
  | (IncomingBase & {
      readonly kind: 'message'
      readonly text: string
      /** Pictures and sounds (`mime` says which) of this message, or of the one it replies to if it has none itself. */
      readonly images: readonly Attachment[]
      /**
       * The bot is meant: a private chat, a mention (already cut from `text`), a platform command, or a reply to one of its
       * messages. What is not addressed is answered only if it is a command ("/video ...", "余额").
       */
      readonly addressed: boolean
      /** The message this one replies to, if any. */
      readonly replyTo?: Place
    })
  /**
   * A button was pressed; `place.message` is the message that bears it. `text`: what was written into its form. `unasked`: by a clock of
   * ours and nobody else, so that a failure is told to nobody and the same update may come again.
   */
  | (IncomingBase & { readonly kind: 'button'; readonly id: string; readonly text?: string; readonly unasked?: true })
  /** Somebody put an emoji under a message of the bot (`place.message`), or took it away. */
  | (IncomingBase & { readonly kind: 'reaction'; readonly emoji: string; readonly added: boolean })
  /** Somebody voted in a poll of the bot (`place.message`) for the option of that number from 0, or took a vote back (absent = whichever it was). */
  | (IncomingBase & { readonly kind: 'polled'; readonly option?: number; readonly added: boolean })
  /** Somebody paid for a pack. `charge` is the platform's own id of this payment: the same charge is credited once, however often it comes. */
  | (IncomingBase & { readonly kind: 'paid'; readonly pack: string; readonly charge: string; readonly price: number })

/** One chat platform. Adapters carry no product logic; everything here is about moving messages. */
export interface Platform {
  readonly name: Place['platform']
  readonly can: Capabilities
  /**
   * Starts receiving; `handle` accepts durably, a platform confirms an update only after it resolved. It rejects only where something
   * must not be lost and could not be kept (a payment while Redis is away): the update is to come again.
   */
  start(handle: (event: Incoming) => Promise<void>): Promise<void>
  /** Stops receiving, lets what is being handled end. */
  stop(): Promise<void>
  /** Bytes of an attachment; refuses (UserError) beyond `limit` bytes. */
  download(image: Attachment, limit: number, signal: AbortSignal): Promise<Uint8Array>
  /** Says it in answer to a place; resolves with the place of the new message. */
  reply(to: Place, message: Outgoing): Promise<Place>
  /** Turns an earlier message of the bot into this one. Absent where the platform cannot edit. */
  edit?(at: Place, message: Outgoing): Promise<void>
  /** Takes an earlier message of the bot away. Absent where the platform cannot. */
  remove?(at: Place): Promise<void>
  /** Ends a poll of the bot: nobody votes in it any more. Absent where there are no polls. */
  endPoll?(at: Place): Promise<void>
  /** Gives the money of a charge back; resolves as well if it was given back before. Absent where the platform has its own way for that. */
  refund?(member: string, charge: string): Promise<void>
  /** Whether a member looks after a place (its owner, an administrator). Absent where the platform does not say. */
  manages?(place: Place, member: string): Promise<boolean>
  /** Erases what a member said, where the messages are kept by us. Absent where the platform keeps them. */
  forget?(member: string): Promise<void>
}

/** A platform answered that the same call will work later. Thrown by adapters, obeyed by delivery. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  readonly afterMs: number
  constructor(afterMs: number, cause?: unknown) {
    super(`retry after ${afterMs} ms`, { cause })
    this.afterMs = afterMs
  }
}

/** The place takes no file of this size (any more): delivery sends a smaller one, or a link. Thrown by adapters. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
  /** Most bytes it takes, where the platform said so. */
  readonly bytes: number | undefined
  constructor(bytes?: number, cause?: unknown) {
    super(bytes === undefined ? 'file too large' : `file larger than ${bytes} bytes`, { cause })
    this.bytes = bytes
  }
}

/** The place is gone for good (bot kicked, message deleted, room closed): retrying is useless. */
export class PlaceGone extends Error {
  override readonly name = 'PlaceGone'
}
