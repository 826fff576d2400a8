import type { Scheduler } from './scheduler.ts'

/** How noise levels are spaced. */
export interface FlowMatchEulerOptions {
  /** Steps to take, at least 1. Ignored when `sigmas` is given. */
  readonly steps: number
  /** Time shift s: sigma' = s sigma / (1 + (s - 1) sigma) (Esser et al. 2024, arXiv:2403.03206, section 5.3.2). 1 leaves the line straight. */
  readonly shift?: number
  /** Length of the training schedule; timesteps are sigma times this. */
  readonly trainSteps?: number
  /**
   * `line`: sigmas 1..0 in equal parts, shifted once.
   * `diffusers`: as FlowMatchEulerDiscreteScheduler does: its end points are shifted in the constructor, and the line between
   * them is shifted again, so that the last level above 0 is double-shifted (shift 5, 8 steps: t = 24.41).
   */
  readonly spacing?: 'line' | 'diffusers'
  /** Explicit noise levels of a step-distilled model, falling, without the final 0. */
  readonly sigmas?: readonly number[]
}

/** Moves a noise level by the time shift. */
export function shiftSigma(sigma: number, shift: number): number {
  return (shift * sigma) / (1 + (shift - 1) * sigma)
}

/**
 * Euler's method on the flow: x += (sigma[i + 1] - sigma[i]) v.
 * Throws RangeError for fewer than one step, a shift that is not positive, or sigmas that do not fall within (0, 1].
 */
export function createFlowMatchEuler(options: FlowMatchEulerOptions): Scheduler {
  const trainSteps = options.trainSteps ?? 1000
  const levels = options.sigmas ?? spaced(options.steps, options.shift ?? 1, trainSteps, options.spacing ?? 'line')
  checkFalling(levels)
  const sigmas = Float64Array.from([...levels, 0])
  return {
    steps: levels.length,
    sigmas,
    timesteps: Float64Array.from(levels, sigma => sigma * trainSteps),
    step(velocity, sample, index) {
      const from = sigmas[index]
      const to = sigmas[index + 1]
      if (from === undefined || to === undefined) throw new RangeError(`step ${index} of ${levels.length}`)
      const stride = to - from
      const next = new Float32Array(sample.length)
      for (let i = 0; i < sample.length; i++) next[i] = (sample[i] ?? 0) + stride * (velocity[i] ?? 0)
      return next
    },
  }
}

function spaced(steps: number, shift: number, trainSteps: number, spacing: 'line' | 'diffusers'): number[] {
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`a sampler needs at least one step, not ${steps}`)
  if (!(shift > 0)) throw new RangeError(`shift must be above 0, not ${shift}`)
  if (spacing === 'line') return Array.from({ length: steps }, (_, i) => shiftSigma(1 - i / steps, shift))
  const top = shiftSigma(1, shift)
  const bottom = shiftSigma(1 / trainSteps, shift)
  return Array.from({ length: steps }, (_, i) =>
    shiftSigma(steps === 1 ? top : top + ((bottom - top) * i) / (steps - 1), shift),
  )
}

function checkFalling(levels: readonly number[]): void {
  levels.forEach((level, i) => {
    const before = levels[i - 1] ?? Number.POSITIVE_INFINITY
    if (!(level > 0 && level <= 1 && level < before))
      throw new RangeError(`noise levels must fall within (0, 1]: ${levels}`)
  })
  if (levels.length === 0) throw new RangeError('a sampler needs at least one noise level')
}
