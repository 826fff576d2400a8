import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ModelJson } from '../../model-json.ts'
import type { PackageFolder } from '../../pipelines/pipeline.ts'

/**
 * Packages of family `stage`: what is done to frames after a model. They are no models, nobody is offered them; a model's `finish` names them.
 * Pictures are float32 [1, 3, height, width] in 0..1.
 */

const whole = z.number().int().positive()

/** `interpolate`: two pictures and a place between them make one (RIFE-shaped). */
const Interpolate = z.object({
  /** Names of the graph's inputs; `at` is 0..1, as a number, or as a plane as large as the pictures. */
  inputs: z
    .object({ first: z.string(), second: z.string(), at: z.string() })
    .default({ first: 'img0', second: 'img1', at: 'timestep' }),
  output: z.string().default('output'),
  /** Sides must be multiples of this. */
  multiple: whole.default(32),
})

/** `upscale`: one picture makes one that is `scale` times as large (Real-ESRGAN-shaped). */
const Upscale = z.object({
  input: z.string().default('input'),
  output: z.string().default('output'),
  scale: whole,
  multiple: whole.default(2),
  /** Pixels per side of the tiles it is given; absent = the whole picture. */
  tile: whole.optional(),
})

/** `settings` of either. */
export const StageSettings = z.union([Upscale, Interpolate])

export type StagePackage =
  | {
      readonly kind: 'interpolate'
      readonly id: string
      readonly file: string
      readonly settings: z.infer<typeof Interpolate>
    }
  | { readonly kind: 'upscale'; readonly id: string; readonly file: string; readonly settings: z.infer<typeof Upscale> }

/** Reads a stage package of a kind. Throws an Error with one line. */
export async function readStage<K extends StagePackage['kind']>(
  { id, folder }: PackageFolder,
  kind: K,
): Promise<Extract<StagePackage, { kind: K }>> {
  const model = ModelJson.parse(JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')))
  if (model.variant !== kind)
    throw new Error(`the stage package "${id}" does not ${kind}, it is of variant "${model.variant}"`)
  const file = model.components['stage']?.file
  if (!file) throw new Error(`the stage package "${id}" has no component "stage"`)
  const parsed = (kind === 'interpolate' ? Interpolate : Upscale).safeParse(model.settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`the stage package "${id}": settings.${issue?.path.join('.')}: ${issue?.message}`)
  }
  return { kind, id, file: join(folder, file), settings: parsed.data } as unknown as Extract<StagePackage, { kind: K }>
}
