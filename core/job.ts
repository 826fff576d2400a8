import { z } from 'zod'
import { Failure } from './errors.ts'
import { Place } from './place.ts'
import { ClipId, RenderRequest } from './request.ts'

/**
 * The life of a job. Every job ends as `delivered` (credits captured) or `told` (credits released, member told why).
 *
 *   queued -> running -> rendered -> delivering -> delivered
 *      \________\__________\____________\-> failed -> told
 */
export const jobStates = ['queued', 'running', 'rendered', 'delivering', 'delivered', 'failed', 'told'] as const
export type JobState = (typeof jobStates)[number]

/** An accepted request with held credits. The record lives in Redis; queues carry only its id. */
export const Job = z.object({
  id: z.string(),
  /** Running number shown to people: "#128". */
  number: z.number().int().positive(),
  state: z.enum(jobStates),
  request: RenderRequest,
  /** Credits held for it. */
  price: z.number().int().nonnegative(),
  /** Raised by every claim; older epochs may no longer write (fencing). */
  epoch: z.number().int().nonnegative(),
  /** The bot's status message, once posted. */
  status: Place.optional(),
  /** Where the clip stands, once delivered. */
  posted: Place.optional(),
  clip: ClipId.optional(),
  failure: Failure.optional(),
  /** Somebody asked to cancel it while it ran. */
  cancelling: z.boolean().default(false),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
})
export type Job = z.infer<typeof Job>

/** What the member gets at once for an accepted request. */
export const Ticket = z.object({
  job: z.string(),
  number: z.number().int(),
  /** Jobs that will be done before this one, 0 = next. */
  ahead: z.number().int().nonnegative(),
  /** Expected seconds until the clip, from measured speeds; absent = not known yet. */
  etaSeconds: z.number().nonnegative().optional(),
  price: z.number().int().nonnegative(),
  /** Available credits of the payer after the hold. */
  credits: z.number().int(),
  /** True if this very update had been accepted before: the same ticket again. */
  repeated: z.boolean(),
})
export type Ticket = z.infer<typeof Ticket>

export const renderStages = ['preparing', 'sampling', 'rendering', 'encoding', 'storing'] as const

/** A passing word about a job in the works; may be lost, is never needed. */
export const Progress = z.object({
  job: z.string(),
  state: z.enum(jobStates),
  stage: z.enum(renderStages).optional(),
  /** 0..1 of the whole render. */
  done: z.number().min(0).max(1).optional(),
  etaSeconds: z.number().nonnegative().optional(),
  ahead: z.number().int().nonnegative().optional(),
})
export type Progress = z.infer<typeof Progress>
