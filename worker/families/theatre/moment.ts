import { actorCount, channel, keyOffset, keysPerSecond } from './scene.ts'

/**
 * Second of a still that tells most of a clip: everybody who belongs to it is there, inside the frame and turned to a side,
 * something happens, and it is past the entrances. `slots`: whom the words name.
 */
export function goodMoment(
  keys: Float32Array,
  keyCount: number,
  keyStart: number,
  slots: readonly number[],
  aspect: number,
): number {
  let best = 0
  let most = Number.NEGATIVE_INFINITY
  const at = (slot: number, key: number, c: number) => keys[keyOffset(slot, key, keyCount) + c] ?? 0
  const zoomed = (key: number) => 2 ** at(actorCount, key, channel.log2Size)
  for (let key = 0; key < keyCount; key++) {
    const second = keyStart + key / keysPerSecond
    if (second < 0.75) continue
    let score = -0.04 * Math.abs(second - 2.5)
    for (const slot of slots) {
      const there = at(slot, key, channel.presence) > 0
      const x = (at(slot, key, channel.x) - at(actorCount, key, channel.x)) * zoomed(key)
      const inside = Math.abs(x) < 0.85 * aspect
      score += there ? 1 : 0
      score += there && inside ? 2 : 0
      score += Math.min(1, Math.abs(at(slot, key, channel.facing)))
      score += Math.min(0.3, at(slot, key, channel.height) * 0.3)
    }
    if (score > most) [best, most] = [second, score]
  }
  return best
}
