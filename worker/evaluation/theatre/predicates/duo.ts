import { mean, most, pace, range, share, steps, type Track, touching, wobble } from '../track.ts'

const last = <T>(values: readonly T[], count: number) => values.slice(-count)
const first = (values: readonly number[]): number => values[0] ?? 0
const end = (values: readonly number[]): number => values.at(-1) ?? 0
const moved = (track: Track): number => end(track.of('x')) - first(track.of('x'))

/** Share of keys at which `b` is on the side that `a` looks to. */
function before(a: Track, b: Track): number {
  const [ax, bx, face] = [a.of('x'), b.of('x'), a.of('facing')]
  return share(ax.map((x, i) => ((bx[i] ?? 0) - x) * (face[i] ?? 0) > 0))
}

/** Angle that `a` sweeps about `b`, radians. */
function sweep(a: Track, b: Track): number {
  const h = a.of('height')
  const level = mean(h)
  const bx = b.of('x')
  let angle = 0
  let swept: number[] = []
  a.of('x').forEach((x, i) => {
    const now = Math.atan2((h[i] ?? 0) - level, (x - (bx[i] ?? 0)) * 0.4)
    const turn = i === 0 ? 0 : ((now - (swept.at(-1) ?? 0) + 3 * Math.PI) % (2 * Math.PI)) - Math.PI
    angle += turn
    swept = [...swept, now]
  })
  return Math.abs(angle)
}

/** What one sees when `a` does a thing to `b`, over five seconds. */
export const duo: Readonly<Record<string, (a: Track, b: Track) => boolean>> = {
  chase: (a, b) => {
    const same = steps(a.of('x')).map((step, i) => Math.sign(step) === Math.sign(steps(b.of('x'))[i] ?? 0))
    const ahead = b.of('x').map((x, i) => (x - (a.of('x')[i] ?? 0)) * Math.sign(b.of('facing')[i] ?? 0) > 0)
    return share(same) > 0.5 && share(ahead) > 0.55
  },
  race: (a, b) => Math.abs(moved(a)) > 1.5 && Math.sign(moved(a)) === Math.sign(moved(b)),
  orbit: (a, b) => sweep(a, b) > 3.2,
  ride: (a, b) => {
    const over = a.of('x').map((x, i) => Math.abs(x - (b.of('x')[i] ?? 0)) < 0.5 * (b.width[i] ?? 0))
    return share(over) > 0.9 && pace(b) > 0.08
  },
  eat: (a, b) => {
    const contact = touching(a, b, 1.15).filter((_, i) => b.there[i])
    return share(b.there.slice(0, 6)) === 1 && !last(b.there, 4).some(Boolean) && share(contact) > 0.7
  },
  kick: (a, b) => touching(a, b, 1.3).some(Boolean) && Math.abs(moved(b)) > 0.22 && most(b.of('height')) > 0.12,
  throw: (_, b) => most(b.of('height')) > 0.22 && most(last(b.of('height'), 4)) < 0.28 && Math.abs(moved(b)) > 0.18,
  meet: (a, b) => before(a, b) > 0.6 && share(last(touching(a, b, 1.75), 12)) > 0.65,
  kiss: (a, b) => share(last(touching(a, b, 1.25), 16)) > 0.65,
  hug: (a, b) => share(last(touching(a, b, 1), 12)) > 0.65,
  fight: (a, b) => share(last(touching(a, b, 1.55), 16)) > 0.6 && wobble(a.of('lean')) > 0.05,
  push: (a, b) => before(a, b) > 0.85 && Math.abs(moved(b)) > 0.18,
  pull: (a, b) => before(a, b) < 0.15 && Math.abs(moved(b)) > 0.18,
  'set-off': (_, b) => most(b.of('height').slice(0, 6)) < 0.3 && most(b.of('height')) > 0.5,
  give: (a, b) => share(touching(a, b, 1.4)) > 0.5,
  on: (a, b) => where(a, b, (dx, _, dh, wide, tall) => dx < 0.7 * wide && dh > (seatOf(b) - 0.2) * tall),
  beside: (a, b) => where(a, b, (dx, dy, _, wide) => dx > 0.45 * wide && dx < 2.2 * wide + 0.2 && Math.abs(dy) < 0.25),
  behind: (a, b) => where(a, b, (dx, dy, _, wide) => dy > 0.04 && dx < 1.2 * wide),
  'in-front': (a, b) => where(a, b, (dx, dy, _, wide) => dy < -0.04 && dx < 1.2 * wide),
  under: (a, b) => where(a, b, (dx, _, dh, wide, tall) => dx < 0.8 * wide && dh < 0.3 * tall),
  above: (a, b) => where(a, b, (dx, _, dh, wide, tall) => dx < 1.2 * wide && dh > 0.6 * tall),
  wear: (a, b) => stuck(a, b),
  hold: (a, b) => stuck(a, b),
  play: (a, b) => stuck(a, b),
}

/** How high its seat is, in parts of its height. */
const seatOf = ({ noun: { anchors, h } }: Track): number =>
  ((anchors['seat']?.[1] ?? h) - (anchors['feet']?.[1] ?? -h)) / (2 * h)

/** Where `a` is, seen from `b`, most of the time. */
function where(
  a: Track,
  b: Track,
  holds: (dx: number, dy: number, dh: number, wide: number, tall: number) => boolean,
): boolean {
  const value = (track: Track, name: 'x' | 'y' | 'height', i: number) => track.of(name)[i] ?? 0
  const flags = a.of('x').map((x, i) => {
    const wide = ((a.width[i] ?? 0) + (b.width[i] ?? 0)) / 2
    const tall = 2 ** (b.of('log2Size')[i] ?? 0) * b.noun.h
    return holds(
      Math.abs(x - value(b, 'x', i)),
      value(a, 'y', i) - value(b, 'y', i),
      value(a, 'height', i) - value(b, 'height', i),
      wide,
      tall,
    )
  })
  return share(flags) > 0.7
}

/** `b` stays on `a`'s body. */
function stuck(a: Track, b: Track): boolean {
  const near = a.of('x').map((x, i) => Math.abs(x - (b.of('x')[i] ?? 0)) < 0.75 * (a.width[i] ?? 0))
  const level = a.of('y').map((y, i) => Math.abs(y - (b.of('y')[i] ?? 0)) < 0.2)
  return share(near) > 0.9 && share(level) > 0.9 && range(b.of('log2Size')) < 1.2
}
