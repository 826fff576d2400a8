import { z } from 'zod'
import { type Edit, editWith } from './edit.ts'
import type { Failure } from './errors.ts'
import { ClipId } from './ids.ts'
import type { JobState } from './job.ts'
import { type Recipe, RenderRequest, recipeWith } from './request.ts'

/**
 * A few jobs that depend on each other: pieces -> join, drafts -> sheet, variants -> compare. A plan only says what is to be made of
 * what; every step is an ordinary job with its own hold, delivery and end. This file decides, core/plans.ts does.
 */

/** The clip that an earlier step makes. */
const StepRef = z.object({ step: z.number().int().min(0).max(62) }).strict()
type StepRef = z.infer<typeof StepRef>

const ref = z.union([ClipId, StepRef])
const Shot = recipeWith(ref).omit({ edit: true })
const PlannedEdit = editWith(ref)

/** What one job of a plan makes. It begins when the steps it names have ended; `price` in credits was said before. */
export const Step = z.union([
  z.object({ shot: Shot, price: z.number().int().nonnegative() }),
  z.object({
    edit: PlannedEdit,
    price: z.number().int().nonnegative(),
    /** Enough clips to go on with, should others of them fail; absent = all of them are needed. */
    least: z.number().int().positive().optional(),
  }),
])
export type Step = z.infer<typeof Step>

const planKinds = ['chain', 'extend', 'drafts', 'compare', 'shots'] as const
export type PlanKind = (typeof planKinds)[number]

export const Plan = z.object({
  id: z.string().regex(/^p[A-Za-z0-9_-]{8,40}$/),
  kind: z.enum(planKinds),
  /** What all its requests have in common; `payer` is the account that pays for all of it. */
  asked: RenderRequest.omit({ recipe: true, part: true, film: true }),
  /** Steps name only earlier ones. */
  steps: z
    .array(Step)
    .min(1)
    .max(63)
    .refine(steps => steps.every((step, i) => refsOf(step).every(n => n < i)), { message: 'a step names a later one' }),
  /** Unix milliseconds. */
  createdAt: z.number().int(),
})
export type Plan = z.infer<typeof Plan>

/** Tries of a step before it counts as failed. */
export const mostTries = 2

const isRef = (value: unknown): value is StepRef => StepRef.safeParse(value).success

/** Numbers of the steps whose clips a step needs, each once. */
export function refsOf(step: unknown): number[] {
  if (isRef(step)) return [step.step]
  if (typeof step !== 'object' || step === null) return []
  return [...new Set(Object.values(step).flatMap(refsOf))].sort((a, b) => a - b)
}

/** Credits of the whole plan. */
export const totalOf = (steps: readonly Step[]): number => steps.reduce((sum, { price }) => sum + price, 0)

const gone = Symbol('gone')

/** Puts clips in the place of steps; what a list has of a step without a clip leaves the list. */
function filled(value: unknown, clips: readonly (string | undefined)[]): unknown {
  if (isRef(value)) return clips[value.step] ?? gone
  if (Array.isArray(value)) return value.map(item => filled(item, clips)).filter(item => !hasGone(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, clips)]))
}

const hasGone = (value: unknown): boolean =>
  value === gone || (typeof value === 'object' && value !== null && Object.values(value).some(hasGone))

/** What a step is once its clips are known: a recipe, or an edit. Throws ZodError where a clip is missing that it cannot do without. */
export function fill(
  step: Step,
  clips: readonly (string | undefined)[],
): { shot: z.infer<typeof FilledShot> } | { edit: Edit } {
  if ('shot' in step) return { shot: FilledShot.parse(filled(step.shot, clips)) }
  return { edit: editWith(ClipId).parse(filled(step.edit, clips)) }
}
const FilledShot = recipeWith(ClipId).omit({ edit: true }) satisfies z.ZodType<Omit<Recipe, 'edit'>>

/** How far a step is: its newest job, if it was begun. */
export interface Seen {
  /** Jobs it has had. */
  readonly tries: number
  readonly job?: {
    readonly state: JobState
    readonly clip?: string | undefined
    readonly failure?: Failure | undefined
  }
}

export type StepState = 'waiting' | 'ready' | 'open' | 'done' | 'failed' | 'cancelled' | 'skipped'

/** Failures that another try may mend: the machine's, not the request's. */
const mendable = new Set(['failure.crashed', 'failure.internal', 'failure.memory'])

/** Whether a failed try is followed by another one. */
export const willRetry = (failure: Failure, tries: number): boolean => mendable.has(failure.code) && tries < mostTries

/** How every step stands. Pure: the same from the same records, in whichever process. */
export function statesOf(plan: Pick<Plan, 'steps'>, seen: readonly Seen[]): StepState[] {
  const states: StepState[] = []
  const stopped = seen.some(({ job }) => job?.failure?.code === 'failure.cancelled')
  for (const [i, step] of plan.steps.entries()) {
    const { job, tries } = seen[i] ?? { tries: 0 }
    // A job whose record was erased is nothing to try again.
    const without = tries > 0 ? 'failed' : stopped ? 'skipped' : ofRefs(step, states)
    states.push(job ? ofJob(job, tries, stopped) : without)
  }
  return states
}

function ofJob(job: NonNullable<Seen['job']>, tries: number, stopped: boolean): StepState {
  if (job.state !== 'failed' && job.state !== 'told') {
    // From `rendered` on there is a clip to go on with; its delivery takes as long as the platform does.
    return job.clip !== undefined && job.state !== 'queued' && job.state !== 'running' ? 'done' : 'open'
  }
  if (job.failure?.code === 'failure.cancelled') return 'cancelled'
  return job.failure && !stopped && willRetry(job.failure, tries) ? 'ready' : 'failed'
}

function ofRefs(step: Step, before: readonly StepState[]): StepState {
  const refs = refsOf(step).map(n => before[n])
  if (refs.some(state => state === 'waiting' || state === 'ready' || state === 'open')) return 'waiting'
  const done = refs.filter(state => state === 'done').length
  const least = 'edit' in step ? (step.least ?? refs.length) : refs.length
  return done >= least ? 'ready' : 'skipped'
}

/** Whether nothing of a plan is left to be done. */
export const isOver = (states: readonly StepState[]): boolean =>
  states.every(state => state !== 'waiting' && state !== 'ready' && state !== 'open')

/** Which of the steps of its kind (shots, or edits) a step is, from 1, and how many there are. */
export function placeOf(plan: Pick<Plan, 'steps'>, step: number): { nth: number; of: number } {
  const kind = (at: number): boolean => 'edit' in (plan.steps[at] ?? {})
  const alike = plan.steps.flatMap((_, at) => (kind(at) === kind(step) ? [at] : []))
  return { nth: alike.indexOf(step) + 1, of: alike.length }
}
