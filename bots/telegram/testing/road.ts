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
  impose(seconds: number, chat: number): void
}

/** Telegram far away: calls travel at uneven speed, answers take a while. */
export function openRoad(): Road {
  const flood = openFlood(floodRules)
  let seed = 7
  const chance = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
  const planned = new Map<number, number>()
  const fast: string[] = []
  const early: string[] = []
  let answered = 0
  const client: Client = {
    async call(method, payload, answer) {
      const chat = Number(Object(payload).chat_id)
      await wait(20 + chance() * 80)
      const seconds = planned.get(chat)
      planned.delete(chat)
      if (seconds !== undefined) flood.impose(seconds, chat)
      const verdict: Verdict = seconds === undefined ? flood.judge(chat) : { retryAfter: seconds }
      const { retryAfter, early: tooEarly } = verdict
      await wait(30 + chance() * 100)
      if (retryAfter !== undefined) {
        if (tooEarly) early.push(`${method} in ${chat}`)
        else if (seconds === undefined) fast.push(`${method} in ${chat}`)
        throw new ApiError(method, 429, 'Too Many Requests', { retry_after: retryAfter })
      }
      answered += 1
      return answer.parse({ message_id: 1, chat: { id: chat, type: 'private' } })
    },
    fetchFile: async () => new Uint8Array(),
  }
  return {
    calls: openCalls({ client, pacer: openTelegramPacer(telegramPace), log: openLog('silent', 'test') }),
    fast,
    early,
    get answered() {
      return answered
    },
    impose: (seconds, chat) => void planned.set(chat, seconds),
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
