import { UserError } from '../../../core/errors.ts'
import { float32, floatsOf, int64, type Tensor } from '../../onnx/tensor.ts'
import type { Scheduler } from '../../schedulers/scheduler.ts'
import { type Condition, startFrames } from './condition.ts'
import type { LatentShape } from './geometry.ts'
import { allFinite, guided, putFrames } from './latents.ts'
import type { Parts } from './parts.ts'
import type { Words } from './text.ts'

/** As much of a package's parts as the loop needs. */
export type Experts = Pick<Parts, 'graph' | 'fitting' | 'done'> & {
  readonly model: { readonly boundary?: number | undefined; readonly settings: FeedSettings }
}
type FeedSettings = Pick<Parts['model']['settings'], 'expandTimesteps' | 'patch' | 'channels'>

/** The sampling loop: from noise to latents. */
export interface DenoiseOrder {
  readonly noise: Float32Array
  readonly shape: LatentShape
  readonly scheduler: Scheduler
  /** Of the only expert or the one for high noise; 1 or less turns guidance off for both. */
  readonly guidance: number
  /** Of the expert for low noise. */
  readonly guidanceLow: number
  readonly words: Words
  /** What guidance leads away from; needed if guidance is above 1. */
  readonly against: Words | undefined
  readonly condition: Condition
  /** Called before each step; throws to stop. */
  pause(): Promise<void>
  onStep(done: number): void
  readonly observe?: (name: string, data: Float32Array, dims: readonly number[]) => void
}

/** Latents after the last step, with the known start put back exactly. Throws UserError `failure.not-a-number`. */
export async function denoise(parts: Experts, order: DenoiseOrder): Promise<Float32Array> {
  const { scheduler, shape, condition } = order
  const feeds = feeder(parts, order)
  let latents = order.noise
  for (let step = 0; step < scheduler.steps; step++) {
    await order.pause()
    const timestep = scheduler.timesteps[step] ?? 0
    const velocity = await parts.fitting(() => velocityOf(parts, order, feeds, latents, timestep, step))
    latents = scheduler.step(velocity, latents, step)
    if (!allFinite(latents)) throw new UserError('failure.not-a-number')
    order.observe?.('latents_steps', latents, [1, ...shape])
    order.onStep(step + 1)
  }
  await parts.done('transformer')
  await parts.done('transformer_2')
  return withStart(latents, shape, condition)
}

/** One guided look at the latents. The expert changes where the noise falls below the boundary. */
async function velocityOf(
  parts: Experts,
  order: DenoiseOrder,
  feeds: Feeder,
  latents: Float32Array,
  timestep: number,
  step: number,
): Promise<Float32Array> {
  const { boundary } = parts.model
  const low = boundary !== undefined && timestep < boundary * 1000
  const guidance = low ? order.guidanceLow : order.guidance
  const graph = await parts.graph(low ? 'transformer_2' : 'transformer')
  const against = order.guidance > 1 ? order.against : undefined
  const look = async (words: Words, behind: Float32Array | undefined): Promise<Float32Array> => {
    const out = (await graph.run(feeds(latents, timestep, words, behind)))['velocity']
    if (!out) throw new Error('the transformer gave no velocity')
    return floatsOf(out)
  }
  const { behind } = order.condition
  const conditional = await look(order.words, behind?.words)
  // Guidance of 1 is the conditional look itself; an observer wants to see what the reference looks at all the same.
  const observed = step === 0 && order.observe !== undefined
  const unconditional = against && (guidance !== 1 || observed) ? await look(against, behind?.none) : undefined
  if (observed) {
    const looks = unconditional ? [conditional, unconditional] : [conditional]
    order.observe?.('velocity_first', Float32Array.from(looks.flatMap(one => [...one])), [
      looks.length,
      1,
      ...order.shape,
    ])
  }
  return unconditional && guidance !== 1 ? guided(conditional, unconditional, guidance) : conditional
}

type Feeder = (
  latents: Float32Array,
  timestep: number,
  words: Words,
  behind: Float32Array | undefined,
) => Record<string, Tensor>

/** Makes the transformer's inputs; what is the same at every step is made once. */
function feeder(parts: Experts, { shape, condition }: DenoiseOrder): Feeder {
  const { expandTimesteps, patch, channels } = parts.model.settings
  const [, frames, height, width] = shape
  const dims = [1, channels.in, frames, height, width]
  const index = expandTimesteps ? tokenIndex(shape, condition, patch) : undefined
  return (latents, timestep, words, behind) => {
    const noisy = withStart(latents, shape, condition)
    let input = noisy
    if (behind) {
      input = new Float32Array(noisy.length + behind.length)
      input.set(noisy)
      input.set(behind, noisy.length)
    }
    return {
      hidden_states: float32(input, dims),
      timestep: index ? float32(Float32Array.of(timestep, 0), [2]) : float32(Float32Array.of(timestep), [1]),
      ...(index && { timestep_index: index }),
      encoder_hidden_states: words.padded,
      ...(condition.image && { encoder_hidden_states_image: condition.image }),
    }
  }
}

/** Which of the two timesteps holds for a token: the step's own (0), or none (1) for tokens of the known start. */
function tokenIndex(
  shape: LatentShape,
  { start }: Condition,
  [deep, high, wide]: readonly [number, number, number],
): Tensor {
  const [, frames, height, width] = shape
  const perFrame = (height / high) * (width / wide)
  const index = new Array<number>((frames / deep) * perFrame).fill(0)
  if (start) index.fill(1, 0, (startFrames(start, shape) / deep) * perFrame)
  return int64(index, [index.length])
}

/** Latents whose first frames are those that are known; the same array where none are. */
function withStart(latents: Float32Array, shape: LatentShape, { start }: Condition): Float32Array {
  if (!start) return latents
  const whole = latents.slice()
  putFrames(whole, shape, start)
  return whole
}
