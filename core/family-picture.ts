import sharp, { type OverlayOptions } from 'sharp'
import { codeOf, type Kin, numberOf } from './family.ts'
import type { Store } from './store.ts'

/** A family of clips as one picture: each clip's still with its code, children to the right of their parent. */

const cell = { width: 192, height: 108, right: 72, below: 44 } as const
const margin = 32
const line = { width: 3, color: '#7d8590' } as const

/** Where a clip stands, in columns and rows, and where its parent does. */
export interface Spot {
  readonly kin: Kin
  readonly column: number
  readonly row: number
  readonly parent?: Spot
}

/** Lays a family out: a parent stands beside the middle of its children, and no two share a place. Pure. */
export function layOut(root: Kin): Spot[] {
  const spots: Spot[] = []
  let rows = 0
  const visit = (kin: Kin, column: number): { row: number; children: { row: number; at: number }[] } => {
    const at = spots.length
    spots.push({ kin, column, row: 0 })
    const children = kin.children.map(child => {
      const where = spots.length
      return { row: visit(child, column + 1).row, at: where }
    })
    const row = children.length === 0 ? rows++ : ((children[0]?.row ?? 0) + (children.at(-1)?.row ?? 0)) / 2
    const spot: Spot = { kin, column, row }
    spots[at] = spot
    for (const child of children) {
      const known = spots[child.at]
      if (known) spots[child.at] = { ...known, parent: spot }
    }
    return { row, children }
  }
  visit(root, 0)
  return spots
}

const leftOf = ({ column }: Spot): number => margin + column * (cell.width + cell.right)
const topOf = ({ row }: Spot): number => Math.round(margin + row * (cell.height + cell.below))
const middleOf = (spot: Spot): number => topOf(spot) + cell.height / 2

const bar = (left: number, top: number, width: number, height: number): OverlayOptions => ({
  input: {
    create: {
      width: Math.max(1, Math.round(width)),
      height: Math.max(1, Math.round(height)),
      channels: 3,
      background: line.color,
    },
  },
  left: Math.round(left),
  top: Math.round(top),
})

/** The line from a parent to a child: out, along, in. */
function branch(spot: Spot): OverlayOptions[] {
  if (!spot.parent) return []
  const out = leftOf(spot.parent) + cell.width
  const bend = out + cell.right / 2
  const [from, to] = [middleOf(spot.parent), middleOf(spot)]
  return [
    bar(out, from - 1, bend - out + 1, line.width),
    bar(bend - 1, Math.min(from, to) - 1, line.width, Math.abs(to - from) + line.width),
    bar(bend, to - 1, leftOf(spot) - bend, line.width),
  ]
}

/** A code under its still. Letters and digits of ours only, so that no markup can come in. */
const codeUnder = async (spot: Spot): Promise<OverlayOptions> => ({
  input: await sharp({
    text: {
      text: `<span foreground="#e6edf3">${codeOf(numberOf(spot.kin.clip))}</span>`,
      font: 'sans bold 15',
      rgba: true,
      dpi: 96,
    },
  })
    .png()
    .toBuffer(),
  left: leftOf(spot) + 2,
  top: topOf(spot) + cell.height + 8,
})

/** The still of a clip; an empty frame where it is no longer kept. */
async function stillOf(store: Store, spot: Spot): Promise<OverlayOptions> {
  const kept = await store.get(spot.kin.clip.poster).catch(() => undefined)
  const empty = { create: { width: cell.width, height: cell.height, channels: 3, background: '#30363d' } } as const
  const still = kept ? sharp(kept).resize(cell.width, cell.height, { fit: 'cover' }) : sharp(empty)
  return { input: await still.png().toBuffer(), left: leftOf(spot), top: topOf(spot) }
}

/** Draws a family as a JPEG. */
export async function drawFamily(store: Store, root: Kin): Promise<{ jpeg: Buffer; width: number; height: number }> {
  const spots = layOut(root)
  const width = 2 * margin + Math.max(...spots.map(leftOf)) - margin + cell.width
  const height = margin + Math.max(...spots.map(topOf)) + cell.height + cell.below
  const parts = [
    ...spots.flatMap(branch),
    ...(await Promise.all(spots.map(spot => stillOf(store, spot)))),
    ...(await Promise.all(spots.map(codeUnder))),
  ]
  const paper = sharp({ create: { width, height, channels: 3, background: '#0d1117' } })
  return { jpeg: await paper.composite(parts).jpeg({ quality: 86 }).toBuffer(), width, height }
}
