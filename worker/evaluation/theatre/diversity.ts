import type { Direction } from '../../families/theatre/direction.ts'
import type { Directed } from '../../families/theatre/pipeline.ts'
import { clipOf } from './judge.ts'
import { mean } from './track.ts'

/**
 * How differently a prompt is staged with different seeds: mean distance of the leading actor's place in the frame (world units),
 * over all pairs of takes and all keys.
 */
export function spread(takes: readonly Directed[], direction: Direction): number {
  const paths = takes.map(take => {
    const clip = clipOf(take, direction)
    const lead = clip.tracks.find(({ role }) => role === 0)?.track ?? clip.tracks[0]?.track
    const camera = clip.lens.of('x')
    return (lead?.of('x') ?? []).map((x, i) => ({
      x: x - (camera[i] ?? 0),
      h: (lead?.of('height')[i] ?? 0) + (lead?.of('y')[i] ?? 0),
    }))
  })
  const distances: number[] = []
  for (const [i, a] of paths.entries())
    for (const b of paths.slice(i + 1))
      distances.push(mean(a.map((p, k) => Math.hypot(p.x - (b[k]?.x ?? 0), p.h - (b[k]?.h ?? 0)))))
  return mean(distances)
}
