import { cameraSlot, channel, channelCount } from './scene.ts'
import type { Moment } from './timeline.ts'

/** Where the world lands on the picture. The stage graph (view.py) uses the same formulas for the ground. */

/** The camera of one moment. */
export interface Lens {
  readonly x: number
  readonly y: number
  readonly zoom: number
  /** Turns, counter-clockwise. */
  readonly roll: number
  readonly width: number
  readonly height: number
}

/** Camera of a moment on a picture of `width` x `height`; shaking is added here, from the clip's clock. */
export function lensAt(moment: Moment, time: number, width: number, height: number): Lens {
  const at = (name: keyof typeof channel) => moment[cameraSlot * channelCount + channel[name]] ?? 0
  const shake = Math.max(0, at('squash')) * 0.03
  return {
    x: at('x') + shake * Math.sin(time * 41),
    y: at('y') + shake * Math.sin(time * 53 + 1),
    zoom: 2 ** Math.min(Math.max(at('log2Size'), -1), 3),
    roll: at('rotation'),
    width,
    height,
  }
}

/** How much something standing at world y follows the camera: 1 near, 0.5 far. */
export function parallax(y: number): number {
  return 1 - 0.5 * farness(y)
}

/** 0 near the audience, 1 far away. */
export function farness(y: number): number {
  return Math.min(Math.max((y + 0.45) / 0.6, 0), 1)
}

/** Pixel of a point on the ground, before the roll. */
export function project(lens: Lens, x: number, y: number): { x: number; y: number } {
  const follow = parallax(y)
  const aspect = lens.width / lens.height
  return {
    x: ((((x - lens.x * follow) * lens.zoom) / aspect) * 0.5 + 0.5) * lens.width,
    y: (0.5 - ((y - lens.y * follow + 0.15) * lens.zoom - 0.15) * 0.5) * lens.height,
  }
}

/** Turns a pixel about the middle of the picture by the camera's roll. */
export function rolled(lens: Lens, at: { x: number; y: number }): { x: number; y: number } {
  if (lens.roll === 0) return at
  const angle = lens.roll * 2 * Math.PI
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const dx = at.x - lens.width / 2
  const dy = at.y - lens.height / 2
  return { x: lens.width / 2 + dx * c + dy * s, y: lens.height / 2 + dy * c - dx * s }
}

/** Pixels per world unit. */
export const pixelsPerUnit = (lens: Lens): number => (lens.zoom * lens.height) / 2
