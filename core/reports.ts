import type { MemberId } from './place.ts'
import type { Core } from './redis.ts'

/** Who reported which clip, so that one person is heard once and nobody, nor a crowd, floods the operator. */

const keepSeconds = 90 * 24 * 3600
const daySeconds = 24 * 3600

/** Notes a report: how many people have reported this clip now (0 = this one had before), and how many clips this one lately. */
export async function noteReport(
  core: Core,
  clip: string,
  member: MemberId,
): Promise<{ people: number; lately: number }> {
  const [key, own] = [`${core.root}:reports:${clip}`, `${core.root}:reported:${member}`]
  const work = core.redis.multi().sadd(key, member).expire(key, keepSeconds).scard(key)
  const [added, , count, , , lately] = (await work.sadd(own, clip).expire(own, daySeconds).scard(own).exec()) ?? []
  return { people: added?.[1] === 1 ? Number(count?.[1]) : 0, lately: Number(lately?.[1]) }
}
