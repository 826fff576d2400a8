import { backgroundReader, type Rgb } from './background.ts'
import type { RgbImage } from './scene.ts'

/** How the set lights its actors: taken from the background vector once per clip. */

/** Light of a set. */
export interface Light {
  readonly ambient: Rgb
  readonly haze: Rgb
  /** Colour times strength of the light that catches the actors' rims. */
  readonly rim: Rgb
  readonly rimGain: number
  /** World x of the main light; rims face it. */
  readonly from: number
  /** How much a sprite's far side darkens, 0..1. */
  readonly round: number
  /** Strength of the spot under the feet. */
  readonly spot: number
  /** Strength of the thrown silhouette; 0: none (indoors, water, no ground). */
  readonly thrown: number
  /** Height of the thrown shadow per height of the figure, downwards on the picture. */
  readonly flat: number
  /** Share of distance haze on the farthest actors. */
  readonly depthHaze: number
}

const mix = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

/** Light of a background vector; `names` are its entries in order. */
export function lightOf(names: readonly string[], vector: Float32Array): Light {
  const { raw, amount, colour } = backgroundReader(names, vector)
  const ambient: Rgb = [1 + raw('ambient-r') / 3, 1 + raw('ambient-g') / 3, 1 + raw('ambient-b') / 3]
  const inside = amount('room') > 0.5
  const neon = amount('neon') > 0.5
  const dreamy = amount('magic') > 0.5 || amount('under') > 0.5
  const glow = amount('glow')
  const moon = amount('stars')
  const ground = raw('horizon') > -1.5 && raw('horizon') > -0.65
  const wet = amount('water') > 0.5 || amount('under') > 0.5
  const sun: Rgb = mix(mix([1, 0.97, 0.88], [1, 0.66, 0.36], Math.max(0, glow - 0.5) * 2), [0.62, 0.74, 1], moon)
  const rim = neon
    ? mix(colour('accent'), [1, 1, 1], 0.15)
    : amount('stage') > 0.5
      ? mix(colour('accent'), [1, 0.92, 0.8], 0.6)
      : dreamy
        ? mix(colour('accent'), sun, 0.5)
        : sun
  const rimGain = neon
    ? 0.85
    : inside
      ? amount('stage') > 0.5
        ? 0.5
        : 0.22
      : 0.3 + 0.35 * Math.max(0, glow - 0.5) * 2 + 0.15 * moon
  const clear = 1 - Math.max(amount('fog'), amount('rain') * 0.8) * 0.7
  const low = Math.min(Math.max(raw('sun-y') - raw('horizon'), 0.15), 1.2)
  return {
    ambient,
    haze: colour('low'),
    rim,
    rimGain,
    from: inside ? -1.2 : raw('sun-x'),
    round: inside ? 0.32 : 0.45,
    spot: ground ? (wet ? 0.3 : 0.55) : 0,
    thrown: ground && !inside && !wet && amount('stripe') < 0.5 ? (0.12 + 0.26 * (1 - moon)) * clear : 0,
    flat: 0.16 + 0.2 / (0.6 + low),
    depthHaze: 0.26 * (inside ? 0.3 : 1),
  }
}

/** Light for actors before a member's picture: almost none of our own, a little of the picture's mean colour. */
export function pictureLight(picture: RgbImage): Light {
  const sums = [0, 0, 0]
  const step = Math.max(1, Math.floor((picture.width * picture.height) / 20000))
  let count = 0
  for (let i = 0; i < picture.width * picture.height; i += step, count++)
    for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (picture.rgb[i * 3 + c] ?? 0)
  const mean = sums.map(sum => sum / count / 255) as unknown as Rgb
  const bright = Math.max(0.02, (mean[0] + mean[1] + mean[2]) / 3)
  const level = 0.82 + 0.3 * Math.min(1, bright * 1.4)
  const ambient = mean.map(c => level * (1 + 0.16 * (Math.min(Math.max(c / bright, 0.4), 1.8) - 1))) as unknown as Rgb
  return {
    ambient,
    haze: mean,
    rim: [1, 1, 1],
    rimGain: 0.2,
    from: -1.2,
    round: 0.3,
    spot: 0.5,
    thrown: 0,
    flat: 0.2,
    depthHaze: 0,
  }
}
