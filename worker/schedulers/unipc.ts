import { shiftSigma } from './flow-match-euler.ts'
import type { Scheduler } from './scheduler.ts'

export interface UniPcOptions {
  /** Steps to take, at least 1. */
  readonly steps: number
  /** Time shift s: sigma' = s sigma / (1 + (s - 1) sigma). */
  readonly shift?: number
  /** Length of the training schedule. */
  readonly trainSteps?: number
}

/** How the step from one noise level to the next weighs what is known; all of it float64. */
interface Stride {
  /** Log signal-to-noise ratio gained; infinite where the step ends at noise level 0. */
  readonly h: number
  /** Where the prediction before lies, in strides (below 0). */
  readonly lag: number
  /** sigma(end) / sigma(start), the weight of the sample. */
  readonly ratio: number
  /** alpha(end) * (exp(-h) - 1), the weight of the prediction; bh2's B(h) is the same exp(-h) - 1. */
  readonly gain: number
}

const lambda = (sigma: number): number => Math.log(1 - sigma) - Math.log(sigma)

/**
 * UniPC of order 2 with B(h) = e^h - 1 ("bh2"), data prediction, on a flow (Zhao et al. 2023, arXiv:2302.04867, sections 3.1 to 3.3):
 * each step first corrects the sample it started from with the prediction just made (UniC), then predicts the next (UniP).
 *
 * As in diffusers' UniPCMultistepScheduler with flow sigmas, which the Wan checkpoints were tuned with:
 * - levels run from 1 to 1 / trainSteps in `steps` parts without the last one, shifted once; the first is lowered by 1e-6, or its
 *   log signal-to-noise ratio would be minus infinity;
 * - levels are rounded to float32, then a 0 is appended;
 * - what the network is told is the level times trainSteps **cut** to a whole number (999, not 1000);
 * - the first and the last step are of order 1 (lower_order_final); the last one lands on the data prediction;
 * - the predictor of order 2 uses the fixed weight 1/2, only the corrector solves for its weights.
 *
 * Throws RangeError for fewer than one step or a shift that is not positive.
 */
export function createUniPc({ steps, shift = 1, trainSteps = 1000 }: UniPcOptions): Scheduler {
  if (!Number.isInteger(steps) || steps < 1) throw new RangeError(`a sampler needs at least one step, not ${steps}`)
  if (!(shift > 0)) throw new RangeError(`shift must be above 0, not ${shift}`)
  const levels = Array.from({ length: steps }, (_, i) => shiftSigma(1 + ((1 / trainSteps - 1) * i) / steps, shift))
  if (Math.abs((levels[0] ?? 0) - 1) < 1e-6) levels[0] = (levels[0] ?? 0) - 1e-6
  const sigmas = Float64Array.from([...levels, 0], Math.fround)
  const sigma = (index: number): number => sigmas[index] ?? 0

  /** Data predictions of this step and of the two before, the newest first. */
  let predictions: Float32Array[] = []
  /** The sample that the last predictor started from, and the order it used. */
  let before: { readonly sample: Float32Array; readonly order: number } | undefined

  const stride = (from: number): Stride => {
    const [start, end] = [sigma(from), sigma(from + 1)]
    const h = lambda(end) - lambda(start)
    const lag = (lambda(sigma(from - 1)) - lambda(start)) / h
    return { h, lag, ratio: end / start, gain: (1 - end) * Math.expm1(-h) }
  }

  return {
    steps,
    sigmas,
    timesteps: Float64Array.from(levels, level => Math.trunc(level * trainSteps)),
    step(velocity, sample, index) {
      if (!(index >= 0 && index < steps)) throw new RangeError(`step ${index} of ${steps}`)
      if (index === 0) {
        predictions = []
        before = undefined
      }
      const clean = new Float32Array(sample.length)
      for (let i = 0; i < clean.length; i++) clean[i] = (sample[i] ?? 0) - sigma(index) * (velocity[i] ?? 0)
      predictions = [clean, ...predictions].slice(0, 3)
      const start = before ? corrected(before, predictions, stride(index - 1)) : sample
      const order = Math.min(2, steps - index, predictions.length)
      before = { sample: start, order }
      return predicted(start, predictions, stride(index), order)
    },
  }
}

/** UniP: from the newest prediction, and at order 2 its difference to the one before. */
function predicted(
  sample: Float32Array,
  [newest, older]: readonly Float32Array[],
  { lag, ratio, gain }: Stride,
  order: number,
): Float32Array {
  const slope = order === 2 && older ? (0.5 * gain) / lag : 0
  const next = new Float32Array(sample.length)
  for (let i = 0; i < next.length; i++) {
    const clean = newest?.[i] ?? 0
    const change = slope === 0 ? 0 : slope * ((older?.[i] ?? 0) - clean)
    next[i] = ratio * (sample[i] ?? 0) - gain * clean - change
  }
  return next
}

/** UniC: the same step once more, now that the prediction at its end is known. */
function corrected(
  before: { readonly sample: Float32Array; readonly order: number },
  [newest, middle, oldest]: readonly Float32Array[],
  { h, lag, ratio, gain }: Stride,
): Float32Array {
  const second = before.order === 2 && oldest !== undefined
  const [old, fresh] = second ? weights(h, lag) : [0, 0.5]
  const slope = second ? (gain * old) / lag : 0
  const next = new Float32Array(before.sample.length)
  for (let i = 0; i < next.length; i++) {
    const clean = middle?.[i] ?? 0
    const change = slope === 0 ? 0 : slope * ((oldest?.[i] ?? 0) - clean)
    next[i] = ratio * (before.sample[i] ?? 0) - gain * clean - change - gain * fresh * ((newest?.[i] ?? 0) - clean)
  }
  return next
}

/**
 * Solves [[1, 1], [lag, 1]] rho = [b1, b2] for the corrector's weights, where b_k = phi_{k+1}(-h) k! / B(h)
 * (equation 12 and appendix A of the paper, hh = -h).
 */
function weights(h: number, lag: number): [number, number] {
  const hh = -h
  const grown = Math.expm1(hh)
  const phi2 = grown / hh - 1
  const phi3 = phi2 / hh - 0.5
  const first = phi2 / grown
  const second = (phi3 * 2) / grown
  const old = (first - second) / (1 - lag)
  return [old, first - old]
}
