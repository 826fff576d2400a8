import type { MemberId } from './place.ts'
import type { Core } from './redis.ts'

/** Who reported which clip, so that one person is heard once and a crowd does not flood the operator. */

const keepSeconds = 90 * 24 * 3600

/** Notes a report; how many people have reported this clip now, 0 = this one had before. */
export async function noteReport(core: Core, clip: string, member: MemberId): Promise<number> {
  const key = `${core.root}:reports:${clip}`
  const [added, , count] = (await core.redis.multi().sadd(key, member).expire(key, keepSeconds).scard(key).exec()) ?? []
  return added?.[1] === 1 ? Number(count?.[1]) : 0
}
