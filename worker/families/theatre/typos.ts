/** Least letters of a word that is corrected: of shorter ones, too many are other words. */
const leastSwapped = 5
const leastMissing = 6
const leastWrong = 9

/**
 * True when `word` is `key` with a slip of the finger: two letters swapped, one left out or doubled, in a long word one wrong. The first
 * letter is right. Anything looser would turn words that the theatre does not know into others.
 */
export function isSlip(word: string, key: string): boolean {
  if (word[0] !== key[0] || key.length < leastSwapped || Math.abs(word.length - key.length) > 1) return false
  let i = 0
  while (i < word.length && word[i] === key[i]) i++
  const [rest, meant] = [word.slice(i), key.slice(i)]
  if (word.length === key.length) {
    if (rest.length < 2) return rest.length === 1 && key.length >= leastWrong
    const swapped = rest[0] === meant[1] && rest[1] === meant[0] && rest.slice(2) === meant.slice(2)
    return swapped || (key.length >= leastWrong && rest.slice(1) === meant.slice(1))
  }
  if (word.length < key.length) {
    const doubled = meant[0] === key[i - 1]
    return (doubled || key.length >= leastMissing) && rest === meant.slice(1)
  }
  return rest[0] === key[i - 1] && rest.slice(1) === meant
}
