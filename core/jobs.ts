import { z } from 'zod'
import type { Clip } from './clip.ts'
import { getClip } from './clips.ts'
import { crashpoint } from './crashpoint.ts'
import type { Failure } from './errors.ts'
import { Job } from './job.ts'
import { namesOf, newestOf } from './people.ts'
import type { MemberId, Place } from './place.ts'
import { placeKey } from './place.ts'
import { enqueueDelivery } from './queue.ts'
import type { Core } from './redis.ts'

/** The life of jobs (core/job.ts): every step is one Redis function (core/lua/jobs.lua), fenced by the epoch of the claim. */

const json = z.string().transform(text => JSON.parse(text) as unknown)
const Fields = z
  .object({
    number: z.coerce.number(),
    price: z.coerce.number(),
    epoch: z.coerce.number(),
    createdAt: z.coerce.number(),
    updatedAt: z.coerce.number(),
    request: json,
    status: json.optional(),
    posted: json.optional(),
    failure: json.optional(),
    cancelling: z.literal('1').optional(),
  })
  .loose()

/** A job from the fields of its Redis hash; undefined for an empty one. */
function jobOf(id: string, hash: Record<string, string>): Job | undefined {
  if (hash['state'] === undefined) return undefined
  const { cancelling, ...fields } = Fields.parse(hash)
  return Job.parse({ ...fields, id, cancelling: cancelling === '1' })
}

const keyOf = (core: Core, id: string): string => `${core.root}:job:${id}`

export async function getJob(core: Core, id: string): Promise<Job | undefined> {
  return jobOf(id, await core.redis.hgetall(keyOf(core, id)))
}

/** Puts another request in the place of a job's that has ended. */
export async function rewriteRequest(core: Core, { id, request }: Pick<Job, 'id' | 'request'>): Promise<void> {
  if ((await core.redis.hexists(keyOf(core, id), 'request')) === 1)
    await core.redis.hset(keyOf(core, id), 'request', JSON.stringify(request))
}

async function getJobs(core: Core, ids: readonly string[]): Promise<Job[]> {
  const jobs = await Promise.all(ids.map(id => getJob(core, id)))
  return jobs.filter(job => job !== undefined)
}

/**
 * A worker takes a job: a queued one, one it had itself, or one whose worker is gone (its lease ended). Undefined if there is nothing
 * to do: cancelled, done, or somebody else's. A job claimed for the fourth time fails with `failure.crashed` instead.
 */
export async function claim(
  core: Core,
  { job: id, worker, leaseMs }: { job: string; worker: string; leaseMs: number },
): Promise<{ job: Job; epoch: number } | undefined> {
  crashpoint('before-claim')
  const epoch = (await core.call('tr_claim', id, worker, leaseMs)) as number
  crashpoint('after-claim')
  if (epoch === -1) await enqueueDelivery(core, id)
  if (epoch < 1) return undefined
  const job = await getJob(core, id)
  return job && { job, epoch }
}

/** Keeps a claimed job. 'cancel': stop, the member does not want it any more. 'lost': stop, it is not yours any more. */
export async function renew(
  core: Core,
  { job, epoch, leaseMs }: { job: string; epoch: number; leaseMs: number },
): Promise<'ok' | 'cancel' | 'lost'> {
  return (await core.call('tr_renew', job, epoch, leaseMs)) as 'ok' | 'cancel' | 'lost'
}

/** Gives a claimed job back unharmed, because this worker is asked to stop. False: it is not yours any more. */
export async function handBack(core: Core, { job, epoch }: { job: string; epoch: number }): Promise<boolean> {
  return (await core.call('tr_hand_back', job, epoch)) === 1
}

/** The clip is stored. False: fenced or cancelled, throw the clip away. Call `enqueueDelivery` afterwards. */
export async function rendered(
  core: Core,
  { job, epoch, clip }: { job: string; epoch: number; clip: Clip },
): Promise<boolean> {
  crashpoint('before-rendered')
  const done = (await core.call('tr_rendered', job, epoch, clip.id, JSON.stringify(clip))) as number
  crashpoint('after-rendered')
  if (done === -1) await enqueueDelivery(core, job)
  return done === 1
}

/**
 * The job cannot be done: its credits are released at once, the member is to be told (call `enqueueDelivery`). With an epoch only
 * the claim that has it may do this. False if the job had ended before or the epoch is not its own.
 */
export async function fail(
  core: Core,
  { job, epoch, failure }: { job: string; epoch?: number; failure: Failure },
): Promise<boolean> {
  crashpoint('before-fail')
  const done = (await core.call('tr_fail', job, epoch ?? '', JSON.stringify(failure))) === 1
  crashpoint('after-fail')
  return done
}

export type Cancelled = 'cancelled' | 'cancelling' | 'too-late' | 'not-yours' | 'unknown'

/** Channel in which workers hear ids of jobs to stop (core/queue.ts listens). */
const cancelChannel = (core: Core): string => `${core.root}:cancel`

/** A queued job ends at once with its credits back; a running one is stopped by its worker ('cancelling'). */
export async function cancel(
  core: Core,
  { job, by, operator = false }: { job: string; by: MemberId; operator?: boolean },
): Promise<Cancelled> {
  const answer = (await core.call('tr_cancel', job, by, operator ? 1 : 0)) as Cancelled
  crashpoint('after-cancel')
  if (answer === 'cancelling') await core.redis.publish(cancelChannel(core), job)
  if (answer === 'cancelled') await enqueueDelivery(core, job)
  return answer
}

/** What a delivery is about to do. */
export interface Intent {
  readonly job: Job
  /** The clip to post; absent = a failure to explain. */
  readonly clip?: Clip
  /** An earlier try may have reached the platform: look before posting again, or post in a way that shows once. */
  readonly again: boolean
}

/** Notes, before the platform is called, that the answer is being posted. Undefined: nothing to say (any more). */
export async function delivering(core: Core, { job: id }: { job: string }): Promise<Intent | undefined> {
  crashpoint('before-delivering')
  const tries = (await core.call('tr_delivering', id)) as number
  crashpoint('after-delivering')
  if (tries === 0) return undefined
  const job = await getJob(core, id)
  if (!job) return undefined
  const clip = job.state === 'delivering' && job.clip ? await getClip(core, job.clip) : undefined
  return { job, again: tries > 1, ...(clip && { clip }) }
}

/** The platform has answered: the clip is posted as the message at `place`. Captures the credits, once. False if that was done before. */
export async function settle(core: Core, { job, place }: { job: string; place: Place }): Promise<boolean> {
  crashpoint('before-settle')
  const done = (await core.call('tr_settle', job, JSON.stringify(place), messageKey(place))) === 1
  crashpoint('after-settle')
  return done
}

/** The member knows why the job failed. False if that was done before. */
export async function told(core: Core, { job }: { job: string }): Promise<boolean> {
  crashpoint('before-told')
  const done = (await core.call('tr_told', job)) === 1
  crashpoint('after-told')
  return done
}

/** The bot's message at `place` shows how this job stands. */
export async function setStatus(core: Core, { job, place }: { job: string; place: Place }): Promise<void> {
  await core.call('tr_status', job, JSON.stringify(place), messageKey(place))
}

/** Jobs of a person, under whatever name they asked, newest first. */
export async function jobsOf(core: Core, member: MemberId, limit: number): Promise<Job[]> {
  return getJobs(core, await newestOf(core, 'jobs', member, limit))
}

/** The person's jobs that have not ended, oldest first. */
export async function openJobs(core: Core, member: MemberId): Promise<Job[]> {
  const keys = (await namesOf(core, member)).map(name => `${core.root}:open:${name}`)
  return getJobs(core, (await core.redis.sunion(...keys)).sort())
}

/** Ids of all jobs that have not ended, whoever's they are, longest waiting first. */
export const activeJobs = (core: Core): Promise<string[]> => core.redis.zrange(`${core.root}:active`, '0', '-1')

/** The job whose status or clip is this message. */
export async function jobAt(core: Core, place: Place): Promise<Job | undefined> {
  const id = await core.redis.get(`${core.root}:at:${messageKey(place)}`)
  return id === null ? undefined : getJob(core, id)
}

/** Erases the records of a person's ended jobs and their clips; the clips whose media can go now. Open jobs stay. */
export async function eraseJobs(core: Core, member: MemberId): Promise<Clip[]> {
  const jobs = await jobsOf(core, member, 100_000)
  const erased: Clip[] = []
  for (const { id, clip } of jobs) {
    const record = clip && (await getClip(core, clip))
    if ((await core.call('tr_erase', id)) === 1 && record) erased.push(record)
  }
  return erased
}

const messageKey = (place: Place): string => `${placeKey(place)}/${encodeURIComponent(place.message ?? '')}`
