import { setTimeout as sleep } from 'node:timers/promises'
import { position } from '../core/fair.ts'
import { alive } from '../core/fleet.ts'
import type { Job, Progress } from '../core/job.ts'
import { getJob, setStatus } from '../core/jobs.ts'
import type { Log } from '../core/log.ts'
import type { Place } from '../core/place.ts'
import { watch } from '../core/progress.ts'
import type { Core } from '../core/redis.ts'
import { adapt } from './adapt.ts'
import { PlaceGone, type Platform, RetryLater } from './platform.ts'
import { progressMessage } from './present.ts'

/** Keeps one status message per job current: edited never faster than the platform likes, the latest state always last. */
export interface StatusBoard {
  /** This is being said as the status message of a job: it is noted with the job and kept current from now on. */
  post(job: string, saying: Promise<Place | undefined>): void
  /** Keeps the status message of a job current, for jobs accepted before this process began. */
  follow(job: string): void
  /** Ends the editing of a job's status message; resolves when none is under way and the next edit is welcome. */
  close(job: string): Promise<void>
  /** Ends everything; what was being posted is noted first. */
  stop(): Promise<void>
}

interface Entry {
  readonly job: Job
  readonly platform: Platform
  readonly at: Place
  latest: Progress
  shown: string
  /** No edit before this moment (ms). */
  notBefore: number
  /** When the place in line was last looked up (ms). */
  movedAt: number
  timer?: NodeJS.Timeout | undefined
  editing?: Promise<void> | undefined
  closed: boolean
}

/** How often people in line are looked after, in ms. */
const queueEveryMs = 5_000
/** Pause between two such edits of any messages, in ms: a long line must not use up the calls that clips need. */
const queueSpreadMs = 100
/** From `rendered` on the message belongs to the delivery, perhaps in another process: an edit from here could take the clip away. */
const over: readonly Job['state'][] = ['rendered', 'delivering', 'delivered', 'failed', 'told']

export interface BoardParts {
  readonly core: Core
  readonly log: Log
  platform(name: string): Platform | undefined
}

export async function openStatusBoard({ core, log, platform: platformNamed }: BoardParts): Promise<StatusBoard> {
  const entries = new Map<string, Entry>()
  const posting = new Map<string, Promise<void>>()
  const loading = new Map<string, Promise<Entry | undefined>>()
  const ending = new AbortController()

  /** Looks a job up and follows it, if it has a status message that can be edited. */
  async function load(id: string): Promise<Entry | undefined> {
    await posting.get(id)
    const known = entries.get(id)
    if (known) return known
    const job = await getJob(core, id)
    const platform = job && platformNamed(job.request.place.platform)
    if (!job?.status || !platform?.edit || !Number.isFinite(platform.can.editEveryMs)) return undefined
    const entry: Entry = {
      job,
      platform,
      at: job.status,
      latest: { job: id, state: job.state },
      shown: '',
      notBefore: Date.now() + platform.can.editEveryMs,
      movedAt: 0,
      closed: over.includes(job.state),
    }
    entries.set(id, entry)
    return entry
  }

  function entryOf(id: string): Promise<Entry | undefined> {
    const known = loading.get(id)
    if (known !== undefined) return known
    const loaded = load(id).finally(() => loading.delete(id))
    loading.set(id, loaded)
    return loaded
  }

  function schedule(entry: Entry): void {
    if (entry.closed || entry.timer || entry.editing || ending.signal.aborted) return
    const pause = Math.max(0, entry.notBefore - Date.now())
    entry.timer = setTimeout(() => {
      entry.timer = undefined
      const shownNow = entry.latest
      entry.editing = edit(entry)
        .catch(error => log.warn({ err: error, job: entry.job.id }, 'status not edited'))
        .finally(() => {
          entry.editing = undefined
          if (entry.latest !== shownNow) schedule(entry)
        })
    }, pause)
    entry.timer.unref()
  }

  async function edit(entry: Entry): Promise<void> {
    const { platform, at } = entry
    const job = await getJob(core, entry.job.id)
    if (entry.closed) return
    if (!job || over.includes(job.state)) {
      entry.closed = true
      return
    }
    const now: Progress = job.state === entry.latest.state ? entry.latest : { ...entry.latest, state: job.state }
    const { locale } = job.request
    const { message } = adapt(progressMessage(locale, job, now, job.cancelling), platform.can, locale)
    if (message.text === entry.shown) return
    try {
      await platform.edit?.(at, message)
      entry.shown = message.text
      entry.notBefore = Date.now() + platform.can.editEveryMs
    } catch (error) {
      entry.notBefore = Date.now() + (error instanceof RetryLater ? error.afterMs : 2 * platform.can.editEveryMs)
      if (error instanceof PlaceGone) entry.closed = true
      else if (error instanceof RetryLater) entry.latest = { ...entry.latest }
      else throw error
    }
  }

  async function see(now: Progress): Promise<void> {
    if (over.includes(now.state)) {
      const entry = entries.get(now.job)
      if (entry) entry.closed = true
      return
    }
    const entry = await entryOf(now.job)
    if (!entry || entry.closed) return
    entry.latest = now
    schedule(entry)
  }

  /** People in line see their place move even when nobody says anything about their job. */
  async function moveQueue(): Promise<void> {
    if (entries.size === 0) return
    const fleet = await alive(core)
    const pause = queueSpreadMs * [...entries.values()].filter(({ latest }) => latest.state === 'queued').length
    for (const [id, entry] of entries) {
      if (entry.closed) entries.delete(id)
      else if (entry.latest.state === 'queued' && Date.now() >= entry.movedAt + pause) {
        entry.movedAt = Date.now()
        await see({ job: id, state: 'queued', ...(await position(core, id, fleet)) })
      }
    }
  }

  const quietly = (work: Promise<unknown>): void => {
    work.catch(error => log.warn({ err: error }, 'status board'))
  }
  const unwatch = await watch(core, now => quietly(see(now)))
  const queueTimer = setInterval(() => quietly(moveQueue()), queueEveryMs).unref()

  return {
    post(job, saying) {
      const noted = saying
        .then(async place => {
          if (place) await setStatus(core, { job, place })
        })
        .catch(error => log.warn({ err: error, job }, 'status message not noted'))
        .finally(() => posting.delete(job))
      posting.set(job, noted)
      quietly(noted.then(() => entryOf(job)))
    },
    follow: job => quietly(entryOf(job)),
    async close(job) {
      await posting.get(job)
      await loading.get(job)
      const entry = entries.get(job)
      if (!entry) return
      entry.closed = true
      clearTimeout(entry.timer)
      await entry.editing
      entries.delete(job)
      const pause = entry.notBefore - Date.now()
      if (pause > 0) await sleep(pause, undefined, { signal: ending.signal }).catch(() => undefined)
    },
    async stop() {
      ending.abort()
      clearInterval(queueTimer)
      await unwatch()
      await Promise.allSettled(posting.values())
      for (const entry of entries.values()) clearTimeout(entry.timer)
      await Promise.allSettled([...entries.values()].map(entry => entry.editing))
      entries.clear()
    },
  }
}
