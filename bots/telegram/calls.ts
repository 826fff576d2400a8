import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import { openPacer, type Pacer, type Rate } from '../pacer.ts'
import { PlaceGone, RetryLater, TooLarge } from '../platform.ts'
import { ApiError, type Client, type Upload, usualPatienceMs } from './client.ts'

/** The way out: every call that people see is paced, and what Telegram answers is put into our words. */

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

export interface Calls {
  /** A call people of a chat see. Throws RetryLater, PlaceGone, TooLarge, ApiError, or Error where we do not know what became of it. */
  seen<T>(chat: number, method: string, payload: object, answer: z.ZodType<T>, way?: CallWay): Promise<T>
  /**
   * A call nobody waits for (a press is noted, "is uploading"): in the platform's pace, without a chat's, and left out where a chat is
   * to be left in peace. Tried so often; never throws.
   */
  aside(method: string, payload: object, tries?: number): Promise<void>
  stop(): void
}

interface CallParts {
  readonly client: Client
  readonly pacer: Pacer
  readonly log: Log
  /** Longest wait for an answer to a call that people see, in ms. */
  readonly patienceMs?: number
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
  if (error.code === 429) return new RetryLater(error.retryAfterMs ?? 1_000, error)
  const { code, description } = error
  if (code === 413 || /file is too big|Too Large/i.test(description)) return new TooLarge(undefined, error)
  if (code === 403 || (code === 400 && gone.some(text => text.test(description))))
    return new PlaceGone(error.message, { cause: error })
  return error
}

export function openCalls({ client, pacer, log, patienceMs = Number.POSITIVE_INFINITY }: CallParts): Calls {
  /** Chats that were told to wait, until when: a second one at the same time means that all of us are too fast. */
  const slowed = new Map<number, number>()
  let asides = 0

  function slowDown(chat: number, ms: number): void {
    const now = Date.now()
    for (const [other, until] of slowed) if (until <= now) slowed.delete(other)
    slowed.set(chat, now + ms)
    if (slowed.size > 1) pacer.pause(ms)
    else pacer.pause(ms, String(chat))
    log.warn({ chat, ms, everywhere: slowed.size > 1 }, 'Telegram asks for patience')
  }

  return {
    seen(chat, method, payload, answer, { minor = false, ...way } = {}) {
      const patient = { ...way, patienceMs: Math.min(way.patienceMs ?? usualPatienceMs, patienceMs) }
      return pacer.run(
        String(chat),
        async () => {
          try {
            return await client.call(method, payload, answer, patient)
          } catch (error) {
            const known = understood(error)
            if (known instanceof RetryLater) slowDown(chat, known.afterMs)
            throw known
          }
        },
        { minor },
      )
    },
    async aside(method, payload, tries = 1) {
      const { chat_id: chat } = payload as { chat_id?: number }
      if (chat !== undefined && (slowed.get(chat) ?? 0) > Date.now()) return
      asides += 1
      const lane = `aside:${asides}`
      for (let tried = 1; tried <= tries; tried += 1) {
        try {
          await pacer.run(lane, () => client.call(method, payload, z.unknown()))
          return
        } catch (error) {
          log.debug({ err: error, method, tried }, 'left aside')
          if (error instanceof ApiError && error.code === 429) pacer.pause(error.retryAfterMs ?? 1_000)
          else if (error instanceof ApiError && error.code < 500) return
        }
      }
    },
    stop: () => pacer.stop(),
  }
}
