import { createHash } from 'node:crypto'
import { getClip } from './clips.ts'
import { crashpoint } from './crashpoint.ts'
import { clipsIn } from './edit.ts'
import { editRecipe } from './edit-recipe.ts'
import { Failure, failureOf, UserError } from './errors.ts'
import { chipIn, closePot, openPot, purseOf } from './film/pot.ts'
import { accept } from './intake.ts'
import type { Ticket } from './job.ts'
import { getJob } from './jobs.ts'
import { namesOf } from './people.ts'
import type { MemberId } from './place.ts'
import { fill, isOver, mostTries, Plan, placeOf, type Seen, type StepState, statesOf, totalOf } from './plan.ts'
import { publish } from './progress.ts'
import type { Core } from './redis.ts'
import type { Recipe } from './request.ts'
import { balance, dailyGrant } from './wallet.ts'

/**
 * Plans (core/plan.ts) in Redis. What has been done stands in the records of the jobs; from them the next step follows, so any process
 * may go on with a plan at any time, and two may do so at once: a step's request is accepted once per try, by its name.
 *
 *   :plan:<id>            hash  plan (JSON), state opening|open|over, `job:<step>:<try>`, `why:<step>` of steps that were refused
 *   :plans                zset  plans that are not over, by when they were made
 *   :plans-of:<member>    zset  all plans of a member
 *
 * Its price is put into a purse of its own before anything begins (core/film/pot.ts): its jobs are paid from that, what failed comes
 * back to it, and what is left when it is over goes back to whoever paid.
 */

const keyOf = (core: Core, id: string): string => `${core.root}:plan:${id}`
/** Plans that are over are forgotten after so many seconds: nobody looks back at them. */
const overSeconds = 30 * 24 * 3600
/** Plans of a member that may be open at a time; each may have many jobs. */
const mostOpen = 2

/** The one plan that an update asks for, however often it comes. */
export const planIdOf = (update: string): string =>
  `p${createHash('sha256').update(update).digest('base64url').slice(0, 20)}`

/** A job of a plan that was accepted just now. */
export interface Started {
  readonly step: number
  readonly ticket: Ticket
}

interface Kept {
  readonly plan: Plan
  readonly state: 'opening' | 'open' | 'over'
  readonly seen: readonly Seen[]
}

async function keptPlan(core: Core, id: string): Promise<Kept | undefined> {
  const hash = await core.redis.hgetall(keyOf(core, id))
  if (hash['plan'] === undefined) return undefined
  const plan = Plan.parse(JSON.parse(hash['plan']))
  const seen = await Promise.all(
    plan.steps.map(async (_, step): Promise<Seen> => {
      const why = hash[`why:${step}`]
      if (why !== undefined)
        return { tries: mostTries, job: { state: 'told', failure: Failure.parse(JSON.parse(why)) } }
      const tries = Array.from({ length: mostTries }, (_, i) => hash[`job:${step}:${i + 1}`]).filter(Boolean).length
      const job = tries > 0 ? await getJob(core, hash[`job:${step}:${tries}`] ?? '') : undefined
      return { tries, ...(job && { job }) }
    }),
  )
  return { plan, state: hash['state'] === 'open' || hash['state'] === 'over' ? hash['state'] : 'opening', seen }
}

/** How a plan stands; undefined for none (any more). */
export async function planOf(
  core: Core,
  id: string,
): Promise<{ plan: Plan; states: StepState[]; over: boolean } | undefined> {
  const kept = await keptPlan(core, id)
  return kept && { plan: kept.plan, states: statesOf(kept.plan, kept.seen), over: kept.state === 'over' }
}

/**
 * Begins a plan: takes its price from the payer, has its first steps accepted. The same id again changes nothing. `daily`: free credits
 * of the day, given first if the member pays. Throws UserError `refusal.plan-limit`, `refusal.credits` or `refusal.busy`.
 */
export async function openPlan(core: Core, plan: Plan, { daily }: { daily: number }): Promise<Started[]> {
  const { id, asked } = Plan.parse(plan)
  if ((await core.redis.exists(keyOf(core, id))) === 0) {
    if ((await openPlansOf(core, asked.member)).length >= mostOpen)
      throw new UserError('refusal.plan-limit', { count: mostOpen })
    const day = new Date().toISOString().slice(0, 10)
    if (daily > 0 && asked.payer === asked.member) await dailyGrant(core, asked.payer, daily, day)
    const price = totalOf(plan.steps)
    const { available } = await balance(core, asked.payer)
    if (available < price) throw new UserError('refusal.credits', { price, credits: available })
    await core.redis
      .multi()
      .hset(keyOf(core, id), 'plan', JSON.stringify(plan), 'state', 'opening')
      .zadd(`${core.root}:plans`, plan.createdAt, id)
      .zadd(`${core.root}:plans-of:${asked.member}`, plan.createdAt, id)
      .exec()
    crashpoint('after-plan')
  }
  return advance(core, id)
}

/** Puts the price into the plan's purse, once. False: the payer has not got it any more; then the plan is over. */
async function fund(core: Core, { id, asked, steps }: Plan): Promise<boolean> {
  const credits = totalOf(steps)
  if (credits > 0) {
    await openPot(core, id, { goal: 0, until: 0 })
    const put = await chipIn(core, { op: `plan:${id}`, pot: id, account: asked.payer, credits })
    crashpoint('after-plan-paid')
    if (!put.ok) {
      await drop(core, id)
      return false
    }
  }
  await core.redis.hset(keyOf(core, id), 'state', 'open')
  return true
}

/**
 * Goes on with a plan as far as it can go now: has steps accepted whose turn has come, or closes it. May be called at any time, by any
 * process. Throws UserError `refusal.credits` where the payer could not pay after all, `refusal.busy` where Redis is away.
 */
export async function advance(core: Core, id: string): Promise<Started[]> {
  const kept = await keptPlan(core, id)
  if (!kept || kept.state === 'over') return []
  const { plan } = kept
  if (kept.state === 'opening' && !(await fund(core, plan))) {
    const { available } = await balance(core, plan.asked.payer)
    throw new UserError('refusal.credits', { price: totalOf(plan.steps), credits: available })
  }
  const started: Started[] = []
  for (let { seen } = kept; ; ) {
    const states = statesOf(plan, seen)
    const ready = states.flatMap((state, step) => (state === 'ready' ? [step] : []))
    if (ready.length === 0) {
      if (isOver(states)) await close(core, plan)
      return started
    }
    for (const step of ready) {
      const ticket = await begin(core, plan, step, seen)
      if (ticket) started.push({ step, ticket })
    }
    seen = (await keptPlan(core, id))?.seen ?? []
  }
}

/** Has one step accepted. Undefined if it was before, or is refused for good, which is noted. */
async function begin(core: Core, plan: Plan, step: number, seen: readonly Seen[]): Promise<Ticket | undefined> {
  const { id, asked, steps } = plan
  const one = steps[step]
  if (!one) throw new RangeError(`plan ${id} has no step ${step}`)
  const attempt = (seen[step]?.tries ?? 0) + 1
  const refused = async (failure: Failure): Promise<undefined> => {
    core.log.warn({ plan: id, step, code: failure.code }, 'step refused')
    await core.redis.hset(keyOf(core, id), `why:${step}`, JSON.stringify(failure))
  }
  let recipe: Recipe
  try {
    recipe = await recipeOf(core, plan, step, seen)
  } catch (error) {
    if (error instanceof UserError) return refused(error.failure)
    throw error
  }
  const part = { plan: id, step, ...placeOf(plan, step), triesLeft: mostTries - attempt }
  const answer = await accept(core, {
    update: `plan:${id}:${step}:${attempt}`,
    request: { ...asked, recipe, payer: totalOf(steps) > 0 ? purseOf(id) : asked.payer, part },
    price: one.price,
    // A plan is one of the few a member may have; its jobs are not counted once more.
    limits: { memberOpen: 1e6, placeOpen: 1e6 },
    daily: 0,
  })
  crashpoint('after-step')
  if ('refusal' in answer) return refused(answer.refusal)
  const { ticket } = answer
  await core.redis.hsetnx(keyOf(core, id), `job:${step}:${attempt}`, ticket.job)
  await publish(core, { job: ticket.job, state: 'queued', ahead: ticket.ahead })
  return ticket.repeated ? undefined : ticket
}

async function recipeOf(core: Core, { steps }: Plan, step: number, seen: readonly Seen[]): Promise<Recipe> {
  const one = steps[step]
  if (!one) throw new RangeError(`no step ${step}`)
  const clips = seen.map(({ job }) => (job && job.state !== 'failed' && job.state !== 'told' ? job.clip : undefined))
  const filled = fill(one, clips)
  if ('shot' in filled) return filled.shot
  const found = await Promise.all(clipsIn(filled.edit).map(clip => getClip(core, clip)))
  if (found.includes(undefined)) throw new UserError('failure.media-gone')
  return editRecipe(
    filled.edit,
    found.filter(clip => clip !== undefined),
  )
}

/** Gives back what is left, and is over; not while a job is still being paid from it. */
async function close(core: Core, { id, steps }: Plan): Promise<void> {
  if (totalOf(steps) > 0 && (await closePot(core, id)) === undefined) return
  crashpoint('after-plan-closed')
  await drop(core, id)
}

async function drop(core: Core, id: string): Promise<void> {
  await core.redis
    .multi()
    .hset(keyOf(core, id), 'state', 'over')
    .expire(keyOf(core, id), overSeconds)
    .zrem(`${core.root}:plans`, id)
    .exec()
}

/** Goes on with the plan that a job belongs to, if it does to one. */
export async function advanceAfter(core: Core, job: string): Promise<Started[]> {
  const part = (await getJob(core, job))?.request.part
  return part ? advance(core, part.plan) : []
}

/** Goes on with every plan that is not over: what makes them survive a crash. How many steps were begun. */
export async function advanceAll(core: Core): Promise<number> {
  let begun = 0
  for (const id of await core.redis.zrange(`${core.root}:plans`, '0', '-1')) {
    try {
      begun += (await advance(core, id)).length
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      core.log.warn({ plan: id, ...failureOf(error) }, 'plan could not go on')
    }
  }
  return begun
}

/** Ids of a person's plans that are not over. */
export async function openPlansOf(core: Core, member: MemberId): Promise<string[]> {
  const ids = await plansOf(core, member)
  const states = await Promise.all(ids.map(id => core.redis.hget(keyOf(core, id), 'state')))
  return ids.filter((_, i) => states[i] === 'opening' || states[i] === 'open')
}

async function plansOf(core: Core, member: MemberId): Promise<string[]> {
  const names = await namesOf(core, member)
  return (await Promise.all(names.map(name => core.redis.zrange(`${core.root}:plans-of:${name}`, '0', '-1')))).flat()
}

/** Erases the records of a person's plans; those that are not over stay. */
export async function erasePlans(core: Core, member: MemberId): Promise<void> {
  const open = new Set(await openPlansOf(core, member))
  for (const name of await namesOf(core, member)) {
    const key = `${core.root}:plans-of:${name}`
    for (const id of await core.redis.zrange(key, '0', '-1'))
      if (!open.has(id)) await core.redis.multi().del(keyOf(core, id)).zrem(key, id).exec()
  }
}
