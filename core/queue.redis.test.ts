import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dispatch } from './fair.ts'
import { cancel, claim, fail, getJob, rendered, told } from './jobs.ts'
import { openLog } from './log.ts'
import { publish, watch } from './progress.ts'
import { backoffMs, deliverWorker, enqueueDelivery, renderWorker } from './queue.ts'
import { type Core, openCore } from './redis.ts'
import { clipFor, post, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance } from './wallet.ts'

let server: TestRedis
let core: Core
let other: Core
const log = openLog('silent', 'test')
const fleet = new Map([['theatre', { slots: 1 }]])

beforeAll(async () => {
  server = await startRedis()
})
beforeEach(async () => {
  core = await openCore({ url: server.url, log })
  other = await openCore({ url: server.url, log })
})
afterEach(async () => {
  await Promise.all([core.close(), other.close()])
  const last = await openCore({ url: server.url, log })
  await last.redis.flushall()
  await last.close()
})
afterAll(() => server.stop())

/** Claims, makes and hands on, as a worker does. */
async function make(at: Core, job: string): Promise<void> {
  const claimed = await claim(at, { job, worker: 'w', leaseMs: 5000 })
  if (!claimed) return
  await rendered(at, { job, epoch: claimed.epoch, clip: clipFor(claimed.job) })
  await enqueueDelivery(at, job)
}

/** Resolves with the first argument the function is called with. */
function called<T>(): { promise: Promise<T>; call: (value: T) => void } {
  let call: (value: T) => void = () => undefined
  const promise = new Promise<T>(resolve => {
    call = resolve
  })
  return { promise, call }
}

describe('a job goes through both queues', () => {
  it('and is charged once, however often it is handed over', async () => {
    const delivered = called<string>()
    let posts = 0
    await renderWorker(other, { models: ['theatre'], slots: 1, process: job => make(other, job) })
    await deliverWorker(core, {
      platform: 'web',
      process: async job => {
        posts++
        await post(core, job)
        delivered.call(job)
      },
    })
    const { job } = await ticketFor(core)
    await Promise.all([dispatch(core, fleet), dispatch(other, fleet)])
    expect(await delivered.promise).toBe(job)
    await enqueueDelivery(core, job)
    expect(posts).toBe(1)
    expect(await balance(core, 'web:ann')).toEqual({ available: 46, held: 0 })
  })

  it('keeps the slots over several models', async () => {
    let [now, most, done] = [0, 0, 0]
    const all = called<void>()
    await renderWorker(other, {
      models: ['theatre', 'wan'],
      slots: 2,
      process: async job => {
        most = Math.max(most, ++now)
        await pause(20)
        await make(other, job)
        now--
        if (++done === 8) all.call()
      },
    })
    for (let i = 0; i < 4; i++)
      for (const model of ['theatre', 'wan']) await ticketFor(core, { daily: 1000, recipe: { model } })
    await dispatch(
      core,
      new Map([
        ['theatre', { slots: 9 }],
        ['wan', { slots: 9 }],
      ]),
    )
    await all.promise
    expect(most).toBe(2)
  })
})

describe('cancelling', () => {
  it('a running job aborts it in its worker, in another process, within two seconds', async () => {
    const started = called<string>()
    const stopped = called<number>()
    await renderWorker(other, {
      models: ['theatre'],
      slots: 1,
      process: async (job, signal) => {
        const claimed = await claim(other, { job, worker: 'w', leaseMs: 60_000 })
        started.call(job)
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        await fail(other, { job, epoch: claimed?.epoch ?? 0, failure: { code: 'failure.cancelled', params: {} } })
        stopped.call(Date.now())
        throw new Error('aborted')
      },
    })
    await ticketFor(core)
    await dispatch(core, fleet)
    const job = await started.promise
    const asked = Date.now()
    expect(await cancel(core, { job, by: 'web:ann' })).toBe('cancelling')
    expect((await stopped.promise) - asked).toBeLessThan(2000)
    expect(await balance(core, 'web:ann')).toEqual({ available: 66, held: 0 })
  })

  it('a job that waits in BullMQ gives its worker nothing to do', async () => {
    const { job } = await ticketFor(core)
    await dispatch(core, fleet)
    expect(await cancel(core, { job, by: 'web:ann' })).toBe('cancelled')
    const seen = called<unknown>()
    await renderWorker(other, {
      models: ['theatre'],
      slots: 1,
      process: async id => seen.call(await claim(other, { job: id, worker: 'w', leaseMs: 5000 })),
    })
    expect(await seen.promise).toBeUndefined()
    const words = called<string>()
    await deliverWorker(core, { platform: 'web', process: async id => words.call(id) })
    expect(await words.promise).toBe(job)
  })
})

describe('a delivery', () => {
  const failed = async (): Promise<string> => {
    const { job } = await ticketFor(core)
    await cancel(core, { job, by: 'web:ann' })
    return job
  }

  it('waits as long as the platform asks, without losing a try', async () => {
    const tries: { at: number; attempt: number; last: boolean }[] = []
    const done = called<void>()
    await deliverWorker(core, {
      platform: 'web',
      process: async (job, attempt) => {
        tries.push({ at: Date.now(), ...attempt })
        if (tries.length === 1) throw Object.assign(new Error('later'), { afterMs: 700 })
        await told(core, { job })
        done.call()
      },
    })
    const job = await failed()
    await done.promise
    expect(tries.map(({ attempt, last }) => [attempt, last])).toEqual([
      [1, false],
      [1, false],
    ])
    expect((tries[1]?.at ?? 0) - (tries[0]?.at ?? 0)).toBeGreaterThanOrEqual(690)
    expect((await getJob(core, job))?.state).toBe('told')
  })

  it('is tried again after an error, later each time', async () => {
    const tries: number[] = []
    const done = called<void>()
    await deliverWorker(core, {
      platform: 'web',
      process: async (_job, { attempt }) => {
        tries.push(attempt)
        if (attempt < 2) throw new Error('platform is down')
        done.call()
      },
    })
    await failed()
    await done.promise
    expect(tries).toEqual([1, 2])
    expect([1, 2, 3, 20].map(n => backoffMs(n, 0.5))).toEqual([1000, 2000, 4000, 300_000])
    expect([backoffMs(1, 0), backoffMs(1, 1)]).toEqual([750, 1250])
  })
})

it('progress is heard by whoever watches', async () => {
  const heard = called<unknown>()
  const stop = await watch(other, heard.call)
  await publish(core, { job: 'j1', state: 'running', stage: 'sampling', done: 0.5 })
  expect(await heard.promise).toEqual({ job: 'j1', state: 'running', stage: 'sampling', done: 0.5 })
  await stop()
})
