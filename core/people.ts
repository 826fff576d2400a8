import { z } from 'zod'
import { newCode, spelled } from './code.ts'
import { UserError } from './errors.ts'
import type { MemberId } from './place.ts'
import type { Core } from './redis.ts'

/** A person who uses us under several names: linked members have one wallet and one history (core/lua/people.lua). */

const codeSeconds = 10 * 60
const Names = z.array(z.string())

/** All names of a person; the one given alone if it is not linked. */
export const namesOf = async (core: Core, member: MemberId): Promise<MemberId[]> =>
  Names.parse(await core.call('tr_names', member))

/** A code that links whoever brings it, on any platform, within ten minutes, once. */
export async function offerLink(core: Core, member: MemberId): Promise<string> {
  const code = newCode(2)
  await core.call('tr_offer', member, code, codeSeconds)
  return code
}

/**
 * Joins a member to the one who made the code: from now on both spend from that one's wallet, which got all credits of both (free
 * credits of a day count once). The name of the host. Throws UserError `refusal.link-unknown`, `refusal.link-self` or
 * `refusal.link-many` (eight names at most).
 */
export async function link(core: Core, { member, code }: { member: MemberId; code: string }): Promise<MemberId> {
  const [what, host] = (await core.call('tr_link', spelled(code), member)) as [string, string]
  if (what !== 'ok') throw new UserError(`refusal.link-${what}`)
  return host
}

/** Whose wallet it is that these names of one person share. */
export async function walletOwner(core: Core, names: readonly MemberId[]): Promise<MemberId> {
  const guests = await core.redis.hmget(`${core.root}:own`, ...names)
  return names.find((_, at) => guests[at] === null) ?? names[0] ?? ''
}

/** Who keeps a shared wallet and who left it. */
export interface Parted {
  readonly wallet: MemberId
  readonly left: readonly MemberId[]
}

/**
 * Ends the sharing: a guest leaves with an empty wallet; if the wallet is the member's own, or `everybody` is to part, all guests leave.
 * Undefined if nothing was shared.
 */
export async function unlink(core: Core, member: MemberId, everybody = false): Promise<Parted | undefined> {
  const [wallet, ...left] = Names.parse(await core.call('tr_unlink', member, everybody ? 1 : 0))
  return wallet === undefined ? undefined : { wallet, left }
}

/** Ids in the sorted sets `:<what>:<name>` of all names of a person, highest score first. */
export async function newestOf(
  core: Core,
  what: 'jobs' | 'clips' | 'sales',
  member: MemberId,
  limit: number,
): Promise<string[]> {
  const scored = await Promise.all(
    (await namesOf(core, member)).map(async name => {
      const flat = await core.redis.zrange(`${core.root}:${what}:${name}`, '0', String(limit - 1), 'REV', 'WITHSCORES')
      return Array.from({ length: flat.length / 2 }, (_, i) => ({
        id: flat[2 * i] ?? '',
        score: Number(flat[2 * i + 1]),
      }))
    }),
  )
  return scored
    .flat()
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ id }) => id)
}
