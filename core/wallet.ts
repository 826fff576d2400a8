import { z } from 'zod'
import { newCode, spelled } from './code.ts'
import { UserError } from './errors.ts'
import type { Core } from './redis.ts'

/** Accounts of credits: a double-entry ledger in Redis functions (core/lua/ledger.lua). Credits are whole numbers. */

const Credits = z.number().int().positive().max(1e12)

export interface Balance {
  /** What can be spent now. */
  readonly available: number
  /** What open jobs hold. */
  readonly held: number
}

/** An account nobody used yet has nothing. */
export async function balance(core: Core, account: string): Promise<Balance> {
  const [available, held] = (await core.call('tr_balance', account)) as [number, number]
  return { available, held }
}

/**
 * Gives credits, once per `op` (e.g. the update that asked for it); the answer is what is available then.
 * Throws if the same `op` was used for something else.
 */
export async function grant(
  core: Core,
  { op, account, credits, reason, by }: { op: string; account: string; credits: number; reason: string; by: string },
): Promise<Balance> {
  const answer = await core.call('tr_grant', op, account, Credits.parse(credits), reason, by)
  if (answer === 'differs') throw new Error(`operation ${op} was used with other parameters`)
  return balance(core, account)
}

/**
 * The free credits of a day (UTC, 'YYYY-MM-DD'), once per day; what is left of an earlier day's expires.
 * `granted` is 0 if the account had them already.
 */
export async function dailyGrant(
  core: Core,
  account: string,
  credits: number,
  day: string,
): Promise<{ granted: number }> {
  return { granted: (await core.call('tr_daily', account, credits, day)) as number }
}

/** Makes a code worth so many credits for each of `uses` members (once each). The same `op` gives the same code again. */
export async function makeCode(
  core: Core,
  { op, credits, uses, expiresAt }: { op: string; credits: number; uses: number; expiresAt?: number },
): Promise<string> {
  const args = [op, newCode(3), Credits.parse(credits), Credits.parse(uses), expiresAt ?? 0] as const
  const answer = (await core.call('tr_make_code', ...args)) as string
  if (answer === 'differs') throw new Error(`operation ${op} was used with other parameters`)
  return answer
}

/** Turns a code into credits. Throws UserError refusal.code-unknown, refusal.code-expired, refusal.code-used (by this member) or refusal.code-used-up. */
export async function redeem(
  core: Core,
  { account, code }: { account: string; code: string },
): Promise<{ credits: number }> {
  const [what, credits] = (await core.call('tr_redeem', account, spelled(code))) as [string, number]
  if (what !== 'ok') throw new UserError(`refusal.code-${what}`)
  return { credits }
}

const entryKinds = [
  'grant',
  'sale',
  'refund',
  'daily',
  'code',
  'chip',
  'pot-back',
  'expired',
  'link',
  'hold',
  'release',
  'capture',
] as const
type EntryKind = (typeof entryKinds)[number]

/** One line of an account's statement. */
export interface Entry {
  /** Running number in the journal. */
  readonly n: number
  readonly kind: EntryKind
  /** What it did to the available credits: negative = less. A capture takes what a hold already took: 0. So is joining two wallets. */
  readonly credits: number
  /** The job (or other hold) it is about. */
  readonly hold?: string
  readonly reason?: string
  /** Unix milliseconds. */
  readonly at: number
}

/** The account's last entries (at most 200 of each wallet that was joined), newest first. */
export async function statement(core: Core, account: string, limit: number): Promise<Entry[]> {
  const text = (await core.call('tr_statement', account, limit)) as string
  return z.array(Row).parse(JSON.parse(text)).map(entryOf)
}

const Row = z.object({
  n: z.number(),
  kind: z.enum(entryKinds),
  credits: z.number(),
  hold: z.string().default(''),
  why: z.string().default(''),
  at: z.number(),
})

function entryOf({ n, kind, credits, hold, why, at }: z.infer<typeof Row>): Entry {
  return { n, kind, credits, at, ...(hold && { hold }), ...(why && { reason: why }) }
}

/** Forgets whose account it was: what is left expires, the name goes. False while jobs hold credits of it. */
export async function closeAccount(core: Core, account: string): Promise<boolean> {
  return (await core.call('tr_close_account', account)) !== 'held'
}
