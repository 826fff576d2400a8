/** Where the time of a render goes: seconds by part, summed over the process. */
export type Part = 'onnx' | 'draw' | 'encode'

const seconds: Record<Part, number> = { onnx: 0, draw: 0, encode: 0 }
let busy = 0
let working = 0
let since = 0

/** Runs something that is model, renderer or encoder at work, perhaps beside others: it counts into `busy` only. */
export async function atWork<T>(work: () => Promise<T>): Promise<T> {
  if (working++ === 0) since = performance.now()
  try {
    return await work()
  } finally {
    if (--working === 0) busy += (performance.now() - since) / 1000
  }
}

/** Runs something that is waited for and adds its wall time to a part. */
export function timed<T>(part: Part, work: () => Promise<T>): Promise<T> {
  return atWork(async () => {
    const from = performance.now()
    try {
      return await work()
    } finally {
      seconds[part] += (performance.now() - from) / 1000
    }
  })
}

/** Seconds so far: waited for a part, and `busy`: in which at least one part was at work. */
export const secondsSoFar = (): Readonly<Record<Part | 'busy', number>> => ({
  ...seconds,
  busy: busy + (working > 0 ? (performance.now() - since) / 1000 : 0),
})
