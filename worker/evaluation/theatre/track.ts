import type { Noun } from '../../families/theatre/nouns.ts'
import { type Channel, channel, channelCount, keyOffset, keysPerSecond } from '../../families/theatre/scene.ts'

/** One slot of a clip over the seconds that are shown: what predicates look at. */
export interface Track {
  readonly noun: Noun
  readonly keys: number
  /** Values of a channel, one per key. */
  of(name: Channel): readonly number[]
  /** True at the keys where it is on stage. */
  readonly there: readonly boolean[]
  /** Drawn width at every key, world units. */
  readonly width: readonly number[]
}

/** The track of a slot between two seconds of the keys' clock. */
export function trackOf(
  states: Float32Array,
  keyCount: number,
  keyStart: number,
  slot: number,
  noun: Noun,
  from: number,
  to: number,
): Track {
  const first = Math.round((from - keyStart) * keysPerSecond)
  const keys = Math.min(keyCount, Math.round((to - keyStart) * keysPerSecond) + 1) - first
  const columns = Array.from({ length: channelCount }, (_, c) =>
    Array.from({ length: keys }, (_, key) => states[keyOffset(slot, first + key, keyCount) + c] ?? 0),
  )
  const of = (name: Channel) => columns[channel[name]] ?? []
  return {
    noun,
    keys,
    of,
    there: of('presence').map(value => value > 0),
    width: of('log2Size').map(value => 2 ** value * noun.w),
  }
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
export const most = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
export const range = (values: readonly number[]): number => most(values) - least(values)
export const steps = (values: readonly number[]): number[] =>
  values.slice(1).map((value, i) => value - (values[i] ?? 0))

/** Share of keys at which something holds. */
export const share = (flags: readonly boolean[]): number => mean(flags.map(Number))

/** World units a second along the ground, on average. */
export const pace = (track: Track): number => (mean(steps(track.of('x')).map(Math.abs)) || 0) * keysPerSecond

/** Peaks of the height that stand out by at least `least` units. */
export function hops(track: Track, high = 0.06): number {
  const h = track.of('height')
  const floor = least(h)
  return h.filter(
    (value, i) =>
      i > 0 && i < h.length - 1 && value > (h[i - 1] ?? 0) && value >= (h[i + 1] ?? 0) && value > floor + high,
  ).length
}

/** How often it turns round. */
export function turns(track: Track): number {
  const sides = track.of('facing').map(Math.sign)
  return sides.filter((side, i) => i > 0 && side !== 0 && side !== sides[i - 1]).length
}

/** Spread of a channel about its slow mean (two seconds). */
export function wobble(values: readonly number[]): number {
  const at = (i: number) => values[Math.min(values.length - 1, Math.max(0, i))] ?? 0
  const rest = values.map((value, i) => {
    let sum = 0
    for (let j = -8; j <= 8; j++) sum += at(i + j)
    return value - sum / 17
  })
  const middle = mean(rest)
  return Math.sqrt(mean(rest.map(value => (value - middle) ** 2)))
}

/** Keys at which two touch, sideways; `slack` 1 is edge to edge. */
export function touching(a: Track, b: Track, slack: number): boolean[] {
  const [ax, bx] = [a.of('x'), b.of('x')]
  return ax.map((x, i) => Math.abs(x - (bx[i] ?? 0)) <= slack * 0.5 * ((a.width[i] ?? 0) + (b.width[i] ?? 0)) + 0.03)
}
