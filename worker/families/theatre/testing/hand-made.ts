import {
  actorCount,
  type Channel,
  cameraSlot,
  channel,
  channelCount,
  keyOffset,
  keysPerSecond,
  type Player,
  type Scene,
} from '../scene.ts'

/** Scenes made by hand, for tests, benches and looking. */

/** One actor: constant channels, or functions of the time in seconds. */
interface Part extends Partial<Player> {
  readonly state: Partial<Record<Channel, number | ((time: number) => number)>>
}

export interface Recipe {
  readonly width: number
  readonly height: number
  readonly fps?: number
  readonly seconds: number
  readonly background: Float32Array
  readonly parts: readonly Part[]
  readonly camera?: Part['state']
  readonly picture?: Scene['picture']
  readonly seed?: number
}

const curtain = 7

/** A scene whose keys follow the recipe's functions. */
export function handMade(recipe: Recipe): Scene {
  const fps = recipe.fps ?? 24
  const keyCount = curtain + Math.ceil(recipe.seconds * keysPerSecond) + 1
  const keys = new Float32Array((actorCount + 1) * keyCount * channelCount)
  for (let slot = 0; slot < actorCount; slot++)
    for (let key = 0; key < keyCount; key++) keys[keyOffset(slot, key, keyCount) + channel.presence] = -1
  const write = (slot: number, state: Part['state']) => {
    for (let key = 0; key < keyCount; key++) {
      const time = (key - curtain) / keysPerSecond
      const at = keyOffset(slot, key, keyCount)
      if (slot !== cameraSlot) {
        keys[at + channel.presence] = 1
        keys[at + channel.facing] = 1
      }
      for (const [name, value] of Object.entries(state))
        keys[at + channel[name as Channel]] = typeof value === 'function' ? value(time) : value
    }
  }
  recipe.parts.forEach((part, slot) => {
    write(slot, part.state)
  })
  write(cameraSlot, recipe.camera ?? {})
  return {
    width: recipe.width,
    height: recipe.height,
    fps,
    frames: Math.round(recipe.seconds * fps),
    start: 0,
    cast: Array.from({ length: actorCount }, (_, slot) => {
      const { state: _state, ...player } = recipe.parts[slot] ?? { state: {} }
      return { noun: null, named: true, ...player }
    }),
    background: recipe.background,
    keys,
    keyCount,
    keyStart: -curtain / keysPerSecond,
    seed: recipe.seed ?? 1,
    ...(recipe.picture ? { picture: recipe.picture } : {}),
  }
}
