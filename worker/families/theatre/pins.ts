import type { Stroke } from '../../../core/request.ts'
import { middleOf, pathAt, toWorld } from './brush.ts'
import type { Direction } from './direction.ts'
import type { Slot } from './links.ts'
import { kindOf } from './nouns.ts'
import { channel, keyOffset, keysPerSecond, windowSeconds } from './scene.ts'
import type { Script } from './script.ts'
import { type EndState, prefixKeys } from './state.ts'
import { givePosition, type Known } from './window.ts'

/** What of a clip's options strokes depend on. */
export interface Brushed {
  readonly seconds: number
  readonly aspect: number
  readonly strokes?: readonly Stroke[]
  readonly previous?: EndState | undefined
}

/** A stroke and the slot it moves. */
export interface Pin {
  readonly slot: number
  readonly stroke: Stroke
}

/** Strokes go to the roots of the cast: in a clip that goes on to the nearest one, else in the order of the words. */
export function pinsOf(
  script: Script,
  slots: readonly number[],
  options: Brushed,
  previous: EndState | undefined,
): Pin[] {
  const roots = script.cast
    .flatMap((role, i) => (role.parent === undefined && role.phrase >= 0 ? [slots[i] ?? -1] : []))
    .filter(slot => slot >= 0)
  return (options.strokes ?? []).flatMap(stroke => {
    if (roots.length === 0) return []
    const middle = toWorld(middleOf(stroke), options.aspect)
    const away = (slot: number) => {
      if (!previous) return 0
      const at = keyOffset(slot, prefixKeys - 1, prefixKeys)
      const value = (c: number) => previous.keys[at + c] ?? 0
      return Math.hypot(
        value(channel.x) - middle.x,
        value(channel.y) + value(channel.height) + 2 ** value(channel.log2Size) / 2 - middle.y,
      )
    }
    const nearest = roots.reduce((best, slot) => (away(slot) < away(best) ? slot : best))
    roots.splice(roots.indexOf(nearest), 1)
    return [{ slot: nearest, stroke }]
  })
}

/** Ground line and height above it of a sprite whose middle is at `centre`, `tall` units tall. */
function stand(centre: number, tall: number, walks: boolean): { y: number; height: number } {
  const foot = centre - tall / 2
  const y = walks ? Math.min(-0.3, Math.max(-0.95, foot)) : Math.min(-0.6, Math.max(-0.95, foot))
  return { y, height: Math.max(0, foot - y) }
}

/** Tells the director where brushed actors will be; their size is guessed. */
export function givePins(
  known: Known,
  pins: readonly Pin[],
  plan: readonly Slot[],
  direction: Direction,
  options: Brushed,
  index: number,
  origin: number,
) {
  for (const { slot, stroke } of pins) {
    const noun = plan[slot]?.noun
    if (!noun) continue
    for (let key = direction.curtain; key < direction.keys; key++) {
      if (index > 0 && key < prefixKeys) continue
      const second = index * windowSeconds + (key - direction.curtain) / keysPerSecond
      const at = toWorld(pathAt(stroke, second / options.seconds), options.aspect)
      const { y, height } = stand(at.y, noun.size * noun.h * 1.2, kindOf(noun) === 'walk')
      givePosition(known, slot, key, [at.x - origin, y, height], direction)
    }
  }
}

/** Once the sizes are known, brushed actors are put exactly on their paths. */
export function followPins(
  states: Float32Array,
  pins: readonly Pin[],
  plan: readonly Slot[],
  direction: Direction,
  options: Brushed,
  index: number,
) {
  for (const { slot, stroke } of pins) {
    const noun = plan[slot]?.noun
    if (!noun) continue
    const from = index > 0 ? prefixKeys : options.previous ? direction.curtain + 1 : 0
    for (let key = from; key < direction.keys; key++) {
      const second = index * windowSeconds + (key - direction.curtain) / keysPerSecond
      const at = toWorld(pathAt(stroke, second / options.seconds), options.aspect)
      const offset = keyOffset(slot, key, direction.keys)
      const tall = 2 ** (states[offset + channel.log2Size] ?? 0) * noun.h
      const { y, height } = stand(at.y, tall, kindOf(noun) === 'walk')
      states[offset + channel.x] = at.x
      states[offset + channel.y] = y
      states[offset + channel.height] = height
    }
  }
}
