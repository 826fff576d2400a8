import type { LatentShape } from './geometry.ts'

/** Arithmetic on latents and on what a VAE says: flat arrays, channel by channel, [channels, frames, height, width]. */

/** unconditional + guidance * (conditional - unconditional): classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598). */
export function guided(conditional: Float32Array, unconditional: Float32Array, guidance: number): Float32Array {
  const out = new Float32Array(conditional.length)
  for (let i = 0; i < out.length; i++) {
    const without = unconditional[i] ?? 0
    out[i] = without + guidance * ((conditional[i] ?? 0) - without)
  }
  return out
}

/** True if every number is one. NaN and infinity stay what they are when multiplied by 0, so one sum tells. */
export function allFinite(numbers: ArrayLike<number>, stride = 1): boolean {
  let sum = 0
  for (let i = 0; i < numbers.length; i += stride) sum += (numbers[i] ?? 0) * 0
  return sum === 0
}

/** Undoes the normalisation: latents * std + mean, as the VAE itself counts. */
export function denormalised(
  latents: Float32Array,
  shape: LatentShape,
  { mean, std }: { mean: readonly number[]; std: readonly number[] },
): Float32Array {
  const plane = latents.length / shape[0]
  const out = new Float32Array(latents.length)
  for (let channel = 0; channel < shape[0]; channel++)
    for (let i = channel * plane; i < (channel + 1) * plane; i++)
      out[i] = (latents[i] ?? 0) * (std[channel] ?? 1) + (mean[channel] ?? 0)
  return out
}

/** Writes `part` [channels, its own frames, h, w] over the frames of `whole` from `at` on. */
export function putFrames(whole: Float32Array, shape: LatentShape, part: Float32Array, at = 0): void {
  const [channels, frames, height, width] = shape
  const plane = height * width
  const given = part.length / channels
  for (let channel = 0; channel < channels; channel++)
    whole.set(part.subarray(channel * given, (channel + 1) * given), (channel * frames + at) * plane)
}

/** Copies frames `from`..`to` out of latents: [channels, to - from, h, w]. */
export function takeFrames(whole: Float32Array, shape: LatentShape, from: number, to: number): Float32Array {
  const [channels, frames, height, width] = shape
  const plane = height * width
  const part = new Float32Array(channels * (to - from) * plane)
  for (let channel = 0; channel < channels; channel++)
    part.set(
      whole.subarray((channel * frames + from) * plane, (channel * frames + to) * plane),
      channel * (to - from) * plane,
    )
  return part
}
