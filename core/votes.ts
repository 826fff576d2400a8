import type { MemberId } from './place.ts'
import type { Core } from './redis.ts'

/**
 * Votes for clips, as people give them with an emoji. A person has one vote per clip, however many of its emoji they put there and
 * under whatever name; it ends when the last one is taken away.
 *   :votes:<clip>    set  "<member> <emoji>"
 *   :voted:<member>  set  clips
 */

/** As long as the records of clips (core/lua/jobs.lua). */
const keepSeconds = 365 * 24 * 3600

const votesKey = (core: Core, clip: string): string => `${core.root}:votes:${clip}`
const votedKey = (core: Core, member: MemberId): string => `${core.root}:voted:${member}`

/** Notes that a member put this emoji on a clip, or took it away. Doing it twice changes nothing. */
export async function vote(
  core: Core,
  { clip, member, emoji, on }: { clip: string; member: MemberId; emoji: string; on: boolean },
): Promise<void> {
  const [key, own, ballot] = [votesKey(core, clip), votedKey(core, member), `${member} ${emoji}`]
  const work = core.redis.multi()
  if (on) work.sadd(key, ballot).sadd(own, clip).expire(own, keepSeconds)
  else work.srem(key, ballot)
  for (const [failure] of (await work.expire(key, keepSeconds).exec()) ?? []) if (failure) throw failure
}

/** Whether a member's vote for a clip stands, by whatever emoji. */
export async function votedFor(core: Core, clip: string, member: MemberId): Promise<boolean> {
  const ballots = await core.redis.smembers(votesKey(core, clip))
  return ballots.some(ballot => ballot.startsWith(`${member} `))
}

/** How many people like a clip. */
export async function votesOf(core: Core, clip: string): Promise<number> {
  const ballots = await core.redis.smembers(votesKey(core, clip))
  const members = [...new Set(ballots.map(ballot => ballot.slice(0, ballot.indexOf(' '))))]
  if (members.length === 0) return 0
  // Names of one person lead to one account.
  const accounts = await core.redis.hmget(`${core.root}:accounts`, ...members)
  return new Set(members.map((member, at) => accounts[at] ?? member)).size
}

/** Clips a member voted for. */
export const votedBy = (core: Core, member: MemberId): Promise<string[]> => core.redis.smembers(votedKey(core, member))

/** Takes all votes of a member away. */
export async function dropVotes(core: Core, member: MemberId): Promise<void> {
  for (const clip of await votedBy(core, member)) {
    const ballots = await core.redis.smembers(votesKey(core, clip))
    const own = ballots.filter(ballot => ballot.startsWith(`${member} `))
    if (own.length > 0) await core.redis.srem(votesKey(core, clip), ...own)
  }
  await core.redis.del(votedKey(core, member))
}
