import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audit } from './books.ts'
import { accept } from './intake.ts'
import { cancel, claim, delivering, fail, getJob, rendered, settle, told } from './jobs.ts'
import { openLog } from './log.ts'
import { type Core, insist, openCore } from './redis.ts'
import { application, clipFor, messageAt, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance, grant } from './wallet.ts'

let server: TestRedis
let core: Core
const log = openLog('silent', 'test')
const failure = { code: 'failure.internal', params: {} }

beforeAll(async () => {
  server = await startRedis()
})
beforeEach(async () => {
  core = await openCore({ url: server.url, log })
})
afterEach(async () => {
  expect((await audit(core)).problems).toEqual([])
  await core.redis.flushall()
  await core.close()
})
afterAll(() => server.stop())

describe('a full Redis', () => {
  afterEach(() => core.redis.config('SET', 'maxmemory', '0'))

  it('takes no more work, but finishes what it has: refunds, captures, words', async () => {
    const jobs = []
    for (let i = 0; i < 4; i++) jobs.push((await ticketFor(core, { price: 10 })).job)
    const [clip = '', broken = '', unwanted = '', cancelled = ''] = jobs
    for (const job of [clip, broken, cancelled]) await claim(core, { job, worker: 'w', leaseMs: 60_000 })
    const record = await getJob(core, clip)
    await core.redis.config('SET', 'maxmemory', '1')
    await expect(ticketFor(core)).rejects.toMatchObject({ code: 'refusal.busy' })
    await expect(grant(core, { op: 'g', account: 'web:ann', credits: 1, reason: '', by: '' })).rejects.toThrow('OOM')
    expect(record && (await rendered(core, { job: clip, epoch: 1, clip: clipFor(record) }))).toBe(true)
    expect((await delivering(core, { job: clip }))?.clip).toBeDefined()
    expect(await settle(core, { job: clip, place: messageAt('m') })).toBe(true)
    expect(await fail(core, { job: broken, epoch: 1, failure })).toBe(true)
    expect(await told(core, { job: broken })).toBe(true)
    // BullMQ cannot take the telling now; the reconciler brings it later. The credits are back at once.
    await cancel(core, { job: unwanted, by: 'web:ann' }).catch(() => undefined)
    expect(await cancel(core, { job: cancelled, by: 'web:ann' })).toBe('cancelling')
    expect(await balance(core, 'web:ann')).toEqual({ available: 46, held: 10 })
  })
})

describe('Redis away', () => {
  it('is an honest "busy" within a second, and the same update is accepted later', async () => {
    const asked = application()
    await server.kill()
    const before = Date.now()
    await expect(accept(core, asked)).rejects.toMatchObject({ code: 'refusal.busy' })
    expect(Date.now() - before).toBeLessThan(1000)
    await server.restart()
    const answer = await insist(() => core.redis.ping().then(() => accept(core, asked)))
    expect(answer).toMatchObject({ ticket: { repeated: false } })
  })

  it('without a word (stopped) is "busy" within a second too; what it took meanwhile is the same ticket', async () => {
    const asked = application()
    process.kill(server.pid, 'SIGSTOP')
    const before = Date.now()
    await expect(accept(core, asked)).rejects.toMatchObject({ code: 'refusal.busy' })
    expect(Date.now() - before).toBeLessThan(1000)
    process.kill(server.pid, 'SIGCONT')
    expect(await accept(core, asked)).toMatchObject({ ticket: { number: 1, repeated: true } })
  })

  it('loses nothing that was acknowledged: killed again and again under load', async () => {
    await grant(core, { op: 'g', account: 'web:ann', credits: 1_000_000, reason: 'test', by: 'web:op' })
    const acknowledged = new Set<string>()
    let stop = false
    const clients = Array.from({ length: 20 }, async () => {
      while (!stop) {
        const answer = await accept(core, application({ price: 1, most: 1_000_000 })).catch(() => undefined)
        if (answer && 'ticket' in answer) acknowledged.add(answer.ticket.job)
        else await pause(20)
      }
    })
    for (let i = 0; i < 5; i++) {
      await pause(150)
      await server.restart()
    }
    stop = true
    await Promise.all(clients)
    await insist(() => core.redis.ping())
    expect(acknowledged.size).toBeGreaterThan(100)
    const kept = new Set(await core.redis.zrange('{threadreel}:active', '0', '-1'))
    expect([...acknowledged].filter(job => !kept.has(job))).toEqual([])
    expect((await balance(core, 'web:ann')).held).toBe(kept.size)
  })
})

it('says in one line that Redis cannot be reached', async () => {
  await expect(openCore({ url: 'redis://127.0.0.1:1', log, waitMs: 100 })).rejects.toThrow(
    'Redis at redis://127.0.0.1:1 does not answer',
  )
})
