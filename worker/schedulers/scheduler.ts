/**
 * A sampler of flow-matching models: numbers in, numbers out, no tensors, no I/O.
 *
 * Convention (Lipman et al. 2022, arXiv:2210.02747; Liu et al. 2022, arXiv:2209.03003): x(sigma) = (1 - sigma) data + sigma noise,
 * the velocity is dx/dsigma = noise - data, sampling walks sigma from 1 to 0.
 * A scheduler may remember earlier predictions, so make a fresh one for every clip and call its steps in order.
 */
export interface Scheduler {
  /** Steps to take. */
  readonly steps: number
  /** Noise levels, `steps + 1` of them, falling; the last is 0. */
  readonly sigmas: Float64Array
  /** What the network is told at each step, `steps` of them, on the training scale (0..1000 for Wan). */
  readonly timesteps: Float64Array
  /** The sample after step `index`, from the velocity predicted for the sample before it; a new array, the inputs stay. */
  step(velocity: Float32Array, sample: Float32Array, index: number): Float32Array
}

/** Velocity of a network that predicts the data itself: (x - data) / sigma. `sigma` must be above 0. */
export function velocityFromData(sample: Float32Array, data: Float32Array, sigma: number): Float32Array {
  if (!(sigma > 0)) throw new RangeError(`no velocity at noise level ${sigma}`)
  const velocity = new Float32Array(sample.length)
  for (let i = 0; i < sample.length; i++) velocity[i] = ((sample[i] ?? 0) - (data[i] ?? 0)) / sigma
  return velocity
}
