import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { z } from 'zod'
import type { Frame } from '../pipelines/pipeline.ts'
import { type NpyArray, readNpy } from './npy.ts'

/** A reference case: settings and arrays that the reference implementation left in a folder. */

const whole = z.number().int().positive()

const Case = z.object({
  variant: z.string(),
  case: z.string(),
  prompt: z.string(),
  negative_prompt: z.string().nullable(),
  image: z.string().nullable(),
  last_image: z.string().nullable(),
  /** Frames that are given, each as known_<frame>.png; then `image` and `last_image` are none of them. */
  known_frames: z.array(z.number().int().nonnegative()).optional(),
  height: whole,
  width: whole,
  num_frames: whole,
  num_inference_steps: whole,
  guidance_scale: z.number(),
  guidance_scale_2: z.number().nullable().default(null),
  scheduler: z.object({ kind: z.enum(['unipc', 'euler']), shift: z.number().positive() }),
  max_sequence_length: whole.default(512),
  timesteps: z.array(z.number()),
  sigmas: z.array(z.number()),
  experts: z.array(z.string()).optional(),
  tolerance: z.record(z.string(), z.number().nonnegative()),
})
export type Case = z.infer<typeof Case>

const Ids = z.object({ prompt: z.array(z.number()), negative_prompt: z.array(z.number()).nullable() })

export interface GoldenCase {
  readonly settings: Case
  /** Token ids of both prompts. */
  readonly ids: z.infer<typeof Ids>
  /** Frames that are given, in order of time; `at` counts from 0, from the end below it. */
  readonly known: readonly { readonly at: number; readonly picture: Frame }[]
  /** An array by name; undefined where the case has none. */
  array(name: string): Promise<NpyArray | undefined>
}

/** Reads a case folder. Throws an Error with one line that names the file. */
export async function readCase(folder: string): Promise<GoldenCase> {
  const json = async (name: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(join(folder, name), 'utf8'))
    } catch (error) {
      throw new Error(`${join(folder, name)}: ${error instanceof Error ? error.message : error}`)
    }
  }
  const parsed = Case.safeParse(await json('case.json'))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(`${join(folder, 'case.json')}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const settings = parsed.data
  const { known_frames, image, last_image } = settings
  const given: [at: number, name: string][] = known_frames
    ? known_frames.map(at => [at, `known_${at}.png`])
    : [
        ...(image ? [[0, image] as [number, string]] : []),
        ...(last_image ? [[-1, last_image] as [number, string]] : []),
      ]
  return {
    settings,
    ids: Ids.parse(await json('prompt_ids.json')),
    known: await Promise.all(given.map(async ([at, name]) => ({ at, picture: await readPicture(join(folder, name)) }))),
    async array(name) {
      const file = join(folder, `${name}.npy`)
      const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      try {
        return bytes && readNpy(bytes)
      } catch (error) {
        throw new Error(`${file}: ${error instanceof Error ? error.message : error}`)
      }
    },
  }
}

async function readPicture(file: string): Promise<Frame> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) }
}
