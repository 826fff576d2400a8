import { createFlowMatchEuler } from '../../schedulers/flow-match-euler.ts'
import { createRandom, gaussian } from '../../schedulers/noise.ts'
import { velocityFromData } from '../../schedulers/scheduler.ts'
import type { Direction } from './direction.ts'
import type { Encoded } from './encode.ts'
import { backgroundRow, dataMask, type Known, knownNumbers, rowWidth, tokenCount } from './window.ts'

/** What the director graph is asked: two branches at once, the words' and the one guidance leads away from. */
interface Question {
  /** [2, tokens, width] */
  readonly x: Float32Array
  /** 0 noise .. 1 data, the same for both. */
  readonly time: number
  readonly known: Float32Array
  readonly mask: Float32Array
  /** [2, fields] */
  readonly words: readonly number[]
  /** [2, slots, fields] */
  readonly cast: readonly number[]
}

/** Predicts the clean rows, [2, tokens, width]. */
export type Director = (question: Question) => Promise<Float32Array>

export interface SampleOptions {
  readonly seed: number
  /** Classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598); 1 is none. */
  readonly guidance: number
  readonly steps: number
  readonly shift: number
  readonly signal: AbortSignal
  /** Called after every step with how many are done. */
  readonly onStep?: (done: number) => void
}

/** Samples one window: rows [tokens, width] that hold what is known exactly. `against`: the branch to lead away from. */
export async function sample(
  director: Director,
  direction: Direction,
  encoded: Encoded,
  against: Encoded,
  known: Known,
  options: SampleOptions,
): Promise<Float32Array> {
  const length = tokenCount * rowWidth(direction)
  const fixed = knownNumbers(known, direction)
  const data = dataMask(direction)
  const scheduler = createFlowMatchEuler({ steps: options.steps, shift: options.shift, trainSteps: 1 })
  const twice = <T extends Float32Array>(row: T) => {
    const both = new Float32Array(2 * row.length)
    both.set(row)
    both.set(row, row.length)
    return both
  }
  const given = twice(known.rows)
  const mask = twice(known.mask)
  const words = [...encoded.globals, ...against.globals]
  const cast = [...encoded.cast.flat(), ...against.cast.flat()]
  let x = gaussian(createRandom(options.seed), length)
  for (let i = 0; i < length; i++) x[i] = (x[i] ?? 0) * (data[i] ?? 0)
  for (let step = 0; step < scheduler.steps; step++) {
    options.signal.throwIfAborted()
    const sigma = scheduler.sigmas[step] ?? 0
    const time = 1 - sigma
    const both = await director({ x: twice(x), time, known: given, mask, words, cast })
    const clean = guided(both, time < direction.sampler.guidanceUntil ? options.guidance : 1, direction)
    for (let i = 0; i < length; i++) {
      const free = clean[i] ?? 0
      const k = fixed[i] ?? 0
      clean[i] = (k > 0 ? (known.rows[i] ?? 0) : free) * (data[i] ?? 0)
    }
    x = scheduler.step(velocityFromData(x, clean, sigma), x, step) as Float32Array<ArrayBuffer>
    options.onStep?.(step + 1)
    // ONNX blocks the loop: let an abort message in.
    await new Promise(resolve => setImmediate(resolve))
  }
  for (let i = 0; i < length; i++) if (fixed[i]) x[i] = (known.rows[i] ?? 0) * (data[i] ?? 0)
  return x
}

function guided(both: Float32Array, guidance: number, direction: Direction): Float32Array {
  const width = rowWidth(direction)
  const length = tokenCount * width
  const out = new Float32Array(length)
  for (let token = 0; token < tokenCount; token++) {
    // Guidance bends the background's colours, so it gets less.
    const weight = token === backgroundRow ? Math.min(guidance, direction.sampler.backgroundGuidance) : guidance
    for (let i = token * width; i < (token + 1) * width; i++) {
      const without = both[length + i] ?? 0
      out[i] = without + weight * ((both[i] ?? 0) - without)
    }
  }
  return out
}
