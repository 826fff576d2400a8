import { backgroundReader, type Rgb } from './background.ts'
import { type Canvas, lay, type Patch } from './canvas.ts'
import type { Lens } from './lens.ts'
import { type Body, burst, leaf, paper, petal, ring, soft, streak } from './mote-shapes.ts'

/** Weather and sparks: many small things whose place is a plain function of seed, time and camera, so that any thread draws any frame. */

/** The motes of a clip: how many of what, from its background vector; patches in the size of the picture. */
export interface Motes {
  readonly swarms: readonly Swarm[]
  readonly fireworks: Fireworks | undefined
}

interface Swarm {
  readonly patches: readonly Patch[]
  /** Patches are frames of a turn: mote i shows number `spin * time + offset`. */
  readonly spin: number
  readonly glow: boolean
  readonly members: readonly Mote[]
}

interface Mote {
  /** Where it is at time 0, 0..1 of the box that it wraps in. */
  readonly x: number
  readonly y: number
  /** World units per second, y up. */
  readonly vx: number
  readonly vy: number
  /** Sideways swing: world units and turns per second. */
  readonly swing: number
  readonly rate: number
  /** Share of the camera's move that it makes: above 1 nearer than the actors. */
  readonly follow: number
  readonly scale: number
  readonly gain: number
  /** 0: steady; else how fast it pulses. */
  readonly pulse: number
  readonly offset: number
}

interface Fireworks {
  readonly patches: readonly Patch[]
  readonly amount: number
  readonly seed: number
}

/** Repeatable random numbers 0..1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const party: readonly Rgb[] = [
  [0.98, 0.3, 0.36],
  [1, 0.78, 0.2],
  [0.3, 0.78, 0.45],
  [0.28, 0.6, 1],
  [0.8, 0.42, 0.95],
  [1, 0.5, 0.72],
]

/** Motes for a clip of this height in pixels. */
export function motesOf(names: readonly string[], vector: Float32Array, seed: number, height: number): Motes {
  const { amount, colour } = backgroundReader(names, vector)
  const px = height / 720
  const dark = amount('stars') > 0.3 || amount('lit') > 0.5
  const swarms: Swarm[] = []
  const swarm = (
    bodies: readonly Body[],
    count: number,
    make: (r: () => number) => Partial<Mote>,
    spin = 0,
    glow = false,
  ) => {
    const r = random(seed * 7919 + swarms.length * 104729 + 1)
    const still = { vx: 0, vy: 0, swing: 0, rate: 0, follow: 1, scale: 1, gain: 1, pulse: 0 }
    const members = Array.from({ length: Math.round(count) }, () => ({
      ...still,
      x: r(),
      y: r(),
      offset: r(),
      ...make(r),
    }))
    if (members.length > 0) swarms.push({ patches: bodies, spin, glow, members })
  }
  const rain = amount('rain')
  if (rain > 0.05)
    swarm([streak(px, 0.1, 62 + 40 * rain, [0.82, 0.9, 1])], 90 + 170 * rain, r => {
      const near = 0.5 + r()
      return {
        vx: -0.24 * near,
        vy: -2.3 * near,
        follow: 0.5 + near * 0.6,
        scale: near,
        gain: (0.2 + 0.3 * r()) * (0.6 + 0.5 * rain),
      }
    })
  const snow = amount('snow')
  if (snow > 0.05)
    swarm([soft(px * 7, [1, 1, 1], 0.9)], 60 + 150 * snow, r => {
      const near = r() ** 2
      return {
        vx: 0.05,
        vy: -(0.16 + 0.34 * near),
        swing: 0.05 + 0.05 * r(),
        rate: 0.15 + 0.2 * r(),
        follow: 0.6 + near * 0.8,
        scale: 0.35 + near * 1.3,
        gain: 0.95 - near * 0.35,
      }
    })
  const petals = amount('petals')
  if (petals > 0.05) swarm(petal(px * 13, [1, 0.66, 0.8]), 16 + 60 * petals, r => drifting(r, 0.2, 0.3), 9)
  const leaves = amount('leaves')
  if (leaves > 0.05) {
    swarm(leaf(px * 17, [0.93, 0.5, 0.16]), 8 + 26 * leaves, r => drifting(r, 0.24, 0.36), 8)
    swarm(leaf(px * 15, [0.86, 0.28, 0.16]), 6 + 20 * leaves, r => drifting(r, 0.22, 0.34), 7)
  }
  const confetti = amount('confetti')
  if (confetti > 0.05)
    for (const tone of party) swarm(paper(px * 11, tone), 4 + 14 * confetti, r => drifting(r, 0.05, 0.42), 14)
  const bubbles = amount('bubbles')
  if (bubbles > 0.05)
    swarm([ring(px * 13)], 8 + 26 * bubbles, r => {
      const near = r()
      return {
        vy: 0.14 + 0.2 * near,
        swing: 0.03,
        rate: 0.3 + 0.3 * r(),
        follow: 0.6 + near * 0.5,
        scale: 0.3 + near * 0.9,
        gain: 0.8,
      }
    })
  const flies = amount('fireflies')
  if (flies > 0.05)
    swarm(
      [soft(px * 17, dark || amount('magic') > 0.5 ? [1, 0.93, 0.55] : colour('accent'), 1, true)],
      10 + 34 * flies,
      r => ({
        vx: 0.05 * (r() - 0.5),
        vy: 0.03 * (r() - 0.4),
        swing: 0.06 + 0.06 * r(),
        rate: 0.1 + 0.15 * r(),
        follow: 0.5 + r() * 0.6,
        scale: 0.45 + 0.75 * r(),
        gain: 0.95,
        pulse: 0.3 + 0.5 * r(),
      }),
      0,
      true,
    )
  if (amount('lava') > 0.5)
    swarm(
      [soft(px * 9, [1, 0.5, 0.14], 1, true)],
      34,
      r => ({
        vx: 0.06 * (r() - 0.3),
        vy: 0.1 + 0.2 * r(),
        swing: 0.04,
        rate: 0.3,
        follow: 0.5 + r() * 0.5,
        scale: 0.4 + 0.7 * r(),
        gain: 0.9,
        pulse: 0.6,
      }),
      0,
      true,
    )
  const works = amount('fireworks')
  return {
    swarms,
    fireworks:
      works > 0.05 ? { patches: party.map(tone => soft(px * 9, tone, 1, true)), amount: works, seed } : undefined,
  }
}

/** Light flat things on the wind. */
function drifting(r: () => number, wind: number, fall: number): Partial<Mote> {
  const near = r()
  return {
    vx: -wind * (0.6 + 0.7 * near),
    vy: -fall * (0.6 + 0.6 * near),
    swing: 0.05 + 0.07 * r(),
    rate: 0.2 + 0.3 * r(),
    follow: 0.7 + near * 0.6,
    scale: 0.45 + near * 0.75,
    gain: 0.95,
  }
}

const wrap = (value: number): number => value - Math.floor(value)

/** Fireworks: behind the actors. */
export function drawFireworks(motes: Motes, canvas: Canvas, lens: Lens, time: number, fade: number): void {
  const works = motes.fireworks
  if (!works) return
  const every = 1.5 - works.amount
  const unit = lens.height / 2
  for (let number = Math.floor((time - 2.4) / every); number <= Math.floor(time / every); number++) {
    const r = random(works.seed * 31 + number * 2654435)
    const age = time - number * every - r() * every * 0.5
    const aspect = lens.width / lens.height
    const x = (r() * 1.7 - 0.85) * aspect - lens.x * 0.1
    const y = 0.22 + r() * 0.58 - lens.y * 0.1
    const size = 0.24 + r() * 0.24
    const patch = works.patches[Math.floor(r() * works.patches.length)]
    const second = works.patches[Math.floor(r() * works.patches.length)]
    if (!patch || !second || age < 0 || age > 2.3) continue
    for (const spark of burst(age, size * 1.35, random(works.seed + number * 97))) {
      const art = spark.odd ? second : patch
      const step = spark.scale
      lay(
        canvas,
        art,
        lens.width / 2 + (x + spark.x) * unit - (art.width * step) / 2,
        lens.height / 2 - (y + spark.y) * unit - (art.height * step) / 2,
        step,
        spark.gain * fade,
        true,
      )
    }
  }
}

/** Everything that falls, drifts or glows before the actors. `fade` 0..1. */
export function drawMotes(motes: Motes, canvas: Canvas, lens: Lens, time: number, fade: number): void {
  const aspect = lens.width / lens.height
  const [boxX, boxY] = [aspect * 2.3, 2.3]
  const unit = lens.height / 2
  for (const { patches, spin, glow, members } of motes.swarms)
    for (const mote of members) {
      const swing = mote.swing * Math.sin((time * mote.rate + mote.offset) * 2 * Math.PI)
      const x = (wrap(mote.x + (mote.vx * time + swing - lens.x * mote.follow) / boxX) - 0.5) * boxX
      const y = (wrap(mote.y + (mote.vy * time - lens.y * mote.follow) / boxY) - 0.5) * boxY
      const frame =
        patches.length > 1 ? Math.floor(wrap((time * spin) / patches.length + mote.offset) * patches.length) : 0
      const patch = patches[frame]
      if (!patch) continue
      const beat = mote.pulse === 0 ? 1 : 0.55 + 0.45 * Math.sin((time * mote.pulse + mote.offset) * 2 * Math.PI)
      const step = mote.scale
      lay(
        canvas,
        patch,
        lens.width / 2 + x * unit - (patch.width * step) / 2,
        lens.height / 2 - y * unit - (patch.height * step) / 2,
        step,
        mote.gain * beat * fade,
        glow,
      )
    }
}
