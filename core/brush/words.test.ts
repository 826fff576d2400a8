import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { Stroke } from '../request.ts'
import { gridFor, readBrush } from './words.ts'

const grid = gridFor(1280, 720)

describe('the brush in words', () => {
  test('cells are about square', () => {
    expect(grid).toEqual({ columns: 14, rows: 8 })
    expect(gridFor(720, 1280)).toEqual({ columns: 8, rows: 14 })
    expect(gridFor(3000, 500)).toEqual({ columns: 26, rows: 8 })
  })

  test('what moves, where to, and what stays', () => {
    const { strokes, words } = readBrush('cat C4>G2, hold A1-B8', grid)
    expect(words).toBe('cat')
    expect(strokes).toHaveLength(2)
    const [move, stay] = strokes
    expect(move?.cells).toEqual([3 * 14 + 2])
    if (!move || !('path' in move.motion)) throw new Error('no path')
    expect(move.motion.path[0]).toEqual({ x: 2.5 / 14, y: 3.5 / 8 })
    expect(move.motion.path.at(-1)?.x).toBeCloseTo(6.5 / 14)
    expect(move.motion.path.at(-1)?.y).toBeCloseTo(1.5 / 8)
    expect(stay?.motion).toEqual({ pinned: true })
    expect(stay?.cells).toHaveLength(16)
  })

  test('in Chinese, with several stops and areas put together', () => {
    const { strokes, words } = readBrush('小船 C4+D4→F4→F6，不动 A1-N2，月光', grid)
    expect(words).toBe('小船, 月光')
    expect(strokes[0]?.cells).toEqual([3 * 14 + 2, 3 * 14 + 3])
    const path = strokes[0]?.motion
    if (!path || !('path' in path)) throw new Error('no path')
    // The corner lies on the way.
    expect(Math.min(...path.path.map(p => Math.hypot(p.x - 5.5 / 14, p.y - 3.5 / 8)))).toBeLessThan(0.03)
  })

  test.each([
    ['cat Z9>A1', 'refusal.brush-cell'],
    ['cat A9>A1', 'refusal.brush-cell'],
    ['a cat runs', 'refusal.brush-none'],
    ['', 'refusal.brush-none'],
    [Array.from({ length: 7 }, () => 'A1>B1').join(','), 'refusal.brush-many'],
  ])('%j is refused: %s', (text, code) => {
    expect(() => readBrush(text, grid)).toThrow(expect.objectContaining({ code }))
  })

  test('any text is strokes within the limits, or one refusal', () => {
    const piece = fc.constantFrom('A1', 'C4', 'N8', 'hold ', '>', '-', '+', ',', ' ', 'cat', '不动', '，', 'B12', '→')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map(all => all.join('')),
        ),
        text => {
          try {
            for (const stroke of readBrush(text, grid).strokes) Stroke.parse(stroke)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
