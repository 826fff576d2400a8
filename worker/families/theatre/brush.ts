import type { Stroke } from '../../../core/request.ts'

/** A point of the picture in world units: x to the right, y up, the frame 2 high. */
export interface WorldPoint {
  readonly x: number
  readonly y: number
}

/** Middle of a stroke's area, as fractions of the picture (y down). */
export function middleOf(stroke: Stroke): { x: number; y: number } {
  const { columns, rows } = stroke.grid
  let x = 0
  let y = 0
  for (const cell of stroke.cells) {
    x += ((cell % columns) + 0.5) / columns
    y += (Math.floor(cell / columns) + 0.5) / rows
  }
  return { x: x / stroke.cells.length, y: y / stroke.cells.length }
}

/** From fractions of the picture to world units, with the camera at rest. */
export function toWorld(point: { x: number; y: number }, aspect: number): WorldPoint {
  return { x: (2 * point.x - 1) * aspect, y: 1 - 2 * point.y }
}

/**
 * Where a stroke's area is at a share (0..1) of the clip, as fractions of the picture: along the path, whose points are evenly
 * spaced in time, moved so that it starts at the area's middle; a pinned area stays. Rounded by a Catmull-Rom spline.
 */
export function pathAt(stroke: Stroke, share: number): { x: number; y: number } {
  const middle = middleOf(stroke)
  if (!('path' in stroke.motion)) return middle
  const { path } = stroke.motion
  const last = path.length - 1
  const u = Math.min(1, Math.max(0, share)) * last
  const index = Math.min(Math.floor(u), last - 1)
  const f = u - index
  const point = (i: number) => path[Math.min(last, Math.max(0, i))] ?? middle
  const [a, b, c, d] = [point(index - 1), point(index), point(index + 1), point(index + 2)]
  const spline = (p: number, q: number, r: number, s: number) =>
    q + 0.5 * f * (r - p + f * (2 * p - 5 * q + 4 * r - s + f * (3 * (q - r) + s - p)))
  return { x: spline(a.x, b.x, c.x, d.x), y: spline(a.y, b.y, c.y, d.y) }
}
