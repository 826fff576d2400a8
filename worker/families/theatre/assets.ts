import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'

/** What the stage ships beside its graphs: scenery.json (names and traits) and scenery.webp (strips of grey art). */

const Trait = z.object({
  gait: z.enum(['quad', 'biped', 'wing', 'fin', 'wheel', 'none']),
  /** False: the sprite has no left and right, so it is never mirrored. */
  faces: z.boolean(),
  group: z.string(),
  /** Fraction of the square canvas that is filled. */
  width: z.number(),
  height: z.number(),
  /** Wheels that turn when it drives: middle (box units: the canvas is [-1, 1] squared, y up), radius, hub in parts of the radius. */
  wheels: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).optional(),
})

/** How a noun moves and how large it is on its canvas. */
export type Trait = z.infer<typeof Trait>

const Scenery = z.object({
  strips: z.object({ names: z.array(z.string()), width: z.number().int(), height: z.number().int() }),
  background: z.array(z.string()),
  nouns: z.record(z.string(), Trait),
})

/** Everything read once per package folder; plain data, so that it can be sent to a thread. */
export interface Assets {
  readonly folder: string
  readonly strips: {
    readonly count: number
    readonly width: number
    readonly height: number
    readonly grey: Uint8Array
  }
  /** Names of the background vector's entries, in order. */
  readonly background: readonly string[]
  readonly nouns: Readonly<Record<string, Trait>>
}

/** Reads scenery.json and scenery.webp of a package folder. Throws when one is missing or does not fit the other. */
export async function readAssets(folder: string): Promise<Assets> {
  const json = Scenery.parse(JSON.parse(await readFile(join(folder, 'scenery.json'), 'utf8')))
  const { data, info } = await sharp(join(folder, 'scenery.webp'))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { names, width, height } = json.strips
  if (info.channels !== 1 || info.width !== width || info.height !== names.length * 3 * height)
    throw new Error(
      `scenery.webp is ${info.width} x ${info.height}, scenery.json describes ${names.length} strips of ${width} x ${height}`,
    )
  const grey = new Uint8Array(data)
  return {
    folder,
    strips: { count: names.length, width, height, grey },
    background: json.background,
    nouns: json.nouns,
  }
}
