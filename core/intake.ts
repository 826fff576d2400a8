import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { crashpoint } from './crashpoint.ts'
import { Failure, UserError } from './errors.ts'
import { expect } from './fair.ts'
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
const Reply = z.union([
  z.object({ ticket: Ticket, load: z.record(z.string(), z.number()) }),
  z.object({ refusal: Failure }),
])

export type Answer = { readonly ticket: Ticket } | { readonly refusal: Failure }

/**
 * Accepts a request or says why not, in one Redis function: seen before? limits? credits? then hold + job + place in line.
 * After a ticket nothing can be lost. Throws UserError `refusal.busy` within a second if Redis is away or full; asking again is safe.
 */
export async function accept(core: Core, { update, request, price, limits, daily }: Application): Promise<Answer> {
  const { recipe, member, payer, place } = RenderRequest.parse(request)
  const work = recipe.kind === 'image' ? `${recipe.tier}:image` : `${recipe.tier}:${recipe.seconds}`
  const call = core.call(
    'tr_accept',
    update,
    randomUUID().slice(-12),
    JSON.stringify(request),
    Price.parse(price),
    member,
    payer,
    placeKey(place),
    place.platform,
    recipe.model,
    work,
    limits.memberOpen,
    limits.placeOpen,
    daily,
    new Date().toISOString().slice(0, 10),
  )
  const reply = Reply.parse(JSON.parse(String(await soon(call))))
  crashpoint('after-accept')
  if ('refusal' in reply) return reply
  const { ticket, load } = reply
  const etaSeconds = expect({ ahead: ticket.ahead, work, load }, (await fleetOf(core)).get(recipe.model))
  return { ticket: { ...ticket, ...(etaSeconds !== undefined && { etaSeconds }) } }
}

type Fleet = Awaited<ReturnType<typeof alive>>
const fleets = new WeakMap<Core, { at: number; fleet: Promise<Fleet> }>()

/** The fleet as it was a second ago at most; empty if it cannot be read. */
function fleetOf(core: Core): Promise<Fleet> {
  const known = fleets.get(core)
  if (known && Date.now() - known.at < 1000) return known.fleet
  const fleet = alive(core).catch(() => new Map())
  fleets.set(core, { at: Date.now(), fleet })
  return fleet
}

/** The answer, or `refusal.busy` if it does not come in time. */
async function soon(call: Promise<unknown>): Promise<unknown> {
  const busy = new UserError('refusal.busy')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(busy), patienceMs)
  })
  try {
    return await Promise.race([call, late])
  } catch (error) {
    if (error === busy) call.catch(() => undefined)
    throw isAway(error) ? new UserError('refusal.busy', {}, error) : error
  } finally {
    clearTimeout(timer)
  }
}
