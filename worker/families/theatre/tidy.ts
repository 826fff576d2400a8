import { linkMode, type Slot } from './links.ts'
import { channel, keyOffset } from './scene.ts'

/** What is put right of a sampled window before it is shown: all of it in place. */

/** Effects that the grammar puts beside the face, where they hide it. */
const glitter = new Set(['sparkles', 'party-popper'])
/** Lowest place of glitter, in parts of its actor's height, and its largest size, log2 of the actor's. */
const overHead = 0.98
const glitterSize = Math.log2(0.5)

/** Glitter keeps above the head of whom it is about. Works on relative states; doing it twice changes nothing. */
export function raiseGlitter(states: Float32Array, keyCount: number, plan: readonly Slot[]): void {
  plan.forEach(({ noun, attach, parent }, slot) => {
    const tall = plan[parent]?.noun?.h
    if (!noun || attach !== 'effect' || !glitter.has(noun.id) || tall === undefined) return
    for (let key = 0; key < keyCount; key++) {
      const at = keyOffset(slot, key, keyCount)
      states[at + channel.height] = Math.max(states[at + channel.height] ?? 0, overHead * tall)
      states[at + channel.log2Size] = Math.min(states[at + channel.log2Size] ?? 0, glitterSize)
    }
  })
}

/** Groups of nouns that stand where they are put. */
const grounded = /^(?:building|nature|object|food)$/

/**
 * Houses, trees and furniture that nobody does anything with stand upright on the ground: the director lets them sway a little.
 * `idle`: their slots; `afloat`: the set has no ground to stand on; `given`: keys that an earlier window has shown. Works on relative
 * states of roots; doing it twice changes nothing.
 */
export function keepUpright(
  states: Float32Array,
  keyCount: number,
  plan: readonly Slot[],
  idle: readonly number[],
  afloat: boolean,
  given: number,
): void {
  const kept = [channel.rotation, channel.lean, channel.squash, ...(afloat ? [] : [channel.height])]
  for (const slot of idle) {
    const line = plan[slot]
    if (!line?.noun || linkMode(line.attach) !== undefined || !grounded.test(line.noun.group)) continue
    for (let key = 0; key < keyCount; key++) for (const c of kept) states[keyOffset(slot, key, keyCount) + c] = 0
    if (afloat) continue
    for (const c of [channel.x, channel.y, channel.log2Size]) {
      const values = Array.from({ length: keyCount }, (_, key) => states[keyOffset(slot, key, keyCount) + c] ?? 0)
      const mean = values.reduce((sum, value) => sum + value, 0) / keyCount
      const place = given > 0 ? (values[given - 1] ?? 0) : mean
      for (let key = given; key < keyCount; key++) states[keyOffset(slot, key, keyCount) + c] = place
    }
  }
}

/** Share of its width and height that must be behind or before somebody, and of the time, for decor to be in the way. */
const covered = 0.45
const often = 0.6

interface Box {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

function boxOf(states: Float32Array, keyCount: number, slot: number, key: number, line: Slot): Box | undefined {
  const at = (c: number) => states[keyOffset(slot, key, keyCount) + c] ?? 0
  if (!line.noun || at(channel.presence) <= 0) return undefined
  const size = 2 ** at(channel.log2Size)
  const bottom = at(channel.y) + at(channel.height)
  const half = (size * line.noun.w) / 2
  return { left: at(channel.x) - half, right: at(channel.x) + half, bottom, top: bottom + size * line.noun.h }
}

/** True when a good part of `a` lies over or under `b`. */
function meets(a: Box | undefined, b: Box | undefined): boolean {
  if (!a || !b) return false
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const tall = Math.min(a.top, b.top) - Math.max(a.bottom, b.bottom)
  return wide > covered * (a.right - a.left) && tall > covered * (a.top - a.bottom)
}

/**
 * Decor that stands in somebody's way most of the time, or in the way of more important decor, is left out: a teapot on a rabbit's head is
 * worse than none. `cast`: slots of the named roles; the other occupied slots are decor. Returns the slots to clear.
 */
export function inTheWay(
  states: Float32Array,
  keyCount: number,
  plan: readonly Slot[],
  cast: readonly number[],
): number[] {
  const free = plan.flatMap(({ noun, attach }, slot) =>
    noun && !cast.includes(slot) && linkMode(attach) === undefined ? [slot] : [],
  )
  const kept = cast.filter(slot => linkMode(plan[slot]?.attach ?? '') === undefined)
  const cleared: number[] = []
  for (const slot of free) {
    const disturbs = kept.some(other => {
      let count = 0
      for (let key = 0; key < keyCount; key++) {
        const [own, theirs] = [slot, other].map(one => {
          const line = plan[one]
          return line && boxOf(states, keyCount, one, key, line)
        })
        if (meets(own, theirs)) count++
      }
      return count > often * keyCount
    })
    if (disturbs) cleared.push(slot)
    else kept.push(slot)
  }
  return cleared
}

/** Nobody stands in a slot, from a key on. */
export function clear(states: Float32Array, keyCount: number, slot: number, from = 0): void {
  for (let key = from; key < keyCount; key++) states[keyOffset(slot, key, keyCount) + channel.presence] = -1
}

/** Members of a group ("three penguins", a family) keep the proportions of their kinds: their mean size. Works in place on root slots. */
export function matchSizes(
  states: Float32Array,
  keyCount: number,
  groups: readonly (readonly number[])[],
  plan: readonly Slot[],
): void {
  for (const group of groups) {
    const sizes = group.map(slot => {
      let sum = 0
      for (let key = 0; key < keyCount; key++) sum += states[keyOffset(slot, key, keyCount) + channel.log2Size] ?? 0
      return sum / keyCount - Math.log2(plan[slot]?.noun?.size ?? 1)
    })
    const size = sizes.reduce((sum, value) => sum + value, 0) / sizes.length
    group.forEach((slot, i) => {
      for (let key = 0; key < keyCount; key++) {
        const at = keyOffset(slot, key, keyCount) + channel.log2Size
        states[at] = (states[at] ?? 0) + size - (sizes[i] ?? 0)
      }
    })
  }
}
