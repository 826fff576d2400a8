import { z } from 'zod'
import { actorCount, channelCount, tints } from './scene.ts'

/** Keys of a window that its predecessor has already shown. */
export const prefixKeys = 8

const floats = (bytes: string): Float32Array => {
  const buffer = Buffer.from(bytes, 'base64')
  return Float32Array.from({ length: buffer.length / 4 }, (_, i) => buffer.readFloatLE(4 * i))
}
const packed = (values: Float32Array): string => {
  const buffer = Buffer.alloc(4 * values.length)
  values.forEach((value, i) => {
    buffer.writeFloatLE(value, 4 * i)
  })
  return buffer.toString('base64')
}

const Role = z.object({
  noun: z.string(),
  verbs: z.array(z.string()).max(2),
  partner: z.number().int().optional(),
  parent: z.number().int().optional(),
  attach: z.string().optional(),
  undergoes: z.string().optional(),
  size: z.string().optional(),
  speed: z.string().optional(),
  mood: z.string().optional(),
  tint: z.enum(tints).optional(),
  guise: z.string().optional(),
  high: z.literal(true).optional(),
  over: z.literal(true).optional(),
  phrase: z.number().int(),
  implied: z.boolean(),
})

const StateFile = z.object({
  format: z.literal('theatre-state'),
  version: z.literal(1),
  /** Noun per slot, null for an empty one. */
  nouns: z.array(z.string().nullable()).length(actorCount),
  /** Slot of every role of the script. */
  slots: z.array(z.number().int()),
  script: z.object({
    set: z.string().optional(),
    time: z.string().optional(),
    weather: z.string().optional(),
    camera: z.string().optional(),
    mood: z.string().optional(),
    cast: z.array(Role),
  }),
  /** float32: the background vector. */
  background: z.string(),
  /** float32 [actorCount + 1, prefixKeys, channelCount]: the last keys, linked slots relative. */
  keys: z.string(),
})

/** What a clip leaves behind so that another can go on from it: who stands where, how they move, the set. */
export interface EndState {
  readonly nouns: readonly (string | null)[]
  readonly slots: readonly number[]
  readonly script: z.infer<typeof StateFile>['script']
  readonly background: Float32Array
  readonly keys: Float32Array
}

/** Bytes of an end state (JSON, about 8 kB). */
export function writeState(state: EndState): Uint8Array {
  const { set, time, weather, camera, mood, cast } = state.script
  const script = { set, time, weather, camera, mood, cast }
  const file = {
    format: 'theatre-state',
    version: 1,
    nouns: state.nouns,
    slots: state.slots,
    script,
    background: packed(state.background),
    keys: packed(state.keys),
  }
  return new TextEncoder().encode(JSON.stringify(file))
}

/** Reads an end state; undefined when the bytes are none (another family's, an older version's, damaged). */
export function readState(bytes: Uint8Array): EndState | undefined {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
  const parsed = StateFile.safeParse(json)
  if (!parsed.success) return undefined
  const { nouns, slots, script, background, keys } = parsed.data
  const state = { nouns, slots, script, background: floats(background), keys: floats(keys) }
  const whole = state.keys.length === (actorCount + 1) * prefixKeys * channelCount
  return whole && [...state.keys, ...state.background].every(Number.isFinite) ? state : undefined
}
