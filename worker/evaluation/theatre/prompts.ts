import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { languages } from '../../families/theatre/lexicon.ts'

/** A prompt and what its words promise. */
export const Prompt = z.object({
  language: z.enum(languages),
  text: z.string(),
  /** Noun -> how many of it. */
  actors: z.record(z.string(), z.number().int().positive()),
  /** Who does what; actors without a line may do as they like. */
  does: z.array(z.object({ subject: z.string(), verb: z.string(), object: z.string().optional() })),
  set: z.string().optional(),
  time: z.string().optional(),
  weather: z.string().optional(),
  camera: z.string().optional(),
  /** True: training never shows who does what to whom here (worker/training/theatre/held_out.py). */
  heldOut: z.literal(true).optional(),
})
export type Prompt = z.infer<typeof Prompt>

/** The evaluation's prompts. */
export async function readPrompts(): Promise<Prompt[]> {
  return z.array(Prompt).parse(JSON.parse(await readFile(new URL('prompts.json', import.meta.url), 'utf8')))
}
