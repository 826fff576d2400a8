/** Where the time of a render goes: seconds by part, summed over the process. */
export type Part = 'onnx' | 'draw' | 'encode'

const seconds: Record<Part, number> = { onnx: 0, draw: 0, encode: 0 }

/** Runs something and adds its wall time to a part. */
export async function timed<T>(part: Part, work: () => Promise<T>): Promise<T> {
  const from = performance.now()
  try {
    return await work()
  } finally {
    seconds[part] += (performance.now() - from) / 1000
  }
}

/** Seconds spent so far, by part: in sessions, waiting for the next frame, waiting for the encoder. */
export const secondsSoFar = (): Readonly<Record<Part, number>> => ({ ...seconds })
