import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Noun } from './nouns.ts'
import { actorCount, channelCount, channels, keysPerSecond } from './scene.ts'
import { prefixKeys } from './state.ts'

const Names = z.array(z.string())
const Scales = z.array(z.number().positive()).length(channelCount)

const Verb = z.object({
  id: z.string(),
  arity: z.enum(['solo', 'duo', 'attach', 'either']),
  /** What use its object must have: edible, ball, ride, ... */
  needs: z.string().optional(),
  /** On whom its effects are. */
  effectOn: z.enum(['subject', 'object']),
})

/** stage.json: everything about the director graph that is not in the graph. Written by worker/training/theatre/stage_json.py. */
const StageFile = z.object({
  version: z.literal(1),
  keys: z.number().int().positive(),
  keysPerSecond: z.literal(keysPerSecond),
  /** Keys before the first second of a window. */
  curtain: z.number().int().nonnegative(),
  /** Keys of a window that its predecessor has already shown. */
  prefix: z.literal(prefixKeys),
  actors: z.literal(actorCount),
  channels: Names.refine(names => names.join() === channels.join(), 'the channels are not those of scene.ts'),
  /** Multiply the graph's numbers by these: actors' channels, then the camera's. */
  scales: z.tuple([Scales, Scales]),
  /** Names of the background vector's entries. */
  background: Names,
  /** Entries of it that a small rest must not switch on. */
  weather: Names,
  /** Per set: entries that are forced, because half of a set is none; where the ground ends. */
  flags: z.record(z.string(), z.record(z.string(), z.number())),
  horizons: z.record(z.string(), z.number()),
  tokens: z.object({ sets: Names, times: Names, weathers: Names, cameras: Names, moods: Names, aspects: Names }),
  sizes: Names,
  speeds: Names,
  /** Kinds of link; the first is "none". */
  attaches: Names,
  /** Half the frame's width in world units, per aspect. */
  halfWidths: z.array(z.number().positive()),
  verbs: z.array(Verb),
  /** Effect sprites that go with a verb or a mood, the usual one first. */
  effects: z.object({ verbs: z.record(z.string(), Names), moods: z.record(z.string(), Names) }),
  /** Fields of the script, in order. */
  globals: Names,
  cast: Names,
  /** What the branch that guidance leads away from does not hear. */
  guidance: z.object({ dropGlobals: Names, dropCast: Names }),
  nouns: z.array(Noun),
  /** float32, little endian, base64: [nouns, dims]; `threshold`: likeness below which a free slot is empty. */
  identity: z.object({ dims: z.number().int().positive(), codes: z.string(), threshold: z.number() }),
  /** What may stand about in a set. */
  decor: z.record(z.string(), Names),
  sampler: z.object({
    steps: z.number().int().positive(),
    guidance: z.number().positive(),
    backgroundGuidance: z.number().positive(),
    /** Time (0 noise .. 1 clean) from which on there is no guidance. */
    guidanceUntil: z.number(),
    shift: z.number().positive(),
  }),
})
type StageFile = z.infer<typeof StageFile>

/** The director's tables, ready for use. */
export interface Direction extends Omit<StageFile, 'scales' | 'identity'> {
  /** [actorCount + 1, channelCount] */
  readonly scales: Float32Array
  readonly verbIds: readonly string[]
  readonly nounIndex: ReadonlyMap<string, number>
  /** [nouns, codeLength] */
  readonly codes: Float32Array
  readonly codeLength: number
  readonly threshold: number
}

/** Reads stage.json of a package. Throws when it is missing or does not fit this code. */
export async function openDirection(folder: string): Promise<Direction> {
  return directionOf(StageFile.parse(JSON.parse(await readFile(join(folder, 'stage.json'), 'utf8'))))
}

function directionOf(file: StageFile): Direction {
  const { identity, scales, ...rest } = file
  const bytes = Buffer.from(identity.codes, 'base64')
  const codes = Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
  if (codes.length !== file.nouns.length * identity.dims)
    throw new Error(`stage.json: ${codes.length} identity numbers for ${file.nouns.length} nouns of ${identity.dims}`)
  const table = new Float32Array((actorCount + 1) * channelCount)
  for (let slot = 0; slot <= actorCount; slot++) table.set(scales[slot < actorCount ? 0 : 1], slot * channelCount)
  return {
    ...rest,
    scales: table,
    verbIds: file.verbs.map(({ id }) => id),
    nounIndex: new Map(file.nouns.map(({ id }, index) => [id, index])),
    codes,
    codeLength: identity.dims,
    threshold: identity.threshold,
  }
}
