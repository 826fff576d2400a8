import { setTimeout as sleep } from 'node:timers/promises'
import type { APIEntitlement } from 'discord.js'
import type { Catalogue } from '../../core/catalogue.ts'
import type { Log } from '../../core/log.ts'
import type { Incoming } from '../platform.ts'
import { memberOf, type Self, updateOf } from './incoming.ts'
import type { Line } from './line.ts'

/**
 * Packs of credits bought in Discord's shop. Discord says so once, and lists what was not consumed: we credit first, under the
 * entitlement's id, and consume then; a stop in between is made up for at the next start.
 */
export interface Payments {
  /** Something was bought just now. */
  bought(self: Self, entitlement: APIEntitlement): Promise<void>
  /** What was bought while we were away. */
  catchUp(self: Self): Promise<void>
}

export interface PaymentParts {
  readonly line: Line
  readonly catalogue: Catalogue
  readonly log: Log
  readonly stopping: AbortSignal
  take(event: Incoming): Promise<void>
}

const pageSize = 100
const pauseMs = [1_000, 5_000, 30_000, 120_000] as const

export function openPayments({ line, catalogue, log, stopping, take }: PaymentParts): Payments {
  const packs = new Map(catalogue.packs.flatMap(({ id, sku }) => (sku === undefined ? [] : [[sku, id] as const])))
  const busy = new Set<string>()

  /** Credits it, however often that has to be tried: the money is paid. */
  async function insist(event: Incoming): Promise<void> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await take(event)
      } catch (error) {
        log.error({ err: error, update: event.update }, 'a payment could not be credited yet')
        await sleep(pauseMs[Math.min(tried, pauseMs.length - 1)], undefined, { signal: stopping })
      }
    }
  }

  async function credit(self: Self, { id, sku_id, user_id }: APIEntitlement, pack: string): Promise<void> {
    if (user_id === undefined) return log.warn({ entitlement: id }, 'a pack was bought for a server: nobody to credit')
    const user = (await line.call('GET', `/users/${user_id}`)) as { username: string; global_name?: string | null }
    const channel = (await line
      .call('POST', '/users/@me/channels', { body: { recipient_id: user_id } })
      .catch(() => ({ id: user_id }))) as { id: string }
    await insist({
      kind: 'paid',
      update: updateOf(self, id),
      place: { platform: 'discord', channel: channel.id, private: true },
      member: memberOf(user_id),
      memberName: user.global_name ?? user.username,
      pack,
      charge: id,
      // Discord keeps the price to itself.
      price: 0,
    })
    await line.call('POST', `/applications/${self.app}/entitlements/${id}/consume`)
    log.info({ entitlement: id, sku: sku_id, pack }, 'a pack was bought')
  }

  async function bought(self: Self, entitlement: APIEntitlement): Promise<void> {
    const pack = packs.get(entitlement.sku_id)
    if (pack === undefined || entitlement.consumed || entitlement.deleted || busy.has(entitlement.id)) return
    busy.add(entitlement.id)
    try {
      await credit(self, entitlement, pack)
    } catch (error) {
      if (!stopping.aborted)
        log.error({ err: error, entitlement: entitlement.id }, 'a purchase waits for the next start')
    } finally {
      busy.delete(entitlement.id)
    }
  }

  return {
    bought,
    async catchUp(self) {
      if (packs.size === 0) return
      let after = '0'
      for (;;) {
        const query = { sku_ids: [...packs.keys()].join(','), exclude_ended: 'true', limit: String(pageSize), after }
        const page = (await line.call('GET', `/applications/${self.app}/entitlements`, { query })) as APIEntitlement[]
        for (const entitlement of page) await bought(self, entitlement)
        if (page.length < pageSize) return
        after = newest(page.map(({ id }) => id))
      }
    },
  }
}

/** Ids grow with time, and so does their length. */
const newest = (ids: readonly string[]): string =>
  ids.toSorted((a, b) => a.length - b.length || a.localeCompare(b)).at(-1) ?? '0'
