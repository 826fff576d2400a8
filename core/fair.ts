import { enqueueRender } from './queue.ts'
import type { Core } from './redis.ts'

/**
 * Whose job is next. Each model has one line, ordered by start-time fair queueing over members with the price as cost (Goyal, Vin,
 * Cheng 1996): a member's next job starts where their last one ended in virtual time, so 500 jobs of one member stand behind the
 * first job of everybody else; a place in line is a rank in a sorted set. Only `slots + 1` jobs per model are handed to BullMQ.
 */

/** What the fleet can do for one model (core/fleet.ts). */
export interface Served {
  readonly slots: number
  /** Measured seconds of work per second of clip by tier, and per picture as `image`. */
  readonly speeds?: Readonly<Record<string, number>>
}

export interface Position {
  /** Jobs that will be done before this one; 0 = next, or being made. */
  readonly ahead: number
  /** Expected seconds until its clip is there; absent = not known. */
  readonly etaSeconds?: number
}

/** Where a job stands; undefined once it is rendered or has ended. */
export async function position(
  core: Core,
  job: string,
  fleet?: ReadonlyMap<string, Served>,
): Promise<Position | undefined> {
  const text = await core.call('tr_position', job)
  if (text === null) return undefined
  const [model, ahead, work, load] = JSON.parse(String(text)) as [string, number, string, Record<string, number>]
  const etaSeconds = expect({ ahead, work, load }, fleet?.get(model))
  return { ahead, ...(etaSeconds !== undefined && { etaSeconds }) }
}

/** Seconds one job takes, from "tier:seconds" or "tier:image"; undefined without a measurement. */
function secondsOf(work: string, speeds: Readonly<Record<string, number>>): number | undefined {
  const [tier = '', length = ''] = work.split(':')
  const speed = speeds[length === 'image' ? 'image' : tier]
  return speed === undefined ? undefined : speed * (length === 'image' ? 1 : Number(length))
}

/**
 * Expected seconds: everything ahead at the mean length of what waits, spread over the slots, then the job itself.
 * Pure, so that it can be checked against a simulation.
 */
export function expect(
  { ahead, work, load }: { ahead: number; work: string; load: Readonly<Record<string, number>> },
  served: Served | undefined,
): number | undefined {
  const own = served?.speeds && secondsOf(work, served.speeds)
  if (own === undefined || !served?.speeds || served.slots < 1) return undefined
  let seconds = 0
  let jobs = 0
  for (const [kind, count] of Object.entries(load)) {
    seconds += count * (secondsOf(kind, served.speeds) ?? own)
    jobs += count
  }
  const mean = jobs > 0 ? seconds / jobs : own
  return Math.round(Math.floor(ahead / served.slots) * mean + own)
}

/** What stands in line and in flight for a model: number of jobs by "tier:seconds" or "tier:image". */
export async function loadOf(core: Core, model: string): Promise<Record<string, number>> {
  const found = await core.redis.hgetall(`${core.root}:load:${model}`)
  return Object.fromEntries(Object.entries(found).map(([work, count]) => [work, Number(count)]))
}

/** Jobs that wait for a worker, of one model or of all. */
export async function queueLength(core: Core, model?: string): Promise<number> {
  const models = model === undefined ? await core.redis.smembers(`${core.root}:models`) : [model]
  const lengths = await Promise.all(models.map(id => core.redis.zcard(`${core.root}:line:${id}`)))
  return lengths.reduce((sum, length) => sum + length, 0)
}

/** Hands the next jobs to BullMQ, up to `slots + 1` unfinished ones per model. Any process may call it at any time. */
export async function dispatch(core: Core, fleet: ReadonlyMap<string, Served>): Promise<number> {
  let handed = 0
  for (const [model, { slots }] of fleet) {
    const ids = (await core.call('tr_dispatch', model, slots + 1)) as string[]
    for (const id of ids) await enqueueRender(core, model, id)
    handed += ids.length
  }
  return handed
}
