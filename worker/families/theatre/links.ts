import type { Noun } from './nouns.ts'
import { actorCount, channel, channelCount } from './scene.ts'

/**
 * Slots whose state is told relative to another slot, made absolute. The port of worker/training/theatre/links.py, which
 * explains the geometry; testing/resolve.json, written by it, keeps both the same.
 */
interface Link {
  readonly mode: 'rigid' | 'ground'
  readonly anchor?: string
  readonly pivot?: 'grip' | 'sit' | 'bottom' | 'centre'
  /** Ground: x counts along the parent's facing. */
  readonly mirror?: boolean
  /** Ground: height counts from the parent's own height. */
  readonly lift?: boolean
  /** Rigid: the child takes the parent's squash and lean as well (clothes). */
  readonly bend?: boolean
}

const links: Readonly<Record<string, Link>> = {
  wear: { mode: 'rigid', anchor: 'head', pivot: 'grip', bend: true },
  hold: { mode: 'rigid', anchor: 'hand', pivot: 'grip' },
  ride: { mode: 'rigid', anchor: 'seat', pivot: 'sit' },
  on: { mode: 'rigid', anchor: 'seat', pivot: 'bottom' },
  beside: { mode: 'ground' },
  behind: { mode: 'ground' },
  'in-front': { mode: 'ground' },
  under: { mode: 'ground' },
  above: { mode: 'ground', lift: true },
  in: { mode: 'ground', lift: true },
  eat: { mode: 'rigid', anchor: 'mouth', pivot: 'centre' },
  give: { mode: 'rigid', anchor: 'hand', pivot: 'grip' },
  kick: { mode: 'ground', mirror: true },
  throw: { mode: 'ground', mirror: true },
  push: { mode: 'ground', mirror: true },
  pull: { mode: 'ground', mirror: true },
  hug: { mode: 'ground', mirror: true },
  kiss: { mode: 'ground', mirror: true },
  meet: { mode: 'ground', mirror: true },
  fight: { mode: 'ground', mirror: true },
  orbit: { mode: 'ground', lift: true },
  effect: { mode: 'ground', lift: true },
}

/** How a verb ties its two roles: the kind of link and which of the two is told relative to the other. */
export const verbLinks: Readonly<Record<string, readonly [attach: string, child: 'subject' | 'object']>> = {
  ride: ['ride', 'subject'],
  wear: ['wear', 'object'],
  hold: ['hold', 'object'],
  play: ['hold', 'object'],
  eat: ['eat', 'object'],
  give: ['give', 'object'],
  kick: ['kick', 'object'],
  throw: ['throw', 'object'],
  push: ['push', 'object'],
  pull: ['pull', 'object'],
  hug: ['hug', 'object'],
  kiss: ['kiss', 'object'],
  meet: ['meet', 'object'],
  fight: ['fight', 'object'],
  orbit: ['orbit', 'subject'],
}

/** One slot's line in the plan: who stands there and what its state is relative to. */
export interface Slot {
  readonly noun: Noun | undefined
  /** Slot of the parent; -1 for none. */
  readonly parent: number
  readonly attach: string
}

const { presence, x, y, height, log2Size, rotation, facing, squash, lean, zBias } = channel
const shear = 0.8

type Point = readonly [number, number]

const anchorOf = (noun: Noun, name: string): Point =>
  name === 'top' ? [0, 2 * noun.h - 1] : (noun.anchors[name] ?? [0, noun.h - 1])

function pivotOf(noun: Noun, name: Link['pivot']): Point {
  if (name === 'bottom') return [0, -1]
  if (name === 'sit') return [0, 0.36 * noun.h - 1]
  return (name === 'grip' ? noun.grip : undefined) ?? [0, noun.h - 1]
}

/** -1..1, steep: which way a sprite is mirrored. */
const mirrorOf = (value: number): number => Math.min(1, Math.max(-1, 2 * value))

/** World offset from a drawn box's centre to its point (u, v). */
function place(key: Float32Array | Float64Array, u: number, v: number): Point {
  const half = 2 ** at(key, log2Size) / 2
  const leaning = u + shear * at(key, lean) * (v + 1)
  const dx = leaning * mirrorOf(at(key, facing)) * half * Math.exp(-0.6 * at(key, squash))
  const dy = v * half * Math.exp(at(key, squash))
  const c = Math.cos(2 * Math.PI * at(key, rotation))
  const s = Math.sin(2 * Math.PI * at(key, rotation))
  return [dx * c - dy * s, dx * s + dy * c]
}

const at = (key: Float32Array | Float64Array, index: number): number => key[index] ?? 0

/** Height of a drawn box's centre above the ground. */
const middle = (key: Float32Array | Float64Array): number =>
  at(key, height) + 0.5 * 2 ** at(key, log2Size) * Math.exp(at(key, squash))

function rigid(
  rel: Float64Array,
  parent: Float64Array,
  link: Link,
  child: Noun,
  parentNoun: Noun,
  attach: string,
): Float64Array {
  const out = Float64Array.from(rel)
  const garment = attach === 'wear' ? child.wear : undefined
  const fit = garment ? Math.log2((parentNoun.fit[garment.at] ?? garment.fit) / garment.fit) : 0
  const anchor = anchorOf(parentNoun, garment?.at ?? link.anchor ?? 'feet')
  const pivot = pivotOf(child, link.pivot)
  out[presence] = Math.min(at(rel, presence), at(parent, presence))
  out[log2Size] = at(parent, log2Size) + at(rel, log2Size) + fit
  out[rotation] = at(parent, rotation) + mirrorOf(at(parent, facing)) * at(rel, rotation)
  out[facing] = at(rel, facing) * at(parent, facing)
  out[zBias] = at(rel, zBias) + at(parent, zBias)
  if (link.bend) {
    out[squash] = at(rel, squash) + at(parent, squash)
    out[lean] = at(rel, lean) + at(parent, lean)
  }
  const [px, py] = place(parent, anchor[0] + 2 * at(rel, x), anchor[1] + 2 * at(rel, height))
  const [cx, cy] = place(out, pivot[0], pivot[1])
  out[x] = at(parent, x) + px - cx
  out[y] = at(parent, y) + at(rel, y)
  out[height] = middle(parent) + py - cy - 0.5 * 2 ** at(out, log2Size) * Math.exp(at(out, squash))
  return out
}

function ground(rel: Float64Array, parent: Float64Array, link: Link): Float64Array {
  const out = Float64Array.from(rel)
  const size = 2 ** at(parent, log2Size)
  const face = link.mirror ? mirrorOf(at(parent, facing)) : 1
  out[x] = at(parent, x) + face * at(rel, x) * size
  out[y] = at(parent, y) + at(rel, y)
  out[height] = at(rel, height) * size + (link.lift ? at(parent, height) : 0)
  out[log2Size] = at(parent, log2Size) + at(rel, log2Size)
  out[facing] = at(rel, facing) * face
  return out
}

/** The inverse of a ground link: a state in world units, told relative to the parent. */
export function groundRelative(state: Float64Array, parent: Float64Array, attach: string): Float64Array {
  const link = links[attach]
  const out = Float64Array.from(state)
  const size = 2 ** at(parent, log2Size)
  const face = link?.mirror && at(parent, facing) < 0 ? -1 : 1
  out[x] = (face * (at(state, x) - at(parent, x))) / size
  out[y] = at(state, y) - at(parent, y)
  out[height] = (at(state, height) - (link?.lift ? at(parent, height) : 0)) / size
  out[log2Size] = at(state, log2Size) - at(parent, log2Size)
  out[facing] = face * at(state, facing)
  return out
}

/** How a link is resolved; undefined: no such link, the state is absolute. */
export const linkMode = (attach: string): 'rigid' | 'ground' | undefined => links[attach]?.mode

/** Absolute states of all slots, [actorCount + 1, keyCount, channelCount] like the input. A loop or a parent that is not there leaves the child as it is. */
export function resolve(states: Float32Array, keyCount: number, slots: readonly Slot[]): Float32Array {
  const out = Float32Array.from(states)
  const key = (slot: number, index: number) => {
    const from = (slot * keyCount + index) * channelCount
    return Float64Array.from(out.subarray(from, from + channelCount))
  }
  const done = new Set<number>()
  for (let slot = 0; slot < actorCount; slot++)
    if ((slots[slot]?.parent ?? -1) < 0 || !links[slots[slot]?.attach ?? '']) done.add(slot)
  for (let round = 0; round < 4; round++) {
    for (let slot = 0; slot < actorCount; slot++) {
      const line = slots[slot]
      const parentNoun = line ? slots[line.parent]?.noun : undefined
      const link = line ? links[line.attach] : undefined
      if (!line?.noun || !link || !parentNoun || done.has(slot) || !done.has(line.parent)) continue
      for (let index = 0; index < keyCount; index++) {
        const rel = key(slot, index)
        const parent = key(line.parent, index)
        const absolute =
          link.mode === 'rigid'
            ? rigid(rel, parent, link, line.noun, parentNoun, line.attach)
            : ground(rel, parent, link)
        out.set(absolute, (slot * keyCount + index) * channelCount)
      }
      done.add(slot)
    }
  }
  return out
}
