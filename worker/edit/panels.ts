import type { Area } from './paint.ts'

/** Where several clips lie in one frame. Pure; pixels, all of them even. */

type Size = { readonly width: number; readonly height: number }

export interface Panels extends Size {
  /** One per clip, in reading order. */
  readonly cells: readonly Area[]
  /** Height of the bar above each cell, for words. */
  readonly bar: number
}

/** Longest side and most pixels of a comparison: what phones play without trouble. */
const most = { side: 1920, pixels: 1920 * 1088 } as const
/** Height of a bar of words, and distance between cells, in parts of a cell's shorter side. */
const barShare = 0.11
const gapShare = 0.012

const even = (n: number): number => 2 * Math.floor(n / 2)

export type Layout = 'row' | 'column' | 'grid'

const columnsOf = (layout: Layout, count: number): number =>
  layout === 'row' ? count : layout === 'column' ? 1 : Math.ceil(Math.sqrt(count))

/** Cells of one shape in so many columns, never larger than the clips are. */
function arranged(shape: Size, count: number, columns: number, barred: boolean): Panels {
  const rows = Math.ceil(count / columns)
  const short = Math.min(shape.width, shape.height)
  const [bar, gap] = [barred ? barShare * short : 0, gapShare * short]
  const full = {
    width: columns * shape.width + (columns - 1) * gap,
    height: rows * (shape.height + bar) + (rows - 1) * gap,
  }
  const scale = Math.min(
    1,
    most.side / full.width,
    most.side / full.height,
    Math.sqrt(most.pixels / (full.width * full.height)),
  )
  const cell = { width: even(shape.width * scale), height: even(shape.height * scale) }
  const step = { bar: even(bar * scale), gap: even(gap * scale) }
  return {
    width: columns * cell.width + (columns - 1) * step.gap,
    height: rows * (cell.height + step.bar) + (rows - 1) * step.gap,
    bar: step.bar,
    cells: Array.from({ length: count }, (_, i) => ({
      x: (i % columns) * (cell.width + step.gap),
      y: Math.floor(i / columns) * (cell.height + step.bar + step.gap) + step.bar,
      ...cell,
    })),
  }
}

/** Panels of a comparison; without a layout the one whose panels are largest, of equal ones the first of row, column, grid. */
export function panelsFor(shape: Size, count: number, layout?: Layout): Panels {
  const layouts = layout ? [layout] : (['row', 'column', 'grid'] as const)
  const all = layouts.map(one => arranged(shape, count, columnsOf(one, count), true))
  const area = ({ cells: [cell] }: Panels) => (cell ? cell.width * cell.height : 0)
  return all.reduce((best, one) => (area(one) > area(best) ? one : best))
}

/** Cells of a sheet to choose from: as near to a square as they make it. */
export const sheetFor = (shape: Size, count: number): Panels => {
  const squarish = (columns: number): number => {
    const rows = Math.ceil(count / columns)
    return Math.abs(Math.log((columns * shape.width) / (rows * shape.height)))
  }
  const columns = Array.from({ length: count }, (_, i) => i + 1)
  const best = columns.reduce((one, other) => (squarish(other) < squarish(one) ? other : one))
  return arranged(shape, count, best, false)
}
