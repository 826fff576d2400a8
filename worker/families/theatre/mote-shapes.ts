import type { Rgb } from './background.ts'
import type { Patch } from './canvas.ts'

/** Pictures of single motes, painted from formulas; sizes in pixels. */

/** A mote's picture. */
export type Body = Patch

/** Fills a patch; `paint` gives straight colour and coverage at a point -1..1 (y down). */
function paint(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number, number, number],
): Patch {
  const [w, h] = [Math.max(3, Math.round(width)), Math.max(3, Math.round(height))]
  const rgba = new Uint8Array(w * h * 4)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [r, g, b, a] = at(((x + 0.5) / w) * 2 - 1, ((y + 0.5) / h) * 2 - 1)
      const alpha = Math.min(Math.max(a, 0), 1)
      const i = (y * w + x) * 4
      rgba[i] = Math.round(Math.min(r, 1) * alpha * 255)
      rgba[i + 1] = Math.round(Math.min(g, 1) * alpha * 255)
      rgba[i + 2] = Math.round(Math.min(b, 1) * alpha * 255)
      rgba[i + 3] = Math.round(alpha * 255)
    }
  return { width: w, height: h, rgba }
}

/** Turns of a flat thing, `count` pictures of one revolution seen from the side. */
function turning(count: number, make: (angle: number) => Patch): Patch[] {
  return Array.from({ length: count }, (_, i) => make((i / count) * 2 * Math.PI))
}

/** A soft ball; with `hot` a light with a white heart. */
export function soft(size: number, colour: Rgb, alpha: number, hot = false): Patch {
  return paint(size * 2, size * 2, (x, y) => {
    const r2 = x * x + y * y
    const body = Math.max(0, (Math.exp(r2 * -3.2) - 0.04) / 0.96)
    const heart = hot ? Math.exp(r2 * -26) : 0
    const lit = (c: number) => c + (1 - c) * heart
    return [
      lit(colour[0]),
      lit(colour[1]),
      lit(colour[2]),
      Math.min(1, body * alpha * (hot ? 0.75 : 1.15) + heart * 0.6),
    ]
  })
}

/** A falling drop: a slanted line that fades at its ends. */
export function streak(px: number, slant: number, length: number, colour: Rgb): Patch {
  const height = length * px
  const width = Math.max(5, height * slant + 5 * px)
  const half = (1.5 * px) / width
  return paint(width, height, (x, y) => {
    const off = Math.abs(x + y * (1 - 2.6 * half))
    const line = Math.max(0, 1 - off / (2.4 * half))
    return [...colour, line * (1 - y * y) * 0.9] as const
  })
}

/** Blossom petals in eight turns. */
export function petal(size: number, colour: Rgb): Patch[] {
  return turning(8, angle => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    const flat = 0.35 + 0.3 * Math.abs(Math.cos(angle * 1.5))
    return paint(size * 2, size * 2, (x, y) => {
      const u = x * c + y * s
      const v = (y * c - x * s) / flat
      const notch = Math.max(0, 0.25 - Math.abs(v) * 0.6) * (u > 0 ? 1 : 0)
      const r = Math.sqrt(u * u + v * v)
      const shade = 0.9 + 0.18 * u
      return [colour[0] * shade, colour[1] * shade, colour[2] * shade, ((0.8 - notch - r) * size) / 2.2]
    })
  })
}

/** Autumn leaves in ten turns. */
export function leaf(size: number, colour: Rgb): Patch[] {
  return turning(10, angle => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    const flat = 0.3 + 0.5 * Math.abs(Math.sin(angle * 1.3 + 0.6))
    return paint(size * 2, size * 2, (x, y) => {
      const u = x * c + y * s
      const v = (y * c - x * s) / flat
      const width = 0.52 * (1 - u * u) * (1 + 0.16 * Math.cos(u * 15))
      const vein = Math.abs(v) < 0.06 ? 0.72 : 0.94 + 0.1 * Math.sign(v)
      const stalk = u < -0.8 && Math.abs(v) < 0.1 ? 1 : 0
      return [
        colour[0] * vein,
        colour[1] * vein,
        colour[2] * vein,
        Math.max(((width - Math.abs(v)) * size) / 2.2, stalk * 0.8),
      ]
    })
  })
}

/** Paper confetti in eight turns. */
export function paper(size: number, colour: Rgb): Patch[] {
  return turning(8, angle => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    const flat = Math.max(0.14, Math.abs(Math.cos(angle * 2 + 0.4)))
    const shade = 0.75 + 0.35 * flat
    return paint(size * 2, size * 2, (x, y) => {
      const u = Math.abs(x * c + y * s)
      const v = Math.abs(y * c - x * s)
      const inside = Math.min(0.72 - u, 0.5 * flat - v)
      return [colour[0] * shade, colour[1] * shade, colour[2] * shade, (inside * size) / 1.4 + 0.5]
    })
  })
}

/** A bubble: thin rim and a glint. */
export function ring(size: number): Patch {
  return paint(size * 2, size * 2, (x, y) => {
    const r = Math.sqrt(x * x + y * y)
    const rim = Math.max(0, 1 - Math.abs(r - 0.84) / 0.13)
    const glint = Math.exp(((x + 0.36) ** 2 + (y + 0.4) ** 2) * -26)
    return [0.9, 0.97, 1, r > 0.98 ? 0 : rim * 0.6 + glint * 0.9 + 0.08]
  })
}

/** One spark of a firework; x and y in world units from its middle. */
export interface Spark {
  readonly x: number
  readonly y: number
  readonly scale: number
  readonly gain: number
  readonly odd: boolean
}

/** The sparks of one firework at an age in seconds: a flash, a ball of trails that slow, sink and twinkle out. */
export function burst(age: number, size: number, r: () => number): Spark[] {
  const out: Spark[] = []
  const life = 1.5 + r() * 0.6
  if (age < 0.16) out.push({ x: 0, y: 0, scale: 9 * (1 - age * 3), gain: 0.9 - age * 5, odd: false })
  const count = 40 + Math.floor(r() * 22)
  for (let i = 0; i < count; i++) {
    const angle = (i / count) * 2 * Math.PI + r() * 0.16
    const speed = size * (i % 3 === 0 ? 0.55 : 0.9 + 0.14 * r())
    const twinkle = r()
    for (let tail = 0; tail < 4; tail++) {
      const then = age - tail * 0.055
      if (then <= 0 || then > life) continue
      const reach = speed * (1 - Math.exp(then * -3.1))
      const left = 1 - then / life
      const gain = left * left * (1 - tail * 0.24) * (left < 0.4 ? 0.5 + 0.5 * Math.sin(then * 40 + twinkle * 7) : 1)
      if (gain > 0.03)
        out.push({
          x: Math.cos(angle) * reach,
          y: Math.sin(angle) * reach - 0.12 * then * then,
          scale: 0.62 - 0.09 * tail,
          gain: Math.min(1, gain * 1.25),
          odd: i % 3 === 0,
        })
    }
  }
  return out
}
