import type { Slot } from './links.ts'
import { actorCount, cameraSlot, channel, channelCount, keyOffset } from './scene.ts'
import { prefixKeys } from './state.ts'

/** Putting windows together: keys of one go into the timeline, its last ones into the next window. */

export function copyKeys(
  from: Float32Array,
  fromCount: number,
  first: number,
  to: Float32Array,
  toCount: number,
  at: number,
  count: number,
) {
  for (let slot = 0; slot <= actorCount; slot++) {
    const source = keyOffset(slot, first, fromCount)
    to.set(from.subarray(source, source + count * channelCount), keyOffset(slot, at, toCount))
  }
}

/** The first `count` keys of all slots. */
export function firstKeys(states: Float32Array, keyCount: number, count: number): Float32Array {
  const out = new Float32Array((actorCount + 1) * count * channelCount)
  copyKeys(states, keyCount, 0, out, count, 0, count)
  return out
}

export function lastKeys(states: Float32Array, keyCount: number): Float32Array {
  const out = new Float32Array((actorCount + 1) * prefixKeys * channelCount)
  copyKeys(states, keyCount, keyCount - prefixKeys, out, prefixKeys, 0, prefixKeys)
  return out
}

/** What a window's states are told relative to: x of the camera at its start for unlinked slots, and every slot's whole turns. */
export interface Base {
  readonly x: readonly number[]
  readonly turns: readonly number[]
}

/** Every window starts under its camera and near zero turns, as in training: travels of any length stay within the director's range. */
export function baseOf(prefix: Float32Array, plan: readonly Slot[]): Base {
  const at = (slot: number, c: number) => prefix[keyOffset(slot, prefixKeys - 1, prefixKeys) + c] ?? 0
  const camera = at(cameraSlot, channel.x)
  const slots = Array.from({ length: actorCount + 1 }, (_, slot) => slot)
  return {
    x: slots.map(slot => (slot === cameraSlot || (plan[slot]?.noun && plan[slot].parent < 0) ? camera : 0)),
    turns: slots.map(slot => Math.round(at(slot, channel.rotation))),
  }
}

/** The states moved to (`sign` -1) or from (1) their base. */
export function rebased(states: Float32Array, keyCount: number, base: Base | undefined, sign: 1 | -1): Float32Array {
  const out = Float32Array.from(states)
  if (!base) return out
  for (let slot = 0; slot <= actorCount; slot++)
    for (let key = 0; key < keyCount; key++) {
      const at = keyOffset(slot, key, keyCount)
      out[at + channel.x] = (out[at + channel.x] ?? 0) + sign * (base.x[slot] ?? 0)
      out[at + channel.rotation] = (out[at + channel.rotation] ?? 0) + sign * (base.turns[slot] ?? 0)
    }
  return out
}
