import type { PinnedArea } from './pinned.ts'

/**
 * What the director decided and the stage draws: the seam between the two halves of the theatre.
 *
 * World units: the frame is 2 units tall, y up, (0, 0) its centre; x runs from -aspect to +aspect. Sprites face right.
 */

/** Channels of one key, in order. Actors use all of them; the camera slot reads x, y, log2Size (zoom), rotation (roll) and squash (shake). */
export const channels = [
  'presence',
  'x',
  'y',
  'height',
  'log2Size',
  'rotation',
  'facing',
  'squash',
  'lean',
  'leg',
  'flap',
  'zBias',
] as const

/** Name of a channel. */
export type Channel = (typeof channels)[number]

/** Index of every channel inside a key. */
export const channel = Object.fromEntries(channels.map((name, index) => [name, index])) as Record<Channel, number>

/** Floats per key. */
export const channelCount = channels.length

/** Actor slots; the camera is the slot after them. */
export const actorCount = 10

/** Index of the camera slot. */
export const cameraSlot = actorCount

/** Keys per second of clip. */
export const keysPerSecond = 8

/** Seconds the director makes at a time; longer clips are chained. */
export const windowSeconds = 5

/** Colours a member may ask for; the stage recolours the actor's sprite. */
export const tints = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'black',
  'white',
  'grey',
  'gold',
  'silver',
  'black-white',
  'rainbow',
] as const

/** A colour asked for in words. */
export type Tint = (typeof tints)[number]

/** 8-bit RGB pixels, row by row, no padding. */
export interface RgbImage {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** 8-bit RGBA pixels, straight (not premultiplied) alpha, row by row, no padding. */
export interface RgbaImage {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

/** Who stands in one actor slot. */
export interface Player {
  /** Noun id of the sprite; null: the slot is empty unless a cut-out is given. */
  readonly noun: string | null
  readonly tint?: Tint
  /** Sprite that is drawn instead of the noun's own. */
  readonly sprite?: string
  /** Slot of who wears, holds or carries it. */
  readonly carrier?: number
  /** A brushed region of the member's picture instead of a sprite: a square canvas like a sprite's, subject standing on its bottom edge. */
  readonly cutout?: RgbaImage
  /** False: decor or an effect that the model chose; true: named by the words. */
  readonly named: boolean
}

/** One clip, ready to be drawn. */
export interface Scene {
  /** Output size in pixels, both even. */
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Frames to draw; frame i shows time `start + i / fps`. */
  readonly frames: number
  /** Second of the first frame on the keys' clock. */
  readonly start: number
  /** One player per actor slot, `actorCount` of them. */
  readonly cast: readonly Player[]
  /** The background vector, in stage.json's order; mode flags are already snapped to the set. */
  readonly background: Float32Array
  /** Absolute states [actorCount + 1, keyCount, channelCount], row-major. Interpolate cubically. */
  readonly keys: Float32Array
  readonly keyCount: number
  /** Second of key 0 on the keys' clock: negative, the curtain keys come first. Key n is at `keyStart + n / keysPerSecond`. */
  readonly keyStart: number
  /** Seed for what the stage invents itself (rain drops, leaves): same scene, same pixels. */
  readonly seed: number
  /** The member's pictures, of any size; the stage fits them. The clip begins in the first one, or in the drawn set, and ends on the last one. */
  readonly picture?: {
    readonly first?: RgbImage
    readonly last?: RgbImage
    /** Frame 0 where it is not `first`: the untouched picture, when `first` has holes filled behind cut-outs. */
    readonly opening?: RgbImage
    /** Areas of the first picture, fitted to the frame, that no camera moves. */
    readonly pinned?: readonly PinnedArea[]
  }
}

/** Offset of a key's first channel in `Scene.keys`. */
export function keyOffset(slot: number, key: number, keyCount: number): number {
  return (slot * keyCount + key) * channelCount
}
