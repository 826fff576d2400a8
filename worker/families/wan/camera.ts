import type { Camera, CameraAxis, CameraPreset } from '../../../core/request.ts'
import type { Span } from './brush.ts'
import type { Size } from './geometry.ts'
import type { Track } from './tracks.ts'

/**
 * Camera moves as point tracks: a pinhole camera looks at the first frame, as a plane or with a depth for every pixel, and every latent
 * cell is projected again from where the camera will be.
 *
 * The axes are Kling's (its API's "simple" camera): horizontal and vertical move the camera right and up, pan turns it in the **vertical**
 * plane (+ up), tilt in the **horizontal** one (+ right), roll turns the picture. Zoom is ours: + comes nearer (core/request.ts), where Kling's widens
 * the view; it moves the camera, so that what is near grows faster. How far +-10 goes is ours too.
 */

/** What +-10 means over a whole clip of five seconds. */
const reach = {
  /** Widths of the picture. */
  shift: 0.4,
  /** Radians. */
  turn: 0.3,
  roll: 0.3,
  /** Share of the distance to the plane. */
  dolly: 0.4,
} as const

/** Focal length in widths of the picture: about 58 degrees across. */
const focal = 0.9
/** Nothing is nearer to the camera than this. */
const nearest = 0.05

type Axes = Readonly<Partial<Record<CameraAxis, number>>>

/** The named moves on those axes. A point track cannot follow an actor: `follow` and `fixed` keep the camera still. */
const presets: Readonly<Record<CameraPreset, Axes>> = {
  'push-in': { zoom: 6 },
  'pull-out': { zoom: -6 },
  'pan-left': { tilt: -6 },
  'pan-right': { tilt: 6 },
  'crane-up': { vertical: 6 },
  'crane-down': { vertical: -6 },
  orbit: { horizontal: 7, tilt: -6 },
  follow: {},
  handheld: { horizontal: 0.6, vertical: 0.4, roll: 0.5 },
  fixed: {},
  'zoom-fast': { zoom: 10 },
}

/** Nearness of every pixel, 0 far .. 1 near, row by row. */
export interface DepthMap extends Size {
  readonly near: Float32Array
}

/** Tracks of all latent cells under a camera move. `frames`: latent frames. Without a depth map the picture is a plane. */
export function cameraTracks(
  camera: Camera,
  size: Size,
  spatial: number,
  frames: number,
  span: Span,
  depth?: DepthMap,
): Track[] {
  const axes = 'preset' in camera ? presets[camera.preset] : camera.axes
  const tracks: { readonly track: Track; readonly distance: number }[] = []
  for (let y = spatial / 2; y < size.height; y += spatial)
    for (let x = spatial / 2; x < size.width; x += spatial) {
      const distance = depth ? distanceAt(depth, x / size.width, y / size.height) : 1
      const track = Array.from({ length: frames }, (_, f) =>
        project([x, y], distance, axes, ((span.to - span.from) * f) / Math.max(1, frames - 1), size),
      )
      tracks.push({ track, distance })
    }
  // What is near hides what is far, and the later track wins.
  return tracks.sort((a, b) => b.distance - a.distance).map(({ track }) => track)
}

function distanceAt({ near, width, height }: DepthMap, x: number, y: number): number {
  const at = Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width))
  return 1 / Math.max(nearest, near[at] ?? 1)
}

/** Where a point of the first frame is seen after a share of the move; undefined once it is behind the camera. */
function project(
  [px, py]: readonly [number, number],
  distance: number,
  axes: Axes,
  share: number,
  { width, height }: Size,
): Track[number] {
  const amount = (axis: CameraAxis, full: number): number => ((axes[axis] ?? 0) / 10) * full * share
  const length = focal * width
  // The world moves against the camera.
  let x = ((px - width / 2) / length) * distance - amount('horizontal', reach.shift)
  let y = ((py - height / 2) / length) * distance + amount('vertical', reach.shift)
  let z = distance - amount('zoom', reach.dolly)
  ;[x, z] = turned(x, z, amount('tilt', reach.turn))
  ;[y, z] = turned(y, z, -amount('pan', reach.turn))
  ;[x, y] = turned(x, y, amount('roll', reach.roll))
  return z > nearest ? [width / 2 + (length * x) / z, height / 2 + (length * y) / z] : undefined
}

function turned(a: number, b: number, angle: number): [number, number] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return [a * cos - b * sin, a * sin + b * cos]
}
