import type { Direction } from './direction.ts'
import { actorCount, channel, keyOffset } from './scene.ts'
import type { Role, Script } from './script.ts'
import { type EndState, prefixKeys } from './state.ts'

/** Who sits in which slot. */
export interface Seating {
  readonly script: Script
  readonly slots: readonly number[]
  readonly nouns: (string | undefined)[]
}

/** A fresh clip: role i in slot i. */
export function seat(script: Script): Seating {
  const nouns = new Array<string | undefined>(actorCount).fill(undefined)
  const cast = script.cast.slice(0, actorCount)
  cast.forEach((role, slot) => {
    nouns[slot] = role.noun
  })
  return { script: { ...script, cast }, slots: cast.map((_, slot) => slot), nouns }
}

/**
 * A clip that goes on: everybody keeps their slot. Roles of the new words that were there before do the new thing, and so does
 * whoever did something before where the words name nobody ("it flies"); others of the new words come in through free slots, and
 * whoever the words do not mention goes on as before. What somebody did before is over once they are told to do another thing:
 * nothing undergoes it any more, and its effects go. Who was gone stays gone unless they are named.
 */
export function seatOn(script: Script, previous: EndState, direction: Direction): Seating {
  const nouns = previous.nouns.map(noun => (noun !== null && direction.nounIndex.has(noun) ? noun : undefined))
  const before = previous.script.cast as readonly Role[]
  const taken = new Set<number>()
  const isFree = (i: number): boolean => !taken.has(previous.slots[i] ?? -1)
  const slots = script.cast.map(role => {
    const nobody = role.implied && role.verbs.length > 0 && role.undergoes === undefined
    const doer = nobody
      ? before.findIndex((old, i) => isFree(i) && old.parent === undefined && old.verbs.length > 0)
      : -1
    const upright = direction.nouns[direction.nounIndex.get(role.noun) ?? -1]?.upright
    // "The cat" of a clip whose cat wears a suit is that cat.
    const named = before.findIndex((old, i) => (old.noun === role.noun || old.noun === upright) && isFree(i))
    const again = doer >= 0 ? doer : named
    const slot =
      again >= 0
        ? (previous.slots[again] ?? -1)
        : nouns.findIndex((noun, s) => noun === undefined && !taken.has(s) && !previous.slots.includes(s))
    if (slot >= 0) taken.add(slot)
    return slot
  })
  const cast: Role[] = []
  const seats: number[] = []
  const place = new Map<number, number>()
  script.cast.forEach((role, i) => {
    const slot = slots[i] ?? -1
    if (slot < 0) return
    place.set(i, cast.length)
    const old = before[previous.slots.indexOf(slot)]
    const looks = old && { noun: old.noun, ...(old.guise ? { guise: old.guise } : {}) }
    cast.push({ ...role, ...looks, ...(role.tint ? {} : old?.tint ? { tint: old.tint } : {}) })
    seats.push(slot)
    nouns[slot] ??= role.noun
  })
  const renumbered = cast.map(role => renumber(role, index => place.get(index)))
  const isOver = (verb: string): boolean => {
    const doer = before.findIndex(({ verbs }) => verbs.includes(verb))
    const now = cast[seats.indexOf(previous.slots[doer] ?? -1)]
    return now !== undefined && now.verbs.length > 0 && !now.verbs.includes(verb)
  }
  const rest = before.flatMap((role, i) => {
    const slot = previous.slots[i] ?? -1
    if (taken.has(slot)) return []
    if (!role.over && !isGone(previous, slot))
      return [{ role: role.undergoes && isOver(role.undergoes) ? ended(role) : role, slot }]
    nouns[slot] = undefined
    return []
  })
  const bySlot = (slot: number | undefined) => {
    const at = seats.indexOf(slot ?? -1)
    if (at >= 0) return at
    const later = rest.findIndex(other => other.slot === slot)
    return later >= 0 ? cast.length + later : undefined
  }
  const kept = rest.map(({ role }) => renumber(role, index => bySlot(previous.slots[index])))
  // What somebody wore, held or sat on stays tied to them unless the new words tie it otherwise.
  const tied = renumbered.map((role, i) => {
    const old = before[previous.slots.indexOf(seats[i] ?? -1)]
    if (!old?.attach || old.parent === undefined) return role
    // An effect that was there before stays with whom it was with.
    if (role.parent !== undefined && !(role.attach === 'effect' && old.attach === 'effect')) return role
    const parent = bySlot(previous.slots[old.parent])
    return parent === undefined ? role : { ...role, parent, attach: old.attach }
  })
  const { set, time, weather, mood } = previous.script
  return {
    script: {
      ...script,
      ...(set ? { set } : {}),
      ...(time ? { time } : {}),
      ...(weather && !script.weather ? { weather } : {}),
      ...(mood && !script.mood ? { mood } : {}),
      cast: [...tied, ...kept],
    },
    slots: [...seats, ...rest.map(({ slot }) => slot)],
    nouns,
  }
}

/** True for whoever was not on stage any more as the clip before ended: eaten, burst, flown away. */
const isGone = ({ keys }: EndState, slot: number): boolean =>
  (keys[keyOffset(slot, prefixKeys - 1, prefixKeys) + channel.presence] ?? 0) < 0

/** Who underwent a thing that is over; what is worn, held or ridden stays tied. */
function ended(role: Role): Role {
  const { undergoes: _, ...rest } = role
  return role.attach === 'effect' ? { ...rest, over: true } : role.attach ? role : rest
}

function renumber(role: Role, place: (index: number) => number | undefined): Role {
  const { partner, parent, attach, ...rest } = role
  const other = partner === undefined ? undefined : place(partner)
  const up = parent === undefined ? undefined : place(parent)
  return {
    ...rest,
    ...(other === undefined ? {} : { partner: other }),
    ...(up === undefined || !attach ? {} : { parent: up, attach }),
  }
}
