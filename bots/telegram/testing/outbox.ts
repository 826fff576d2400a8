import { setTimeout as sleep } from 'node:timers/promises'

/** Updates on their way to the bot: kept until it confirms them by polling on, or brought to its webhook until it takes them. */

type RawUpdate = { readonly update_id: number } & Readonly<Record<string, unknown>>

interface Hook {
  readonly url: string
  readonly secret_token: string
  readonly max_connections: number
}

export interface Outbox {
  /** Sends an update of a kind the bot asked for; its id. */
  push(kind: string, content: unknown): number
  /** Sends an update again as it was, or several in an order of the caller's. */
  again(...updates: readonly RawUpdate[]): void
  /** What comes from now on waits; `release` sends it, in another order if told so. */
  hold(): void
  release(order?: (updates: RawUpdate[]) => RawUpdate[]): void
  /** getUpdates; resolves with undefined if another poll took over. */
  poll(
    ask: { offset?: number; limit?: number; timeout?: number; allowed?: readonly string[] },
    gone: AbortSignal,
  ): Promise<readonly RawUpdate[] | undefined>
  hook(to: Hook | undefined, allowed?: readonly string[]): void
  readonly hooked: boolean
  /** Updates that were sent and not confirmed. */
  readonly waiting: number
  /** Every update ever sent. */
  readonly sent: readonly RawUpdate[]
  /** How long a poll waits at most, so that tests end soon (ms). */
  pollMs: number
  close(): void
}

const usual = ['message', 'callback_query', 'inline_query', 'pre_checkout_query', 'my_chat_member']
/** An empty list asks for the usual kinds. */
const asked = (wanted: readonly string[]): readonly string[] => (wanted.length === 0 ? usual : wanted)
/** Telegram tries for a day; tests have less time. */
const hookPauseMs = 30

export function openOutbox(first = 7_000_001): Outbox {
  const sent: RawUpdate[] = []
  let queue: RawUpdate[] = []
  let held: RawUpdate[] | undefined
  let allowed: readonly string[] = usual
  let next = first
  let wake = (): void => undefined
  let replaced = (): void => undefined
  let target: Hook | undefined
  let running = 0
  const ending = new AbortController()

  function enter(updates: readonly RawUpdate[]): void {
    queue.push(...updates)
    wake()
    bring()
  }

  /** Brings what waits to the webhook, so many at a time, each until it is taken. */
  function bring(): void {
    while (target && running < target.max_connections) {
      const update = queue.shift()
      if (!update) return
      running += 1
      void carry(update)
        .catch(() => undefined)
        .finally(() => {
          running -= 1
          bring()
        })
    }
  }

  async function carry(update: RawUpdate): Promise<void> {
    for (;;) {
      const to = target
      if (!to || ending.signal.aborted) {
        queue.unshift(update)
        return
      }
      const taken = await fetch(to.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': to.secret_token },
        body: JSON.stringify(update),
        signal: ending.signal,
      }).then(
        answer => answer.ok,
        () => false,
      )
      if (taken) return
      await sleep(hookPauseMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }

  const outbox: Outbox = {
    sent,
    pollMs: 2_000,
    push(kind, content) {
      const update = { update_id: next, [kind]: content }
      next += 1
      if (!allowed.includes(kind)) return update.update_id
      sent.push(update)
      if (held) held.push(update)
      else enter([update])
      return update.update_id
    },
    again: (...updates) => enter(updates),
    hold() {
      held ??= []
    },
    release(order = updates => updates) {
      const updates = held ?? []
      held = undefined
      enter(order(updates))
    },
    async poll({ offset = 0, limit = 100, timeout = 0, allowed: wanted }, gone) {
      replaced()
      if (wanted) allowed = asked(wanted)
      queue = queue.filter(update => update.update_id >= offset)
      if (queue.length === 0 && timeout > 0) {
        const outcome = await new Promise<'taken' | 'look'>(resolve => {
          const timer = setTimeout(() => resolve('look'), Math.min(timeout * 1000, outbox.pollMs))
          wake = () => {
            clearTimeout(timer)
            resolve('look')
          }
          replaced = () => {
            clearTimeout(timer)
            resolve('taken')
          }
          gone.addEventListener('abort', wake, { once: true })
        })
        if (outcome === 'taken') return undefined
      }
      return queue.slice(0, limit)
    },
    hook(to, wanted) {
      target = to
      if (wanted) allowed = asked(wanted)
      bring()
    },
    get hooked() {
      return target !== undefined
    },
    get waiting() {
      return queue.length + running
    },
    close() {
      ending.abort()
      wake()
    },
  }
  return outbox
}
