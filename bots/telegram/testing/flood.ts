import type { Rate } from '../../pacer.ts'

/** Telegram's flood limits as a rule: how often may be written where, and what becomes of those who are too fast. */
export interface FloodRules {
  readonly global: Rate
  readonly chat: Rate
  readonly group: Rate
}

/** About what Telegram's own documents say; it does not name exact numbers. */
export const floodRules: FloodRules = {
  global: { count: 30, everyMs: 1_000 },
  chat: { count: 1, everyMs: 1_000 },
  group: { count: 20, everyMs: 60_000 },
}

/** The answer to one call: it may pass, or has to wait so many seconds. `early`: it came before an earlier wait was over. */
export interface Verdict {
  readonly retryAfter?: number
  readonly early?: boolean
}

/** A chat, or a method that names none. */
type Slowed = number | string

export interface Flood {
  /** Somebody writes in a chat. */
  judge(chat: number): Verdict
  /** From now on everybody (or this chat, or this method where it names no chat) has to wait, whatever was done before. */
  impose(seconds: number, place?: Slowed): void
  /** This chat or method, or everybody, is still to wait. */
  shut(place: Slowed): boolean
}

const global = 'all'

/** `now` in ms. A refused call does not count towards the rates, one that is early starts no new wait. */
export function openFlood(rules: FloodRules, now: () => number = Date.now): Flood {
  const calls = new Map<string, number[]>()
  const closed = new Map<string, number>()

  const rates = (chat: number): [string, Rate][] => [
    [global, rules.global],
    [`chat ${chat}`, rules.chat],
    ...(chat < 0 ? [[`group ${chat}`, rules.group] as [string, Rate]] : []),
  ]
  const secondsUntil = (moment: number): number => Math.ceil((moment - now()) / 1000)

  const keyOf = (place: Slowed): string => (typeof place === 'number' ? `chat ${place}` : `method ${place}`)
  const shutUntil = (place: Slowed): number => Math.max(closed.get(global) ?? 0, closed.get(keyOf(place)) ?? 0)

  return {
    shut: place => shutUntil(place) > now(),
    judge(chat) {
      const until = shutUntil(chat)
      if (until > now()) return { retryAfter: secondsUntil(until), early: true }
      for (const [name, { count, everyMs }] of rates(chat)) {
        const recent = (calls.get(name) ?? []).filter(at => at > now() - everyMs)
        calls.set(name, recent)
        const oldest = recent[recent.length - count]
        if (oldest === undefined) continue
        const until = oldest + everyMs
        closed.set(name === global ? global : `chat ${chat}`, until)
        return { retryAfter: Math.max(1, secondsUntil(until)) }
      }
      for (const [name] of rates(chat)) calls.get(name)?.push(now())
      return {}
    },
    impose(seconds, place) {
      closed.set(place === undefined ? global : keyOf(place), now() + seconds * 1000)
    },
  }
}
