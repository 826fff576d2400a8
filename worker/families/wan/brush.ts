import type { Stroke } from '../../../core/request.ts'
import type { Size } from './geometry.ts'
import type { Track } from './tracks.ts'

/** The part of a clip, in shares of its length, that tracks are made for; a long clip is made in several. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Tracks of motion-brush strokes: every latent cell whose middle lies in a stroke's area moves as the path does; a pinned area stays.
 * Pinned ones come first, so that what moves wins. The path's points are evenly spaced in time. `frames`: latent frames.
 */
export function brushTracks(
  strokes: readonly Stroke[],
  size: Size,
  spatial: number,
  frames: number,
  span: Span,
): Track[] {
  const pinned = strokes.filter(stroke => 'pinned' in stroke.motion)
  const moved = strokes.filter(stroke => 'path' in stroke.motion)
  return [...pinned, ...moved].flatMap(stroke => {
    const start = offsetAt(stroke, span.from)
    const offsets = Array.from({ length: frames }, (_, f) =>
      offsetAt(stroke, span.from + ((span.to - span.from) * f) / Math.max(1, frames - 1)),
    )
    return cellsOf(stroke, size, spatial, start).map(([x, y]) =>
      offsets.map(offset => [x + (offset.x - start.x) * size.width, y + (offset.y - start.y) * size.height] as const),
    )
  })
}

/** How far a stroke's area has gone at a share of the clip, in fractions of the picture. */
function offsetAt({ motion }: Stroke, share: number): { x: number; y: number } {
  if (!('path' in motion)) return { x: 0, y: 0 }
  const last = motion.path.length - 1
  const at = Math.min(1, Math.max(0, share)) * last
  const index = Math.min(Math.floor(at), last - 1)
  const [origin, a, b] = [motion.path[0], motion.path[index], motion.path[index + 1]]
  if (!origin || !a || !b) return { x: 0, y: 0 }
  const part = at - index
  return { x: a.x + (b.x - a.x) * part - origin.x, y: a.y + (b.y - a.y) * part - origin.y }
}

/** Middles, in pixels, of the latent cells in a stroke's area, moved by what it has gone already. */
function cellsOf({ grid, cells }: Stroke, size: Size, spatial: number, gone: { x: number; y: number }) {
  const inside = new Set(cells)
  const found: [number, number][] = []
  for (let y = spatial / 2; y < size.height; y += spatial)
    for (let x = spatial / 2; x < size.width; x += spatial) {
      const column = Math.floor((x / size.width - gone.x) * grid.columns)
      const row = Math.floor((y / size.height - gone.y) * grid.rows)
      const there = column >= 0 && row >= 0 && column < grid.columns && row < grid.rows
      if (there && inside.has(row * grid.columns + column)) found.push([x, y])
    }
  return found
}
