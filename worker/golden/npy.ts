/** Reading NumPy's .npy files (format 1 to 3, C order, little-endian), numpy.lib.format. */

export interface NpyArray {
  readonly data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array
  readonly dims: readonly number[]
}

const readers: Readonly<Record<string, (bytes: ArrayBuffer) => NpyArray['data']>> = {
  '<f4': bytes => new Float32Array(bytes),
  '<f8': bytes => new Float64Array(bytes),
  '<i8': bytes => new BigInt64Array(bytes),
  '<i4': bytes => new Int32Array(bytes),
  '|u1': bytes => new Uint8Array(bytes),
}

/** Throws an Error that says what is wrong with the file. */
export function readNpy(bytes: Uint8Array): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== '\x93NUMPY')
    throw new Error('no .npy file')
  const wide = view.getUint8(6) > 1
  const start = wide ? 12 : 10
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true))
  const header = Buffer.from(bytes.subarray(start, end)).toString('latin1')
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? ''
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1]
  const read = readers[descr]
  if (!read || shape === undefined) throw new Error(`numbers of type "${descr}" are not read`)
  if (!/'fortran_order':\s*False/.test(header)) throw new Error('Fortran order is not read')
  const dims = [...shape.matchAll(/\d+/g)].map(Number)
  // A copy: the numbers need not start at a multiple of their size (and a Buffer's own slice is none).
  const data = read(Uint8Array.from(bytes.subarray(end)).buffer)
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (data.length !== count) throw new Error(`${data.length} numbers do not fill [${dims.join(', ')}]`)
  return { data, dims }
}
