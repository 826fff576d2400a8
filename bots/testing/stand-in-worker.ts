import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { tasks } from '../../core/catalogue.ts'
import type { Clip } from '../../core/clip.ts'
import { outputOf } from '../../core/edit.ts'
import type { Failure } from '../../core/errors.ts'
import { noteFit } from '../../core/fits.ts'
import { announce } from '../../core/fleet.ts'
import type { Job } from '../../core/job.ts'
import { claim, fail, rendered, renew } from '../../core/jobs.ts'
import { publish } from '../../core/progress.ts'
import { enqueueDelivery, fitWorker, renderWorker } from '../../core/queue.ts'
import type { Core } from '../../core/redis.ts'
import type { Store } from '../../core/store.ts'

/** A GPU worker that makes clips of a few bytes: everything but the rendering is real. */
export interface StandInWorker {
  /** Rendering waits until `go` (jobs are claimed and stand still). */
  hold(): void
  go(): void
  /** The next job fails so. */
  failNext(failure: Failure): void
  /** Jobs that fail, and how; none unless set. */
  failing: (job: Job) => Failure | undefined
  /** Words the next clips do not know. */
  unknownWords: string[]
  /** Bytes every clip is said to have. */
  bytes: number
  /** Bytes below which no clip can be made smaller; Infinity = none can. */
  smallest: number
  /** Recipes that were rendered, in order. */
  readonly made: Job[]
  stop(): Promise<void>
}

const leaseMs = 10_000

/** Platforms read stills and pictures, so these are real. */
const picture = () => sharp({ create: { width: 64, height: 36, channels: 3, background: '#2a6' } })

export async function standInWorker(core: Core, store: Store, model = 'theatre', slots = 1): Promise<StandInWorker> {
  let held = Promise.resolve()
  let release = (): void => undefined
  let planned: Failure | undefined
  const made: Job[] = []
  const still = await picture().jpeg().toBuffer()
  const drawn = await picture().png().toBuffer()
  await announce(core, {
    worker: `stand-in-${model}`,
    slots,
    ttlMs: 3_600_000,
    models: [
      {
        id: model,
        tasks: [...tasks],
        tiers: ['standard', 'high'],
        speeds: { standard: 1, high: 2 },
      },
    ],
  })

  async function render(id: string, signal: AbortSignal): Promise<void> {
    const claimed = await claim(core, { job: id, worker: 'stand-in', leaseMs })
    if (!claimed) return
    const { job, epoch } = claimed
    await publish(core, { job: id, state: 'running', stage: 'sampling', done: 0.25, etaSeconds: 3 })
    const cancelled = new Promise<'cancel'>(resolve => signal.addEventListener('abort', () => resolve('cancel')))
    const end = await Promise.race([held, cancelled])
    const failure = planned ?? standIn.failing(job)
    if (end === 'cancel' || (await renew(core, { job: id, epoch, leaseMs })) !== 'ok') {
      await fail(core, { job: id, epoch, failure: { code: 'failure.cancelled', params: {} } })
    } else if (failure) {
      await fail(core, { job: id, epoch, failure })
      planned = undefined
    } else {
      await publish(core, { job: id, state: 'running', stage: 'encoding', done: 0.9, etaSeconds: 1 })
      const clip = await clipOf(job)
      if (await rendered(core, { job: id, epoch, clip })) made.push(job)
      await publish(core, { job: id, state: 'rendered' })
    }
    await enqueueDelivery(core, id)
  }

  async function clipOf(job: Job): Promise<Clip> {
    const { recipe, member, parent } = job.request
    const output = recipe.edit ? outputOf(recipe.edit) : recipe.kind === 'image' ? 'image' : 'video'
    const image = output === 'image'
    const bytes = image ? drawn : randomBytes(64)
    return {
      id: randomBytes(8).toString('hex'),
      job: job.id,
      kind: output,
      media: await store.put(image ? 'pictures' : 'clips', image ? 'png' : 'mp4', bytes),
      poster: await store.put('posters', 'jpg', still),
      ...(!image && { state: await store.put('states', 'bin', randomBytes(64)) }),
      width: 1280,
      height: 720,
      fps: 24,
      frames: recipe.seconds * 24,
      seconds: recipe.seconds,
      bytes: standIn.bytes,
      recipe,
      member,
      ...(parent !== undefined && { parent }),
      unknownWords: [...standIn.unknownWords],
      renderSeconds: 0.01,
      createdAt: Date.now(),
    }
  }

  const worker = await renderWorker(core, { models: [model], slots, process: render })
  const fits = await fitWorker(core, {
    async process(clip, most) {
      const fit = { media: await store.put('clips', 'mp4', randomBytes(64)), bytes: most, width: 640, height: 360 }
      await noteFit(core, clip, most, most < standIn.smallest ? undefined : fit)
    },
  })
  const standIn: StandInWorker = {
    hold() {
      held = new Promise(resolve => {
        release = resolve
      })
    },
    go: () => release(),
    failNext(failure) {
      planned = failure
    },
    failing: () => undefined,
    unknownWords: [],
    bytes: 64,
    smallest: Number.POSITIVE_INFINITY,
    made,
    async stop() {
      release()
      await Promise.all([worker.close(), fits.close()])
    },
  }
  return standIn
}
