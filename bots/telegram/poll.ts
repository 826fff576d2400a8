import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import { ApiError, type Client } from './client.ts'
import type { Intake } from './intake.ts'
import { allowedUpdates } from './wire.ts'

/**
 * Long polling: asks for updates, and by asking for the next ones confirms those that were accepted. It goes past the queue of calls
 * (calls.ts), because nobody is to be kept from being heard by what is still to be said.
 */

/** How long Telegram holds the line when there is nothing, and how much longer we wait for that. */
const holdSeconds = 50
const graceMs = 15_000
const firstPauseMs = 125
const longestPauseMs = 30_000
/** Somebody else polls with the same token. */
const conflict = 409

const Updates = z.array(z.looseObject({ update_id: z.number().int() }))

interface PollParts {
  readonly client: Client
  readonly intake: Pick<Intake, 'accept' | 'room'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** Polls until the signal; never throws. What is accepted by then is confirmed. */
export async function poll({ client, intake, log, signal }: PollParts): Promise<void> {
  let offset = 0
  let failures = 0
  while (!signal.aborted) {
    try {
      await intake.room()
      const ask = { offset, timeout: holdSeconds, allowed_updates: allowedUpdates }
      const updates = await client.call('getUpdates', ask, Updates, {
        signal,
        patienceMs: holdSeconds * 1000 + graceMs,
      })
      await intake.accept(updates)
      offset = updates.reduce((next, { update_id }) => Math.max(next, update_id + 1), offset)
      failures = 0
    } catch (error) {
      if (signal.aborted) break
      failures += 1
      if (error instanceof ApiError && error.code === conflict)
        log.error('Another process receives the updates of this TELEGRAM_TOKEN; stop it, or use a token of its own.')
      else log.warn({ err: error }, 'no updates from Telegram')
      const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
      const pause = Math.max(asked, Math.min(firstPauseMs * 2 ** failures, longestPauseMs))
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
  }
  if (offset === 0) return
  await client
    .call('getUpdates', { offset, limit: 1, timeout: 0 }, Updates, { patienceMs: 5_000 })
    .catch(error => log.debug({ err: error }, 'last updates not confirmed; they will come again'))
}
