import type { Slot } from './links.ts'
import { actorCount, cameraSlot, channel, keyOffset } from './scene.ts'
import type { Script } from './script.ts'

/** Which slots belong together, by the script. `slots`: the slot of every role. */

/** Travel of an unasked camera, world units, from which on it is meant to follow somebody. */
const goesAlong = 0.6

/** Slots that the camera follows: the leading actor, or what it sits on; a chase or a race as a whole, if the camera goes along. */
export function followed(script: Script, slots: readonly number[], states: Float32Array, keyCount: number): number[] {
  let index = 0
  while (script.cast[index]?.parent !== undefined) index = script.cast[index]?.parent ?? 0
  const lead = slots[index]
  const lens = (key: number) => states[keyOffset(cameraSlot, key, keyCount) + channel.x] ?? 0
  const along = !script.camera && Math.abs(lens(keyCount - 1) - lens(0)) > goesAlong
  if (lead === undefined || !(script.camera === 'follow' || along)) return []
  const role = script.cast[index]
  const other = role?.verbs.some(verb => verb === 'chase' || verb === 'race') ? slots[role.partner ?? -1] : undefined
  return other === undefined ? [lead] : [lead, other]
}

/** Slots of roots that keep their proportions: those one phrase names together, and people who do the same. */
export function sizesOf(script: Script, slots: readonly number[], plan: readonly Slot[]): number[][] {
  const groups = new Map<string, number[]>()
  const phrase = (number: number) => script.cast.filter(role => role.phrase === number).length
  script.cast.forEach((role, i) => {
    if (role.parent !== undefined || role.phrase < 0) return
    const slot = slots[i] ?? -1
    const person = plan[slot]?.noun?.group === 'person' && role.verbs.length > 0 && !role.size
    const name = person && phrase(role.phrase) === 1 ? `people ${role.verbs}` : `phrase ${role.phrase}`
    groups.set(name, [...(groups.get(name) ?? []), slot])
  })
  return [...groups.values()].filter(group => group.length > 1)
}

/** Slots of things that nobody said anything about: decor, and what is only there. */
export function idleOf(script: Script, slots: readonly number[]): number[] {
  return Array.from({ length: actorCount }, (_, slot) => slot).filter(slot => {
    const role = script.cast[slots.indexOf(slot)]
    return role === undefined || (role.verbs.length === 0 && !role.undergoes && role.phrase >= 0)
  })
}

/** Slots of root roles that belong together: all that stand on the stage and are nobody's partner. */
export function groupsOf(script: Script, slots: readonly number[]): number[][] {
  const groups = new Map<number, number[]>()
  script.cast.forEach((role, i) => {
    if (role.parent !== undefined || role.phrase < 0 || role.partner !== undefined || role.undergoes) return
    const group = groups.get(0) ?? []
    group.push(slots[i] ?? -1)
    groups.set(0, group)
  })
  return [...groups.values()].filter(group => group.length > 1)
}

/** Slots of named roles that stand on the stage by themselves. */
export function rootsOf(script: Script, slots: readonly number[]): number[] {
  return script.cast.flatMap((role, i) => (role.parent === undefined && role.phrase >= 0 ? [slots[i] ?? -1] : []))
}
