import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framesUp, latentShape, renderSize, windowsOf } from './geometry.ts'

const sizes = {
  multiple: 16,
  leastSide: 256,
  mostSide: 1280,
  mostPixels: 832 * 480,
  native: [{ width: 832, height: 480 }],
}
const model = { id: 'wan', sizes, frames: { fps: [16], multiple: 4, offset: 1, most: 81 } }

describe('sizes', () => {
  it('are the trained one of that shape, lying or standing', () => {
    expect(renderSize(model, { width: 1280, height: 720 })).toEqual({ width: 832, height: 480 })
    expect(renderSize(model, { width: 720, height: 1280 })).toEqual({ width: 480, height: 832 })
  })

  it('else as many pixels of that shape as the model can', () => {
    expect(renderSize(model, { width: 720, height: 720 })).toEqual({ width: 624, height: 624 })
    expect(renderSize(model, { width: 320, height: 320 })).toEqual({ width: 320, height: 320 })
  })

  it('are refused where there are none', () => {
    for (const asked of [
      { width: 128, height: 128 },
      { width: 4000, height: 100 },
    ])
      expect(() => renderSize(model, asked)).toThrow(expect.objectContaining({ code: 'failure.size' }))
  })

  it('always keep the rules and nearly the shape', () => {
    const side = fc.integer({ min: 300, max: 2000 })
    fc.assert(
      fc.property(side, side, (width, height) => {
        fc.pre(Math.max(width / height, height / width) < 2.2)
        const size = renderSize(model, { width, height })
        expect(size.width % 16).toBe(0)
        expect(size.height % 16).toBe(0)
        expect(size.width * size.height).toBeLessThanOrEqual(sizes.mostPixels)
        expect(Math.abs(Math.log(size.width / size.height / (width / height)))).toBeLessThan(0.08)
      }),
    )
  })

  it('make latents: the first frame alone, then four at a time', () => {
    const vae = { channels: 16, spatial: 8, temporal: 4, mean: [], std: [] }
    expect(latentShape({ vae }, 81, { width: 832, height: 480 })).toEqual([16, 21, 60, 104])
    expect(latentShape({ vae }, 1, { width: 64, height: 48 })).toEqual([16, 1, 6, 8])
  })
})

describe('windows', () => {
  it('is one where the clip fits', () => {
    expect(windowsOf(model, 80, 13, 0)).toEqual([{ frames: 81, overlap: 0, shown: 80 }])
    expect(windowsOf(model, 1, 0, 0)).toEqual([{ frames: 1, overlap: 0, shown: 1 }])
  })

  it('are refused where the model cannot go on', () => {
    expect(() => windowsOf(model, 160, 0, 0)).toThrow(
      expect.objectContaining({ code: 'refusal.too-long', params: { model: 'wan', seconds: 5 } }),
    )
  })

  it('show every frame once, keep the rule of frames and never exceed the most', () => {
    const overlaps = fc.integer({ min: 0, max: 5 }).map(k => 1 + 4 * k)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), overlaps, fc.boolean(), (total, overlap, goesOn) => {
        const given = goesOn ? overlap : 0
        const windows = windowsOf(model, total, overlap, given)
        expect(windows.reduce((sum, { shown }) => sum + shown, 0)).toBe(total)
        for (const [n, window] of windows.entries()) {
          expect((window.frames - 1) % 4).toBe(0)
          expect(window.frames).toBeLessThanOrEqual(81)
          expect(window.overlap).toBe(n === 0 ? given : overlap)
          expect(window.shown).toBeGreaterThan(0)
          expect(window.overlap + window.shown).toBeLessThanOrEqual(window.frames)
          // The next window goes on from the last frames shown, so nothing may be made beyond them before the end.
          if (n < windows.length - 1) expect(window.overlap + window.shown).toBe(window.frames)
        }
      }),
    )
  })

  it('rounds frames up to the rule', () => {
    expect([1, 2, 5, 6, 80].map(n => framesUp(model.frames, n))).toEqual([1, 5, 5, 9, 81])
  })
})
