/** Repeatable choices: the same seed chooses the same. */
export interface Chance {
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]]): T
}

/** Mulberry32 (Tommy Ettinger, public domain): small, and good enough to choose words. */
export function openChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { pick: list => list[Math.floor(next() * list.length)] ?? list[0] }
}
