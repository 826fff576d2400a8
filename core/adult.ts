import { type Place, placeKey } from './place.ts'
import type { Core } from './redis.ts'

/** Places an operator opened for adults. A thread is as its channel is. */

const key = (core: Core): string => `${core.root}:adult-places`
const channelOf = ({ platform, channel, private: one }: Place): string => placeKey({ platform, channel, private: one })

export async function openForAdults(core: Core, place: Place, open: boolean): Promise<void> {
  if (open) await core.redis.sadd(key(core), channelOf(place))
  else await core.redis.srem(key(core), channelOf(place))
}

export const isOpenForAdults = async (core: Core, place: Place): Promise<boolean> =>
  (await core.redis.sismember(key(core), channelOf(place))) === 1
