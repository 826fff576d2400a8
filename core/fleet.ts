import type { Redis } from 'ioredis'
import { z } from 'zod'
import { tasks } from './catalogue.ts'
import { tiers } from './request.ts'

/** Which workers are up, what they serve and how fast: passing news in Redis that ends by itself. */

const fleetKey = '{threadreel}:fleet'
const speedsKey = '{threadreel}:speeds'
/** Weight of the newest measurement in a moving average. */
const newest = 0.25

interface HasRedis {
  readonly redis: Redis
}

/** Measured seconds of work for one second of clip, by tier; a tier never measured is absent. */
export const Speeds = z.partialRecord(z.enum(tiers), z.number().positive())
export type Speeds = z.infer<typeof Speeds>

const Served = z.object({
  id: z.string(),
  tasks: z.array(z.enum(tasks)),
  tiers: z.array(z.enum(tiers)),
  secondsPerClipSecond: Speeds.default({}),
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
    fleetKey,
    worker,
    JSON.stringify({ worker, models, slots, until } satisfies z.input<typeof Kept>),
  )
}

/** Takes a worker's word back, when it stops. */
export async function retire(core: HasRedis, worker: string): Promise<void> {
  await core.redis.hdel(fleetKey, worker)
}

/** The models that some worker serves now, by id. */
export async function alive(core: HasRedis): Promise<Map<string, AliveModel>> {
  const [now, said] = await Promise.all([clock(core), core.redis.hgetall(fleetKey)])
  const found = new Map<string, AliveModel & { measured: Partial<Record<keyof Speeds, number>> }>()
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
      for (const tier of tiers) {
        const speed = model.secondsPerClipSecond[tier]
        if (speed === undefined) continue
        const count = measured[tier] ?? 0
        speeds[tier] = ((speeds[tier] ?? 0) * count + speed) / (count + 1)
        measured[tier] = count + 1
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
  if (over.length > 0) await core.redis.hdel(fleetKey, ...over)
  return new Map([...found].map(([id, { measured: _, ...model }]) => [id, model]))
}

/** Speeds that a machine has measured before, for one model. */
export async function knownSpeeds({ redis }: HasRedis, machine: string, model: string): Promise<Speeds> {
  const fields = tiers.map(tier => `${machine}/${model}/${tier}`)
  const values = await redis.hmget(speedsKey, ...fields)
  return Speeds.parse(
    Object.fromEntries(tiers.flatMap((tier, i) => (values[i] == null ? [] : [[tier, Number(values[i])]]))),
  )
}

/** Takes a new measurement into the machine's moving average, which it gives back. */
export async function learnSpeed(
  core: HasRedis,
  machine: string,
  model: string,
  tier: keyof Speeds,
  secondsPerClipSecond: number,
): Promise<number> {
  const before = (await knownSpeeds(core, machine, model))[tier]
  const now = before === undefined ? secondsPerClipSecond : before * (1 - newest) + secondsPerClipSecond * newest
  await core.redis.hset(speedsKey, `${machine}/${model}/${tier}`, now)
  return now
}
