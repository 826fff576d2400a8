import { linkMode, type Slot } from './links.ts'
import { kindOf } from './nouns.ts'
import { cameraSlot, channel, keyOffset } from './scene.ts'
import type { Role } from './script.ts'

/** Where a sampled window's people stand, put right: in place, on relative states; doing it twice changes nothing. */

/** Verbs whose doers may leave the ground for good. */
const rising = new Set(['fly', 'float', 'launch', 'climb', 'fall', 'rain', 'orbit', 'swing', 'swim', 'appear', 'throw'])

/** Height that is no mistake. */
const slack = 0.05

/** How far beside the middle of a thing one may sit on it, in parts of its size. */
const seatSlack = 0.1

/** Least height of who flies over something, world units, and how much smaller, log2, they may become to fit into the frame there. */
const overflight = 0.65
const smaller = 0.4

/** Highest world y that a camera of this zoom (log2) shows, a little less; lens.ts zooms about y = -0.15. */
const ceilingOf = (zoom: number): number => 1.15 / 2 ** Math.max(0, zoom) - 0.19

/**
 * Walkers who do nothing that lifts them touch the ground at least once; who sits on a thing sits on its middle; who flies over
 * something is above it. `afloat`: the set has no ground.
 */
export function giveFooting(
  states: Float32Array,
  keyCount: number,
  plan: readonly Slot[],
  cast: readonly { readonly slot: number; readonly role: Role }[],
  afloat: boolean,
): void {
  for (const { slot, role } of cast) {
    const line = plan[slot]
    if (!line?.noun) continue
    const keys = Array.from({ length: keyCount }, (_, key) => keyOffset(slot, key, keyCount))
    const least = (c: number) => Math.min(...keys.map(at => states[at + c] ?? 0))
    const shift = (c: number, by: number) => {
      for (const at of keys) states[at + c] = (states[at + c] ?? 0) + by
    }
    if (line.attach === 'on') {
      const middle = keys.reduce((sum, at) => sum + (states[at + channel.x] ?? 0), 0) / keyCount
      shift(channel.x, Math.min(seatSlack, Math.max(-seatSlack, middle)) - middle)
    }
    if (linkMode(line.attach) !== undefined || afloat) continue
    const walks = kindOf(line.noun) === 'walk' && ![...role.verbs, role.undergoes ?? ''].some(verb => rising.has(verb))
    if (walks && least(channel.height) > slack) shift(channel.height, -least(channel.height))
    if (role.high) {
      const zoom = keys.map((_, key) => states[keyOffset(cameraSlot, key, keyCount) + channel.log2Size] ?? 0)
      const space = ceilingOf(Math.max(...zoom)) - least(channel.y)
      const tall = () => Math.max(...keys.map(at => 2 ** (states[at + channel.log2Size] ?? 0))) * (line.noun?.h ?? 1)
      const fit = Math.log2(Math.max(space - overflight, 0.1) / tall())
      if (fit < 0) shift(channel.log2Size, Math.max(fit, -smaller))
      const missing = Math.min(overflight, Math.max(0, space - tall())) - least(channel.height)
      if (missing > 0) shift(channel.height, missing)
    }
  }
}

/** Travel below which somebody stays where they are, world units. */
const stays = 0.6

/** Part of the frame's half width that people may fill. */
const filled = 0.97

/**
 * A camera that nobody asked for keeps whoever stays in place inside the frame: its whole way moves sideways by what is missing.
 * `subjects`: slots of named roots. Works in place.
 */
export function keepInShot(
  states: Float32Array,
  keyCount: number,
  plan: readonly Slot[],
  subjects: readonly number[],
  halfWidth: number,
): void {
  const value = (slot: number, key: number, c: number) => states[keyOffset(slot, key, keyCount) + c] ?? 0
  const keys = Array.from({ length: keyCount }, (_, key) => key)
  const column = (slot: number, c: number) => keys.map(key => value(slot, key, c))
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const slot of subjects) {
    const x = column(slot, channel.x)
    const wide = (plan[slot]?.noun?.w ?? 0) * 2 ** Math.max(...column(slot, channel.log2Size))
    if (Math.max(...x) - Math.min(...x) > stays || Math.max(...column(slot, channel.presence)) <= 0) continue
    left = Math.min(left, Math.min(...x) - wide / 2)
    right = Math.max(right, Math.max(...x) + wide / 2)
  }
  const half = (filled * halfWidth) / 2 ** Math.max(0, ...column(cameraSlot, channel.log2Size))
  if (!(right - left < 2 * half)) return
  const lens = column(cameraSlot, channel.x)
  const [low, high] = [right - half - Math.min(...lens), left + half - Math.max(...lens)]
  const shift = low > high ? (low + high) / 2 : Math.min(Math.max(0, low), Math.max(low, high))
  if (Math.abs(shift) < 1e-3) return
  for (const key of keys) states[keyOffset(cameraSlot, key, keyCount) + channel.x] = (lens[key] ?? 0) + shift
}
