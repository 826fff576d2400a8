import type { Rgb } from './background.ts'
import type { RgbaImage, Tint } from './scene.ts'

/** Recolours a sprite in a colour that the member asked for: its light and shade stay, eyes and outlines stay dark. */

const colours: Record<Exclude<Tint, 'black-white' | 'rainbow'>, Rgb> = {
  red: [0.92, 0.16, 0.2],
  orange: [1, 0.55, 0.12],
  yellow: [1, 0.82, 0.15],
  green: [0.2, 0.75, 0.35],
  blue: [0.2, 0.45, 0.95],
  purple: [0.6, 0.3, 0.9],
  pink: [1, 0.5, 0.72],
  brown: [0.5, 0.32, 0.2],
  black: [0.13, 0.13, 0.17],
  white: [0.97, 0.97, 1],
  grey: [0.6, 0.62, 0.66],
  gold: [1, 0.76, 0.2],
  silver: [0.78, 0.81, 0.86],
}

/** A recoloured copy. */
export function tinted(image: RgbaImage, tint: Tint): RgbaImage {
  const { width, height, rgba } = image
  const out = new Uint8Array(rgba)
  const [low, high] = lightRange(rgba)
  for (let i = 0; i < width * height; i++) {
    const at = i * 4
    if ((rgba[at + 3] ?? 0) === 0) continue
    const light = luminance(rgba, at)
    const level = Math.min(Math.max((light - low) / (high - low + 0.001), 0), 1)
    // The darkest spots are eyes, noses, wheels: they keep their colour.
    if (tint !== 'black' && light < 0.16 && level < 0.2) continue
    const x = (i % width) / width
    const y = Math.floor(i / width) / height
    const colour = colourAt(tint, level, x, y)
    for (let c = 0; c < 3; c++) out[at + c] = Math.round(Math.min(Math.max(colour[c] ?? 0, 0), 1) * 255)
  }
  return { width, height, rgba: out }
}

function colourAt(tint: Tint, level: number, x: number, y: number): Rgb {
  if (tint === 'rainbow') {
    const gain = 0.45 + 0.75 * level
    return [0, -2.1, -4.2].map(o => (0.55 + 0.45 * Math.cos(6.28 * y * 1.1 + o)) * gain) as unknown as Rgb
  }
  if (tint !== 'black-white') return toned(colours[tint], level)
  // Large soft-edged patches, as a cow or a magpie cat has them.
  const field = Math.sin(x * 9 + 1.3) * Math.sin(y * 8 + 0.6) + 0.6 * Math.sin(x * 15 + y * 7 + 2)
  const dark = 1 / (1 + Math.exp(field * -14))
  const white = toned([0.95, 0.95, 0.98], level)
  const black = toned([0.15, 0.15, 0.19], level)
  return [0, 1, 2].map(c => (white[c] ?? 0) * (1 - dark) + (black[c] ?? 0) * dark) as unknown as Rgb
}

/** A colour in shade (level 0) and light (level 1). */
function toned(colour: Rgb, level: number): Rgb {
  return colour.map(c =>
    level < 0.5 ? c * (0.35 + 1.3 * level) : c + (Math.min(c + 0.35, 1) - c) * (level - 0.5) * 1.5,
  ) as unknown as Rgb
}

const luminance = (rgba: Uint8Array, at: number): number =>
  ((rgba[at] ?? 0) * 0.3 + (rgba[at + 1] ?? 0) * 0.55 + (rgba[at + 2] ?? 0) * 0.15) / 255

/** 4th and 96th percentile of the light in the opaque part. */
function lightRange(rgba: Uint8Array): [number, number] {
  const counts = new Uint32Array(256)
  let total = 0
  for (let at = 0; at < rgba.length; at += 4)
    if ((rgba[at + 3] ?? 0) > 127) {
      const bin = Math.round(luminance(rgba, at) * 255)
      counts[bin] = (counts[bin] ?? 0) + 1
      total++
    }
  const percentile = (share: number): number => {
    let seen = 0
    for (let bin = 0; bin < 256; bin++) {
      seen += counts[bin] ?? 0
      if (seen >= total * share) return bin / 255
    }
    return 1
  }
  return [percentile(0.04), percentile(0.96)]
}
