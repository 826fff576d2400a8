import { UserError } from '../errors.ts'
import type { Stroke } from '../request.ts'

/**
 * The motion brush in words, on a gridded copy of a picture: "cat C4>G2, hold A1-B8". Columns are letters from the left, rows numbers
 * from the top. An area is a cell or two corners; ">" lists where it goes, cell by cell; "hold" (不动) pins it.
 */

/** A grid over a picture: cells as near to squares as its shape lets them be, 8 on the shorter side. */
export interface Grid {
  readonly columns: number
  readonly rows: number
}

const shorter = 8
/** Letters name columns: as many as there are. */
const mostColumns = 26
/** Kling's limits (core/request.ts): six regions, paths of 2 to 77 points. */
const mostStrokes = 6
const pathPoints = 24

export function gridFor(width: number, height: number): Grid {
  const cell = Math.min(width, height) / shorter
  const count = (side: number): number => Math.max(shorter, Math.min(mostColumns, Math.round(side / cell)))
  return { columns: count(width), rows: count(height) }
}

interface Cell {
  readonly column: number
  readonly row: number
}

/** "C4" in a picture of that grid. Throws `refusal.brush-cell`. */
function cellOf(name: string, { columns, rows }: Grid): Cell {
  const [, letter = '', digits = ''] = /^([A-Za-z])(\d{1,2})$/.exec(name.trim()) ?? []
  const cell = { column: letter.toUpperCase().charCodeAt(0) - 65, row: Number(digits) - 1 }
  if (letter === '' || cell.column >= columns || cell.row < 0 || cell.row >= rows) {
    const last = `${String.fromCharCode(64 + columns)}${rows}`
    throw new UserError('refusal.brush-cell', { cell: name.trim().slice(0, 12), last })
  }
  return cell
}

/** Cells of "C4", "A1-B8" or "C4+C5+D4", row by row. */
function areaOf(text: string, grid: Grid): number[] {
  const cells = new Set<number>()
  for (const part of text.split('+')) {
    const [from = '', to = from] = part.split(/[-–~至到]/u)
    const [a, b] = [cellOf(from, grid), cellOf(to, grid)]
    for (let row = Math.min(a.row, b.row); row <= Math.max(a.row, b.row); row += 1)
      for (let column = Math.min(a.column, b.column); column <= Math.max(a.column, b.column); column += 1)
        cells.add(row * grid.columns + column)
  }
  return [...cells].sort((x, y) => x - y)
}

/** The middle of an area, in parts of the picture. */
function middleOf(cells: readonly number[], { columns, rows }: Grid): { x: number; y: number } {
  const xs = cells.map(cell => (cell % columns) + 0.5)
  const ys = cells.map(cell => Math.floor(cell / columns) + 0.5)
  const middle = (all: readonly number[]): number => (Math.min(...all) + Math.max(...all)) / 2
  return { x: middle(xs) / columns, y: middle(ys) / rows }
}

/** Points spread evenly by length over a line through the stops. */
function pathThrough(stops: readonly { x: number; y: number }[]): { x: number; y: number }[] {
  const lengths = stops.slice(1).map((stop, i) => Math.hypot(stop.x - (stops[i]?.x ?? 0), stop.y - (stops[i]?.y ?? 0)))
  const whole = lengths.reduce((sum, length) => sum + length, 0)
  return Array.from({ length: pathPoints }, (_, n) => {
    let rest = (whole * n) / (pathPoints - 1)
    let leg = 0
    while (leg < lengths.length - 1 && rest > (lengths[leg] ?? 0)) {
      rest -= lengths[leg] ?? 0
      leg += 1
    }
    const [from, to] = [stops[leg] ?? { x: 0, y: 0 }, stops[leg + 1] ?? { x: 0, y: 0 }]
    const part = lengths[leg] ? Math.min(1, rest / (lengths[leg] ?? 1)) : 0
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
  })
}

const arrow = /\s*(?:->|→|＞|>|➜|到)\s*/u
const hold = /^(?:hold|pin|keep|stay|不动|固定|保持)\s*/iu
const area = /[A-Za-z]\d{1,2}(?:\s*[-–~+]\s*[A-Za-z]\d{1,2})*/u

/**
 * Reads a brush line. `words` are what is said beside the strokes: the prompt. Throws UserError `refusal.brush-*` for a cell outside
 * the picture, too many strokes, or a line without any.
 */
export function readBrush(text: string, grid: Grid): { strokes: Stroke[]; words: string } {
  const strokes: Stroke[] = []
  const words: string[] = []
  for (const clause of text.split(/[,，;；\n]/u)) {
    const said = clause.trim()
    if (said === '') continue
    const held = hold.exec(said)
    const legs = said.split(arrow)
    const first = area.exec(legs[0] ?? '')
    if (held && first && legs.length === 1) {
      strokes.push({ grid, cells: areaOf(first[0].replaceAll(/\s/gu, ''), grid), motion: { pinned: true } })
      continue
    }
    if (!first || legs.length < 2) {
      words.push(said)
      continue
    }
    const cells = areaOf(first[0].replaceAll(/\s/gu, ''), grid)
    const stops = legs.slice(1).map(leg => {
      const { column, row } = cellOf(/^[A-Za-z]\d{1,2}/u.exec(leg)?.[0] ?? leg, grid)
      return { x: (column + 0.5) / grid.columns, y: (row + 0.5) / grid.rows }
    })
    strokes.push({ grid, cells, motion: { path: pathThrough([middleOf(cells, grid), ...stops]) } })
    const name = (legs[0] ?? '').slice(0, first.index).trim()
    if (name !== '') words.push(name)
  }
  if (strokes.length === 0) throw new UserError('refusal.brush-none')
  if (strokes.length > mostStrokes) throw new UserError('refusal.brush-many', { count: mostStrokes })
  return { strokes, words: words.join(', ') }
}
