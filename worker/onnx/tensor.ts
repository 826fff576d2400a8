/** Plain tensors: what goes into and comes out of a session, without onnxruntime's classes. */

interface Arrays {
  float32: Float32Array
  /** IEEE 754 half precision, as bits. */
  float16: Uint16Array
  float64: Float64Array
  int64: BigInt64Array
  int32: Int32Array
  uint8: Uint8Array
  int8: Int8Array
  /** 0 or 1. */
  bool: Uint8Array
}
export type TensorType = keyof Arrays

/** Numbers in row-major order with their shape. */
export type Tensor = {
  [T in TensorType]: { readonly type: T; readonly data: Arrays[T]; readonly dims: readonly number[] }
}[TensorType]

/** Number of elements of a shape; 1 for a scalar. */
const sizeOfDims = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)

function checked<T extends TensorType>(type: T, data: Arrays[T], dims: readonly number[]) {
  if (data.length !== sizeOfDims(dims))
    throw new RangeError(`${data.length} numbers do not fill a tensor of shape [${dims.join(', ')}]`)
  return { type, data, dims }
}

export const float32 = (data: Float32Array, dims: readonly number[]) => checked('float32', data, dims)
export const float16 = (bits: Uint16Array, dims: readonly number[]) => checked('float16', bits, dims)
export const uint8 = (data: Uint8Array, dims: readonly number[]) => checked('uint8', data, dims)
export const int64 = (data: Iterable<number | bigint>, dims: readonly number[]) =>
  checked(
    'int64',
    BigInt64Array.from(data, n => BigInt(n)),
    dims,
  )
const one = new Float32Array(1)
const bits = new Uint32Array(one.buffer)

/** Nearest half of a number (ties to even, as IEEE 754 asks), as bits. */
export function halfOf(value: number): number {
  one[0] = value
  const word = bits[0] ?? 0
  const sign = (word >>> 16) & 0x8000
  const magnitude = word & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65,520 is half way from the largest half to infinity, and ties go to the even one: infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) return sign | subnormal(Math.abs(value))
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
}

/** Below 2^-14 halves are multiples of 2^-24. */
function subnormal(value: number): number {
  const scaled = value * 2 ** 24
  const down = Math.floor(scaled)
  const rest = scaled - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}

/** The number a half stands for. */
export function numberOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** float32 numbers as halves. */
export const toHalves = (numbers: Float32Array): Uint16Array => Uint16Array.from(numbers, halfOf)

/** The numbers of any tensor as float32; a float32 tensor's own array, not a copy. */
export function floatsOf(tensor: Tensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data
  if (tensor.type === 'float16') return Float32Array.from(tensor.data, numberOfHalf)
  if (tensor.type === 'int64') return Float32Array.from(tensor.data, Number)
  return Float32Array.from(tensor.data)
}
