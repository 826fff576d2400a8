import { distance } from 'fastest-levenshtein'

/** The known word somebody probably meant, if one is near: a third of its letters wrong at most. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = word.toLowerCase().slice(0, 40)
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const steps = distance(typed, candidate.toLowerCase())
    if (steps >= least || steps > Math.max(1, Math.ceil(Math.max(candidate.length, typed.length) / 3))) continue
    if (steps >= Math.min(candidate.length, typed.length)) continue
    best = candidate
    least = steps
  }
  return best
}
