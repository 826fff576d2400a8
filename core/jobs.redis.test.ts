import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './books.ts'
import { clipAt, clipsOf, getClip, removeClip } from './clips.ts'
import { dispatch, position, queueLength } from './fair.ts'
import { accept } from './intake.ts'
import {
  cancel,
  claim,
  delivering,
  eraseJobs,
  fail,
  getJob,
  handBack,
  jobAt,
  jobsOf,
  openJobs,
  rendered,
  renew,
  setStatus,
  settle,
  told,
} from './jobs.ts'
import { openLog } from './log.ts'
import { type Core, openCore } from './redis.ts'
import { application, clipFor, messageAt, post, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance, closeAccount, dailyGrant, grant, makeCode, redeem, statement } from './wallet.ts'

let server: TestRedis
let core: Core
const log = openLog('silent', 'test')
const failure = { code: 'failure.internal', params: {} }
const leaseMs = 60_000

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log })
})
afterEach(async () => {
  expect((await audit(core)).problems).toEqual([])
  await core.redis.flushall()
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

/** A job that web:ann's worker w1 is rendering. */
async function running(wanted: Parameters<typeof ticketFor>[1] = {}): Promise<string> {
  const { job } = await ticketFor(core, wanted)
  expect((await claim(core, { job, worker: 'w1', leaseMs }))?.epoch).toBe(1)
  return job
}

/** A job whose clip is stored. */
async function made(): Promise<string> {
  const job = await running()
  const record = await getJob(core, job)
  expect(record && (await rendered(core, { job, epoch: 1, clip: clipFor(record) }))).toBe(true)
  return job
}

describe('the main road', () => {
  it('holds, renders, delivers and captures', async () => {
    const ticket = await ticketFor(core)
    expect(ticket).toMatchObject({ number: 1, ahead: 0, price: 20, credits: 46, repeated: false })
    expect(await balance(core, 'web:ann')).toEqual({ available: 46, held: 20 })
    const { job } = ticket
    await claim(core, { job, worker: 'w1', leaseMs })
    const record = await getJob(core, job)
    expect(record).toMatchObject({ state: 'running', epoch: 1, cancelling: false, price: 20 })
    if (record) await rendered(core, { job, epoch: 1, clip: clipFor(record) })
    expect((await delivering(core, { job }))?.again).toBe(false)
    expect((await delivering(core, { job }))?.again).toBe(true)
    expect(await settle(core, { job, place: messageAt('m1') })).toBe(true)
    expect(await settle(core, { job, place: messageAt('m1') })).toBe(false)
    expect(await balance(core, 'web:ann')).toEqual({ available: 46, held: 0 })
    expect((await statement(core, 'web:ann', 10)).map(({ kind, credits }) => [kind, credits])).toEqual([
      ['capture', 0],
      ['hold', -20],
      ['daily', 66],
    ])
    expect((await clipAt(core, messageAt('m1')))?.job).toBe(job)
  })

  it('never captures before the delivery was begun', async () => {
    const job = await made()
    expect(await settle(core, { job, place: messageAt('m1') })).toBe(false)
    expect((await balance(core, 'web:ann')).held).toBe(20)
  })

  it('gives the credits back and tells', async () => {
    const job = await running()
    expect(await fail(core, { job, epoch: 1, failure })).toBe(true)
    expect(await fail(core, { job, failure })).toBe(false)
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
    expect((await delivering(core, { job }))?.job.failure).toEqual(failure)
    expect([await told(core, { job }), await told(core, { job })]).toEqual([true, false])
  })

  it('costs nothing where the price is nothing', async () => {
    const job = await running({ price: 0, daily: 0 })
    const record = await getJob(core, job)
    if (record) await rendered(core, { job, epoch: 1, clip: clipFor(record) })
    expect(await post(core, job)).toBe(true)
    expect(await statement(core, 'web:ann', 10)).toEqual([])
  })
})

describe('a crowd at once', () => {
  it('goes in few calls, and each is answered as if alone', async () => {
    const asked = Array.from({ length: 150 }, (_, i) =>
      application({
        update: `web:crowd:${i % 140}`,
        member: `web:m${i % 30}`,
        most: 5,
        channel: `room${i}`,
        price: 15,
      }),
    )
    await core.redis.config('RESETSTAT')
    const answers = await Promise.all(asked.map(one => accept(core, one)))
    const calls = /cmdstat_fcall:calls=(\d+)/.exec(await core.redis.info('commandstats'))?.[1]
    expect(Number(calls)).toBeLessThan(10)
    // 30 members with 66 credits each: four clips, and a fifth that 20 of them cannot pay; ten ask twice.
    const tickets = answers.flatMap(answer => ('ticket' in answer ? [answer.ticket] : []))
    const refused = answers.flatMap(answer => ('refusal' in answer ? [answer.refusal.code] : []))
    const fresh = tickets.filter(ticket => !ticket.repeated)
    expect(fresh.map(ticket => ticket.number)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1))
    expect(tickets.filter(ticket => ticket.repeated).map(ticket => ticket.job)).toEqual(
      fresh.slice(0, 10).map(ticket => ticket.job),
    )
    expect(refused).toEqual(Array.from({ length: 20 }, () => 'refusal.credits'))
    expect(await openJobs(core, 'web:m0')).toHaveLength(4)
  })

  it('has its good ones accepted where one is nonsense', async () => {
    const [good, bad, other] = await Promise.allSettled([
      accept(core, application()),
      accept(core, application({ daily: -1 })),
      accept(core, application({ member: 'web:bob' })),
    ])
    expect([good.status, bad.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await balance(core, 'web:bob')).toEqual({ available: 46, held: 20 })
    // What somebody else wrote under a key of ours breaks one request, not its neighbours.
    await core.redis.set('{threadreel}:open:web:cho', 'x')
    const [broken, whole] = await Promise.allSettled([
      accept(core, application({ member: 'web:cho' })),
      accept(core, application({ member: 'web:dan' })),
    ])
    expect([broken.status, whole.status]).toEqual(['rejected', 'fulfilled'])
  })
})

describe('refusals', () => {
  it.each([
    [{ price: 67 }, 'refusal.credits'],
    [{ most: 0 }, 'refusal.member-limit'],
  ])('%j: %s', async (wanted, code) => {
    await expect(ticketFor(core, wanted)).rejects.toThrow(code)
    expect(await queueLength(core)).toBe(0)
  })

  it('say price and credits', async () => {
    expect(await accept(core, application({ price: 100 }))).toEqual({
      refusal: { code: 'refusal.credits', params: { price: 100, credits: 66 } },
    })
  })

  it('limit a room, whoever asks', async () => {
    await ticketFor(core, { member: 'web:bob' })
    await expect(ticketFor(core, { most: 1 })).rejects.toThrow('refusal.place-limit')
    await ticketFor(core, { most: 1, channel: 'elsewhere' })
  })
})

describe('the same update', () => {
  it('ten times over two connections is one job and one ticket', async () => {
    const other = await openCore({ url: server.url, log })
    const asked = application({ update: 'web:bot:1' })
    const changed = { ...asked, price: 35 }
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => accept(i % 2 ? core : other, i % 3 ? asked : changed)),
    )
    const tickets = answers.flatMap(answer => ('ticket' in answer ? [answer.ticket] : []))
    expect(new Set(tickets.map(({ job }) => job)).size).toBe(1)
    expect(new Set(tickets.map(({ price }) => price)).size).toBe(1)
    expect(tickets.filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await jobsOf(core, 'web:ann', 10)).toHaveLength(1)
    await other.close()
  })

  it('of many updates, repeated and shuffled, makes each job once', async () => {
    await grant(core, { op: 'g', account: 'web:ann', credits: 100_000, reason: 'test', by: 'web:op' })
    const asked = Array.from({ length: 100 }, (_, i) => application({ update: `web:bot:${i}` }))
    const shuffled = asked.flatMap(one => [one, one, one]).sort(() => Math.random() - 0.5)
    await Promise.all(shuffled.map(one => accept(core, one)))
    expect(await jobsOf(core, 'web:ann', 1000)).toHaveLength(100)
    expect((await balance(core, 'web:ann')).held).toBe(2000)
  })
})

describe('credits', () => {
  it('cannot be spent twice by 200 parallel taps', async () => {
    const taps = await Promise.allSettled(Array.from({ length: 200 }, () => ticketFor(core)))
    expect(taps.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await balance(core, 'web:ann')).toEqual({ available: 6, held: 60 })
  })

  it('of a day do not add up, paid ones stay', async () => {
    await grant(core, { op: 'g', account: 'web:ann', credits: 100, reason: 'test', by: 'web:op' })
    expect(await dailyGrant(core, 'web:ann', 66, '2026-01-01')).toEqual({ granted: 66 })
    expect(await dailyGrant(core, 'web:ann', 66, '2026-01-01')).toEqual({ granted: 0 })
    await ticketFor(core, { daily: 0 })
    expect(await dailyGrant(core, 'web:ann', 66, '2026-01-02')).toEqual({ granted: 66 })
    expect(await balance(core, 'web:ann')).toEqual({ available: 166, held: 20 })
  })

  it('are granted once per operation', async () => {
    const once = { op: 'web:bot:7', account: 'web:ann', credits: 50, reason: 'thanks', by: 'web:op' }
    await grant(core, once)
    expect(await grant(core, once)).toEqual({ available: 50, held: 0 })
    await expect(grant(core, { ...once, credits: 500 })).rejects.toThrow('other parameters')
    await expect(grant(core, { ...once, op: 'x', credits: 1.5 })).rejects.toThrow()
  })

  it('come from codes, once per member and as often as they are good for', async () => {
    const op = { op: 'web:bot:8', credits: 10, uses: 2 }
    const code = await makeCode(core, op)
    expect(await makeCode(core, op)).toBe(code)
    expect(await redeem(core, { account: 'web:ann', code: ` ${code.toLowerCase().replaceAll('-', ' ')} ` })).toEqual({
      credits: 10,
    })
    await expect(redeem(core, { account: 'web:ann', code })).rejects.toThrow('refusal.code-used')
    await redeem(core, { account: 'web:bob', code })
    await expect(redeem(core, { account: 'web:cy', code })).rejects.toThrow('refusal.code-used-up')
    await expect(redeem(core, { account: 'web:cy', code: 'nonsense' })).rejects.toThrow('refusal.code-unknown')
    const old = await makeCode(core, { ...op, op: 'web:bot:9', expiresAt: Date.now() - 1000 })
    await expect(redeem(core, { account: 'web:cy', code: old })).rejects.toThrow('refusal.code-expired')
  })

  it('of who leaves expire, and coming back the same day brings none', async () => {
    await ticketFor(core)
    expect(await closeAccount(core, 'web:ann')).toBe(false)
    const [open] = await openJobs(core, 'web:ann')
    await cancel(core, { job: open?.id ?? '', by: 'web:ann' })
    expect(await closeAccount(core, 'web:ann')).toBe(true)
    expect(await balance(core, 'web:ann')).toEqual({ available: 0, held: 0 })
    expect(await dailyGrant(core, 'web:ann', 66, '2099-01-01')).toEqual({ granted: 0 })
    expect(JSON.stringify(await core.redis.xrange('{threadreel}:journal', '-', '+'))).not.toContain('web:ann')
  })
})

describe('claims', () => {
  it('of ten workers at once: one gets it', async () => {
    const { job } = await ticketFor(core)
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) => claim(core, { job, worker: `w${i}`, leaseMs })),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
  })

  it('fence a zombie', async () => {
    const { job } = await ticketFor(core)
    await claim(core, { job, worker: 'w1', leaseMs: 1 })
    await expect.poll(() => claim(core, { job, worker: 'w2', leaseMs })).toMatchObject({ epoch: 2 })
    const record = await getJob(core, job)
    expect(await renew(core, { job, epoch: 1, leaseMs })).toBe('lost')
    expect(record && (await rendered(core, { job, epoch: 1, clip: clipFor(record) }))).toBe(false)
    expect(await fail(core, { job, epoch: 1, failure })).toBe(false)
    expect(await renew(core, { job, epoch: 2, leaseMs })).toBe('ok')
  })

  it('end a job that stopped three workers, with its credits back', async () => {
    const { job } = await ticketFor(core)
    for (const epoch of [1, 2, 3]) expect((await claim(core, { job, worker: 'w1', leaseMs }))?.epoch).toBe(epoch)
    expect(await claim(core, { job, worker: 'w1', leaseMs })).toBeUndefined()
    expect(await getJob(core, job)).toMatchObject({ state: 'failed', failure: { code: 'failure.crashed' } })
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
  })

  it('handed back do not wear a job out, and are fenced', async () => {
    const { job } = await ticketFor(core)
    for (const epoch of [1, 2, 3, 4, 5]) {
      expect((await claim(core, { job, worker: 'w1', leaseMs }))?.epoch).toBe(epoch)
      expect(await handBack(core, { job, epoch })).toBe(true)
      expect(await handBack(core, { job, epoch })).toBe(false)
      expect(await getJob(core, job)).toMatchObject({ state: 'queued' })
    }
    expect(await claim(core, { job, worker: 'w2', leaseMs })).toMatchObject({ epoch: 6 })
    expect(await renew(core, { job, epoch: 5, leaseMs })).toBe('lost')
  })

  it('and cancels racing: either way the credits come back once', async () => {
    for (let i = 0; i < 50; i++) {
      const { job } = await ticketFor(core, { price: 1 })
      const [claimed, how] = await Promise.all([
        claim(core, { job, worker: 'w1', leaseMs }),
        cancel(core, { job, by: 'web:ann' }),
      ])
      expect(how).toBe(claimed?.job.state === 'running' ? 'cancelling' : 'cancelled')
      if (how === 'cancelling') {
        expect(await renew(core, { job, epoch: 1, leaseMs })).toBe('cancel')
        const record = await getJob(core, job)
        expect(record && (await rendered(core, { job, epoch: 1, clip: clipFor(record) }))).toBe(false)
      }
      expect(await getJob(core, job)).toMatchObject({ state: 'failed', failure: { code: 'failure.cancelled' } })
    }
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
  })
})

describe('cancelling', () => {
  it('is for the one who asked, and operators', async () => {
    const { job } = await ticketFor(core)
    expect(await cancel(core, { job, by: 'web:bob' })).toBe('not-yours')
    expect(await cancel(core, { job: 'j1', by: 'web:bob' })).toBe('unknown')
    expect(await cancel(core, { job, by: 'web:bob', operator: true })).toBe('cancelled')
    expect(await cancel(core, { job, by: 'web:ann' })).toBe('too-late')
  })

  it('is too late for a clip that is made', async () => {
    expect(await cancel(core, { job: await made(), by: 'web:ann' })).toBe('too-late')
  })
})

describe('what is kept', () => {
  it('is found by member and by message', async () => {
    const first = await made()
    const { job: second } = await ticketFor(core)
    await setStatus(core, { job: second, place: messageAt('m2') })
    expect((await jobsOf(core, 'web:ann', 10)).map(({ id }) => id)).toEqual([second, first])
    expect((await openJobs(core, 'web:ann')).map(({ id }) => id)).toEqual([first, second])
    expect((await jobAt(core, messageAt('m2')))?.id).toBe(second)
    expect((await getJob(core, second))?.status).toEqual(messageAt('m2'))
    expect(await clipAt(core, messageAt('m2'))).toBeUndefined()
    expect(await clipsOf(core, 'web:ann', 10)).toHaveLength(1)
    expect(await getJob(core, 'j0')).toBeUndefined()
  })

  it('goes when its member says so: a clip, then everything that has ended', async () => {
    const job = await made()
    expect(await removeClip(core, `clip-${job}`, 'web:bob')).toBe(false)
    expect(await eraseJobs(core, 'web:ann')).toEqual([])
    expect(await post(core, job)).toBe(true)
    expect(await removeClip(core, `clip-${job}`, 'web:ann')).toBe(true)
    const next = await made()
    expect(await post(core, next)).toBe(true)
    expect((await eraseJobs(core, 'web:ann')).map(({ id }) => id)).toEqual([`clip-${next}`])
    expect(await getClip(core, `clip-${next}`)).toBeUndefined()
    expect(await jobsOf(core, 'web:ann', 10)).toEqual([])
  })
})

describe('the line', () => {
  it('says how many are ahead', async () => {
    const [a, b, c] = [
      await ticketFor(core),
      await ticketFor(core, { member: 'web:bob' }),
      await ticketFor(core, { member: 'web:bob' }),
    ]
    expect([a.ahead, b.ahead, c.ahead]).toEqual([0, 1, 2])
    await dispatch(core, new Map([['theatre', { slots: 1 }]]))
    expect(await queueLength(core, 'theatre')).toBe(1)
    expect((await position(core, c.job))?.ahead).toBe(2)
    await claim(core, { job: a.job, worker: 'w1', leaseMs })
    expect(await position(core, a.job)).toEqual({ ahead: 0 })
    expect(await position(core, 'j0')).toBeUndefined()
  })
})
