import { loadCatalogue, priceOf } from '../catalogue.ts'
import { chainSteps } from '../chain.ts'
import type { Clip } from '../clip.ts'
import { outputOf } from '../edit.ts'
import type { Job } from '../job.ts'
import { activeJobs, claim, fail, getJob, rendered, told } from '../jobs.ts'
import { Plan, type PlanKind, type Step } from '../plan.ts'
import { advanceAfter, planIdOf } from '../plans.ts'
import type { Core } from '../redis.ts'
import { Recipe } from '../request.ts'
import { clipFor, post } from './jobs.ts'

/** Plans for tests, and the rest of the house in one function: it renders nothing and posts nowhere, but ends every job as the house does. */

const catalogue = loadCatalogue()
export const price = (recipe: Recipe): number => priceOf(catalogue, recipe)

export const recipeFor = (more: object = {}): Recipe =>
  Recipe.parse({
    ...{ kind: 'video', prompt: 'a cat', model: 'theatre', tier: 'standard', seconds: 25, ratio: '16:9', seed: 1 },
    ...more,
  })

export const planFor = (
  update: string,
  steps: readonly Step[] = chainSteps(recipeFor(), price),
  kind: PlanKind = 'chain',
  member = 'web:ann',
): Plan =>
  Plan.parse({
    id: planIdOf(update),
    kind,
    asked: { member, payer: member, place: { platform: 'web', channel: 'room' }, locale: 'en' },
    steps,
    createdAt: Date.now(),
  })

/** What becomes of a job: a clip (unless said), or a failure's code. */
export type Fate = (job: Job) => string | undefined

const clipOf = (job: Job): Clip => {
  const { recipe } = job.request
  const kind = recipe.edit ? outputOf(recipe.edit) : recipe.kind === 'image' ? 'image' : 'video'
  return { ...clipFor(job), id: `clip-${job.id}`, kind, frames: recipe.seconds * 24, seconds: recipe.seconds }
}

/** Ends every job there is now, and what comes of it, until nothing is left to do; the jobs in the order in which they were done. */
export async function workAll(core: Core, fate: Fate = () => undefined): Promise<Job[]> {
  const done: Job[] = []
  for (;;) {
    const open = (await activeJobs(core)).sort()
    if (open.length === 0) return done
    for (const id of open) {
      const claimed = await claim(core, { job: id, worker: 'plans', leaseMs: 60_000 })
      if (claimed) {
        const { job, epoch } = claimed
        const code = fate(job)
        if (code === undefined) await rendered(core, { job: id, epoch, clip: clipOf(job) })
        else await fail(core, { job: id, epoch, failure: { code, params: {} } })
      }
      await advanceAfter(core, id)
      await post(core, id)
      await told(core, { job: id })
      await advanceAfter(core, id)
      const ended = await getJob(core, id)
      if (ended) done.push(ended)
    }
  }
}
