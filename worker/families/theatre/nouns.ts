import { z } from 'zod'

const Point = z.tuple([z.number(), z.number()])

/** One sprite: what it is and where things touch it. The index in the list is the noun's number. */
export const Noun = z.object({
  id: z.string(),
  group: z.string(),
  /** Height of the sprite's square canvas in world units when it is the usual size. */
  size: z.number().positive(),
  /** Filled fractions of the canvas. */
  w: z.number().positive(),
  h: z.number().positive(),
  gait: z.enum(['quad', 'biped', 'wing', 'fin', 'wheel', 'none']),
  /** Points in box units: the canvas is [-1, 1] squared, x towards where it faces, y up. */
  anchors: z.record(z.string(), Point),
  /** Width of the body at head, eyes, neck and body, box units. */
  fit: z.record(z.string(), z.number()),
  /** What it can be used for: ride, hold, wear, edible, ball, instrument, burst, ... */
  tags: z.array(z.string()),
  /** Of a garment: the wearer's anchor and the garment's own width there. */
  wear: z.object({ at: z.string(), fit: z.number() }).optional(),
  /** The point of a garment or tool that is laid on the anchor. */
  grip: Point.optional(),
  /** The same animal standing on two legs. */
  upright: z.string().optional(),
})
export type Noun = z.infer<typeof Noun>

/** How it moves. */
export function kindOf(noun: Noun): 'walk' | 'fly' | 'air' | 'swim' | 'road' | 'water' | 'sky' | 'thing' {
  const { group } = noun
  if (group.startsWith('ground') || group === 'person' || group === 'face') return 'walk'
  if (
    group === 'fly' ||
    group === 'air' ||
    group === 'swim' ||
    group === 'road' ||
    group === 'water' ||
    group === 'sky'
  )
    return group
  return 'thing'
}
