import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq'
import { crashpoint } from './crashpoint.ts'
import type { Core } from './redis.ts'

/**
 * The only importer of BullMQ. Queues carry ids; what a job is, whether it may still be done and who pays stands in its record
 * (core/lua/jobs.lua). So a BullMQ job that runs twice does no harm (claims fence it), and one that got lost or failed without our
 * code running is found by the reconciler.
 */

const renderName = (model: string): string => `render-${model}`
const deliverName = (platform: string): string => `deliver-${platform}`
const fitName = 'fit'
const prefixOf = (core: Core): string => `${core.root}:queue`

/** How fast a dead worker is noticed. Tests of crashes make it shorter. */
export interface LockTimes {
  /** A job whose worker did not renew its lock for so long (ms) is given to another one. */
  readonly lockDuration: number
  /** How often that is looked for (ms). */
  readonly stalledInterval: number
}
const lockTimes: LockTimes = { lockDuration: 5000, stalledInterval: 2500 }

/** Our own limit of claims (core/lua/jobs.lua) ends a job that keeps killing workers; BullMQ's must not come first. */
const maxStalledCount = 100

/** What is done leaves at once, so that the same id can come again; what failed is kept a day for whoever wants to know why. */
const tidy = { removeOnComplete: true, removeOnFail: { age: 24 * 3600, count: 1000 } } as const

const queues = new WeakMap<Core, Map<string, Queue>>()

function queueOf(core: Core, name: string): Queue {
  const open = queues.get(core) ?? new Map<string, Queue>()
  queues.set(core, open)
  const known = open.get(name)
  if (known) return known
  const queue = new Queue(name, {
    connection: core.redis,
    prefix: prefixOf(core),
    streams: { events: { maxLen: 1000 } },
  })
  queue.on('error', error => core.log.debug({ err: error, queue: name }, 'queue'))
  open.set(name, queue)
  core.closers.add(() => queue.close())
  return queue
}

/** Hands a job to the workers of a model; once, however often it is called while it waits or runs. */
export async function enqueueRender(core: Core, model: string, job: string): Promise<void> {
  crashpoint('before-enqueue')
  const keep = { ...tidy, attempts: 3, backoff: { type: 'fixed', delay: 1000 } }
  await queueOf(core, renderName(model)).add('render', {}, { ...keep, jobId: job })
  crashpoint('after-enqueue')
}

/** Has the outcome of a job posted on its platform: the clip, or why there is none. Once, however often it is called meanwhile. */
export async function enqueueDelivery(core: Core, job: string): Promise<void> {
  const where = await deliveryOf(core, job)
  if (!where) return
  crashpoint('before-enqueue-delivery')
  const keep = { ...tidy, attempts: 15, backoff: { type: 'custom' } }
  await queueOf(core, deliverName(where.platform)).add('deliver', { job }, { ...keep, jobId: where.id })
  crashpoint('after-enqueue-delivery')
}

/** Has a clip made small enough for a place (core/fits.ts); once, however often it is called while it waits. */
export async function enqueueFit(core: Core, { clip, most }: { clip: string; most: number }): Promise<void> {
  const keep = { ...tidy, attempts: 2, backoff: { type: 'fixed', delay: 1000 } }
  await queueOf(core, fitName).add('fit', { clip, most }, { ...keep, jobId: `${clip}-${most}-fit` })
}

/** Serves the queue of clips to be made smaller, one at a time. */
export async function fitWorker(
  core: Core,
  { process, lock = lockTimes }: { process: (clip: string, most: number) => Promise<void>; lock?: LockTimes },
): Promise<Running> {
  const worker = new Worker(
    fitName,
    async (job: Job<{ clip: string; most: number }>) => process(job.data.clip, job.data.most),
    {
      connection: connectionOf(core),
      prefix: prefixOf(core),
      concurrency: 1,
      maxStalledCount,
      ...lock,
    },
  )
  return run(core, [worker])
}

/** Platform and BullMQ id of the delivery a job needs now; undefined if it needs none. A failure after a clip is another delivery. */
async function deliveryOf(core: Core, job: string): Promise<{ platform: string; id: string } | undefined> {
  const [platform, state] = await core.redis.hmget(`${core.root}:job:${job}`, 'platform', 'state')
  if (!platform) return undefined
  if (state === 'failed') return { platform, id: `${job}-why` }
  return state === 'rendered' || state === 'delivering' ? { platform, id: `${job}-clip` } : undefined
}

/**
 * Makes sure BullMQ still has the render (or delivery) a job needs: adds what is lost and replaces what failed for good, for example
 * because its worker died too often. True if it had to do something.
 */
export async function requeue(
  core: Core,
  what: { render: string; job: string } | { deliver: string },
): Promise<boolean> {
  const delivery = 'deliver' in what ? await deliveryOf(core, what.deliver) : undefined
  if ('deliver' in what && !delivery) return false
  const queue = queueOf(core, 'deliver' in what ? deliverName(delivery?.platform ?? '') : renderName(what.render))
  const id = 'deliver' in what ? (delivery?.id ?? '') : what.job
  const state = await queue.getJobState(id)
  if (state !== 'unknown' && state !== 'failed' && state !== 'completed') return false
  if (state !== 'unknown') await queue.remove(id).catch(() => undefined)
  if ('deliver' in what) await enqueueDelivery(core, what.deliver)
  else await enqueueRender(core, what.render, what.job)
  return true
}

export interface Running {
  /** Takes no more; resolves when what is being done has ended. */
  close(): Promise<void>
}

const connectionOf = (core: Core) => ({ url: core.url, maxRetriesPerRequest: null })

function run(core: Core, workers: readonly Worker[]): Running {
  for (const worker of workers) {
    worker.on('error', error => core.log.debug({ err: error, queue: worker.name }, 'queue worker'))
    worker.on('failed', (job, error) =>
      core.log.warn({ err: error, queue: worker.name, job: job?.id }, 'queue job failed'),
    )
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= Promise.all(workers.map(worker => worker.close())).then(() => undefined)
    return closing
  }
  core.closers.add(close)
  return { close }
}

/** Lets `limit` tasks in at a time, in order of arrival. */
function gate(limit: number) {
  let free = limit
  const waiting: (() => void)[] = []
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

/**
 * Serves the render queues of some models with `slots` renders at a time over all of them. `process` claims, renders and reports; its
 * signal is aborted when the member cancels. What it throws is tried again (the claim decides); after an abort it is not.
 */
export async function renderWorker(
  core: Core,
  {
    models,
    slots,
    process,
    lock = lockTimes,
  }: {
    models: readonly string[]
    slots: number
    process: (job: string, signal: AbortSignal) => Promise<void>
    lock?: LockTimes
  },
): Promise<Running> {
  const enter = gate(slots)
  // BullMQ gives a signal only to functions that declare three parameters: a default value would hide the third.
  const handle = async (job: Job, _token?: string, given?: AbortSignal): Promise<void> => {
    const signal = given ?? new AbortController().signal
    try {
      await enter(() => process(job.id ?? '', signal))
    } catch (error) {
      throw signal.aborted ? new UnrecoverableError('cancelled') : error
    }
  }
  const workers = models.map(
    model =>
      new Worker(renderName(model), handle, {
        connection: connectionOf(core),
        prefix: prefixOf(core),
        concurrency: slots,
        maxStalledCount,
        ...lock,
      }),
  )
  const deaf = await core.listen(`${core.root}:cancel`, job => {
    for (const worker of workers) worker.cancelJob(job, 'cancelled')
  })
  const running = run(core, workers)
  return {
    async close() {
      await running.close()
      await deaf()
    },
  }
}

/** A thrown thing that says how long to wait before the same call can work (bots/platform.ts RetryLater). */
const pauseOf = (error: unknown): number | undefined =>
  error instanceof Error && 'afterMs' in error && typeof error.afterMs === 'number' ? error.afterMs : undefined

/** Pause before try n + 1: doubles from a second to five minutes, spread by half so that many do not come back at once. */
export const backoffMs = (tries: number, chance = Math.random()): number =>
  Math.round(Math.min(300_000, 1000 * 2 ** (tries - 1)) * (0.75 + chance / 2))

/**
 * Serves the delivery queue of a platform. What `process` throws is tried again with backoff, or after exactly the pause the platform
 * asked for (`afterMs`), which costs no try; `last` = there will be no further one.
 */
export async function deliverWorker(
  core: Core,
  {
    platform,
    process,
    concurrency = 8,
    lock = lockTimes,
  }: {
    platform: string
    process: (job: string, attempt: { attempt: number; last: boolean }) => Promise<void>
    concurrency?: number
    lock?: LockTimes
  },
): Promise<Running> {
  const handle = async (job: Job<{ job: string }>, token?: string): Promise<void> => {
    const attempt = job.attemptsMade + 1
    try {
      await process(job.data.job, { attempt, last: attempt >= (job.opts.attempts ?? 1) })
    } catch (error) {
      const pause = pauseOf(error)
      if (pause === undefined) throw error
      await job.moveToDelayed(Date.now() + pause, token)
      throw new DelayedError()
    }
  }
  const worker = new Worker(deliverName(platform), handle, {
    connection: connectionOf(core),
    prefix: prefixOf(core),
    concurrency,
    maxStalledCount,
    ...lock,
    settings: { backoffStrategy: tries => backoffMs(tries) },
  })
  return run(core, [worker])
}
