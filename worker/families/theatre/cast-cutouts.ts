import type { Stroke } from '../../../core/request.ts'
import { pathAt, toWorld } from './brush.ts'
import { cutOut } from './cutout.ts'
import { fitPicture } from './fit.ts'
import { fillHoles } from './holes.ts'
import { type PinnedArea, pinnedArea } from './pinned.ts'
import { actorCount, channel, channelCount, keyOffset, keysPerSecond, type RgbaImage, type RgbImage } from './scene.ts'

/** Regions of a member's picture that have become actors. */
export interface CutOuts {
  /** The picture with the regions filled from around, and untouched; both fitted to the frame. */
  readonly set: RgbImage
  readonly opening: RgbImage
  /** Who stands in which slot. */
  readonly actors: readonly { readonly slot: number; readonly image: RgbaImage }[]
  /** Regions that stay where they are on the screen. */
  readonly pinned: readonly PinnedArea[]
}

/**
 * Cuts brushed regions out of a picture and sends them along their paths: writes their states into free slots of absolute `keys`.
 * Regions beyond the free slots stay part of the picture; pinned ones stay on the screen whatever the camera does.
 */
export async function castCutOuts(
  picture: RgbImage,
  strokes: readonly Stroke[],
  free: readonly number[],
  clip: { readonly keys: Float32Array; readonly keyCount: number; readonly keyStart: number; readonly seconds: number },
  frame: { readonly width: number; readonly height: number },
): Promise<CutOuts> {
  const opening = await fitPicture(picture, frame.width, frame.height)
  const held = strokes.filter(({ motion }) => !('path' in motion))
  const moving = strokes.filter(({ motion }) => 'path' in motion).slice(0, free.length)
  const aspect = frame.width / frame.height
  const actors = moving.map((stroke, i) => {
    const slot = free[i] ?? actorCount - 1
    const cut = cutOut(opening, stroke)
    for (let key = 0; key < clip.keyCount; key++) {
      const second = clip.keyStart + key / keysPerSecond
      const start = toWorld(pathAt(stroke, 0), aspect)
      const now = toWorld(pathAt(stroke, second / clip.seconds), aspect)
      const state = new Float32Array(channelCount)
      state[channel.presence] = 1
      state[channel.x] = cut.x + now.x - start.x
      state[channel.y] = cut.y + now.y - start.y
      state[channel.log2Size] = cut.log2Size
      state[channel.facing] = 1
      clip.keys.set(state, keyOffset(slot, key, clip.keyCount))
    }
    return { slot, image: cut.image }
  })
  const taken = [...moving, ...held]
  const set = taken.length > 0 ? fillHoles(opening, taken) : opening
  return { set, opening, actors, pinned: held.map(stroke => pinnedArea(opening, stroke)) }
}
