import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitInto } from './footage.ts'
import { panelsFor, sheetFor } from './panels.ts'

const side = fc.integer({ min: 60, max: 960 }).map(n => 2 * n)

test('cells lie inside, apart from each other, of one even size, never larger than the clips', () => {
  const how = fc.constantFrom('row' as const, 'column' as const, 'grid' as const, undefined)
  fc.assert(
    fc.property(side, side, fc.integer({ min: 2, max: 25 }), how, (width, height, count, layout) => {
      fc.pre(Math.max(width / height, height / width) < 3)
      for (const panels of [
        panelsFor({ width, height }, Math.min(4, count), layout),
        sheetFor({ width, height }, count),
      ]) {
        expect([panels.width % 2, panels.height % 2]).toEqual([0, 0])
        expect(Math.max(panels.width, panels.height)).toBeLessThanOrEqual(1920)
        const [first] = panels.cells
        for (const [i, cell] of panels.cells.entries()) {
          expect([cell.width, cell.height]).toEqual([first?.width, first?.height])
          expect([cell.x % 2, cell.y % 2, cell.width % 2, cell.height % 2]).toEqual([0, 0, 0, 0])
          expect(cell.width).toBeLessThanOrEqual(width)
          expect(cell.y - panels.bar).toBeGreaterThanOrEqual(0)
          expect(cell.x + cell.width).toBeLessThanOrEqual(panels.width)
          expect(cell.y + cell.height).toBeLessThanOrEqual(panels.height)
          const apart = panels.cells.every(
            (other, n) =>
              n === i ||
              cell.x + cell.width <= other.x ||
              other.x + other.width <= cell.x ||
              cell.y + cell.height <= other.y - panels.bar ||
              other.y + other.height <= cell.y - panels.bar,
          )
          expect(apart).toBe(true)
        }
      }
    }),
  )
})

test('two wide clips stand under each other, two tall ones beside each other', () => {
  const wide = panelsFor({ width: 1280, height: 720 }, 2)
  expect(new Set(wide.cells.map(({ x }) => x)).size).toBe(1)
  const tall = panelsFor({ width: 720, height: 1280 }, 2)
  expect(new Set(tall.cells.map(({ y }) => y)).size).toBe(1)
  expect(tall.cells[0]).toMatchObject({ width: 720, height: 1280 })
})

test('a picture of another shape is fitted whole, in the middle; one of nearly the same shape fills the frame', () => {
  expect(fitInto({ width: 720, height: 1280 }, { width: 1280, height: 720 })).toMatchObject({
    x: 436,
    y: 0,
    width: 406,
    height: 720,
  })
  expect(fitInto({ width: 1920, height: 1080 }, { width: 1280, height: 720 })).toMatchObject({
    x: 0,
    y: 0,
    width: 1280,
    height: 720,
  })
  expect(fitInto({ width: 1260, height: 540 }, { width: 1680, height: 720 })).toMatchObject({
    width: 1680,
    height: 720,
  })
  fc.assert(
    fc.property(side, side, side, side, (width, height, wide, high) => {
      const at = fitInto({ width, height }, { width: wide, height: high })
      expect(at.x + at.width).toBeLessThanOrEqual(wide)
      expect(at.y + at.height).toBeLessThanOrEqual(high)
      expect(at.width === wide || at.height === high).toBe(true)
    }),
  )
})
