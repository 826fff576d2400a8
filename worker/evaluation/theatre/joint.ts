import { lensAt, pixelsPerUnit, project, rolled } from '../../families/theatre/lens.ts'
import type { Directed } from '../../families/theatre/pipeline.ts'
import { actorCount, channel, channelCount } from '../../families/theatre/scene.ts'
import { momentAt } from '../../families/theatre/timeline.ts'

/** What can be seen where a clip goes on from another: measured on the states of their frames. */
export interface Joint {
  /** Farthest anybody is from where they were at the same moment, in parts of the frame. */
  readonly jump: number
  /** Largest change of speed from the last frame to the next clip's first, over the largest between any frames of the two clips. */
  readonly jerk: number
  /** Actors that were measured: on stage on both sides. */
  readonly actors: number
}

const fps = 24
/** Speeds below this (parts of the frame per frame, a pixel in five seconds) are standing still: their changes compare to nothing. */
const still = 1 / 1280 / 5 / fps

type Position = readonly [x: number, y: number]

/** Joint of two clips; `seconds` is the first one's length. Positions are those on the screen: what the camera does counts. */
export function jointOf(before: Directed, after: Directed, seconds: number, aspect: number): Joint {
  const there = (clip: Directed, slot: number, time: number): boolean =>
    (momentAt(clip.performance, time)[slot * channelCount + channel.presence] ?? 0) > 0
  const positionOf = (clip: Directed, slot: number, time: number): Position => {
    const at = momentAt(clip.performance, time)
    const value = (name: 'x' | 'y' | 'height') => at[slot * channelCount + channel[name]] ?? 0
    const lens = lensAt(at, time, aspect, 1)
    const ground = project(lens, value('x'), value('y'))
    const { x, y } = rolled(lens, { x: ground.x, y: ground.y - value('height') * pixelsPerUnit(lens) })
    return [x / aspect, y]
  }
  const last = (seconds * fps - 1) / fps
  const slots = Array.from({ length: actorCount }, (_, slot) => slot).filter(
    slot =>
      before.performance.nouns[slot] !== undefined &&
      before.performance.nouns[slot] === after.performance.nouns[slot] &&
      there(before, slot, last) &&
      there(after, slot, 0),
  )
  const measured = slots.map(slot => {
    const end = positionOf(before, slot, seconds)
    const start = positionOf(after, slot, 0)
    const shown = (clip: Directed, frames: number) =>
      Array.from({ length: frames }, (_, n) => positionOf(clip, slot, n / fps))
    const film = [...shown(before, seconds * fps), ...shown(after, seconds * fps)]
    const speeds = film.slice(1).map((at, n) => minus(at, film[n] ?? at))
    const changes = speeds.slice(1).map((speed, n) => length(minus(speed, speeds[n] ?? speed)))
    // Speeds n and n + 1 meet at frame n + 1: those around the joint are the changes at the last frame and at the first.
    const around = [seconds * fps - 2, seconds * fps - 1]
    const across = Math.max(...around.map(n => changes[n] ?? 0))
    const usual = Math.max(still, ...changes.filter((_, n) => !around.includes(n)))
    return { jump: length(minus(start, end)), jerk: across / usual }
  })
  return {
    jump: Math.max(0, ...measured.map(({ jump }) => jump)),
    jerk: Math.max(0, ...measured.map(({ jerk }) => jerk)),
    actors: slots.length,
  }
}

const minus = ([ax, ay]: Position, [bx, by]: Position): Position => [ax - bx, ay - by]
const length = ([x, y]: Position): number => Math.hypot(x, y)
