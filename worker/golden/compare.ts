/** How far two arrays are apart. */
export interface Difference {
  readonly name: string
  /** Largest absolute difference; infinite when shapes differ or something is no number. */
  readonly maxAbs: number
  /** sqrt(sum of squared differences / sum of squares of the reference). */
  readonly relative: number
  readonly tolerance: number
  readonly ok: boolean
  /** What else there is to say, e.g. shapes that differ. */
  readonly note?: string
}

interface Numbers {
  readonly data: ArrayLike<number>
  readonly dims: readonly number[]
}

/** Compares ours with the reference: within `tolerance` everywhere. */
export function compare(name: string, ours: Numbers | undefined, reference: Numbers, tolerance: number): Difference {
  const off = { name, maxAbs: Number.POSITIVE_INFINITY, relative: Number.POSITIVE_INFINITY, tolerance, ok: false }
  if (!ours) return { ...off, note: 'was not computed' }
  if (ours.dims.join() !== reference.dims.join())
    return { ...off, note: `[${ours.dims.join(', ')}] instead of [${reference.dims.join(', ')}]` }
  let maxAbs = 0
  let squares = 0
  let total = 0
  for (let i = 0; i < reference.data.length; i++) {
    const expected = reference.data[i] ?? Number.NaN
    const apart = Math.abs((ours.data[i] ?? Number.NaN) - expected)
    if (Number.isNaN(apart)) return { ...off, note: `no number at ${i}` }
    maxAbs = Math.max(maxAbs, apart)
    squares += apart * apart
    total += expected * expected
  }
  const relative = squares === 0 ? 0 : Math.sqrt(squares / total)
  return { name, maxAbs, relative, tolerance, ok: maxAbs <= tolerance }
}
