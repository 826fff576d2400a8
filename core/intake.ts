import { randomUUID } from 'node:crypto'
import DataLoader from 'dataloader'
import { z } from 'zod'
import { lineOf, workOf } from './catalogue.ts'
import { crashpoint } from './crashpoint.ts'
import { Failure, UserError } from './errors.ts'
import { expect, loadOf } from './fair.ts'
import { alive } from './fleet.ts'
import { Ticket } from './job.ts'
import { placeKey } from './place.ts'
import { type Core, isAway } from './redis.ts'
import { RenderRequest } from './request.ts'

/** How long Redis may take before the member is told that we are busy. */
const patienceMs = 900

export interface Application {
  /** The platform's id of the update that asks, unique for ever; the same update gets the same ticket. */
  readonly update: string
  readonly request: RenderRequest
  /** Credits to hold. */
  readonly price: number
  /** Most open jobs of the member, and in the place. */
  readonly limits: { readonly memberOpen: number; readonly placeOpen: number }
  /** Free credits of the day, given first if the member pays and has not had them. */
  readonly daily: number
}

const Price = z.number().int().nonnegative()
const Reply = z.union([z.object({ ticket: Ticket }), z.object({ refusal: Failure })])
type Reply = z.infer<typeof Reply>

export type Answer = { readonly ticket: Ticket } | { readonly refusal: Failure }

/** The job that was accepted for an update, if one was (within a week). */
export async function acceptedFor(core: Core, update: string): Promise<string | undefined> {
  return (await core.redis.get(`${core.root}:update:${update}`)) ?? undefined
}

/**
 * Accepts a request or says why not, in one Redis function: seen before? limits? credits? then hold + job + place in line.
 * After a ticket nothing can be lost. Throws UserError `refusal.busy` within a second if Redis is away or full; asking again is safe.
 */
export async function accept(core: Core, { update, request, price, limits, daily }: Application): Promise<Answer> {
  const { recipe, member, payer, place } = RenderRequest.parse(request)
  const [line, work] = [lineOf(recipe), workOf(recipe)]
  const reply = await gathered(core).load([
    update,
    randomUUID().slice(-12),
    JSON.stringify(request),
    Price.parse(price),
    member,
    payer,
    placeKey(place),
    place.platform,
    line,
    work,
    limits.memberOpen,
    limits.placeOpen,
    daily,
    new Date().toISOString().slice(0, 10),
  ])
  crashpoint('after-accept')
  if ('refusal' in reply) return reply
  const { ticket } = reply
  const { fleet, load } = await outlook(core, line)
  const etaSeconds = expect({ ahead: ticket.ahead, work, load }, fleet.get(line))
  return { ticket: { ...ticket, ...(etaSeconds !== undefined && { etaSeconds }) } }
}

/** How many requests one call of Redis takes at most: it does nothing else meanwhile. */
const mostTogether = 64
/** What `tr_accept` is told of one request. */
type Arguments = readonly (string | number)[]
const gathering = new WeakMap<Core, DataLoader<Arguments, Reply>>()

/**
 * Requests that come in one turn of the event loop go to Redis in one call: what they share (head of the journal, clock) is read and
 * written once for all, which a crowd gains by (BENCHMARKS, Intake) and a single request does not notice.
 */
function gathered(core: Core): DataLoader<Arguments, Reply> {
  const known = gathering.get(core)
  if (known) return known
  const fresh = new DataLoader<Arguments, Reply>(
    async all => {
      const replies = await soon(core.call('tr_accept', ...all.flat()))
      return z
        .array(z.union([z.instanceof(Error), z.string()]))
        .parse(replies)
        .map(reply => (typeof reply === 'string' ? Reply.parse(JSON.parse(reply)) : reply))
    },
    { cache: false, maxBatchSize: mostTogether },
  )
  gathering.set(core, fresh)
  return fresh
}

interface Outlook {
  readonly fleet: Awaited<ReturnType<typeof alive>>
  readonly load: Readonly<Record<string, number>>
}
const outlooks = new WeakMap<Core, Map<string, { at: number; seen: Promise<Outlook> }>>()

/** Who serves a model and what stands in its line, as it was a second ago at most; nothing if it cannot be read. */
function outlook(core: Core, model: string): Promise<Outlook> {
  const known = outlooks.get(core) ?? new Map<string, { at: number; seen: Promise<Outlook> }>()
  outlooks.set(core, known)
  const last = known.get(model)
  if (last && Date.now() - last.at < 1000) return last.seen
  const seen = Promise.all([alive(core), loadOf(core, model)]).then(
    ([fleet, load]) => ({ fleet, load }),
    () => ({ fleet: new Map(), load: {} }),
  )
  known.set(model, { at: Date.now(), seen })
  return seen
}

/** The answer, or `refusal.busy` if it does not come in time. */
async function soon<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      call.catch(() => undefined)
      reject(new UserError('refusal.busy'))
    }, patienceMs)
  })
  try {
    return await Promise.race([call, late])
  } catch (error) {
    throw isAway(error) ? new UserError('refusal.busy', {}, error) : error
  } finally {
    clearTimeout(timer)
  }
}
