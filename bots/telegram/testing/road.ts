import { vi } from 'vitest'
import { openLog } from '../../../core/log.ts'
import { RetryLater } from '../../platform.ts'
import { type Calls, openCalls, openTelegramPacer, telegramPace } from '../calls.ts'
import { ApiError, type Client } from '../client.ts'
import { Sent } from '../wire.ts'
import { floodRules, openFlood, type Verdict } from './flood.ts'

/** Telegram's flood limits at the end of a long road, on a clock that tests turn (vi.useFakeTimers). */
export interface Road {
  readonly calls: Calls
  /** Calls that were refused though nobody had told us to wait, and calls that came before a wait was over. */
  readonly fast: string[]
  readonly early: string[]
  readonly answered: number
  /** Methods called so far. */
  readonly called: string[]
  /** The next call in this chat, or of this method where it names no chat, is told to wait for so long. */
  impose(seconds: number, place: number | string): void
}

/** What is answered to methods that are not messages. */
const answers: Readonly<Record<string, unknown>> = { getMyCommands: [], setMyCommands: true }

/** Telegram far away: calls travel at uneven speed, answers take a while. */
export function openRoad(): Road {
  const flood = openFlood(floodRules)
  let seed = 7
  const chance = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
  const planned = new Map<number | string, number>()
  const called: string[] = []
  const fast: string[] = []
  const early: string[] = []
  let answered = 0
  const client: Client = {
    async call(method, payload, answer) {
      const { chat_id, scope } = payload as { chat_id?: number; scope?: { chat_id?: number } }
      const chat = chat_id ?? scope?.chat_id ?? method
      called.push(method)
      await wait(20 + chance() * 80)
      const seconds = planned.get(chat)
      planned.delete(chat)
      if (seconds !== undefined) flood.impose(seconds, chat)
      const judged = (): Verdict =>
        chat_id === undefined ? (flood.shut(chat) ? { retryAfter: 1, early: true } : {}) : flood.judge(chat_id)
      const verdict: Verdict = seconds === undefined ? judged() : { retryAfter: seconds }
      const { retryAfter, early: tooEarly } = verdict
      await wait(30 + chance() * 100)
      if (retryAfter !== undefined) {
        if (tooEarly) early.push(`${method} in ${chat}`)
        else if (seconds === undefined) fast.push(`${method} in ${chat}`)
        throw new ApiError(method, 429, 'Too Many Requests', { retry_after: retryAfter })
      }
      answered += 1
      return answer.parse(answers[method] ?? { message_id: 1, chat: { id: chat, type: 'private' } })
    },
    fetchFile: async () => new Uint8Array(),
  }
  return {
    calls: openCalls({ client, pacer: openTelegramPacer(telegramPace), log: openLog('silent', 'test') }),
    fast,
    early,
    called,
    get answered() {
      return answered
    },
    impose: (seconds, place) => void planned.set(place, seconds),
  }
}

/** What became of so many minutes at 25 messages a second. */
export interface Outcome {
  readonly wanted: number
  readonly said: number
  readonly fast: readonly string[]
  readonly early: readonly string[]
}

const second = 1000

/**
 * Says 25 things a second for so many minutes, a tenth of them in ten groups and the rest in 400 private chats, while Telegram
 * asks one chat a minute for patience; then lets what waits be said.
 */
export async function talk(minutes: number): Promise<Outcome> {
  const road = openRoad()
  const wanted = minutes * 60 * 25
  let said = 0

  /** Says it as the speaker does: again after the pause that was asked for. */
  async function say(chat: number): Promise<void> {
    for (;;) {
      try {
        await road.calls.seen(chat, 'sendMessage', { chat_id: chat, text: 'hello' }, Sent)
        said += 1
        return
      } catch (error) {
        if (!(error instanceof RetryLater)) throw error
        await new Promise(resolve => setTimeout(resolve, error.afterMs))
      }
    }
  }

  for (let n = 0; n < wanted; n += 1) {
    const chat = n % 10 === 0 ? -1 - ((n / 10) % 10) : 1 + (n % 400)
    void say(chat)
    if (n % 1500 === 1499) road.impose(3 + (n % 7), chat)
    if (n % 25 === 24) await vi.advanceTimersByTimeAsync(second)
  }
  await vi.advanceTimersByTimeAsync(10 * 60 * second)
  return { wanted, said, fast: road.fast, early: road.early }
}
