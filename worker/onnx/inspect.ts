import { open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Looks at an ONNX file without loading its weights: just enough of onnx.proto (ModelProto, GraphProto, TensorProto; protobuf's wire format) to
 * find out early what would fail late.
 */

/** Numbers of a graph that lie in the file or beside it. */
interface Weights {
  readonly name: string
  /** ONNX's element type: 1 float32, 10 float16, 16 bfloat16, ... */
  readonly type: number
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

interface OnnxFacts {
  /** Version of every operator set by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>
  readonly weights: readonly Weights[]
}

/** A field of a message: its number, and its value or the bytes it holds with their place in the file. */
interface Field {
  readonly number: number
  readonly value: number
  readonly bytes: Uint8Array
  readonly at: number
}

function* fieldsOf(bytes: Uint8Array, base: number): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 2 ** 63) throw new Error('it ends in the middle')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const kind = tag % 8
    if (kind === 0) yield { number, value: varint(), bytes: new Uint8Array(), at: base + at }
    else if (kind === 1 || kind === 5) at += kind === 1 ? 8 : 4
    else if (kind === 2) {
      const length = varint()
      if (at + length > bytes.length) throw new Error('it ends in the middle')
      yield { number, value: 0, bytes: bytes.subarray(at, at + length), at: base + at }
      at += length
    } else throw new Error('it is no ONNX file')
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

/** The newest ONNX opset that the ONNX Runtime in package.json knows. */
const newestOpset = 26

/** Reads a graph's facts. Throws an Error with one line: what is no ONNX, or weights that are not where they should be. */
async function inspectOnnx(path: string): Promise<OnnxFacts> {
  const handle = await open(path)
  let bytes: Uint8Array
  try {
    bytes = await handle.readFile()
  } finally {
    await handle.close()
  }
  const opsets = new Map<string, number>()
  const weights: Weights[] = []
  for (const { number, bytes: part, at } of fieldsOf(bytes, 0)) {
    if (number === 8) opsets.set(...opsetOf(part))
    else if (number === 7)
      for (const field of fieldsOf(part, at)) if (field.number === 5) weights.push(weightsOf(field, path))
  }
  if (!opsets.has('')) throw new Error('it names no ONNX opset')
  for (const one of weights) {
    const { size } = await stat(one.file).catch(() => ({ size: -1 }))
    if (size < 0) throw new Error(`its weights "${one.file}" are missing`)
    if (one.offset + one.bytes > size) throw new Error(`its weights "${one.file}" end before "${one.name}"`)
  }
  return { opsets, weights }
}

function opsetOf(bytes: Uint8Array): [domain: string, version: number] {
  let domain = ''
  let version = 0
  for (const field of fieldsOf(bytes, 0)) {
    if (field.number === 1) domain = textOf(field.bytes)
    if (field.number === 2) version = field.value
  }
  return [domain === 'ai.onnx' ? '' : domain, version]
}

/** A tensor's place: in the file itself (raw_data) or in another one (external_data). */
function weightsOf({ bytes, at }: Field, path: string): Weights {
  let name = ''
  let type = 0
  let inside = { offset: 0, bytes: 0 }
  const outside = new Map<string, string>()
  for (const field of fieldsOf(bytes, at)) {
    if (field.number === 2) type = field.value
    else if (field.number === 8) name = textOf(field.bytes)
    else if (field.number === 9) inside = { offset: field.at, bytes: field.bytes.length }
    else if (field.number === 13) outside.set(...entryOf(field.bytes))
  }
  const location = outside.get('location')
  if (location === undefined) return { name, type, file: path, ...inside }
  if (location.includes('..') || location.startsWith('/')) throw new Error(`its weights lie outside: "${location}"`)
  const number = (key: string): number => Number(outside.get(key) ?? 0)
  return { name, type, file: join(dirname(path), location), offset: number('offset'), bytes: number('length') }
}

function entryOf(bytes: Uint8Array): [key: string, value: string] {
  const both = ['', '']
  for (const field of fieldsOf(bytes, 0)) both[field.number - 1] = textOf(field.bytes)
  return [both[0] ?? '', both[1] ?? '']
}

/** The type that no provider but CUDA computes with. */
const bfloat16 = 16

/** Floating-point elements: NaN has all these bits set and another one below them. */
const exponents: Readonly<Record<number, { readonly size: 2 | 4; readonly mask: number }>> = {
  1: { size: 4, mask: 0x7f800000 },
  10: { size: 2, mask: 0x7c00 },
  [bfloat16]: { size: 2, mask: 0x7f80 },
}

/** How much is read at a time. */
const readBytes = 8 * 1024 * 1024

/** Name of the first tensor with a NaN in it; undefined where all are numbers. Reads every weight. */
async function notNumbersIn({ weights }: OnnxFacts): Promise<string | undefined> {
  for (const one of weights) {
    const kind = exponents[one.type]
    if (!kind) continue
    const handle = await open(one.file)
    try {
      for (let done = 0; done < one.bytes; done += readBytes) {
        const length = Math.min(readBytes, one.bytes - done)
        const buffer = new ArrayBuffer(length)
        await handle.read(new Uint8Array(buffer), 0, length, one.offset + done)
        const words = kind.size === 4 ? new Uint32Array(buffer) : new Uint16Array(buffer)
        const above = kind.size === 4 ? 0x7fffffff : 0x7fff
        for (let i = 0; i < words.length; i++) if (((words[i] ?? 0) & above) > kind.mask) return one.name
      }
    } finally {
      await handle.close()
    }
  }
  return undefined
}

/**
 * Looks a package's graph over before it is believed: weights in place, an opset that can be run, and with `deep` no NaN among the weights.
 * Gives back what device it needs. Throws an Error with one line that begins with the file's name.
 */
export async function checkGraph(
  path: string,
  { leastOpset = 1, deep = false } = {},
): Promise<{ readonly cudaOnly: boolean }> {
  const file = basename(path)
  let facts: OnnxFacts
  try {
    facts = await inspectOnnx(path)
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  const opset = facts.opsets.get('') ?? 0
  if (opset > newestOpset)
    throw new Error(`${file}: opset ${opset} is newer than this ONNX Runtime knows (${newestOpset})`)
  if (opset < leastOpset) throw new Error(`${file}: opset ${opset} is too old, at least ${leastOpset} is needed`)
  const bad = deep ? await notNumbersIn(facts) : undefined
  if (bad !== undefined) throw new Error(`${file}: the weights "${bad}" hold NaN`)
  return { cudaOnly: facts.weights.some(({ type }) => type === bfloat16) }
}
