import type { Scheduler } from './scheduler.ts'

export interface DistilledOptions {
  /** The timesteps the model was distilled for, falling, on the training scale and after any shift (1000, 757, 522). */
  readonly timesteps: readonly number[]
  /** Length of the training schedule; a noise level is a timestep over this. */
  readonly trainSteps?: number
  /**
   * Gives fresh noise of a length. With it every step goes to the data prediction and is noised anew, as models distilled by
   * distribution matching expect (Yin et al. 2024, arXiv:2405.14867, section 4.4; FastWan, LightX2V for Wan 2.1). Without it the step
   * goes along the velocity (LightX2V for Wan 2.2; progressive and trajectory distillation).
   */
  readonly noise?: (length: number) => Float32Array
}

/**
 * A few explicit steps for a step-distilled model: x0 = x - sigma v, then x' = (1 - sigma') x0 + sigma' noise, or x' = x + (sigma' - sigma) v.
 * The last step returns x0 either way. Published lists differ in what they mean: LightX2V's 1000, 750, 500, 250 are positions **before** the
 * shift, FastWan's 1000, 757, 522 are what the network is told; here they are the latter.
 * Throws RangeError for no timesteps, or ones that do not fall within (0, trainSteps].
 */
export function createDistilled({ timesteps, trainSteps = 1000, noise }: DistilledOptions): Scheduler {
  timesteps.forEach((step, i) => {
    const before = timesteps[i - 1] ?? Number.POSITIVE_INFINITY
    if (!(step > 0 && step <= trainSteps && step < before))
      throw new RangeError(`timesteps must fall within (0, ${trainSteps}]: ${timesteps.join(', ')}`)
  })
  if (timesteps.length === 0) throw new RangeError('a sampler needs at least one timestep')
  const sigmas = Float64Array.from([...timesteps.map(step => step / trainSteps), 0])
  return {
    steps: timesteps.length,
    sigmas,
    timesteps: Float64Array.from(timesteps),
    step(velocity, sample, index) {
      const from = sigmas[index]
      const to = sigmas[index + 1]
      if (from === undefined || to === undefined) throw new RangeError(`step ${index} of ${timesteps.length}`)
      const fresh = to > 0 ? noise?.(sample.length) : undefined
      const next = new Float32Array(sample.length)
      for (let i = 0; i < next.length; i++) {
        const clean = (sample[i] ?? 0) - from * (velocity[i] ?? 0)
        const again = fresh ? (fresh[i] ?? 0) : clean + (velocity[i] ?? 0)
        next[i] = (1 - to) * clean + to * again
      }
      return next
    },
  }
}
