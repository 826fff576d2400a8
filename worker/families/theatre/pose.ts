import type { Trait } from './assets.ts'
import { farness, type Lens, pixelsPerUnit, project, rolled } from './lens.ts'
import { channel, channelCount } from './scene.ts'
import type { Moment } from './timeline.ts'

/** From an actor's state to the numbers that puppet.onnx wants, and where its patch goes. */

/** One actor, ready to be drawn at one moment. All in pixels of the output picture. */
export interface Pose {
  readonly slot: number
  /** Far actors are drawn first. */
  readonly depth: number
  readonly opacity: number
  /** Height of the sprite's canvas. */
  readonly size: number
  /** Point on the ground under the actor, after the roll. */
  readonly ground: { readonly x: number; readonly y: number }
  /** Middle of the sprite's canvas, after the roll. */
  readonly middle: { readonly x: number; readonly y: number }
  /** World units above the ground. */
  readonly lift: number
  /** 0 near, 1 far. */
  readonly far: number
  /** Mirrored: -1. */
  readonly side: 1 | -1
  /** Edges of the patch, relative to `middle`. */
  readonly box: Box
  /** Fraction of the canvas that the figure fills, side to side. */
  readonly girth: number
  /** Stretch of the canvas, across and upwards. */
  readonly wide: number
  readonly tall: number
  /** Nothing of it moves but by stretching: its patch can be kept. */
  readonly still: boolean
  /** puppet_graph.py's POSE from `cos` to `wave`. */
  readonly shape: readonly number[]
  /** How far it has come, in parts of its canvas's height: what its wheels have turned. */
  readonly way: number
  /** How it carries along what sits on it. */
  readonly sway: Sway
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Steps and breath are drawn, not directed: what somebody wears, holds or rides goes along with them. */
export interface Sway {
  /** Where a point on the carrier has got to, pixels. */
  move(at: Point): Point
  /** Radians, counter-clockwise. */
  readonly turn: number
}

const calm: Sway = { move: at => at, turn: 0 }

/** A rectangle in pixels. */
interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const stridesPerSecond = 2.1
const beatsPerSecond = 3.2
const alive = new Set<Trait['gait']>(['quad', 'biped', 'wing', 'fin'])

/**
 * Pose of the actor in `slot`, or undefined when it cannot be seen. `time` is the clip's clock, which drives legs, wings and breath;
 * `carrier`: the sway of whom it is worn, held or mounted by.
 */
export function poseOf(
  moment: Moment,
  slot: number,
  trait: Trait,
  lens: Lens,
  time: number,
  carrier: Sway = calm,
): Pose | undefined {
  const at = (name: keyof typeof channel) => moment[slot * channelCount + channel[name]] ?? 0
  const opacity = Math.min(Math.max(at('presence') + 0.5, 0), 1)
  if (opacity < 0.02) return undefined
  const unit = pixelsPerUnit(lens)
  const size = 2 ** Math.min(at('log2Size'), 3) * unit
  if (size < 2) return undefined
  const leg = Math.min(Math.max(at('leg'), 0), 1.2)
  const flap = Math.min(Math.max(at('flap'), 0), 1.2)
  const offset = slot * 0.37
  const phase = (time * stridesPerSecond + offset) * 2 * Math.PI
  const beat = time * beatsPerSecond * 2 * Math.PI + offset * 2.3
  const stride = Math.sin(phase)
  const flies = trait.gait === 'wing' || trait.gait === 'fin'
  const quad = trait.gait === 'quad' ? leg : 0
  const biped = trait.gait === 'biped' ? leg : 0
  const hop = Math.abs(stride) * (quad * 0.03 + biped * 0.045) * size
  const breath = alive.has(trait.gait) ? 0.011 * Math.sin(time * 2.9 + offset * 9) * (1 - Math.min(1, leg + flap)) : 0
  const squash = Math.min(Math.max(at('squash') + breath, -0.8), 0.8)
  const facing = trait.faces ? at('facing') : 1
  // A turn is a quick squeeze and a swap, never a sheet of paper seen from its edge.
  const turning = trait.faces ? 1 - Math.min(1, Math.abs(facing) * 1.6) : 0
  const tall = Math.exp(squash) * (1 + 0.06 * turning)
  const wide = Math.exp(squash * -0.6) * (1 - 0.34 * turning)
  const tilt = leg * 0.012 * stride * 2 * Math.PI
  const angle = (at('rotation') + lens.roll) * 2 * Math.PI + tilt + carrier.turn
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const groundFlat = project(lens, at('x'), at('y'))
  const lift = at('height')
  const carried = carrier.move(rolled(lens, { x: groundFlat.x, y: groundFlat.y - lift * unit - size * 0.5 * tall }))
  const middle = { x: carried.x, y: carried.y - hop }
  // Who is not mirrored leans mirrored all the same: that is what the links reckon with.
  const lean = at('lean') * (trait.faces || at('facing') >= 0 ? 1 : -1)
  const half = size * 0.5
  const hx =
    half *
    ((trait.width + 0.05) * wide +
      Math.abs(lean) * 0.8 * wide +
      quad * 0.17 +
      (trait.gait === 'wing' ? flap * 0.16 : 0))
  const spare = half * tall * (flies ? 0.06 + flap * 0.2 : 0.06)
  // The figure stands on the bottom of its canvas: the canvas above its head is left out.
  const box = turnedBox(hx, half * tall * (1 - 2 * trait.height) - spare, half * tall + spare, c, s)
  const side = facing < 0 ? -1 : 1
  return {
    slot,
    depth: at('y') - at('zBias') * 0.5,
    opacity,
    size,
    ground: rolled(lens, groundFlat),
    middle,
    lift,
    far: farness(at('y')),
    side,
    box,
    girth: trait.width * wide,
    wide,
    tall,
    still: Math.abs(angle) < 0.002 && Math.abs(lean) < 0.003 && quad + biped + (flies ? flap : 0) < 0.02,
    shape: [
      c,
      s,
      side / (half * wide),
      1 / (half * tall),
      lean,
      quad,
      biped,
      trait.gait === 'wing' ? flap : 0,
      trait.gait === 'fin' ? flap : 0,
      stride,
      Math.sin(beat),
      beat * 0.6,
    ],
    way: at('x') / 2 ** at('log2Size'),
    sway: swayOf(carrier, carried, carried.y + size * 0.5 * tall, hop, tilt, Math.exp(breath)),
  }
}

/** The sway of one about `middle`, on top of the carrier's: lifted by `hop`, turned by `tilt`, `stretch` upwards from the foot. */
function swayOf(carrier: Sway, middle: Point, foot: number, hop: number, tilt: number, stretch: number): Sway {
  const [c, s] = [Math.cos(tilt), Math.sin(tilt)]
  return {
    turn: carrier.turn + tilt,
    move(at) {
      const from = carrier.move(at)
      const [dx, dy] = [from.x - middle.x, foot + (from.y - foot) * stretch - middle.y]
      return { x: middle.x + dx * c + dy * s, y: middle.y + dy * c - dx * s - hop }
    },
  }
}

/** Bounds of the rectangle -hx..hx, top..bottom turned counter-clockwise by the angle with cosine c and sine s. */
function turnedBox(hx: number, top: number, bottom: number, c: number, s: number): Box {
  const xs = [-hx, hx].flatMap(x => [top, bottom].map(y => x * c + y * s))
  const ys = [-hx, hx].flatMap(x => [top, bottom].map(y => y * c - x * s))
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}
