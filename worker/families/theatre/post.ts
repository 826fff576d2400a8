import type { Direction } from './direction.ts'
import { linkMode, type Slot } from './links.ts'
import { actorCount, channel, keyOffset } from './scene.ts'
import { codeOf } from './window.ts'

/** Who stands in a free slot: the allowed noun whose code is nearest; undefined when the slot is empty. */
export function nearestNoun(
  rows: Float32Array,
  slot: number,
  allowed: readonly string[],
  direction: Direction,
): string | undefined {
  const code = codeOf(rows, slot, direction)
  let best: string | undefined
  // Likeness is 1 for the code itself.
  const whole = 0.64 * direction.codeLength
  let most = direction.threshold
  for (const id of allowed) {
    const noun = direction.nounIndex.get(id)
    if (noun === undefined) continue
    let likeness = 0
    for (let i = 0; i < code.length; i++) likeness += (code[i] ?? 0) * (direction.codes[noun * code.length + i] ?? 0)
    if (likeness / whole > most) [best, most] = [id, likeness / whole]
  }
  return best
}

/** A background whose mode flags are those of its set: half a curtain is no curtain. Colours and geometry stay as generated, within bounds. */
export function snapBackground(background: Float32Array, set: string | undefined, direction: Direction): Float32Array {
  const out = background.map(value => Math.min(1.5, Math.max(-2.2, value)))
  const flags = set ? direction.flags[set] : undefined
  direction.background.forEach((name, i) => {
    const flag = flags?.[name]
    const level = set ? direction.horizons[set] : undefined
    const value = out[i] ?? 0
    if (flag !== undefined) out[i] = flag
    else if (name === 'horizon' && level !== undefined) out[i] = Math.min(level + 0.1, Math.max(level - 0.1, value))
    else if (direction.weather.includes(name) && value < -0.6) out[i] = -1
    else if (name.endsWith('-r') || name.endsWith('-g') || name.endsWith('-b'))
      out[i] = Math.min(1, Math.max(-1, out[i] ?? 0))
  })
  return out
}

/** Channels that are smoothed along time; presence and facing change at once or not at all. */
const gentle = [
  channel.x,
  channel.y,
  channel.height,
  channel.log2Size,
  channel.rotation,
  channel.squash,
  channel.lean,
  channel.leg,
  channel.flap,
  channel.zBias,
]

const kernel = [0.07, 0.86, 0.07]

/** Takes the tremble out of sampled keys; the first `fixed` keys stay as they were given. Works in place. */
export function smooth(states: Float32Array, keyCount: number, fixed: number): void {
  for (let slot = 0; slot <= actorCount; slot++) {
    for (const c of gentle) {
      const at = (key: number) => states[keyOffset(slot, key, keyCount) + c] ?? 0
      const smoothed: number[] = []
      for (let key = Math.max(fixed, 1); key < keyCount - 1; key++)
        smoothed.push(kernel.reduce((sum, weight, i) => sum + weight * at(key + i - 1), 0))
      smoothed.forEach((value, i) => {
        states[keyOffset(slot, Math.max(fixed, 1) + i, keyCount) + c] = value
      })
    }
  }
}

/** Bounds of what the stage can draw, and facing that never lingers edge-on. Works in place on absolute states. */
export function sharpen(states: Float32Array, keyCount: number): void {
  const limit = (at: number, low: number, high: number) => {
    states[at] = Math.min(high, Math.max(low, states[at] ?? 0))
  }
  for (let slot = 0; slot < actorCount; slot++) {
    for (let key = 0; key < keyCount; key++) {
      const at = keyOffset(slot, key, keyCount)
      states[at + channel.facing] = Math.tanh(4 * (states[at + channel.facing] ?? 1)) / Math.tanh(4)
      limit(at + channel.squash, -0.45, 0.4)
      limit(at + channel.lean, -0.45, 0.45)
      limit(at + channel.log2Size, -5, 1.6)
      for (const c of [channel.leg, channel.flap]) {
        limit(at + c, 0, 1.2)
        if ((states[at + c] ?? 0) < 0.1) states[at + c] = 0
      }
    }
  }
}

/** Least distance of neighbours in parts of their mean width. */
const elbowRoom = 0.78

/**
 * Members of a group that stand inside each other are moved apart, by the same amount for the whole clip, and kept within the
 * frame's half width. `groups`: slots that belong together. Works in place on root slots of relative states.
 */
export function separate(
  states: Float32Array,
  keyCount: number,
  groups: readonly (readonly number[])[],
  slots: readonly Slot[],
  halfWidth: number,
): void {
  for (const group of groups) {
    const members = group
      .filter(slot => linkMode(slots[slot]?.attach ?? '') === undefined && slots[slot]?.noun)
      .map(slot => {
        const mean = (c: number) => {
          let sum = 0
          for (let key = 0; key < keyCount; key++) sum += states[keyOffset(slot, key, keyCount) + c] ?? 0
          return sum / keyCount
        }
        const width = 2 ** mean(channel.log2Size) * (slots[slot]?.noun?.w ?? 1)
        return { slot, x: mean(channel.x), level: mean(channel.y) + mean(channel.height), width }
      })
      .sort((a, b) => a.x - b.x)
    if (members.length < 2) continue
    const places = members.map(({ x }) => x)
    for (let i = 1; i < members.length; i++) {
      const [left, right] = [members[i - 1], members[i]]
      if (!left || !right || Math.abs(left.level - right.level) > 0.3) continue
      const least = (elbowRoom * (left.width + right.width)) / 2
      places[i] = Math.max(places[i] ?? 0, (places[i - 1] ?? 0) + least)
    }
    const drift = places.reduce((sum, place, i) => sum + place - (members[i]?.x ?? 0), 0) / places.length
    const span = (places.at(-1) ?? 0) - (places[0] ?? 0)
    const squeeze = span > 1.8 * halfWidth ? (1.8 * halfWidth) / span : 1
    const centre = places.reduce((sum, place) => sum + place, 0) / places.length
    // A group that stays about its place stays in the frame as a whole.
    const widest = Math.max(...members.map(({ width }) => width)) / 2
    const edge = 0.95 * halfWidth - widest
    const reach = (span * squeeze) / 2
    const middle = centre - drift
    const inside = Math.max(0, edge - reach)
    const pull = Math.min(inside, Math.max(-inside, middle)) - middle
    members.forEach(({ slot, x }, i) => {
      const shift = pull + centre + ((places[i] ?? 0) - centre) * squeeze - drift - x
      if (Math.abs(shift) < 1e-3) return
      for (let key = 0; key < keyCount; key++) {
        const at = keyOffset(slot, key, keyCount) + channel.x
        states[at] = (states[at] ?? 0) + shift
      }
    })
  }
}

/** Change of step, per channel, that is no jerk at a join: world units, log2, turns per key. */
const joinSlack: readonly (readonly [number, number])[] = [
  [channel.x, 0.03],
  [channel.y, 0.015],
  [channel.height, 0.04],
  [channel.log2Size, 0.03],
  [channel.rotation, 0.015],
]

/** Weight of the old motion in the first keys after a join. */
const fading = [0.8, 0.5, 0.25, 0.1]

/**
 * The director goes on from given keys almost without a seam; what is left is taken out: where the step after the last given key
 * differs from the one before by more than the motion itself does, the old motion fades out over half a second. Works in place.
 */
export function easeJoin(states: Float32Array, keyCount: number, given: number): void {
  for (let slot = 0; slot <= actorCount; slot++) {
    for (const [c, slack] of joinSlack) {
      const at = (key: number) => states[keyOffset(slot, key, keyCount) + c] ?? 0
      const bend = (key: number) => at(key + 1) - 2 * at(key) + at(key - 1)
      let usual = slack
      for (let key = 1; key < given - 1; key++) usual = Math.max(usual, Math.abs(bend(key)))
      if (Math.abs(bend(given - 1)) <= usual) continue
      const speed = at(given - 1) - at(given - 2)
      let onward = at(given - 1)
      fading.forEach((weight, i) => {
        onward += speed * 0.85 ** (i + 1)
        const offset = keyOffset(slot, given + i, keyCount) + c
        states[offset] = (states[offset] ?? 0) + weight * (onward - (states[offset] ?? 0))
      })
    }
  }
}

/** Keys at the end of a window in which nobody begins to turn round. */
const settled = 2

/**
 * Who begins to turn round with the last keys of a window turns with the next one, if at all: that one may not know of the turn and take
 * it back, and a clip that goes on would begin with a twitch. Works in place.
 */
export function holdTurns(states: Float32Array, keyCount: number): void {
  for (let slot = 0; slot < actorCount; slot++) {
    const at = (key: number) => keyOffset(slot, key, keyCount) + channel.facing
    const before = states[at(keyCount - 1 - settled)] ?? 1
    for (let key = keyCount - settled; key < keyCount; key++)
      if (Math.sign(states[at(key)] ?? 1) !== Math.sign(before)) states[at(key)] = before
  }
}

/**
 * A clip that goes on from another leaves the last key of that one at the speed with which it came there: the key before, which is not
 * shown any more, is put where the curve through both (timeline.ts) has that speed. `given`: keys of the clip before, as absolute
 * states. Works in place.
 */
export function keepPace(states: Float32Array, keyCount: number, given: number): void {
  for (let slot = 0; slot <= actorCount; slot++) {
    for (const c of gentle) {
      const at = (key: number) => keyOffset(slot, key, keyCount) + c
      const value = (key: number) => states[at(key)] ?? 0
      const speed = value(given - 1) - value(given - 2)
      states[at(given - 2)] = value(given) - 2 * speed
    }
  }
}

/** Keys on either side over which a following camera averages its subject's way. */
const followReach = 4

/**
 * A camera that follows keeps its subjects near the middle: its x becomes theirs, averaged over a second, beginning where the
 * first `given` keys leave off. Works in place on root slots.
 */
export function followSubject(
  states: Float32Array,
  keyCount: number,
  subjects: readonly number[],
  given: number,
): void {
  const x = (slot: number, key: number) =>
    states[keyOffset(slot, Math.min(keyCount - 1, Math.max(0, key)), keyCount) + channel.x] ?? 0
  const goal = (key: number) => {
    let sum = 0
    for (let k = key - followReach; k <= key + followReach; k++)
      for (const subject of subjects) sum += x(subject, k) / subjects.length
    return (0.98 * sum) / (2 * followReach + 1)
  }
  const goals = Array.from({ length: keyCount }, (_, key) => goal(key))
  let left = given > 0 ? x(actorCount, given - 1) - (goals[given - 1] ?? 0) : 0
  for (let key = given; key < keyCount; key++) {
    left *= 0.8
    states[keyOffset(actorCount, key, keyCount) + channel.x] = (goals[key] ?? 0) + left
  }
}
