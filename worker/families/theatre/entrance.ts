import { actorCount, cameraSlot, channel, channelCount, keyOffset, keysPerSecond } from './scene.ts'

/** Seconds until the first actor may appear in front of a member's picture, and between one and the next. */
const first = 0.3
const between = 0.14

const ease = (u: number): number => {
  const v = Math.min(1, Math.max(0, u))
  return v * v * (3 - 2 * v)
}

/**
 * A clip that opens on a member's picture, untouched: the camera starts at rest and actors pop in one after the other. Works in
 * place on absolute states. `keyStart`: second of key 0.
 */
export function openOnPicture(keys: Float32Array, keyCount: number, keyStart: number): void {
  const start = Math.round(-keyStart * keysPerSecond)
  const rest = keys.slice(keyOffset(cameraSlot, start, keyCount), keyOffset(cameraSlot, start, keyCount) + channelCount)
  for (let key = 0; key < keyCount; key++) {
    const second = keyStart + key / keysPerSecond
    const camera = keyOffset(cameraSlot, key, keyCount)
    const going = ease(second / 1.2)
    for (const c of [channel.x, channel.y, channel.log2Size, channel.rotation])
      keys[camera + c] = ((keys[camera + c] ?? 0) - (rest[c] ?? 0)) * (second <= 0 ? 0 : going)
    keys[camera + channel.squash] = (keys[camera + channel.squash] ?? 0) * going
  }
  for (let slot = 0; slot < actorCount; slot++) popIn(keys, keyCount, keyStart, slot, first + between * slot)
}

/**
 * Nobody stands in a slot before a second; who would have stood there as the clip opens pops up then. Works in place on absolute
 * states. `keyStart`: second of key 0.
 */
export function popIn(keys: Float32Array, keyCount: number, keyStart: number, slot: number, due: number): void {
  const opens = keyOffset(slot, Math.round(-keyStart * keysPerSecond), keyCount)
  const grows = (keys[opens + channel.presence] ?? -1) > 0
  for (let key = 0; key < keyCount; key++) {
    const at = keyOffset(slot, key, keyCount)
    const since = keyStart + key / keysPerSecond - due
    if (since < 0) keys[at + channel.presence] = -1
    else if (grows) {
      keys[at + channel.log2Size] = (keys[at + channel.log2Size] ?? 0) - 1.2 * (1 - ease(3 * since))
      keys[at + channel.squash] = (keys[at + channel.squash] ?? 0) + 0.2 * Math.exp(-(((since - 0.3) / 0.14) ** 2))
    }
  }
}
