import { createDistilled } from './distilled.ts'
import { createFlowMatchEuler } from './flow-match-euler.ts'
import type { Scheduler } from './scheduler.ts'
import { createUniPc } from './unipc.ts'

/** What a package says about sampling, as far as schedulers go. */
export interface SchedulerOrder {
  readonly type: string
  readonly steps: number
  readonly shift: number
  /** Explicit timesteps of a distilled model; they win over type, steps and shift. */
  readonly timesteps?: readonly number[] | undefined
  /** Fresh noise for distilled models that are noised anew after every step. */
  readonly noise?: ((length: number) => Float32Array) | undefined
}

/** The scheduler a package asks for. Throws an Error for a type nobody knows. */
export function createScheduler({ type, steps, shift, timesteps, noise }: SchedulerOrder): Scheduler {
  if (timesteps) return createDistilled({ timesteps, ...(noise && { noise }) })
  if (type === 'unipc') return createUniPc({ steps, shift })
  if (type === 'flow-match-euler') return createFlowMatchEuler({ steps, shift, spacing: 'diffusers' })
  throw new Error(`there is no scheduler "${type}" (there are: unipc, flow-match-euler)`)
}
