import { most, range, type Track, wobble } from '../track.ts'

const change = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[0] ?? 0)

/** What each camera move looks like in the camera's own track over five seconds. */
export const camera: Readonly<Record<string, (track: Track) => boolean>> = {
  'push-in': track => change(track.of('log2Size')) > 0.25,
  'pull-out': track => change(track.of('log2Size')) < -0.25,
  'pan-left': track => change(track.of('x')) < -0.2,
  'pan-right': track => change(track.of('x')) > 0.2,
  'crane-up': track => change(track.of('y')) > 0.15,
  'crane-down': track => change(track.of('y')) < -0.15,
  orbit: track => range(track.of('x')) > 0.22 && Math.abs(change(track.of('x'))) < 0.92 * range(track.of('x')),
  'zoom-fast': track => {
    const zoom = track.of('log2Size')
    return most(zoom.slice(5).map((value, i) => value - (zoom[i] ?? 0))) > 0.35
  },
  handheld: track => wobble(track.of('x')) > 0.007 && range(track.of('log2Size')) < 0.18,
  fixed: track => Math.max(range(track.of('x')), range(track.of('y')), range(track.of('log2Size'))) < 0.12,
}

/** A follow shot keeps its subject near the middle of the frame although it travels. */
export function follows(lens: Track, subject: Track): boolean {
  const offset = subject.of('x').map((x, i) => x - (lens.of('x')[i] ?? 0))
  return range(offset) < Math.max(0.9, 0.75 * range(subject.of('x')))
}
