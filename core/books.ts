import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Core } from './redis.ts'

/** Checks the ledger from outside: the journal alone must give every balance (core/lua/ledger.lua describes both). */

const Row = z.object({
  at: z.string(),
  op: z.string(),
  kind: z.string(),
  from: z.string(),
  to: z.string(),
  amount: z.string().regex(/^\d+$/),
  hold: z.string().default(''),
  by: z.string().default(''),
  why: z.string().default(''),
  hash: z.string(),
})
type Row = z.infer<typeof Row>

/** How far a journal has been read: number and hash of the last row. */
export interface JournalEnd {
  readonly n: number
  readonly hash: string
}
const beginning: JournalEnd = { n: 0, hash: '' }

/** The hash of a row: SHA-1 over the lengths in bytes of the hash before, its number and its fields, and over these themselves. */
function linkOf(
  before: string,
  n: number,
  { at, op, kind, from, to, amount, hold, by, why }: Omit<Row, 'hash'>,
): string {
  const fields = [before, String(n), at, op, kind, from, to, amount, hold, by, why]
  const lengths = fields.map(text => Buffer.byteLength(text))
  return createHash('sha1')
    .update(`${lengths.join(',')};${fields.join('')}`)
    .digest('hex')
}

const batch = 5000

async function* rowsAfter(core: Core, end: JournalEnd): AsyncGenerator<[number, Row]> {
  for (let from = `(${end.n}-0`; ; ) {
    const rows = await core.redis.xrange(`${core.root}:journal`, from, '+', 'COUNT', batch)
    for (const [id, flat] of rows) {
      const pairs = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]])
      yield [Number.parseInt(id, 10), Row.parse(Object.fromEntries(pairs))]
    }
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    from = `(${last[0]}`
  }
}

/** Reads the journal on from where one was: every number there, every hash right. `each` sees every row. */
export async function checkJournal(
  core: Core,
  from: JournalEnd = beginning,
  each: (row: Row) => void = () => undefined,
): Promise<{ end: JournalEnd; problems: string[] }> {
  const problems: string[] = []
  let end = from
  for await (const [n, row] of rowsAfter(core, from)) {
    if (n !== end.n + 1) problems.push(`journal rows ${end.n + 1} to ${n - 1} are missing`)
    if (linkOf(end.hash, n, row) !== row.hash) problems.push(`journal row ${n} (${row.op}) breaks the chain`)
    end = { n, hash: row.hash }
    each(row)
  }
  return { end, problems }
}

interface Sheet {
  readonly issued: number
  /** Came for money, less what was given back. */
  readonly sold: number
  readonly available: number
  readonly held: number
  readonly revenue: number
  readonly expired: number
}

export interface Books {
  /** issued + sold = available + held + revenue + expired, always. */
  readonly sheet: Sheet
  readonly rows: number
  /** What does not add up; empty = the books balance. */
  readonly problems: readonly string[]
}

/**
 * Replays the journal and compares it with every balance, the chain, and the open holds. Reads only; if credits move meanwhile it
 * starts again, a few times, because half of each would not add up.
 */
export async function audit(core: Core): Promise<Books> {
  const head = () => core.redis.hget(`${core.root}:head`, 'n')
  for (let tries = 1; ; tries++) {
    const before = await head()
    const books = await look(core)
    if (books.problems.length === 0 || tries === 5 || before === (await head())) return books
  }
}

async function look(core: Core): Promise<Books> {
  const replayed = new Map<string, number>()
  const ops = new Set<string>()
  const twice: string[] = []
  const { end, problems } = await checkJournal(core, beginning, ({ op, from, to, amount }) => {
    if (ops.has(op)) twice.push(`${op} is in the journal twice`)
    ops.add(op)
    replayed.set(from, (replayed.get(from) ?? 0) - Number(amount))
    replayed.set(to, (replayed.get(to) ?? 0) + Number(amount))
  })
  problems.push(...twice)
  const kept = await balances(core)
  for (const account of new Set([...replayed.keys(), ...kept.keys()])) {
    const [is, should] = [kept.get(account) ?? 0, replayed.get(account) ?? 0]
    if (is !== should) problems.push(`${account} has ${is}, the journal says ${should}`)
    if (!Number.isInteger(is)) problems.push(`${account} has ${is}, no whole number`)
    if (is < 0 && account !== 'sys:issued' && account !== 'sys:sold') problems.push(`${account} is overdrawn by ${-is}`)
  }
  const sheet = sheetOf(kept)
  const rest = sheet.issued + sheet.sold - sheet.available - sheet.held - sheet.revenue - sheet.expired
  if (rest !== 0) problems.push(`issued and sold differ from the rest by ${rest}`)
  problems.push(...(await holdProblems(core, kept)))
  if (Number(await core.redis.hget(`${core.root}:head`, 'n')) !== end.n)
    problems.push('the journal does not end where its head says')
  return { sheet, rows: end.n, problems }
}

function sheetOf(kept: ReadonlyMap<string, number>): Sheet {
  const total = (part: string): number =>
    [...kept].reduce((sum, [name, n]) => (name.startsWith('a') && name.endsWith(part) ? sum + n : sum), 0)
  return {
    issued: 0 - (kept.get('sys:issued') ?? 0),
    sold: 0 - (kept.get('sys:sold') ?? 0),
    available: total(':avail'),
    held: total(':held'),
    revenue: kept.get('sys:revenue') ?? 0,
    expired: kept.get('sys:expired') ?? 0,
  }
}

/** Every balance there is, by account ('a7:avail', 'sys:revenue'). */
async function balances(core: Core): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const [name, credits] of Object.entries(await core.redis.hgetall(`${core.root}:system`)))
    found.set(`sys:${name}`, Number(credits))
  // Wallets are counted, not listed: those of members who left have no name any more.
  const wallets = Number(await core.redis.hget(`${core.root}:head`, 'accounts'))
  for (let i = 1; i <= wallets; i += batch) {
    const line = core.redis.pipeline()
    const until = Math.min(i + batch - 1, wallets)
    for (let k = i; k <= until; k++) line.hmget(`${core.root}:account:a${k}`, 'avail', 'held')
    for (const [k, [error, values]] of ((await line.exec()) ?? []).entries()) {
      if (error) throw error
      const [avail, held] = values as (string | null)[]
      if (avail != null) found.set(`a${i + k}:avail`, Number(avail))
      if (held != null) found.set(`a${i + k}:held`, Number(held))
    }
  }
  return found
}

/** What is held in each wallet must be the sum of its open holds; an open hold of a job that has ended is a lost refund. */
async function holdProblems(core: Core, kept: ReadonlyMap<string, number>): Promise<string[]> {
  const problems: string[] = []
  const sums = new Map<string, number>()
  const open = await core.redis.hgetall(`${core.root}:open-holds`)
  for (const [hold, text] of Object.entries(open)) {
    const [account = '', amount] = text.split('|')
    const ended = (await core.redis.hget(`${core.root}:holds`, hold))?.split('|')[0]
    if (ended !== undefined) problems.push(`hold ${hold} is ${ended}, but listed as open`)
    sums.set(`${account}:held`, (sums.get(`${account}:held`) ?? 0) + Number(amount))
    const job = await core.redis.hget(`${core.root}:job:${hold}`, 'state')
    if (job === 'delivered' || job === 'failed' || job === 'told')
      problems.push(`job ${hold} is ${job}, its hold is open`)
  }
  for (const account of new Set([...sums.keys(), ...[...kept.keys()].filter(name => name.endsWith(':held'))])) {
    const [held, sum] = [kept.get(account) ?? 0, sums.get(account) ?? 0]
    if (held !== sum) problems.push(`${account} has ${held}, its open holds are ${sum}`)
  }
  return problems
}
