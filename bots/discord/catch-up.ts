import type { APIMessage } from 'discord.js'
import type { Log } from '../../core/log.ts'
import { roomsSince } from '../../core/members.ts'
import type { Core } from '../../core/redis.ts'
import type { Self } from './incoming.ts'
import type { Line } from './line.ts'
import type { Messages } from './messages.ts'

/**
 * What was said to us while we were not connected. Discord replays it only within a session; after a restart we look into the rooms
 * where somebody spoke to us lately. Commands given meanwhile are lost: Discord told their members so at once.
 */

const dayMs = 24 * 3600 * 1000
/** A dead connection is noticed within a heartbeat or two. */
const marginMs = 90_000
/** Rooms that are looked into, latest first, and messages in each. */
const most = { rooms: 300, messages: 50 } as const
/** Discord's ids count milliseconds since 2015, shifted by 22 bits. */
const discordEpoch = 1_420_070_400_000n
const idAt = (ms: number): string => String((BigInt(Math.floor(ms)) - discordEpoch) << 22n)

const keyOf = (core: Core, app: string): string => `${core.root}:discord:heard:${app}`

/** Notes that we were connected until now. */
export async function noteHeard(core: Core, { app }: Self): Promise<void> {
  await core.redis.set(keyOf(core, app), Date.now())
}

/** Hears what was missed since the last time we were connected, a day at most; what was answered already is not answered again. */
export async function catchUp(
  { core, line, log, messages }: { core: Core; line: Line; log: Log; messages: Messages },
  self: Self,
  now = Date.now(),
): Promise<void> {
  const last = Number(await core.redis.get(keyOf(core, self.app)))
  if (!last) return
  const since = Math.max(last - marginMs, now - dayMs)
  const rooms = (await roomsSince(core, now - dayMs)).filter(room => room.platform === 'discord').slice(0, most.rooms)
  for (const { channel, thread, private: isPrivate } of rooms) {
    try {
      const found = (await line.call('GET', `/channels/${thread ?? channel}/messages`, {
        query: { after: idAt(since), limit: String(most.messages) },
      })) as APIMessage[]
      for (const message of found.toReversed()) await messages.said(self, message, isPrivate)
    } catch (error) {
      log.debug({ err: error, channel }, 'could not look into a room')
    }
  }
}
