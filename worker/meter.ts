/** Where the time of a render goes: seconds by name, summed over the process. */
export type Part = 'onnx' | 'draw' | 'encode' | 'label'

const seconds: Record<Part, number> = { onnx: 0, draw: 0, encode: 0, label: 0 }

/** Runs something and adds its wall time to a part. */
export async function timed<T>(part: Part, work: () => Promise<T>): Promise<T> {
  const from = performance.now()
  try {
    return await work()
  } finally {
    addSeconds(part, (performance.now() - from) / 1000)
  }
}

export function addSeconds(part: Part, amount: number): void {
  seconds[part] += amount
}

/** Seconds spent so far, by part. */
export const secondsSoFar = (): Readonly<Record<Part, number>> => ({ ...seconds })
