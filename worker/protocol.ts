import { z } from 'zod'
import { Clip } from '../core/clip.ts'
import { Failure } from '../core/errors.ts'
import { renderStages } from '../core/job.ts'
import { MediaKey, Recipe } from '../core/request.ts'

/** What parent and child say to each other (Node's IPC with structured clone). Large things go through the store, not here. */

const Package = z.object({ id: z.string(), family: z.string(), folder: z.string() })

/** How a child is set up, once. */
export const Setup = z.object({
  packages: z.array(Package),
  /** Modules of families that are not built in, by URL. */
  families: z.record(z.string(), z.string()),
  store: z.object({
    STORE: z.enum(['local', 's3']),
    DATA_DIR: z.string(),
    S3_BUCKET: z.string().optional(),
    S3_REGION: z.string().optional(),
    S3_ENDPOINT: z.string().optional(),
    S3_ACCESS_KEY_ID: z.string().optional(),
    S3_SECRET_ACCESS_KEY: z.string().optional(),
  }),
  threads: z.number().int().nonnegative(),
  device: z.enum(['auto', 'cpu', 'cuda', 'webgpu']),
  label: z.object({ producer: z.string(), language: z.enum(['zh', 'en', 'both']) }),
  /** Folder for files in the making. */
  scratch: z.string(),
})
export type Setup = z.infer<typeof Setup>

/** A finished clip that an edit is made of. */
export const Source = Clip.pick({
  kind: true,
  media: true,
  poster: true,
  state: true,
  width: true,
  height: true,
  fps: true,
  frames: true,
  sound: true,
  label: true,
})
export type Source = z.infer<typeof Source>

/** One clip or picture to make. */
export const Order = z.object({
  job: z.string(),
  recipe: Recipe,
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  fps: z.number().positive(),
  /** State of the clip this one continues. */
  state: MediaKey.optional(),
  /** The clips of an edit, in the order of `clipsIn`. */
  sources: z.array(Source).optional(),
  /** Largest file the place can take. */
  maxBytes: z.number().int().positive().optional(),
})
export type Order = z.infer<typeof Order>

/** Seconds: in sessions before the first frame, waiting for frames, waiting for the encoder, with any of these at work, in all; and the most memory ever held. */
const Costs = z.object({
  onnx: z.number(),
  draw: z.number(),
  encode: z.number(),
  busy: z.number(),
  total: z.number(),
  peakBytes: z.number(),
})

/** What came out of an order: everything a Clip needs that the parent does not know. */
export const Made = z.object({
  kind: z.enum(['video', 'image', 'animation']),
  media: MediaKey,
  poster: MediaKey,
  state: MediaKey.optional(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  fps: z.number().positive(),
  frames: z.number().int().positive(),
  bytes: z.number().int().positive(),
  sound: z.literal(true).optional(),
  label: Clip.shape.label,
  unknownWords: z.array(z.string()),
  costs: Costs,
})
export type Made = z.infer<typeof Made>

export const ToChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('setup'), setup: Setup }),
  /** Loads a model ahead of its first order. */
  z.object({ type: z.literal('warm'), model: z.string() }),
  z.object({ type: z.literal('render'), number: z.number().int(), order: Order }),
  z.object({ type: z.literal('abort'), number: z.number().int() }),
])
export type ToChild = z.infer<typeof ToChild>

export const FromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('warmed'), model: z.string(), trouble: z.string().optional() }),
  /** For the operator's log. */
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({ type: z.literal('progress'), number: z.number().int(), stage: z.enum(renderStages), done: z.number() }),
  z.object({ type: z.literal('made'), number: z.number().int(), made: Made }),
  z.object({
    type: z.literal('failed'),
    number: z.number().int(),
    /** What the member is told. */
    failure: Failure,
    /** What the log is told; absent for expected failures. */
    trouble: z.string().optional(),
  }),
])
export type FromChild = z.infer<typeof FromChild>
