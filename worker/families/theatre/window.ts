import type { Direction } from './direction.ts'
import { actorCount, channel, channelCount } from './scene.ts'

/**
 * The director's rows, [tokens, width] float32: one per actor slot [identity code | keys x channels], the camera
 * [zeros | keys x channels], the background [entries | zeros]; numbers are divided by the scales. And its mask rows:
 * [identity or background known | position known per key | everything known per key].
 */
export const tokenCount = actorCount + 2

/** Row of the background. */
export const backgroundRow = actorCount + 1

/** Numbers in a row. */
export const rowWidth = (direction: Direction): number => direction.codeLength + direction.keys * channelCount

/** Numbers in a mask row. */
export const maskWidth = (direction: Direction): number => 1 + 2 * direction.keys

/** Channels that a pinned position fixes. */
const position = [channel.x, channel.y, channel.height]

/** Channels that the camera uses; the others stay zero. */
const lens = [channel.x, channel.y, channel.log2Size, channel.rotation, channel.squash]

/** What is known of a clip before it is sampled: rows and their mask. */
export interface Known {
  readonly rows: Float32Array
  readonly mask: Float32Array
}

/** Nothing is known yet. */
export function nothingKnown(direction: Direction): Known {
  return {
    rows: new Float32Array(tokenCount * rowWidth(direction)),
    mask: new Float32Array(tokenCount * maskWidth(direction)),
  }
}

/** Says who stands in a slot; -1: nobody does. */
export function giveNoun(known: Known, slot: number, noun: number, direction: Direction): void {
  const { codeLength } = direction
  const code =
    noun < 0 ? new Float32Array(codeLength) : direction.codes.subarray(noun * codeLength, (noun + 1) * codeLength)
  known.rows.set(code, slot * rowWidth(direction))
  known.mask[slot * maskWidth(direction)] = 1
}

/** Says the background, in stage.json's order and units. */
export function giveBackground(known: Known, background: Float32Array, direction: Direction): void {
  known.rows.set(background, backgroundRow * rowWidth(direction))
  known.mask[backgroundRow * maskWidth(direction)] = 1
}

/** Says a slot's whole state at a key (world units; relative ones for linked slots). */
export function giveKey(known: Known, slot: number, key: number, state: ArrayLike<number>, direction: Direction): void {
  const at = slot * rowWidth(direction) + direction.codeLength + key * channelCount
  for (let c = 0; c < channelCount; c++)
    known.rows[at + c] = (state[c] ?? 0) / (direction.scales[slot * channelCount + c] ?? 1)
  known.mask[slot * maskWidth(direction) + 1 + direction.keys + key] = 1
}

/** Says where a slot is at a key: x, y and height in world units. */
export function givePosition(
  known: Known,
  slot: number,
  key: number,
  at: readonly [number, number, number],
  direction: Direction,
): void {
  const from = slot * rowWidth(direction) + direction.codeLength + key * channelCount
  for (const [i, c] of position.entries())
    known.rows[from + c] = (at[i] ?? 0) / (direction.scales[slot * channelCount + c] ?? 1)
  known.mask[slot * maskWidth(direction) + 1 + key] = 1
}

/** 1 for every number of the rows that holds data: the rest is kept at zero, or it would drift while sampling. */
export function dataMask(direction: Direction): Float32Array {
  const width = rowWidth(direction)
  const mask = new Float32Array(tokenCount * width)
  mask.fill(1, 0, actorCount * width)
  for (let key = 0; key < direction.keys; key++)
    for (const c of lens) mask[actorCount * width + direction.codeLength + key * channelCount + c] = 1
  mask.fill(1, backgroundRow * width, backgroundRow * width + direction.background.length)
  return mask
}

/** 1 for every number of the rows that the mask says is known. */
export function knownNumbers({ mask }: Known, direction: Direction): Float32Array {
  const width = rowWidth(direction)
  const { keys, codeLength } = direction
  const out = new Float32Array(tokenCount * width)
  for (let token = 0; token < tokenCount; token++) {
    const row = token * maskWidth(direction)
    const whole = mask[row] ?? 0
    const from = token * width
    if (token === backgroundRow) {
      out.fill(whole, from, from + width)
      continue
    }
    out.fill(whole, from, from + codeLength)
    for (let key = 0; key < keys; key++) {
      const all = mask[row + 1 + keys + key] ?? 0
      const at = from + codeLength + key * channelCount
      out.fill(all, at, at + channelCount)
      if (mask[row + 1 + key]) for (const c of position) out[at + c] = 1
    }
  }
  return out
}

/** States in world units, [actorCount + 1, keys, channelCount], from rows. */
export function statesOf(rows: Float32Array, direction: Direction): Float32Array {
  const states = new Float32Array((actorCount + 1) * direction.keys * channelCount)
  for (let slot = 0; slot <= actorCount; slot++) {
    const from = slot * rowWidth(direction) + direction.codeLength
    for (let i = 0; i < direction.keys * channelCount; i++)
      states[slot * direction.keys * channelCount + i] =
        (rows[from + i] ?? 0) * (direction.scales[slot * channelCount + (i % channelCount)] ?? 1)
  }
  return states
}

/** The background vector of rows. */
export function backgroundOf(rows: Float32Array, direction: Direction): Float32Array {
  const from = backgroundRow * rowWidth(direction)
  return rows.slice(from, from + direction.background.length)
}

/** Identity code of a slot. */
export function codeOf(rows: Float32Array, slot: number, direction: Direction): Float32Array {
  const from = slot * rowWidth(direction)
  return rows.subarray(from, from + direction.codeLength)
}
