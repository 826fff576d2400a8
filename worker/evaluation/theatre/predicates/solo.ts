import { kindOf } from '../../../families/theatre/nouns.ts'
import { hops, mean, most, pace, range, share, type Track, turns, wobble } from '../track.ts'

const early = (values: readonly number[], count: number) => values.slice(0, count)
const late = (values: readonly number[], count: number) => values.slice(-count)
const never = (flags: readonly boolean[]) => !flags.some(Boolean)
const always = (flags: readonly boolean[]) => flags.every(Boolean)

/** What one sees when an actor does a thing by itself, over five seconds. World units; the frame is 2 high. */
export const solo: Readonly<Record<string, (track: Track) => boolean>> = {
  idle: track => pace(track) < 0.15,
  walk: track => pace(track) > 0.1,
  run: track =>
    pace(track) > 0.28 && (kindOf(track.noun) !== 'walk' || track.noun.gait === 'none' || mean(track.of('leg')) > 0.5),
  jump: track => hops(track) >= 2,
  fly: track => mean(track.of('height')) > 0.18 && pace(track) > 0.1,
  swim: track => pace(track) > 0.1,
  slide: track => pace(track) > 0.18 && mean(track.of('leg')) < 0.4,
  drive: track => pace(track) > 0.22,
  roll: track => range(track.of('rotation')) > 0.45,
  bounce: track => hops(track) >= 3,
  dance: track => wobble(track.of('lean')) > 0.045 && wobble(track.of('squash')) > 0.025,
  spin: track => range(track.of('rotation')) > 0.85 || turns(track) >= 4,
  fall: track => most(track.of('height')) > 0.8 && most(late(track.of('height'), 8)) < 0.3,
  float: track => mean(late(track.of('height'), 8)) > 0.18,
  grow: track => mean(late(track.of('log2Size'), 4)) - mean(early(track.of('log2Size'), 4)) > 0.7,
  shrink: track => mean(late(track.of('log2Size'), 4)) - mean(early(track.of('log2Size'), 4)) < -0.8,
  explode: track => always(track.there.slice(0, 8)) && track.there.filter(there => !there).length >= 8,
  appear: track => never(track.there.slice(0, 2)) && always(track.there.slice(-16)),
  vanish: track => always(track.there.slice(0, 12)) && never(track.there.slice(-4)),
  sleep: track => pace(track) < 0.14 && mean(track.of('squash')) < -0.04,
  sit: track => pace(track) < 0.2 && mean(track.of('squash')) < -0.1,
  wave: track => wobble(track.of('lean')) > 0.05,
  shake: track => wobble(track.of('x')) > 0.01,
  climb: track => mean(late(track.of('height'), 4)) - mean(early(track.of('height'), 8)) > 0.12,
  launch: track => most(early(track.of('height'), 6)) < 0.3 && mean(late(track.of('height'), 6)) > 0.7,
  swing: track => wobble(track.of('rotation')) > 0.025,
  cry: track => mean(track.of('lean')) > 0.05,
  laugh: track => mean(track.of('lean')) < -0.04,
  sing: track => wobble(track.of('lean')) > 0.02 || wobble(track.of('squash')) > 0.02,
  speech: track => pace(track) < 0.2 && (wobble(track.of('lean')) > 0.015 || wobble(track.of('squash')) > 0.015),
  celebrate: track => hops(track) >= 3,
  parkour: track => pace(track) > 0.28 && hops(track) >= 2,
  flip: track => range(track.of('rotation')) > 0.75 && hops(track) >= 2,
  look: track => turns(track) >= 1,
  // It slips away to the edge of the frame (1.78 units from the middle) and peeks out from there.
  hide: track => {
    const x = late(track.of('x'), 16).map(Math.abs)
    const seen = late(track.width, 16).some((width, i) => (x[i] ?? 0) - width / 2 < 1.72)
    return share(x.map(value => value > 1.45)) > 0.6 && seen
  },
  parade: track => pace(track) > 0.15 && turns(track) === 0,
  rain: track => range(track.of('height')) > 0.8,
  work: track => pace(track) < 0.15,
  gather: track => pace(track) < 0.2,
  meeting: track => pace(track) < 0.25,
}
