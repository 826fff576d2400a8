import { vi } from 'vitest'
import { openLog } from '../../../core/log.ts'
import { RetryLater } from '../../platform.ts'
import { type Line, openLine } from '../line.ts'
import { openRates } from './rates.ts'

/** Discord's rate limits at the end of a long road, on a clock that tests turn (vi.useFakeTimers). */
export interface Road {
  readonly line: Line
  /** Calls that were refused though nobody had told us to wait, and calls that came before a wait was over. */
  readonly fast: string[]
  readonly early: string[]
  readonly answered: number
  /** The next call in this channel is told to wait for so long; `global`: everybody is. */
  impose(ms: number, channel: string, global?: boolean): void
}

/** A channel's id as Discord writes them. */
export const channelId = (n: number): string => `1000000000${String(n).padStart(8, '0')}`

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Discord far away: calls travel at uneven speed, answers take a while. */
export function openRoad(): Road {
  const rates = openRates()
  let seed = 7
  const chance = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const planned = new Map<string, { ms: number; global: boolean }>()
  /** When nothing may be called, by channel, and '' = at all; `heard`: when the bot had the first answer that says so. */
  const closed = new Map<string, { until: number; heard: number }>()
  const fast: string[] = []
  const early: string[] = []
  let answered = 0
  const tooMany = (seconds: number, global: boolean, headers: Readonly<Record<string, string>> = {}): Response => {
    const scope = { 'x-ratelimit-scope': global ? 'global' : 'shared', ...(global && { 'x-ratelimit-global': 'true' }) }
    const body = { message: 'You are being rate limited.', retry_after: seconds, global }
    return Response.json(body, { status: 429, headers: { ...headers, ...scope, 'retry-after': String(seconds) } })
  }
  const road: Road = {
    line: openLine({
      ...{ token: 'token', api: 'https://discord.test/api', shards: 1, log: openLog('silent', 'test') },
      async makeRequest(url, { method = 'GET' }) {
        const [, channel = '', message] = /\/channels\/(\d+)\/messages(\/\d+)?/.exec(url) ?? []
        const sentAt = Date.now()
        await wait(20 + chance() * 80)
        const what = `${method} in ${channel}`
        const back = 30 + chance() * 100
        const told = planned.get(channel)
        planned.delete(channel)
        if (told) closed.set(told.global ? '' : channel, { until: Date.now() + told.ms, heard: Date.now() + back })
        for (const key of ['', channel]) {
          const { until = 0, heard = 0 } = closed.get(key) ?? {}
          const left = until - Date.now()
          if (left <= 0) continue
          if (sentAt > heard) early.push(what)
          await wait(back)
          return tooMany(left / 1000, key === '')
        }
        const route = `${method} /channels/:id/messages${message ? '/:id' : ''}`
        const { retryAfter, headers, global = false } = rates.check(route, channel, true)
        await wait(back)
        if (retryAfter !== undefined) {
          fast.push(what)
          return tooMany(retryAfter, global, headers)
        }
        answered += 1
        return Response.json({ id: String(answered) }, { headers })
      },
    }),
    fast,
    early,
    get answered() {
      return answered
    },
    impose: (ms, channel, global = false) => void planned.set(channel, { ms, global }),
  }
  return road
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
 * Says 25 things a second for so many minutes, a tenth of them in two channels that cannot take so many and the rest in 400 others, four
 * of five new and one a change, while Discord asks one channel a minute for patience, and every second time all of us; then lets what
 * waits be said.
 */
export async function talk(minutes: number): Promise<Outcome> {
  const road = openRoad()
  const wanted = minutes * 60 * 25
  let said = 0

  /** Says it as the speaker does: again after the pause that was asked for. */
  async function say(channel: string, change: boolean): Promise<void> {
    for (;;) {
      try {
        const path = `/channels/${channel}/messages${change ? '/200000000000000001' : ''}` as const
        await road.line.call(change ? 'PATCH' : 'POST', path as `/${string}`, { body: { content: 'hello' } })
        said += 1
        return
      } catch (error) {
        if (!(error instanceof RetryLater)) throw error
        await wait(error.afterMs)
      }
    }
  }

  const channelOf = (n: number): string => channelId(n % 10 === 0 ? (n / 10) % 2 : 10 + (n % 400))
  for (let n = 0; n < wanted; n += 1) {
    void say(channelOf(n), n % 5 === 1)
    if (n % 1500 === 1499) road.impose(3_000 + (n % 7) * 2_000, channelOf(n + 25), n % 3000 === 2999)
    if (n % 25 === 24) await vi.advanceTimersByTimeAsync(second)
  }
  for (let idle = 0; idle < 30 && said < wanted; idle += 1) await vi.advanceTimersByTimeAsync(60 * second)
  return { wanted, said, fast: road.fast, early: road.early }
}
