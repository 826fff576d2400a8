import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { dispatch, expect as expectSeconds, type Served } from './fair.ts'
import { announce } from './fleet.ts'
import { accept } from './intake.ts'
import { cancel, claim, getJob, rendered } from './jobs.ts'
import { openLog } from './log.ts'
import { renderWorker } from './queue.ts'
import { type Core, openCore } from './redis.ts'
import { application, clipFor, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'

let server: TestRedis
let core: Core
const fleet = new Map([['theatre', { slots: 1 }]])

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterEach(() => core.redis.flushall())
afterAll(async () => {
  await core.close()
  await server.stop()
})

/** What one worker at a time would do, without BullMQ: the order in which jobs are made. */
async function drain(slots = 1): Promise<string[]> {
  const order: string[] = []
  while (true) {
    await core.call('tr_dispatch', 'theatre', slots + 1)
    const [job] = await core.redis.zrange('{threadreel}:flight:theatre', '0', '0')
    if (!job) return order
    const claimed = await claim(core, { job, worker: 'w', leaseMs: 1000 })
    if (claimed) await rendered(core, { job, epoch: claimed.epoch, clip: clipFor(claimed.job) })
    order.push(claimed?.job.request.member ?? '?')
  }
}

describe('one member with 500 requests', () => {
  it('does not delay 50 members with one each: all are done within the first 53', async () => {
    for (let i = 0; i < 500; i++) await ticketFor(core, { member: 'web:greedy', daily: 66_000 })
    await dispatch(core, fleet)
    const done: string[] = []
    const everybody = new Promise<void>(resolve => {
      const others = new Set<string>()
      void renderWorker(core, {
        models: ['theatre'],
        slots: 1,
        process: async job => {
          const claimed = await claim(core, { job, worker: 'w', leaseMs: 1000 })
          if (!claimed) return
          await rendered(core, { job, epoch: claimed.epoch, clip: clipFor(claimed.job) })
          const { member } = claimed.job.request
          done.push(member)
          if (member !== 'web:greedy') others.add(member)
          if (others.size === 50) resolve()
          await dispatch(core, fleet)
        },
      })
    })
    await Promise.all(Array.from({ length: 50 }, (_, i) => ticketFor(core, { member: `web:m${i}`, price: 35 })))
    const before = done.length
    await everybody
    expect(done.slice(before).length).toBeLessThanOrEqual(53)
    for (const close of core.closers) await close()
    core.closers.clear()
  })

  it('gets half of the time beside one other', async () => {
    for (let i = 0; i < 40; i++) await ticketFor(core, { member: 'web:greedy', daily: 66_000 })
    for (let i = 0; i < 10; i++) await ticketFor(core, { member: 'web:other', daily: 66_000 })
    const order = (await drain()).slice(0, 20)
    expect(order.filter(member => member === 'web:other').length).toBeGreaterThanOrEqual(9)
  })
})

it('shares by cost, not by number: who asks for dear clips gets fewer', async () => {
  for (let i = 0; i < 60; i++) await ticketFor(core, { member: 'web:cheap', price: 20, daily: 66_000 })
  for (let i = 0; i < 60; i++) await ticketFor(core, { member: 'web:dear', price: 100, daily: 66_000 })
  const first = (await drain()).slice(0, 60)
  const spent = { cheap: 0, dear: 0 }
  for (const member of first) spent[member === 'web:cheap' ? 'cheap' : 'dear'] += member === 'web:cheap' ? 20 : 100
  const jain = (spent.cheap + spent.dear) ** 2 / (2 * (spent.cheap ** 2 + spent.dear ** 2))
  expect(jain).toBeGreaterThanOrEqual(0.99)
})

it('a cancelled request does not count against its member', async () => {
  const tickets = []
  for (let i = 0; i < 20; i++) tickets.push(await ticketFor(core, { member: 'web:ann', daily: 66_000 }))
  for (const { job } of tickets.reverse()) await cancel(core, { job, by: 'web:ann' })
  for (let i = 0; i < 3; i++) await ticketFor(core, { member: 'web:bob' })
  const again = await ticketFor(core, { member: 'web:ann' })
  expect(again.ahead).toBe(1)
})

describe('what people are told', () => {
  const served: Served = { slots: 1, speeds: { standard: 2, high: 5 } }

  it('is exactly how many are made before', async () => {
    const told = new Map<string, number>()
    for (let i = 0; i < 40; i++) {
      const { job } = await ticketFor(core, { member: `web:m${i % 7}`, price: 20 + (i % 3) * 15, daily: 66_000 })
      told.set(job, -1)
    }
    for (const job of told.keys()) told.set(job, JSON.parse(String(await core.call('tr_position', job)))[1])
    let made = 0
    while (made < 40) {
      await core.call('tr_dispatch', 'theatre', 2)
      const [job = ''] = await core.redis.zrange('{threadreel}:flight:theatre', '0', '0')
      expect(told.get(job)).toBe(made++)
      const claimed = await claim(core, { job, worker: 'w', leaseMs: 1000 })
      const record = await getJob(core, job)
      if (claimed && record) await rendered(core, { job, epoch: claimed.epoch, clip: clipFor(record) })
    }
  })

  it('is when the clip comes, within a quarter on average, in a mixed line', () => {
    const kinds = ['standard:5', 'high:5', 'standard:10'] as const
    const seconds = { 'standard:5': 10, 'high:5': 25, 'standard:10': 20 }
    const line = Array.from({ length: 60 }, (_, i) => kinds[(i * 7 + (i >> 2)) % 3] ?? kinds[0])
    const load: Record<string, number> = {}
    for (const kind of line) load[kind] = (load[kind] ?? 0) + 1
    let clock = 0
    const errors = line.map((work, ahead) => {
      clock += seconds[work]
      const said = expectSeconds({ ahead, work, load }, served) ?? 0
      return Math.abs(said - clock) / clock
    })
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.25)
  })

  it('is nothing where nothing was measured', () => {
    expect(expectSeconds({ ahead: 1, work: 'standard:5', load: {} }, undefined)).toBeUndefined()
    expect(expectSeconds({ ahead: 1, work: 'master:5', load: {} }, served)).toBeUndefined()
    expect(expectSeconds({ ahead: 3, work: 'standard:5', load: {} }, { ...served, slots: 2 })).toBe(20)
  })

  it('stands on the ticket once a worker has said how fast it is', async () => {
    const speeds = { speeds: { standard: 2 } }
    const models = [{ id: 'theatre', tasks: ['text-to-video' as const], tiers: ['standard' as const], ...speeds }]
    await announce(core, { worker: 'w', models, slots: 1, ttlMs: 60_000 })
    const fresh = await openCore({ url: server.url, log: openLog('silent', 'test') })
    expect(await accept(fresh, application())).toMatchObject({ ticket: { ahead: 0, etaSeconds: 10 } })
    expect(await accept(fresh, application())).toMatchObject({ ticket: { ahead: 1, etaSeconds: 20 } })
    await fresh.close()
  })
})
