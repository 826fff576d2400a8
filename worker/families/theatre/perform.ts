import type { Camera, Ratio, Stroke } from '../../../core/request.ts'
import { axesAt, moves } from './camera.ts'
import { baseOf, copyKeys, firstKeys, lastKeys, rebased } from './chain.ts'
import { followed, groupsOf, idleOf, rootsOf, sizesOf } from './company.ts'
import type { Direction } from './direction.ts'
import { type Encoded, encode } from './encode.ts'
import { popIn } from './entrance.ts'
import { giveFooting, keepInShot } from './footing.ts'
import { keepPeeking } from './hide.ts'
import { linkMode, resolve, type Slot } from './links.ts'
import { followPins, givePins, pinsOf } from './pins.ts'
import {
  easeJoin,
  followSubject,
  holdTurns,
  keepPace,
  nearestNoun,
  separate,
  sharpen,
  smooth,
  snapBackground,
} from './post.ts'
import { type Director, sample } from './sample.ts'
import { actorCount, cameraSlot, channel, channelCount, keyOffset, keysPerSecond, windowSeconds } from './scene.ts'
import type { Script } from './script.ts'
import { seat, seatOn } from './seating.ts'
import { type EndState, prefixKeys } from './state.ts'
import { clear, inTheWay, keepUpright, matchSizes, raiseGlitter } from './tidy.ts'
import { backgroundOf, giveBackground, giveKey, giveNoun, type Known, nothingKnown, statesOf } from './window.ts'

/** What is to be performed. */
export interface PerformOptions {
  /** Length in seconds; more than a window is chained. */
  readonly seconds: number
  readonly ratio: Ratio
  /** Width by height of the frame. */
  readonly aspect: number
  readonly seed: number
  readonly guidance: number
  readonly steps: number
  readonly signal: AbortSignal
  readonly camera?: Camera | undefined
  /** Strokes that move or pin actors; not those that cut a region out of a picture. */
  readonly strokes?: readonly Stroke[]
  /** The clip this one goes on from. */
  readonly previous?: EndState | undefined
  /** True: a member's picture is the set. */
  readonly picture: boolean
  /** 0..1 of all sampling. */
  readonly onProgress?: (done: number) => void
}

/** A clip as states: who stands where at every key. */
export interface Performance {
  /** Noun per slot, undefined for an empty one. */
  readonly nouns: readonly (string | undefined)[]
  /** Slot of every role of the script (effects after the roles). */
  readonly slots: readonly number[]
  readonly script: Script
  /** [actorCount + 1, keyCount, channelCount] in world units. */
  readonly keys: Float32Array
  readonly keyCount: number
  /** Second of key 0. */
  readonly keyStart: number
  readonly background: Float32Array
  /** Per slot: who wears, holds or carries it. */
  readonly carriers: readonly (number | undefined)[]
  readonly end: EndState
}

/** Sets without a floor, and those of water: things hover or bob there. */
const afloat: ReadonlySet<string> = new Set(['space', 'sky', 'underwater', 'sea', 'river'])

/** Samples a script window by window; each goes on from the last keys of the one before. */
export async function perform(
  director: Director,
  direction: Direction,
  script: Script,
  options: PerformOptions,
): Promise<Performance> {
  const { previous } = options
  const count = Math.max(1, Math.ceil(options.seconds / windowSeconds))
  const stride = windowSeconds * keysPerSecond
  const keyCount = direction.keys + stride * (count - 1)
  const cast = previous ? seatOn(script, previous, direction) : seat(script)
  const slots = cast.slots
  const newcomers = previous ? slots.filter(slot => !previous.slots.includes(slot)) : []
  const timeline = new Float32Array((actorCount + 1) * keyCount * channelCount)
  const halfWidth = options.aspect
  const pins = pinsOf(cast.script, slots, options, previous)
  let nouns: (string | undefined)[] = cast.nouns
  let background: Float32Array | undefined = previous?.background
  let prefix: Float32Array | undefined = previous?.keys
  let plan: readonly Slot[] = []

  for (let index = 0; index < count; index++) {
    const encoded = encode(cast.script, slots, direction, {
      ratio: options.ratio,
      picture: options.picture,
      later: index > 0 || previous !== undefined,
      earlier: index < count - 1,
    })
    plan = nouns.map((noun, slot) => ({
      noun: noun === undefined ? undefined : direction.nouns[direction.nounIndex.get(noun) ?? -1],
      parent: encoded.parents[slot] ?? -1,
      attach: encoded.attaches[slot] ?? 'none',
    }))
    const known = nothingKnown(direction)
    nouns.forEach((noun, slot) => {
      if (noun !== undefined || prefix)
        giveNoun(known, slot, noun === undefined ? -1 : (direction.nounIndex.get(noun) ?? -1), direction)
    })
    if (background) giveBackground(known, background, direction)
    const base = prefix ? baseOf(prefix, plan) : undefined
    if (prefix && base)
      givePrefix(known, rebased(prefix, prefixKeys, base, -1), index === 0 ? newcomers : [], direction)
    const origin = base?.x[cameraSlot] ?? 0
    giveCamera(known, direction, options, index, halfWidth, origin)
    givePins(known, pins, plan, direction, options, index, origin)
    const rows = await sample(director, direction, encoded, leadAway(encoded, script, direction), known, {
      seed: mixSeed(options.seed, index),
      guidance: options.guidance,
      steps: options.steps,
      shift: direction.sampler.shift,
      signal: options.signal,
      onStep: done => options.onProgress?.((index + done / options.steps) / count),
    })
    const states = rebased(statesOf(rows, direction), direction.keys, base, 1)
    background ??= snapBackground(backgroundOf(rows, direction), cast.script.set, direction)
    if (!prefix) {
      nouns = decorate(nouns, rows, states, cast.script, direction, options.picture)
      plan = plan.map((line, slot) => ({
        ...line,
        noun: direction.nouns[direction.nounIndex.get(nouns[slot] ?? '') ?? -1],
      }))
      const company = cast.script.cast.map((role, i) => ({ slot: slots[i] ?? -1, role }))
      giveFooting(states, direction.keys, plan, company, afloat.has(cast.script.set ?? ''))
      matchSizes(states, direction.keys, sizesOf(cast.script, slots, plan), plan)
      separate(states, direction.keys, groupsOf(cast.script, slots), plan, halfWidth)
      cast.script.cast.forEach(({ verbs, parent }, i) => {
        const noun = plan[slots[i] ?? -1]?.noun
        if (noun && parent === undefined && verbs.includes('hide'))
          keepPeeking(states, direction.keys, slots[i] ?? 0, noun.w, halfWidth)
      })
      for (const slot of inTheWay(states, direction.keys, plan, slots)) {
        clear(states, direction.keys, slot)
        nouns = nouns.with(slot, undefined)
        plan = plan.with(slot, { noun: undefined, parent: -1, attach: 'none' })
      }
    }
    if (prefix) easeJoin(states, direction.keys, prefixKeys)
    cast.script.cast.forEach(({ over }, i) => {
      if (over) clear(states, direction.keys, slots[i] ?? -1, index === 0 ? prefixKeys : 0)
    })
    raiseGlitter(states, direction.keys, plan)
    const idle = idleOf(cast.script, slots)
    keepUpright(states, direction.keys, plan, idle, afloat.has(cast.script.set ?? ''), prefix ? prefixKeys : 0)
    smooth(states, direction.keys, prefix ? prefixKeys : 0)
    const subjects = followed(cast.script, slots, states, direction.keys)
    if (!moves(options.camera) && pins.length === 0) {
      if (subjects.length > 0) followSubject(states, direction.keys, subjects, prefix ? prefixKeys : 0)
      else if (!prefix && !cast.script.camera && !options.picture)
        keepInShot(states, direction.keys, plan, rootsOf(cast.script, slots), halfWidth)
    }
    followPins(states, pins, plan, direction, options, index)
    copyKeys(states, direction.keys, 0, timeline, keyCount, index * stride, direction.keys)
    prefix = lastKeys(states, direction.keys)
  }

  // What was directed beyond the clip's end nobody sees: whoever goes on from it begins where it ended.
  const shownCount = Math.min(keyCount, direction.curtain + Math.round(options.seconds * keysPerSecond) + 1)
  const shown = firstKeys(timeline, keyCount, shownCount)
  holdTurns(shown, shownCount)
  const absolute = resolve(shown, shownCount, plan)
  sharpen(absolute, shownCount)
  if (previous) keepPace(absolute, shownCount, prefixKeys)
  const keyStart = -direction.curtain / keysPerSecond
  for (const slot of newcomers) popIn(absolute, shownCount, keyStart, slot, comeInAt)
  return {
    nouns,
    slots,
    script: cast.script,
    keys: absolute,
    keyCount: shownCount,
    keyStart,
    background: background ?? new Float32Array(direction.background.length),
    carriers: plan.map(({ parent, attach }) => (parent >= 0 && linkMode(attach) === 'rigid' ? parent : undefined)),
    end: {
      nouns: nouns.map(noun => noun ?? null),
      slots,
      script: { ...cast.script, cast: [...cast.script.cast].map(role => ({ ...role, verbs: [...role.verbs] })) },
      background: background ?? new Float32Array(direction.background.length),
      keys: lastKeys(shown, shownCount),
    },
  }
}

/** The branch that guidance leads away from: the same cast without its words, or with the denied ones. */
function leadAway(encoded: Encoded, script: Script, direction: Direction): Encoded {
  const lists: Record<string, readonly string[]> = {
    set: direction.tokens.sets,
    time: direction.tokens.times,
    weather: direction.tokens.weathers,
    camera: direction.tokens.cameras,
    mood: direction.tokens.moods,
  }
  const globals = direction.globals.map((field, i) => {
    if (!direction.guidance.dropGlobals.includes(field)) return encoded.globals[i] ?? 0
    const denied = script.denied.find(({ kind }) => kind === field)
    return denied ? (lists[field]?.indexOf(denied.id) ?? -1) + 1 : 0
  })
  const dropped = new Set(direction.guidance.dropCast)
  const cast = encoded.cast.map(row => row.map((value, i) => (dropped.has(direction.cast[i] ?? '') ? 0 : value)))
  return { ...encoded, globals, cast }
}

/** A seed of its own for every window. */
/** Second at which those come in whom a clip that goes on names for the first time. */
const comeInAt = 0.25

const mixSeed = (seed: number, index: number): number => (seed ^ Math.imul(index, 0x9e3779b1)) >>> 0

/** What was shown before; of those who were not there then, nothing is known, or they would stay away. */
function givePrefix(known: Known, prefix: Float32Array, newcomers: readonly number[], direction: Direction) {
  for (let slot = 0; slot <= actorCount; slot++)
    for (let key = 0; key < prefixKeys && !newcomers.includes(slot); key++) {
      const from = keyOffset(slot, key, prefixKeys)
      giveKey(known, slot, key, prefix.subarray(from, from + channelCount), direction)
    }
}

/** Camera axes, or with strokes a camera at rest: their paths are told on a still picture. */
function giveCamera(
  known: Known,
  direction: Direction,
  options: PerformOptions,
  index: number,
  halfWidth: number,
  origin: number,
) {
  const { camera } = options
  const still = (options.strokes?.length ?? 0) > 0 && camera === undefined
  if (!still && !moves(camera)) return
  for (let key = 0; key < direction.keys; key++) {
    if (options.previous && index === 0 && key < prefixKeys) continue
    const second = index * windowSeconds + (key - direction.curtain) / keysPerSecond
    const state = moves(camera)
      ? axesAt(camera.axes, second, options.seconds, halfWidth)
      : new Float32Array(channelCount)
    const start = options.previous ? cameraAt(options.previous.keys) : undefined
    for (let c = 0; c < channelCount; c++) state[c] = (state[c] ?? 0) + (start?.[c] ?? 0)
    state[channel.x] = (state[channel.x] ?? 0) - origin
    giveKey(known, cameraSlot, key, state, direction)
  }
}

const cameraAt = (prefix: Float32Array): Float32Array =>
  prefix.subarray(keyOffset(cameraSlot, prefixKeys - 1, prefixKeys), keyOffset(cameraSlot, prefixKeys, prefixKeys))

/** Free slots become decor of the set, or stay empty. Nouns that the words name or deny are never invented. */
function decorate(
  nouns: readonly (string | undefined)[],
  rows: Float32Array,
  states: Float32Array,
  script: Script,
  direction: Direction,
  picture: boolean,
): (string | undefined)[] {
  const taken = new Set([...script.cast.map(({ noun }) => noun), ...script.denied.map(({ id }) => id)])
  const allowed = picture ? [] : (direction.decor[script.set ?? ''] ?? []).filter(id => !taken.has(id))
  return nouns.map((noun, slot) => {
    if (noun !== undefined) return noun
    const chosen = nearestNoun(rows, slot, allowed, direction)
    if (chosen === undefined)
      for (let key = 0; key < direction.keys; key++)
        states[keyOffset(slot, key, direction.keys) + channel.presence] = -1
    return chosen
  })
}
