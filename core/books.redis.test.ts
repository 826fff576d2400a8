import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audit, checkJournal } from './books.ts'
import { cancel } from './jobs.ts'
import { openLog } from './log.ts'
import { type Core, openCore } from './redis.ts'
import { ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { dailyGrant, grant } from './wallet.ts'

let server: TestRedis
let core: Core

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await server.stop()
})
beforeEach(async () => {
  await core.redis.flushall()
  await grant(core, { op: 'a:1', account: 'web:ann', credits: 100, reason: '谢谢 "friend"\n|7:x', by: 'web:op' })
  await dailyGrant(core, 'web:ann', 66, '2026-01-01')
  await ticketFor(core, { daily: 0 })
  const { job } = await ticketFor(core, { daily: 0, price: 35 })
  await cancel(core, { job, by: 'web:ann' })
})

/** `npm run books` as people run it. */
async function books(): Promise<{ code: number; last: string }> {
  const args = [
    '--import',
    createRequire(import.meta.url).resolve('tsx'),
    fileURLToPath(new URL('./books-cli.ts', import.meta.url)),
  ]
  const env = { ...process.env, REDIS_URL: server.url, LOG_LEVEL: 'silent' }
  const done = await promisify(execFile)(process.execPath, args, { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )
  return { code: done.code, last: done.stdout.trim().split('\n').at(-1) ?? '' }
}

it('balance, whatever people write into a reason', async () => {
  const { sheet, rows, problems } = await audit(core)
  expect(problems).toEqual([])
  expect(sheet).toEqual({ issued: 166, sold: 0, available: 146, held: 20, revenue: 0, expired: 0 })
  expect(rows).toBe(5)
  expect(await books()).toEqual({ code: 0, last: 'books balance' })
})

it('can be read on from where one was', async () => {
  const { end } = await checkJournal(core)
  await grant(core, { op: 'a:2', account: 'web:bob', credits: 5, reason: '', by: '' })
  const seen: string[] = []
  expect(await checkJournal(core, end, row => seen.push(row.op))).toMatchObject({ end: { n: 6 }, problems: [] })
  expect(seen).toEqual(['a:2'])
})

describe('are found out when', () => {
  const journal = '{threadreel}:journal'

  /** Writes the journal again with one row changed. */
  async function forge(n: number, change: (fields: string[]) => string[]): Promise<void> {
    const rows = await core.redis.xrange(journal, '-', '+')
    await core.redis.del(journal)
    for (const [i, [id, fields]] of rows.entries())
      await core.redis.xadd(journal, id, ...(i + 1 === n ? change(fields) : fields))
  }

  it('any field of any row is altered by one letter', async () => {
    const rows = await core.redis.xrange(journal, '-', '+')
    for (const [i, [, fields]] of rows.entries()) {
      for (let value = 1; value < fields.length; value += 2) {
        await forge(i + 1, all =>
          all.map((text, k) => (k === value ? `${text.slice(0, -1)}${text.endsWith('1') ? '2' : '1'}` : text)),
        )
        expect((await audit(core)).problems, `row ${i + 1}, ${fields[value - 1]}`).not.toEqual([])
        await forge(i + 1, () => fields)
      }
    }
    expect((await audit(core)).problems).toEqual([])
  })

  it.each([1, 3, 5])('row %i is gone', async n => {
    await core.redis.xdel(journal, `${n}-0`)
    expect((await audit(core)).problems).not.toEqual([])
  })

  it.each(['avail', 'held'])('a balance (%s) is changed by hand', async part => {
    await core.redis.hincrby('{threadreel}:account:a1', part, 1)
    expect((await audit(core)).problems.join()).toContain(`a1:${part}`)
    expect(await books()).toMatchObject({ code: 1, last: expect.stringContaining(`a1:${part}`) })
  })

  it('an open hold is forgotten', async () => {
    await core.redis.del('{threadreel}:open-holds')
    expect((await audit(core)).problems.join()).toContain('open holds are 0')
  })
})
