import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { audit } from './books.ts'
import { dispatch } from './fair.ts'
import { announce } from './fleet.ts'
import { cancel, claim, delivering, fail, getJob, rendered, told } from './jobs.ts'
import { openLog } from './log.ts'
import { deliverWorker, renderWorker } from './queue.ts'
import { reconcileOnce, startReconciler } from './reconcile.ts'
import { type Core, openCore } from './redis.ts'
import { clipFor, post, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance } from './wallet.ts'

let server: TestRedis
let core: Core
const log = openLog('silent', 'test')
/** Nothing is too young to be mended. */
const now = { grace: -1 }
const day = 24 * 3600 * 1000

beforeEach(async () => {
  server ??= await startRedis()
  core = await openCore({ url: server.url, log })
  const model = { id: 'theatre', tasks: ['text-to-video' as const], tiers: ['standard' as const], speeds: {} }
  await announce(core, { worker: 'w', slots: 1, ttlMs: 600_000, models: [model] })
})
afterEach(async () => {
  expect((await audit(core)).problems).toEqual([])
  await core.close()
  const last = await openCore({ url: server.url, log })
  await last.redis.flushall()
  await last.close()
})
afterAll(() => server.stop())

const field = (job: string, name: string, value: string | number) =>
  core.redis.hset(`{threadreel}:job:${job}`, name, value)
const repairs = async () => Object.fromEntries(await reconcileOnce(core, now))
const inRender = (job: string) => core.redis.exists(`{threadreel}:queue:render-theatre:${job}`)
const inDelivery = (job: string) => core.redis.exists(`{threadreel}:queue:deliver-web:${job}`)

/** A job in the given state, with nothing in BullMQ. */
async function left(state: 'line' | 'flight' | 'running' | 'rendered' | 'delivering' | 'failed'): Promise<string> {
  const { job } = await ticketFor(core)
  if (state === 'line') return job
  await core.call('tr_dispatch', 'theatre', 2)
  if (state === 'flight') return job
  await claim(core, { job, worker: 'w', leaseMs: 60_000 })
  const record = await getJob(core, job)
  if (state === 'failed') await fail(core, { job, failure: { code: 'failure.internal', params: {} } })
  else if (state !== 'running' && record) await rendered(core, { job, epoch: 1, clip: clipFor(record) })
  if (state === 'delivering') await delivering(core, { job })
  return job
}

describe('a half-done state is mended', () => {
  it('handed over, but never put into the queue', async () => {
    const job = await left('flight')
    expect(await repairs()).toEqual({ [job]: 'render-again' })
    expect(await inRender(job)).toBe(1)
    expect(await repairs()).toEqual({})
  })

  it('put into the queue, but lost by it', async () => {
    const { job } = await ticketFor(core)
    await dispatch(core, new Map([['theatre', { slots: 1 }]]))
    const queue = await core.redis.keys('{threadreel}:queue:render-theatre*')
    await core.redis.del(...queue)
    expect(await repairs()).toEqual({ [job]: 'render-again' })
  })

  it('given up by the queue without our code running', async () => {
    const { job } = await ticketFor(core)
    const tries: string[] = []
    await renderWorker(core, {
      models: ['theatre'],
      slots: 1,
      process: async id => {
        tries.push(id)
        throw new Error('no claim, no word')
      },
    })
    await dispatch(core, new Map([['theatre', { slots: 1 }]]))
    await expect.poll(() => core.redis.zcard('{threadreel}:queue:render-theatre:failed'), { timeout: 20_000 }).toBe(1)
    expect(await repairs()).toEqual({ [job]: 'render-again' })
    await expect.poll(() => tries.length, { timeout: 5000 }).toBeGreaterThan(3)
  })

  it('claimed by a worker that is gone, and by the third one: credits back, member told', async () => {
    const job = await left('running')
    expect(await repairs()).toEqual({})
    await field(job, 'lease', 1)
    expect(await repairs()).toEqual({ [job]: 'render-again' })
    await field(job, 'claims', 3)
    expect(await repairs()).toEqual({ [job]: 'crashed' })
    expect(await getJob(core, job)).toMatchObject({ state: 'failed', failure: { code: 'failure.crashed' } })
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
    expect(await inDelivery(`${job}-why`)).toBe(1)
  })

  it('cancelled, but its worker died before it heard', async () => {
    const job = await left('running')
    await cancel(core, { job, by: 'web:ann' })
    await field(job, 'lease', 1)
    expect(await repairs()).toEqual({ [job]: 'crashed' })
    expect((await getJob(core, job))?.failure?.code).toBe('failure.cancelled')
  })

  it.each(['rendered', 'delivering'] as const)('%s, but nobody delivers', async state => {
    const job = await left(state)
    expect(await repairs()).toEqual({ [job]: 'deliver-again' })
    expect(await inDelivery(`${job}-clip`)).toBe(1)
    const seen = new Promise<string>(resolve => {
      void deliverWorker(core, {
        platform: 'web',
        process: async id => {
          await post(core, id)
          resolve(id)
        },
      })
    })
    expect(await seen).toBe(job)
    expect((await getJob(core, job))?.state).toBe('delivered')
  })

  it('failed, but nobody told', async () => {
    const job = await left('failed')
    expect(await repairs()).toEqual({ [job]: 'deliver-again' })
    expect(await inDelivery(`${job}-why`)).toBe(1)
    await told(core, { job })
    expect(await repairs()).toEqual({})
  })

  it('waiting, but in no line', async () => {
    const job = await left('line')
    await core.redis.zrem('{threadreel}:line:theatre', job)
    await core.redis.hdel('{threadreel}:load:theatre', 'standard:5')
    expect(await repairs()).toEqual({ [job]: 'line-again' })
    await repairs()
    expect(await inRender(job)).toBe(1)
  })

  it('waiting for a day: nobody serves that model', async () => {
    const job = await left('line')
    await field(job, 'createdAt', Date.now() - day - 1000)
    expect(await repairs()).toEqual({ [job]: 'expired' })
    expect((await getJob(core, job))?.failure?.code).toBe('failure.expired')
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
  })

  it('made, but undeliverable for a day', async () => {
    const job = await left('delivering')
    await field(job, 'createdAt', Date.now() - 2 * day)
    await field(job, 'updatedAt', Date.now() - day)
    expect(await repairs()).toEqual({ [job]: 'expired' })
    expect((await getJob(core, job))?.failure?.code).toBe('failure.undeliverable')
  })

  it('ended, but still listed', async () => {
    const job = await left('failed')
    await told(core, { job })
    await core.redis.zadd('{threadreel}:active', 1, job)
    expect(await repairs()).toEqual({ [job]: 'forgotten' })
  })
})

it('leaves alone what somebody is in the middle of', async () => {
  for (const state of ['line', 'flight', 'running'] as const) await left(state)
  expect((await reconcileOnce(core)).size).toBe(0)
})

it('runs at the start and stops', async () => {
  const job = await left('rendered')
  await field(job, 'updatedAt', 1)
  const stop = startReconciler(core, { everyMs: 60_000 })
  await expect.poll(() => inDelivery(`${job}-clip`)).toBe(1)
  await stop()
})
