import { randomInt } from 'node:crypto'
import { openPacer, type Step } from '../pacer.ts'

/**
 * The one way out to WeChat: at the pace of a person, because accounts that hurry are banned. What is only read (who is there, a picture
 * somebody sent) does not pass here: a phone loads that by itself, and who is heard must not wait for who is spoken to.
 */
export interface Pace {
  /** Makes a call in its turn. Those of one chat are made in order. */
  run<T>(chat: string, call: () => Promise<T>): Promise<T>
  /** Several calls that nothing else in their chat comes between; each of them counts. */
  turn<T>(chat: string, work: (step: Step) => Promise<T>): Promise<T>
  /** Nothing is sent for so long (ms). */
  pause(ms: number): void
  /** What waits is rejected, nothing more is begun. */
  stop(): void
}

export interface PaceOptions {
  /** Most messages a minute to all chats; one chat gets half of it. */
  readonly perMinute: number
  /** A person takes so long (ms, from and to) to think and type. */
  readonly jitterMs?: readonly [number, number]
  /** How long a minute is, in ms. */
  readonly minuteMs?: number
}

const humanMs = [800, 3_000] as const

export function openPace({ perMinute, jitterMs: [from, until] = humanMs, minuteMs = 60_000 }: PaceOptions): Pace {
  // A little slower than is allowed, because what is begun in time may go out later; and never two at once, as no person does.
  const everyMs = Math.ceil(1.1 * minuteMs + until)
  const pacer = openPacer({
    global: { count: 1, everyMs: Math.ceil(everyMs / perMinute) },
    perPlace: () => [{ count: Math.max(1, Math.ceil(perMinute / 2)), everyMs }],
  })
  const jitter = (): Promise<void> =>
    new Promise(resolve => setTimeout(resolve, from + (until > from ? randomInt(until - from) : 0)))
  const turn: Pace['turn'] = (chat, work) =>
    pacer.turn(chat, step =>
      work(call =>
        step(async () => {
          await jitter()
          return call()
        }),
      ),
    )
  return {
    turn,
    run: (chat, call) => turn(chat, step => step(call)),
    pause: ms => pacer.pause(ms),
    stop: () => pacer.stop(),
  }
}
