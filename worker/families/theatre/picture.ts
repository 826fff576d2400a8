import type { Lens } from './lens.ts'
import type { RgbImage } from './scene.ts'

/** A member's picture as the set: what lies where, and how the camera may move. */

/** A fitted picture and what lies beyond its edges: its mirror image, blurred, twice as wide and high. */
export interface Backcloth {
  readonly picture: RgbImage
  readonly around: RgbImage
}

/** Planes [1, 3, height, width] of an RGB picture, 0..255. */
export function planesOf(image: RgbImage): Float32Array {
  const area = image.width * image.height
  const planes = new Float32Array(area * 3)
  for (let i = 0; i < area; i++) {
    planes[i] = image.rgb[i * 3] ?? 0
    planes[area + i] = image.rgb[i * 3 + 1] ?? 0
    planes[2 * area + i] = image.rgb[i * 3 + 2] ?? 0
  }
  return planes
}

/** A camera before a picture moves in as much as its panning needs, so that no edge is seen; only a pull-out shows what lies beyond. */
export function pictureLens(lens: Lens): Lens {
  const aspect = lens.width / lens.height
  const x = Math.min(Math.max(lens.x, -aspect * 0.4), aspect * 0.4)
  const y = Math.min(Math.max(lens.y, -0.4), 0.4)
  const turned = Math.abs(Math.sin(lens.roll * 2 * Math.PI)) * Math.max(aspect, 1 / aspect)
  const needed =
    Math.max(aspect / (aspect - Math.abs(x)), 1 / (1 - Math.abs(y))) *
    (1 + turned) *
    (x === 0 && y === 0 && turned === 0 ? 1 : 1.004)
  return { ...lens, x, y, zoom: lens.zoom < 0.999 ? lens.zoom : Math.max(lens.zoom, needed) }
}

/** How the way from a first picture, or from what is played, to a last picture goes. `share` 0..1 of the clip. */
export interface Travel {
  /** 0: only the first picture, 1: only the last. */
  readonly blend: number
  /** Factors on the zoom before the first and the last picture. */
  readonly firstZoom: number
  readonly lastZoom: number
  /** Share of the camera's own move that is left before the last picture, and of the actors' presence. */
  readonly camera: number
  readonly presence: number
}

const ease = (u: number): number => {
  const v = Math.min(1, Math.max(0, u))
  return v * v * (3 - 2 * v)
}

/** One push forward: through the first picture, which opens in its middle, up to the last one, where everything comes to rest. */
export function travelAt(share: number): Travel {
  return {
    blend: ease((share - 0.32) / 0.42),
    firstZoom: 1 + 0.55 * ease(share * 1.25),
    lastZoom: 1 - 0.13 * (1 - ease(share)),
    camera: 1 - ease(share),
    presence: 1 - ease((share - 0.84) / 0.12),
  }
}

/** The same where the clip begins on the stage: what is played there is seen for longer, and goes with its set. */
export function arriveAt(share: number): Travel {
  return {
    blend: ease((share - 0.52) / 0.4),
    firstZoom: 1 + 0.35 * ease((share - 0.42) / 0.5),
    lastZoom: 1 - 0.13 * (1 - ease(share)),
    camera: 1 - ease(share),
    presence: 1,
  }
}
