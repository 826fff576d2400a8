import { z } from 'zod'
import { checkJournal, type JournalEnd } from './books.ts'
import { crashpoint } from './crashpoint.ts'
import type { Failure } from './errors.ts'
import { dispatch } from './fair.ts'
import { alive } from './fleet.ts'
import { jobStates } from './job.ts'
import { fail } from './jobs.ts'
import { advanceAll } from './plans.ts'
import { enqueueDelivery, requeue } from './queue.ts'
import { type Core, isAway } from './redis.ts'

/**
 * Makes true, after any crash, that every accepted job ends: walks over all jobs that have not and mends what is half done. Each
 * repair is an ordinary step that may be done twice and be killed in the middle.
 */

/** Younger than this (ms) it is no crash but somebody in the middle of it. */
const graceMs = 5000
/** What waited so long (ms) is given up and refunded: its model went away, or its platform. */
const longestMs = 24 * 3600 * 1000
/** Claims of a job before it is given up (core/lua/jobs.lua has the same). */
const mostClaims = 3

export type Repair = 'expired' | 'crashed' | 'render-again' | 'deliver-again' | 'line-again' | 'forgotten'

/** What the walk reads of a job; times in Unix ms by Redis's clock. */
const Glance = z.object({
  state: z.enum(jobStates),
  createdAt: z.coerce.number(),
  updatedAt: z.coerce.number(),
  /** When it was handed to BullMQ; 0 = it stands in line. */
  dispatchedAt: z.coerce.number(),
  /** End of the claim. */
  lease: z.coerce.number(),
  claims: z.coerce.number(),
  cancelling: z.literal('1').nullable(),
  model: z.string(),
})
type Glance = z.infer<typeof Glance>

/** What a job may need, judged by its record alone. Pure; times in ms. */
function repairOf(job: Glance, now: number, grace = graceMs): Repair | undefined {
  const still = now - (job.state === 'queued' ? Math.max(job.updatedAt, job.dispatchedAt) : job.updatedAt)
  const old = now - job.createdAt > longestMs
  switch (job.state) {
    case 'queued':
      if (old) return 'expired'
      if (still <= grace) return undefined
      return job.dispatchedAt > 0 ? 'render-again' : 'line-again'
    case 'running':
      if (now <= job.lease + grace) return undefined
      return job.cancelling || job.claims >= mostClaims ? 'crashed' : 'render-again'
    case 'rendered':
    case 'delivering':
      if (old && now - job.updatedAt > longestMs / 24) return 'expired'
      return still > grace ? 'deliver-again' : undefined
    case 'failed':
      return still > grace ? 'deliver-again' : undefined
    default:
      return 'forgotten'
  }
}

const why = (code: string): Failure => ({ code, params: {} })

async function mend(core: Core, id: string, job: Glance, repair: Repair): Promise<boolean> {
  switch (repair) {
    case 'render-again':
      return requeue(core, { render: job.model, job: id })
    case 'deliver-again':
      return requeue(core, { deliver: id })
    case 'line-again':
      return (await core.call('tr_mend', id)) === 1
    case 'forgotten':
      return (await core.redis.zrem(`${core.root}:active`, id)) === 1
    case 'crashed':
    case 'expired': {
      const undelivered = job.state === 'rendered' || job.state === 'delivering'
      const failure = job.cancelling
        ? 'cancelled'
        : repair === 'crashed'
          ? 'crashed'
          : undelivered
            ? 'undeliverable'
            : 'expired'
      if (!(await fail(core, { job: id, failure: why(`failure.${failure}`) }))) return false
      await enqueueDelivery(core, id)
      return true
    }
  }
}

const fields = ['state', 'createdAt', 'updatedAt', 'dispatchedAt', 'lease', 'claims', 'cancelling', 'model'] as const
const batch = 500

async function glances(core: Core, ids: readonly string[]): Promise<[string, Glance | undefined][]> {
  const line = core.redis.pipeline()
  for (const id of ids) line.hmget(`${core.root}:job:${id}`, ...fields)
  const answers = (await line.exec()) ?? []
  return ids.map((id, i) => {
    const [error, values] = answers[i] ?? []
    if (error) throw error
    const read = Glance.safeParse(
      Object.fromEntries(fields.map((name, k) => [name, (values as (string | null)[])[k] ?? null])),
    )
    return [id, read.success ? read.data : undefined]
  })
}

/** One walk over all open jobs; says what was mended. `grace` (ms) protects work in progress. */
export async function reconcileOnce(
  core: Core,
  { grace = graceMs }: { grace?: number } = {},
): Promise<Map<string, Repair>> {
  const mended = new Map<string, Repair>()
  const [seconds, micros] = await core.redis.time()
  const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
  const active = await core.redis.zrange(`${core.root}:active`, '0', '-1')
  for (let i = 0; i < active.length; i += batch) {
    for (const [id, job] of await glances(core, active.slice(i, i + batch))) {
      const repair = job && repairOf(job, now, grace)
      if (!repair || !(await mend(core, id, job, repair))) continue
      crashpoint('mid-reconcile')
      mended.set(id, repair)
      core.log.warn({ job: id, state: job.state, repair }, 'repaired')
    }
  }
  await advanceAll(core)
  await dispatch(core, await alive(core))
  return mended
}

/**
 * Reconciles now and every `everyMs` until the returned function is called; also follows the journal and says aloud if its chain or a
 * balance is ever wrong. While Redis is away it waits.
 */
export function startReconciler(core: Core, { everyMs = 10_000 }: { everyMs?: number } = {}): () => Promise<void> {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let seen: JournalEnd | undefined
  let walking = Promise.resolve()
  const walk = async (): Promise<void> => {
    try {
      await reconcileOnce(core)
      const { end, problems } = await checkJournal(core, seen)
      for (const problem of problems) core.log.error({ problem }, 'the books do not balance')
      seen = end
    } catch (error) {
      if (isAway(error)) core.log.debug({ err: error }, 'Redis is away, will reconcile later')
      else core.log.error({ err: error }, 'could not reconcile')
    }
    if (!stopped) timer = setTimeout(start, everyMs)
  }
  const start = (): void => {
    walking = walk()
  }
  const stop = async (): Promise<void> => {
    stopped = true
    clearTimeout(timer)
    await walking
  }
  core.closers.add(stop)
  start()
  return stop
}
