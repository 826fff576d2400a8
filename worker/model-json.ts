import { z } from 'zod'
import { tasks } from '../core/catalogue.ts'
import { tiers } from '../core/request.ts'

/** `model.json`: what a package says about itself. Everything a family needs beyond it stands in `settings`. */

const whole = z.number().int().positive()
/** Inside the package folder, with forward slashes, never upwards. */
const PackagePath = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$/, 'must be a plain path inside the package')

const Component = z.object({
  /** The graph; external data lies beside it and is listed in `files` as well. */
  file: PackagePath,
  dtype: z.enum(['float32', 'float16', 'bfloat16', 'int8', 'int4']),
})

/** Sizes a model can make: both sides multiples of `multiple`, pixels at most `mostPixels`. */
const Sizes = z.object({
  multiple: whole,
  leastSide: whole,
  mostSide: whole,
  mostPixels: whole.optional(),
  /** Sizes it was trained at, best first. */
  native: z.array(z.object({ width: whole, height: whole })).default([]),
})

/** Lengths a model can make in one go: `offset + multiple * k` frames, at most `most`. */
const Frames = z.object({
  fps: z.array(whole).min(1),
  multiple: whole.default(1),
  offset: z.number().int().nonnegative().default(0),
  most: whole,
})

/** Geometry and statistics of a latent video autoencoder. */
const Vae = z.object({
  channels: whole,
  spatial: whole,
  temporal: whole,
  mean: z.array(z.number()),
  std: z.array(z.number().positive()),
})

/** How to sample at a tier. */
const Sampling = z.object({
  steps: whole,
  guidance: z.number().min(0),
  /** Of the second expert. */
  guidanceLow: z.number().min(0).optional(),
  /** Explicit ones of a distilled model, as the network is told them; nobody's guidance counts then. */
  timesteps: z.array(z.number()).optional(),
  /** Distilled models that are noised anew after every step (FastWan, LightX2V for Wan 2.1). */
  renoise: z.boolean().optional(),
})

/** Who makes what is between frames or pixels: the id of a package of family `stage`, or ffmpeg's own filters. */
const Maker = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)

/** Last stages, after the model. */
const Finish = z.object({
  /** Frames a second of the finished clip; absent = the model's own. */
  fps: whole.max(60).optional(),
  interpolate: Maker.default('ffmpeg'),
  /** `own`: as large as the model makes it; `tier`: as large as the catalogue's tier says. */
  size: z.enum(['own', 'tier']).default('own'),
  upscale: Maker.default('ffmpeg'),
})
export type Finish = z.infer<typeof Finish>

export const ModelJson = z.object({
  $schema: z.string().optional(),
  /** Version of this format. */
  format: z.literal(1),
  /** Also the name of the folder. */
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  family: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  /** Which of the family's ways, e.g. "t2v", "i2v-a14b". */
  variant: z.string().min(1).max(64),
  tasks: z.array(z.enum(tasks)).default([]),
  tiers: z.array(z.enum(tiers)).min(1),
  components: z.record(z.string(), Component),
  sizes: Sizes,
  frames: Frames,
  vae: Vae.optional(),
  /** Tokens of a prompt. */
  text: z.object({ length: whole }).optional(),
  scheduler: z.object({ type: z.string(), shift: z.number().positive().optional() }).catchall(z.unknown()).optional(),
  sampling: z.partialRecord(z.enum(tiers), Sampling).default({}),
  /** Part of the noise scale where the second expert takes over. */
  boundary: z.number().min(0).max(1).optional(),
  /** How known pictures and frames reach the model. */
  conditioning: z.enum(['none', 'first', 'first-last', 'known-frames', 'per-token', 'keys']).default('none'),
  /** How brush strokes and camera moves reach the model. */
  motion: z.enum(['none', 'tracks', 'keys']).default('none'),
  finish: Finish.optional(),
  /** Bytes of GPU memory by resolution ("480p": ...). */
  memory: z.record(z.string(), whole).default({}),
  licence: z.object({ name: z.string().min(1), url: z.url().optional() }),
  source: z.object({ name: z.string().min(1), revision: z.string().min(1), url: z.url().optional() }),
  /** Of the family's own. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** Every file of the package but this one. */
  files: z.record(
    PackagePath,
    z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().nonnegative() }),
  ),
})
export type ModelJson = z.infer<typeof ModelJson>
