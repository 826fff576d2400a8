import { describe, expect, it } from 'vitest'
import { letterHeights } from '../testing/letters.ts'
import { drawLabel, type LabelLanguage, labelFor } from './label.ts'

const sides = [360, 480, 720, 1080, 2160]
const ratios = { '16:9': [16, 9], '9:16': [9, 16], '1:1': [1, 1], '21:9': [21, 9], '4:3': [4, 3] } as const
const sizes = Object.entries(ratios).flatMap(([ratio, [across, down]]) =>
  sides.map(short => {
    const even = (n: number) => 2 * Math.round(n / 2)
    const [width, height] =
      across >= down ? [even((short * across) / down), short] : [short, even((short * down) / across)]
    return { ratio, width, height, short: Math.min(width, height) }
  }),
)

function flat(width: number, height: number, shade: number) {
  return { width, height, rgb: new Uint8Array(width * height * 3).fill(shade) }
}

/** Relative luminance of a grey (WCAG 2). */
const luminance = (grey: number): number => {
  const c = grey / 255
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
}
const contrast = (a: number, b: number): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

describe('the visible label', () => {
  it.each(sizes)('has letters of 5 % of the shorter side at $width x $height', async ({ width, height, short }) => {
    const label = await labelFor(width, height, 'zh')
    const frame = flat(width, height, 0)
    drawLabel(frame, label)
    const heights = letterHeights(frame.rgb, width, label)
    expect(heights.length).toBeGreaterThanOrEqual(4)
    for (const letter of heights.slice(0, 4)) expect(letter).toBeGreaterThanOrEqual(short * 0.05)
  })

  it.each(sizes)('fits and lies in a corner at $width x $height in every wording', async ({ width, height, short }) => {
    for (const language of ['zh', 'en', 'both'] satisfies LabelLanguage[]) {
      const label = await labelFor(width, height, language)
      expect(label.x).toBeGreaterThanOrEqual(short * 0.02)
      expect(label.y).toBeGreaterThan(height / 2)
      expect(width - (label.x + label.width)).toBeLessThanOrEqual(Math.ceil(short * 0.03))
      expect(height - (label.y + label.height)).toBeLessThanOrEqual(Math.ceil(short * 0.03))
      const frame = flat(width, height, 0)
      drawLabel(frame, label)
      const [capital = 0] = letterHeights(frame.rgb, width, label)
      expect(capital).toBeGreaterThanOrEqual(short * 0.05)
    }
  })

  it('can be read on light and on dark', async () => {
    const label = await labelFor(1280, 720, 'zh')
    for (const shade of [0, 64, 128, 192, 255]) {
      const frame = flat(1280, 720, shade)
      drawLabel(frame, label)
      const inside = frame.rgb[((label.y + label.height / 2) * 1280 + label.x + 3) * 3] ?? 0
      let brightest = 0
      for (let y = label.y; y < label.y + label.height; y++)
        for (let x = label.x; x < label.x + label.width; x++)
          brightest = Math.max(brightest, frame.rgb[(y * 1280 + x) * 3] ?? 0)
      expect(brightest).toBeGreaterThanOrEqual(254)
      expect(contrast(brightest, inside)).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('touches nothing outside its box and can be taken off again', async () => {
    const label = await labelFor(640, 360, 'both')
    const frame = flat(640, 360, 0)
    for (let i = 0; i < frame.rgb.length; i++) frame.rgb[i] = (i * 31) % 256
    const before = frame.rgb.slice()
    const undo = drawLabel(frame, label)
    let changed = 0
    let strayed = 0
    for (let y = 0; y < 360; y++)
      for (let x = 0; x < 640; x++) {
        const at = (y * 640 + x) * 3
        const same = [0, 1, 2].every(c => frame.rgb[at + c] === before[at + c])
        const inside = x >= label.x && x < label.x + label.width && y >= label.y && y < label.y + label.height
        if (!same) changed++
        if (!same && !inside) strayed++
      }
    expect(changed).toBeGreaterThan(label.width * label.height * 0.9)
    expect(strayed).toBe(0)
    undo()
    expect(Buffer.from(frame.rgb).equals(before)).toBe(true)
  })
})
