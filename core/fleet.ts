import type { Redis } from 'ioredis'
import { z } from 'zod'
import { tasks } from './catalogue.ts'
import { tiers } from './request.ts'

/** Which workers are up, what they serve and how fast: passing news in Redis that ends by itself. */

/** As much of a core (core/redis.ts) as is needed here. */
interface HasRedis {
  readonly redis: Redis
  readonly root: string
}

const fleetKey = ({ root }: HasRedis): string => `${root}:fleet`
const speedsKey = ({ root }: HasRedis): string => `${root}:speeds`
/** Weight of the newest measurement in a moving average. */
const newest = 0.25

const speedKinds = [...tiers, 'image'] as const
export type SpeedKind = (typeof speedKinds)[number]

/** Measured seconds of work for one second of clip, by tier, and for one picture (`image`); what was never measured is absent. */
export const Speeds = z.partialRecord(z.enum(speedKinds), z.number().positive())
export type Speeds = z.infer<typeof Speeds>

const Served = z.object({
  id: z.string(),
  tasks: z.array(z.enum(tasks)),
  tiers: z.array(z.enum(tiers)),
  speeds: Speeds.default({}),
})

/** What a worker says of itself. */
export const News = z.object({
  worker: z.string().min(1),
  models: z.array(Served),
  /** Clips it makes at the same time. */
  slots: z.number().int().positive(),
})
export type News = z.infer<typeof News>
const Kept = News.extend({ until: z.number() })

/** A model that can be asked for now. */
export interface AliveModel {
  readonly id: string
  readonly workers: number
  readonly slots: number
  readonly tasks: News['models'][number]['tasks']
  readonly tiers: News['models'][number]['tiers']
  /** Mean over the workers that measured it. */
  readonly speeds: Speeds
}

/** Milliseconds by Redis's clock, so that machines need not agree. */
async function clock({ redis }: HasRedis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

/** Says that a worker is up for `ttlMs` more; say it again well before. */
export async function announce(core: HasRedis, news: News & { ttlMs: number }): Promise<void> {
  const until = (await clock(core)) + news.ttlMs
  const { worker, models, slots } = news
  await core.redis.hset(
    fleetKey(core),
    worker,
    JSON.stringify({ worker, models, slots, until } satisfies z.input<typeof Kept>),
  )
}

/** Takes a worker's word back, when it stops. */
export async function retire(core: HasRedis, worker: string): Promise<void> {
  await core.redis.hdel(fleetKey(core), worker)
}

/** The models that some worker serves now, by id. */
export async function alive(core: HasRedis): Promise<Map<string, AliveModel>> {
  const [now, said] = await Promise.all([clock(core), core.redis.hgetall(fleetKey(core))])
  const found = new Map<string, AliveModel & { measured: Partial<Record<SpeedKind, number>> }>()
  const over: string[] = []
  for (const [worker, text] of Object.entries(said)) {
    const news = Kept.safeParse(JSON.parse(text))
    if (!news.success || news.data.until < now) {
      over.push(worker)
      continue
    }
    for (const model of news.data.models) {
      const other = found.get(model.id)
      const speeds: Speeds = { ...other?.speeds }
      const measured = { ...other?.measured }
      for (const kind of speedKinds) {
        const speed = model.speeds[kind]
        if (speed === undefined) continue
        const count = measured[kind] ?? 0
        speeds[kind] = ((speeds[kind] ?? 0) * count + speed) / (count + 1)
        measured[kind] = count + 1
      }
      found.set(model.id, {
        id: model.id,
        workers: (other?.workers ?? 0) + 1,
        slots: (other?.slots ?? 0) + news.data.slots,
        tasks: [...new Set([...(other?.tasks ?? []), ...model.tasks])],
        tiers: tiers.filter(tier => other?.tiers.includes(tier) || model.tiers.includes(tier)),
        speeds,
        measured,
      })
    }
  }
  if (over.length > 0) await core.redis.hdel(fleetKey(core), ...over)
  return new Map([...found].map(([id, { measured: _, ...model }]) => [id, model]))
}

/** Speeds that a machine has measured before, for one model. */
export async function knownSpeeds(core: HasRedis, machine: string, model: string): Promise<Speeds> {
  const values = await core.redis.hmget(speedsKey(core), ...speedKinds.map(kind => `${machine}/${model}/${kind}`))
  return Speeds.parse(
    Object.fromEntries(speedKinds.flatMap((kind, i) => (values[i] == null ? [] : [[kind, Number(values[i])]]))),
  )
}

/** Takes a new measurement into the machine's moving average, which it gives back. */
export async function learnSpeed(
  core: HasRedis,
  machine: string,
  model: string,
  kind: SpeedKind,
  seconds: number,
): Promise<number> {
  const before = (await knownSpeeds(core, machine, model))[kind]
  const now = before === undefined ? seconds : before * (1 - newest) + seconds * newest
  await core.redis.hset(speedsKey(core), `${machine}/${model}/${kind}`, now)
  return now
}
