import { z } from 'zod'
import type { Core } from '../redis.ts'

/** Credits that several people put together (core/lua/pots.lua): a wallet that jobs are paid from; the rest goes back to each. */

const Pot = z.object({
  state: z.enum(['open', 'closed']),
  /** Credits it is meant to hold; 0 = as many as come. */
  goal: z.number().int().nonnegative(),
  /** Credits put in so far. */
  total: z.number().int().nonnegative(),
  /** When it is closed by itself (Unix ms); 0 = never. */
  until: z.number(),
  /** Neither spent nor held by a job. */
  available: z.number().int().nonnegative(),
  held: z.number().int().nonnegative(),
  parts: z.array(z.object({ account: z.string(), credits: z.number().int().positive() })),
})
export type Pot = z.infer<typeof Pot>

/** The account that pays for jobs of a pot. */
export const purseOf = (pot: string): string => `pot:${pot}`

/** False if there is one of that name already. `goal` in credits (0 = none, at most 1,000,000), `until` in Unix ms (0 = for ever). */
export async function openPot(
  core: Core,
  pot: string,
  { goal, until }: { goal: number; until: number },
): Promise<boolean> {
  return (await core.call('tr_pot_open', pot, goal, until)) === 1
}

/** An open pot lasts until then instead (Unix ms; 0 = for ever). */
export async function potUntil(core: Core, pot: string, until: number): Promise<void> {
  await core.call('tr_pot_until', pot, until)
}

const chipsKey = (core: Core, account: string): string => `${core.root}:film-chips:${account}`

/** Remembers that an account put something into a pot, so that `potsOf` finds it. */
export async function noteChip(core: Core, account: string, pot: string): Promise<void> {
  await core.redis.sadd(chipsKey(core, account), pot)
}

/** Open pots that an account put credits into, and how many. */
export async function potsOf(core: Core, account: string): Promise<{ pot: string; credits: number }[]> {
  const found: { pot: string; credits: number }[] = []
  for (const pot of await core.redis.smembers(chipsKey(core, account))) {
    const { state, parts = [] } = (await potOf(core, pot)) ?? {}
    const part = parts.find(one => one.account === account)
    if (state === 'open' && part) found.push({ pot, credits: part.credits })
    else await core.redis.srem(chipsKey(core, account), pot)
  }
  return found
}

export async function potOf(core: Core, pot: string): Promise<Pot | undefined> {
  const text = await core.call('tr_pot', pot)
  return text === null ? undefined : Pot.parse(JSON.parse(String(text)))
}

export type Chipped =
  | { readonly ok: true; readonly taken: number; readonly total: number }
  | { readonly ok: false; readonly why: 'poor' | 'full' | 'closed'; readonly available: number; readonly total: number }

/** Puts credits in, once per `op`, never more than the goal still needs. Throws if the same `op` was used for something else. */
export async function chipIn(
  core: Core,
  { op, pot, account, credits }: { op: string; pot: string; account: string; credits: number },
): Promise<Chipped> {
  const [how, taken, total] = z
    .tuple([z.string(), z.number(), z.number()])
    .parse(await core.call('tr_chip', op, pot, account, credits))
  if (how === 'differs') throw new Error(`operation ${op} was used with other parameters`)
  if (how === 'ok' || how === 'again') return { ok: true, taken, total }
  return { ok: false, why: z.enum(['poor', 'full', 'closed']).parse(how), available: taken, total }
}

/** Closes a pot and gives back what it has left; undefined while a job is still being paid from it. A closed one gives nothing. */
export async function closePot(core: Core, pot: string): Promise<{ account: string; credits: number }[] | undefined> {
  const [how, ...flat] = z.array(z.union([z.string(), z.number()])).parse(await core.call('tr_pot_close', pot))
  if (how === 'held') return undefined
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    account: String(flat[2 * i]),
    credits: Number(flat[2 * i + 1]),
  }))
}

/** Open pots whose time is over. */
export async function overduePots(core: Core, now = Date.now()): Promise<string[]> {
  return core.redis.zrange(`${core.root}:pots`, '-inf', String(now), 'BYSCORE')
}
