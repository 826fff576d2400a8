import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clip } from './clip.ts'
import type { Kin } from './family.ts'
import { layOut } from './family-picture.ts'

const clip = {} as Clip
const kin = fc.memo(
  (depth): fc.Arbitrary<Kin> =>
    fc.record({
      clip: fc.constant(clip),
      children: depth > 1 ? fc.array(kin(depth - 1), { maxLength: 4 }) : fc.constant([]),
    }),
)

test('no two clips of a tree share a place, and children stand right of their parent', () => {
  fc.assert(
    fc.property(kin(4), root => {
      const spots = layOut(root)
      expect(new Set(spots.map(({ column, row }) => `${column}/${row}`)).size).toBe(spots.length)
      for (const spot of spots.slice(1)) expect(spot.parent?.column).toBe(spot.column - 1)
      const byColumn = new Map<number, typeof spots>()
      for (const spot of spots) byColumn.set(spot.column, [...(byColumn.get(spot.column) ?? []), spot])
      for (const column of byColumn.values()) {
        const rows = column.map(spot => spot.row).sort((a, b) => a - b)
        for (let i = 1; i < rows.length; i += 1) expect((rows[i] ?? 0) - (rows[i - 1] ?? 0)).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})
