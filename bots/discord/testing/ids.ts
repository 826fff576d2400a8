/** Discord's ids: milliseconds since 2015 in the upper bits, so that later ones are larger. */

const epoch = 1_420_070_400_000n
let last = 0n

/** A new id of this moment (Unix ms). */
export function newId(ms: number): string {
  const first = (BigInt(Math.floor(ms)) - epoch) << 22n
  last = first > last ? first : last + 1n
  return String(last)
}
