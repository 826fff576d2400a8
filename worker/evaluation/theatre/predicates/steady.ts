import { steps, type Track } from '../track.ts'

/** Longest step between two keys (1/8 s) that is no teleport, world units, relative to the camera. */
const stride = 0.5

/** Largest change of step between two keys: beyond it, motion jerks. */
const jerk = 0.42

/** Nobody teleports or jerks while on stage. `lens`: the camera's track. Kicked and thrown things may start suddenly. */
export function steady(track: Track, lens: Track, sudden: boolean): boolean {
  const x = track.of('x').map((value, i) => value - (lens.of('x')[i] ?? 0))
  const h = track.of('height')
  const shown = (i: number) => track.there[i] && track.there[i + 1]
  const dx = steps(x)
  const dh = steps(h)
  const calm = dx.every((step, i) => !shown(i) || Math.hypot(step, dh[i] ?? 0) <= stride)
  if (!calm) return false
  if (sudden) return true
  return steps(dx).every((change, i) => !(shown(i) && shown(i + 1)) || Math.abs(change) <= jerk)
}
