import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import { openPacer, type Pacer, type Rate } from '../pacer.ts'
import { PlaceGone, RetryLater, TooLarge } from '../platform.ts'
import { ApiError, type Client, type Upload, usualPatienceMs } from './client.ts'

/**
 * The way out: every call but those that ask for updates goes through one paced queue, and what Telegram answers is put into our words.
 * A 429 says how long "the request" must wait (Bot API, ResponseParameters), not what it is counted for. Flood limits are those of a
 * chat or of the bot, so one that names a chat closes this chat to every method, and a second chat at the same time closes everything. A
 * call that names no chat (a command menu, an inline answer, a file) says nothing about messages: its method alone is closed. Asking for updates is no part of it, so that what people say is taken in meanwhile: it keeps the
 * pauses it is told itself (poll.ts).
 */

/** How fast we may talk. */
export interface Pace {
  readonly global: Rate
  readonly chat: Rate
  /** A group counts by the minute as well. */
  readonly group: Rate
}

/**
 * Telegram's advice: about 30/s in all, 1/s in a chat, 20/min in a group. Calls travel at uneven speed, so those of a chat count from
 * their answer, and 25 a second go out one by one: a burst of 25, and the next one a second later, may arrive as 50.
 */
export const telegramPace: Pace = {
  global: { count: 1, everyMs: 40 },
  chat: { count: 1, everyMs: 1_020 },
  group: { count: 20, everyMs: 60_020 },
}

export const openTelegramPacer = ({ global, chat, group }: Pace): Pacer =>
  openPacer({
    global,
    counted: 'answered',
    perPlace(place) {
      if (!/^-?\d+$/.test(place)) return []
      return place.startsWith('-') ? [chat, group] : [chat]
    },
  })

export interface CallWay {
  /** It can be left out if it would have to wait (bots/pacer.ts). */
  readonly minor?: boolean
  readonly files?: Readonly<Record<string, Upload>>
  readonly patienceMs?: number
}

interface AskWay {
  readonly signal?: AbortSignal
  readonly urgent?: boolean
}

export interface Calls {
  /** A call people of a chat see. Throws RetryLater, PlaceGone, TooLarge, ApiError, or Error where we do not know what became of it. */
  seen<T>(chat: number, method: string, payload: object, answer: z.ZodType<T>, way?: CallWay): Promise<T>
  /**
   * A question or an order that shows nothing in a chat: beside its line, before clips and words if `urgent`. Asked again after a short pause
   * that Telegram wants. Throws ApiError, RetryLater where it wants a long one or many, and Error where we do not know what became of it.
   */
  ask<T>(method: string, payload: object, answer: z.ZodType<T>, way?: AskWay): Promise<T>
  /** Bytes of a file by the path `getFile` gave. Throws as `ask` does. */
  fetchFile(path: string, signal: AbortSignal): Promise<Uint8Array>
  /** An urgent answer nobody of ours waits for (a press is noted, a checkout may go on). Tried so often; never throws. */
  aside(method: string, payload: object, tries?: number): Promise<void>
  /** A passing sign ("is uploading"): left out if it would have to wait. Never throws. */
  sign(chat: number, method: string, payload: object): Promise<void>
  stop(): void
}

interface CallParts {
  readonly client: Client
  readonly pacer: Pacer
  readonly log: Log
  /** Longest wait for an answer to a call that people see, in ms. */
  readonly patienceMs?: number
}

/** Whose pauses a call keeps: those of its chat, or of its method where it names none. `talk`: it is one of those a chat's rate is for. */
interface Whereabouts {
  readonly place: string
  readonly talk: boolean
}
const inChat = (chat: number): Whereabouts => ({ place: String(chat), talk: true })

/** A menu of one chat is written for this chat, but is no talk in it. */
function whereabouts(method: string, payload: object): Whereabouts {
  const { chat_id: chat, scope } = payload as { chat_id?: number; scope?: { chat_id?: number } }
  return chat === undefined ? { place: String(scope?.chat_id ?? method), talk: false } : inChat(chat)
}

/** What cannot come right by trying again: the bot was thrown out, the chat, topic or message is gone, or we may not write there. */
const gone = [
  /chat not found/,
  /message to (?:edit|delete|be replied) not found/,
  /message can't be (?:edited|deleted)/,
  /message thread not found/,
  /message identifier is not specified|MESSAGE_ID_INVALID/i,
  /group chat was (?:deactivated|upgraded)/,
  /PEER_ID_INVALID|USER_DEACTIVATED|TOPIC_(?:CLOSED|DELETED)|CHAT_(?:WRITE_FORBIDDEN|RESTRICTED|SEND_\w+_FORBIDDEN)/,
  /not enough rights|have no rights|need administrator rights/,
]

/** What an error of the Bot API means to those who called; anything else is passed on. */
function understood(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.movedTo !== undefined) return error
  const { code, description } = error
  if (code === 413 || /file is too big|Too Large/i.test(description)) return new TooLarge(undefined, error)
  if (code === 403 || (code === 400 && gone.some(text => text.test(description))))
    return new PlaceGone(error.message, { cause: error })
  return error
}

/** How often a call that was told to come later is made, and how long a pause it waits for itself (ms). */
const asking = { tries: 3, longestMs: 30_000 } as const

export function openCalls({ client, pacer, log, patienceMs = Number.POSITIVE_INFINITY }: CallParts): Calls {
  /** Chats that were told to wait, until when: a second one at the same time means that all of us are too fast. */
  const slowed = new Map<string, number>()

  function slowDown({ place, talk }: Whereabouts, ms: number): void {
    const now = Date.now()
    for (const [other, until] of slowed) if (until <= now) slowed.delete(other)
    if (talk) slowed.set(place, now + ms)
    const everywhere = talk && slowed.size > 1
    if (everywhere) pacer.pause(ms)
    else pacer.pause(ms, place)
    log.warn({ place, ms, everywhere }, 'Telegram asks for patience')
  }

  /** A call whose 429 all others heed. */
  async function heeded<T>(where: Whereabouts, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 429) throw error
      const { retryAfterMs = 1_000 } = error
      slowDown(where, retryAfterMs)
      throw new RetryLater(retryAfterMs, error)
    }
  }

  async function beside<T>(
    where: Whereabouts,
    call: () => Promise<T>,
    { signal, urgent }: { signal?: AbortSignal | undefined; urgent: boolean },
  ): Promise<T> {
    const way = { beside: true, urgent, ...(signal && { signal }) }
    for (let tried = 1; ; tried += 1) {
      try {
        return await pacer.run(where.place, () => heeded(where, call), way)
      } catch (error) {
        const known = error instanceof RetryLater && error.afterMs <= asking.longestMs
        if (!known || tried === asking.tries) throw error
      }
    }
  }

  return {
    seen(chat, method, payload, answer, { minor = false, ...way } = {}) {
      const patient = { ...way, patienceMs: Math.min(way.patienceMs ?? usualPatienceMs, patienceMs) }
      const call = (): Promise<z.infer<typeof answer>> => client.call(method, payload, answer, patient)
      const where = inChat(chat)
      const paced = pacer.run(where.place, () => heeded(where, call), { minor })
      return paced.catch(error => Promise.reject(understood(error)))
    },
    ask(method, payload, answer, { signal, urgent = false } = {}) {
      const call = (): Promise<z.infer<typeof answer>> =>
        client.call(method, payload, answer, { ...(signal && { signal }) })
      return beside(whereabouts(method, payload), call, { signal, urgent })
    },
    fetchFile: (path, signal) =>
      beside(whereabouts('file', {}), () => client.fetchFile(path, signal), { signal, urgent: true }),
    async aside(method, payload, tries = 1) {
      for (let tried = 1; tried <= tries; tried += 1) {
        try {
          const call = (): Promise<unknown> => client.call(method, payload, z.unknown())
          await beside(whereabouts(method, payload), call, { urgent: true })
          return
        } catch (error) {
          log.debug({ err: error, method, tried }, 'left aside')
          if (error instanceof RetryLater || (error instanceof ApiError && error.code < 500)) return
        }
      }
    },
    async sign(chat, method, payload) {
      const call = (): Promise<unknown> => client.call(method, { chat_id: chat, ...payload }, z.unknown())
      const where = inChat(chat)
      await pacer
        .run(where.place, () => heeded(where, call), { beside: true, minor: true })
        .catch(error => log.debug({ err: error, method }, 'left out'))
    },
    stop: () => pacer.stop(),
  }
}
