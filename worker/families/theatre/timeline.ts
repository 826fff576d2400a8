import { actorCount, cameraSlot, channel, channelCount, keyOffset, keysPerSecond, type Scene } from './scene.ts'

/** The keys of a scene as a function of time. */

/** States of one moment: actors then camera, `channelCount` floats each. */
export type Moment = Float32Array

/**
 * Interpolates all slots at a second of the keys' clock: Catmull-Rom; presence and facing linearly, so that they never overshoot.
 * Past the keys the way goes on as it went: who is still walking when a clip ends does not brake there.
 */
export function momentAt(scene: Pick<Scene, 'keys' | 'keyCount' | 'keyStart'>, time: number): Moment {
  const { keys, keyCount, keyStart } = scene
  const slots = actorCount + 1
  const position = Math.min(Math.max((time - keyStart) * keysPerSecond, 0), keyCount - 1)
  const index = Math.min(Math.floor(position), Math.max(keyCount - 2, 0))
  const f = position - index
  const out = new Float32Array(slots * channelCount)
  for (let slot = 0; slot < slots; slot++) {
    const at = (key: number) => keyOffset(slot, Math.min(Math.max(key, 0), keyCount - 1), keyCount)
    const [a, b, c, d] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    for (let i = 0; i < channelCount; i++) {
      const p1 = keys[b + i] ?? 0
      const p2 = keys[c + i] ?? 0
      const before = a === b ? 2 * p1 - p2 : (keys[a + i] ?? 0)
      const after = d === c ? 2 * p2 - p1 : (keys[d + i] ?? 0)
      const linear = slot !== cameraSlot && (i === channel.presence || i === channel.facing)
      out[slot * channelCount + i] = linear ? p1 + (p2 - p1) * f : hermite(before, p1, p2, after, f)
    }
  }
  return out
}

function hermite(p0: number, p1: number, p2: number, p3: number, f: number): number {
  const m1 = (p2 - p0) / 2
  const m2 = (p3 - p1) / 2
  const f2 = f * f
  const f3 = f2 * f
  return (2 * f3 - 3 * f2 + 1) * p1 + (f3 - 2 * f2 + f) * m1 + (-2 * f3 + 3 * f2) * p2 + (f3 - f2) * m2
}
