/** Writes small ONNX files without Python: just enough of onnx.proto (field numbers as in onnx/onnx.proto3). */

const encoder = new TextEncoder()

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}

const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)]
const chunk = (field: number, bytes: Iterable<number>): number[] => {
  const body = [...bytes]
  return [...varint(field * 8 + 2), ...varint(body.length), ...body]
}
const text = (field: number, value: string): number[] => chunk(field, encoder.encode(value))

const elementTypes = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const

export interface TestPort {
  readonly name: string
  readonly type: keyof typeof elementTypes
  readonly dims: readonly (number | string)[]
}

export interface TestNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Whole numbers, or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

function attribute(name: string, value: number | readonly number[]): number[] {
  const [kind, numbers] = typeof value === 'number' ? [2, number(3, value)] : [7, value.flatMap(one => number(8, one))]
  return [...text(1, name), ...numbers, ...number(20, kind)]
}

function valueInfo(port: TestPort): number[] {
  const shape = port.dims.flatMap(dim => chunk(1, typeof dim === 'number' ? number(1, dim) : text(2, dim)))
  const tensor = [...number(1, elementTypes[port.type]), ...chunk(2, shape)]
  return [...text(1, port.name), ...chunk(2, chunk(1, tensor))]
}

/** A float32 constant of the graph. */
function initializer(name: string, dims: readonly number[], values: Float32Array): number[] {
  return [
    ...dims.flatMap(dim => number(1, dim)),
    ...number(2, elementTypes.float32),
    ...text(8, name),
    ...chunk(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]
}

/** Bytes of a model (opset 17) from its nodes, in order. */
export function onnxFile(graph: {
  readonly nodes: readonly TestNode[]
  readonly inputs: readonly TestPort[]
  readonly outputs: readonly TestPort[]
  readonly constants?: readonly { name: string; dims: readonly number[]; values: Float32Array }[]
}): Uint8Array {
  const body = [
    ...graph.nodes.flatMap(node =>
      chunk(1, [
        ...node.inputs.flatMap(name => text(1, name)),
        ...node.outputs.flatMap(name => text(2, name)),
        ...text(4, node.op),
        ...Object.entries(node.attributes ?? {}).flatMap(([name, value]) => chunk(5, attribute(name, value))),
      ]),
    ),
    ...text(2, 'test'),
    ...(graph.constants ?? []).flatMap(c => chunk(5, initializer(c.name, c.dims, c.values))),
    ...graph.inputs.flatMap(port => chunk(11, valueInfo(port))),
    ...graph.outputs.flatMap(port => chunk(12, valueInfo(port))),
  ]
  return Uint8Array.from([...number(1, 8), ...chunk(7, body), ...chunk(8, number(2, 17))])
}

/** A model's bytes, saying of its first float32 weights that they are bfloat16 (data_type before name, as ONNX's own writer has them). */
export function asBfloat16(model: Uint8Array): Uint8Array {
  const bytes = Buffer.from(model)
  const at = bytes.indexOf(Buffer.of(0x10, 1, 0x42))
  if (at < 0) throw new Error('no float32 weights')
  bytes[at + 1] = 16
  return bytes
}
