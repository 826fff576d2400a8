import { channel, keyOffset } from './scene.ts'

/** How far beyond the frame's edge the middle of a hider may go, in parts of its width: the rest still peeks out. */
const beyond = 0.2

/**
 * Who hides slips behind the frame's edge and peeks out. The director, guided hard, goes too far and is simply gone: the way is shortened
 * so that it ends at the edge. Works in place on a root slot. `halfWidth`: of the frame; `wide`: of the sprite, in parts of its canvas.
 */
export function keepPeeking(
  states: Float32Array,
  keyCount: number,
  slot: number,
  wide: number,
  halfWidth: number,
): void {
  const at = (key: number, c: number) => states[keyOffset(slot, key, keyCount) + c] ?? 0
  const start = at(0, channel.x)
  let reach = 1
  for (let key = 0; key < keyCount; key++) {
    const limit = halfWidth + beyond * wide * 2 ** at(key, channel.log2Size)
    const x = at(key, channel.x)
    const way = x - start
    if (Math.abs(x) > limit && Math.abs(start) < limit) reach = Math.min(reach, (Math.sign(x) * limit - start) / way)
  }
  if (reach === 1) return
  for (let key = 0; key < keyCount; key++)
    states[keyOffset(slot, key, keyCount) + channel.x] = start + (at(key, channel.x) - start) * reach
}
