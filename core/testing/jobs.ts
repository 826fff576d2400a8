import type { Clip } from '../clip.ts'
import type { Application } from '../intake.ts'
import { accept } from '../intake.ts'
import type { Job, Ticket } from '../job.ts'
import { delivering, settle } from '../jobs.ts'
import type { Place } from '../place.ts'
import type { Core } from '../redis.ts'
import { Recipe } from '../request.ts'

/** Requests, clips and places for tests of the core. */

let updates = 0

interface Wanted {
  readonly update?: string
  readonly member?: string
  readonly channel?: string
  readonly price?: number
  readonly daily?: number
  readonly most?: number
  readonly recipe?: Partial<Recipe>
}

/** A request of web:ann for a standard 5 s clip by the theatre for 20 credits, unless said otherwise. */
export function application(wanted: Wanted = {}): Application {
  const { member = 'web:ann', channel = 'room', price = 20, daily = 66, most = 1000 } = wanted
  const recipe = Recipe.parse({
    kind: 'video',
    prompt: 'a cat',
    model: 'theatre',
    tier: 'standard',
    seconds: 5,
    ratio: '16:9',
    seed: 1,
    ...wanted.recipe,
  })
  return {
    update: wanted.update ?? `web:test:${process.pid}-${updates++}`,
    request: { recipe, member, payer: member, place: { platform: 'web', channel, private: false }, locale: 'en' },
    price,
    limits: { memberOpen: most, placeOpen: most },
    daily,
  }
}

/** Accepts it; throws the code of a refusal. */
export async function ticketFor(core: Core, wanted: Wanted = {}): Promise<Ticket> {
  const answer = await accept(core, application(wanted))
  if ('refusal' in answer) throw new Error(answer.refusal.code)
  return answer.ticket
}

export const clipFor = (job: Pick<Job, 'id' | 'request'>): Clip => ({
  id: `clip-${job.id}`,
  job: job.id,
  kind: 'video',
  media: 'clips/abcdefgh.mp4',
  poster: 'posters/abcdefgh.jpg',
  width: 1280,
  height: 720,
  fps: 24,
  frames: 120,
  seconds: 5,
  bytes: 1000,
  recipe: job.request.recipe,
  member: job.request.member,
  unknownWords: [],
  renderSeconds: 1,
  createdAt: 0,
})

export const messageAt = (message: string): Place => ({ platform: 'web', channel: 'room', message, private: false })

/** What a bot does with a rendered job. */
export async function post(core: Core, job: string): Promise<boolean> {
  const intent = await delivering(core, { job })
  return intent?.clip !== undefined && (await settle(core, { job, place: messageAt(`m-${job}`) }))
}
