import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Catalogue, lineOf, sizeOf, workOf } from '../core/catalogue.ts'
import type { Clip } from '../core/clip.ts'
import { getClip } from '../core/clips.ts'
import { crashpoint } from '../core/crashpoint.ts'
import { clipsIn, type Edit } from '../core/edit.ts'
import { type Failure, UserError } from '../core/errors.ts'
import { learnSpeed, type SpeedKind, type Speeds } from '../core/fleet.ts'
import type { Job } from '../core/job.ts'
import { claim, fail, getJob, handBack, rendered, renew } from '../core/jobs.ts'
import { publish } from '../core/progress.ts'
import { enqueueDelivery } from '../core/queue.ts'
import { type Core, insist } from '../core/redis.ts'
import type { Recipe } from '../core/request.ts'
import type { Store } from '../core/store.ts'
import type { createPaces } from './pace.ts'
import type { ModelPackage } from './packages.ts'
import type { Made, Order } from './protocol.ts'
import { ChildDied, type Renderer, RenderFault } from './renderer.ts'

export interface JobTools {
  readonly core: Core
  readonly store: Store
  readonly catalogue: Catalogue
  readonly renderer: Renderer
  /** Another render process, for edits: they need no model, and a model need not wait for them. */
  readonly editor: Renderer
  readonly packages: ReadonlyMap<string, ModelPackage>
  readonly paces: ReturnType<typeof createPaces>
  /** This process. */
  readonly worker: string
  /** This machine, whose speed is measured. */
  readonly machine: string
  /** Measured speeds by model, kept up to date here. */
  readonly speeds: Map<string, Speeds>
}

/** How long a claim stands without being renewed, and how often it is renewed; a cancelled job hears of it then at the latest. */
const leaseMs = 3000
const renewMs = 500
/** A queue entry may come back before the claim of a dead worker has ended: how long to wait for that. */
const patienceMs = leaseMs + 1000
/** A job that has killed two children is not tried again. */
const mostDeaths = 2

/** Why a render was ended from outside. */
class Ended extends Error {
  override readonly name = 'Ended'
  readonly why: 'cancelled' | 'lost' | 'stopping'
  constructor(why: Ended['why']) {
    super(why)
    this.why = why
  }
}

/** What may end a render from outside. */
export interface Ends {
  /** The member may have cancelled it: look at the record. */
  readonly cancelled: AbortSignal
  /** This worker stops. */
  readonly stopping: AbortSignal
}

/**
 * Works one job off, whatever happens: afterwards it is rendered or failed (and its delivery queued), or it is somebody else's.
 * Throws when the job was handed back because this worker stops, so that the queue gives it to another one.
 */
export async function workOff(id: string, ends: Ends, tools: JobTools): Promise<void> {
  const { core } = tools
  for (let deaths = 0; ; ) {
    const claimed = await patientClaim(id, ends, tools)
    if (!claimed) return
    const log = core.log.child({ job: id, epoch: claimed.epoch })
    try {
      await attempt(claimed.job, claimed.epoch, ends, tools)
      return
    } catch (error) {
      if (error instanceof Ended && error.why === 'lost') return log.warn('the job is somebody else’s now')
      if (error instanceof Ended && error.why === 'stopping') {
        await handBack(core, { job: id, epoch: claimed.epoch })
        throw error
      }
      if (error instanceof ChildDied && ++deaths < mostDeaths) {
        log.warn({ err: error }, 'the render process died, trying once more')
        continue
      }
      const failure = failureFor(error)
      if (!(error instanceof UserError || error instanceof Ended)) log.error({ err: error }, 'render failed')
      else log.info({ code: failure.code }, 'render ended')
      await insist(() => fail(core, { job: id, epoch: claimed.epoch, failure }))
      await insist(() => enqueueDelivery(core, id))
      return
    }
  }
}

/** Claims a job; one that another worker has is asked for until that worker's claim must have ended, had it died. */
async function patientClaim(id: string, ends: Ends, { core, worker }: JobTools): ReturnType<typeof claim> {
  const until = Date.now() + patienceMs
  for (;;) {
    const claimed = await claim(core, { job: id, worker, leaseMs })
    if (claimed || Date.now() > until || ends.stopping.aborted) return claimed
    if ((await getJob(core, id))?.state !== 'running') return undefined
    await pause(renewMs)
  }
}

function failureFor(error: unknown): Failure {
  if (error instanceof UserError) return error.failure
  if (error instanceof Ended) return { code: 'failure.cancelled', params: {} }
  if (error instanceof ChildDied) return { code: 'failure.crashed', params: {} }
  if (error instanceof RenderFault) return error.failure
  return { code: 'failure.internal', params: {} }
}

/** One try at a claimed job. Throws Ended, ChildDied, UserError or whatever went wrong. */
async function attempt(job: Job, epoch: number, { cancelled, stopping }: Ends, tools: JobTools): Promise<void> {
  const { core } = tools
  const end = new AbortController()
  const claimed = keepClaim(core, job.id, epoch, why => end.abort(new Ended(why)))
  const onStopping = () => end.abort(new Ended('stopping'))
  stopping.addEventListener('abort', onStopping, { once: true })
  cancelled.addEventListener('abort', claimed.check, { once: true })
  try {
    if (stopping.aborted) throw new Ended('stopping')
    await claimed.check()
    end.signal.throwIfAborted()
    const order = await orderOf(job, tools)
    const { recipe } = job.request
    const renderer = recipe.kind === 'edit' ? tools.editor : tools.renderer
    const kind = speedKindOf(recipe)
    const speed = tools.speeds.get(lineOf(recipe))?.[kind]
    const seconds = kind === 'image' ? 1 : recipe.seconds
    const pace = tools.paces.begin(
      `${lineOf(recipe)}/${recipe.edit?.op ?? recipe.kind}/${recipe.tier}`,
      Date.now(),
      speed && speed * seconds,
      tools.packages.get(recipe.model)?.model.family,
    )
    const made = await renderer.render(order, {
      signal: end.signal,
      onProgress(stage, done) {
        if (stage === 'rendering' && done > 0.3) crashpoint('parent-mid-render')
        void publish(core, { job: job.id, state: 'running', stage, ...pace.note(stage, done, Date.now()) })
      },
    })
    pace.learn(Date.now())
    await finish(job, epoch, made, tools)
  } finally {
    stopping.removeEventListener('abort', onStopping)
    cancelled.removeEventListener('abort', claimed.check)
    claimed.release()
  }
}

/** Renews a claim until released; calls `end` once it should not go on. */
function keepClaim(
  core: Core,
  job: string,
  epoch: number,
  end: (why: 'cancelled' | 'lost') => void,
): { check: () => Promise<void>; release: () => void } {
  const check = async (): Promise<void> => {
    try {
      const answer = await renew(core, { job, epoch, leaseMs })
      if (answer === 'cancel') end('cancelled')
      if (answer === 'lost') end('lost')
    } catch (error) {
      // Redis is away: the claim may stand a while longer. Going on does no harm, the epoch fences what we write.
      core.log.debug({ err: error, job }, 'could not renew a claim')
    }
  }
  const timer = setInterval(() => void check(), renewMs)
  return { check, release: () => clearInterval(timer) }
}

/** Under which of the speeds of its line a recipe's is measured. */
const speedKindOf = (recipe: Recipe): SpeedKind => (workOf(recipe).endsWith(':image') ? 'image' : recipe.tier)

async function orderOf(job: Job, tools: JobTools): Promise<Order> {
  const { recipe } = job.request
  if (recipe.edit) return editOrder(job, recipe.edit, tools)
  const { core, catalogue, packages } = tools
  const model = packages.get(recipe.model)?.model
  if (!model) throw new UserError('refusal.model-away', { model: recipe.model })
  const before = recipe.continues ? await getClip(core, recipe.continues) : undefined
  if (recipe.continues && !before?.state) throw new UserError('failure.not-extendable')
  const { maxBytes } = job.request
  return {
    job: job.id,
    recipe,
    ...(before ? { width: before.width, height: before.height } : sizeOf(catalogue, recipe.tier, recipe.ratio)),
    fps: recipe.fps ?? (before ? before.fps : (model.frames.fps[0] ?? 24)),
    ...(before?.state && { state: before.state }),
    ...(maxBytes !== undefined && { maxBytes }),
  }
}

/** An edit needs no model, but its clips. */
async function editOrder(job: Job, edit: Edit, { core }: JobTools): Promise<Order> {
  const sources = await Promise.all(clipsIn(edit).map(id => getClip(core, id)))
  const [first] = sources
  if (!first || sources.includes(undefined)) throw new UserError('failure.media-gone')
  const { recipe, maxBytes } = job.request
  return {
    job: job.id,
    recipe,
    ...{ width: first.width, height: first.height, fps: first.fps },
    sources: sources.filter(source => source !== undefined),
    ...(maxBytes !== undefined && { maxBytes }),
  }
}

async function finish(job: Job, epoch: number, made: Made, tools: JobTools): Promise<void> {
  const { core, store, machine, speeds } = tools
  const { costs, ...facts } = made
  const { recipe, member, parent } = job.request
  const seconds = made.kind === 'image' ? 1 : made.frames / made.fps
  const clip: Clip = {
    id: randomBytes(12).toString('base64url'),
    job: job.id,
    ...facts,
    seconds,
    recipe,
    member,
    ...(parent !== undefined && { parent }),
    renderSeconds: costs.total,
    createdAt: Date.now(),
  }
  // An answer may be lost on the way, so a second call that comes too late asks whose clip was taken.
  const taken = await insist(
    async () => (await rendered(core, { job: job.id, epoch, clip })) || (await getJob(core, job.id))?.clip === clip.id,
  )
  if (!taken) {
    await Promise.all([made.media, made.poster, made.state].map(key => key && store.remove(key)))
    throw new Ended('lost')
  }
  await insist(() => enqueueDelivery(core, job.id))
  core.log.info({ job: job.id, clip: clip.id, ...costs }, 'rendered')
  const [line, kind] = [lineOf(recipe), speedKindOf(recipe)]
  const speed = await learnSpeed(core, machine, line, kind, costs.total / seconds).catch(() => undefined)
  if (speed !== undefined) speeds.set(line, { ...speeds.get(line), [kind]: speed })
}
