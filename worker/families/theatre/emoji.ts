import type { Lexicon } from './lexicon.ts'
import type { Token, WordToken } from './tokens.ts'

/** Concepts that an emoji beside a sentence still adds: it sets the scene, but brings nobody. */
const atmosphere = new Set(['time', 'weather', 'set'])

/**
 * Settles which emoji are words of the sentence ("🐱 chases 🦋", "🐱🐱") and which adorn it ("a cat sings 🎵✨"): those that repeat a
 * named noun, and those after or before a sentence that lacks nothing. Adornments leave time, weather and set. The same emoji n
 * times counts n.
 */
export function settleEmoji(tokens: readonly Token[], lexicon: Lexicon): Token[] {
  const named = new Set(tokens.flatMap(token => (token.kind === 'word' && !token.emoji ? nounsOf(token) : [])))
  const out: Token[] = []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (!token) continue
    if (!isEmoji(token)) {
      out.push(token)
      continue
    }
    const first = i
    while (isEmoji(tokens[i + 1]) && (tokens[i + 1] as WordToken).text === token.text) i++
    if (nounsOf(token).some(noun => named.has(noun))) continue
    const somebody = named.size > 0 || out.some(kept => isEmoji(kept) && nounsOf(kept).length > 0)
    if (somebody && adorns(tokens, first, i, lexicon)) {
      const concepts = token.concepts.filter(({ kind }) => atmosphere.has(kind))
      if (concepts.length > 0) out.push({ ...token, concepts })
      continue
    }
    if (i > first && nounsOf(token).length > 0) out.push({ kind: 'number', value: i - first + 1, text: token.text })
    out.push(token)
  }
  return out
}

const isEmoji = (token: Token | undefined): token is WordToken => token?.kind === 'word' && token.emoji === true

const nounsOf = (token: WordToken): string[] => token.concepts.flatMap(({ kind, id }) => (kind === 'noun' ? [id] : []))

/** True for emoji between `first` and `last` that no word waits for: before a sentence, after it, or behind a noun. */
function adorns(tokens: readonly Token[], first: number, last: number, lexicon: Lexicon): boolean {
  let before = first - 1
  while (isEmoji(tokens[before])) before--
  let after = last + 1
  while (isEmoji(tokens[after])) after++
  const [word, next] = [tokens[before], tokens[after]]
  const ends = next === undefined || next.kind === 'break'
  if (word === undefined || (word.kind === 'break' && word.strong))
    return !ends && (next.kind === 'number' || next.kind === 'unknown' || opensPhrase(next))
  if (word.kind === 'number' || word.kind === 'break') return word.kind === 'break' && ends
  if (word.kind === 'part')
    return ends && !['article', 'of', 'and', 'at', 'not', 'by', 'with', 'let'].includes(word.part)
  if (word.kind === 'unknown') return ends
  const waits = word.concepts.some(
    ({ kind, id }) => kind === 'relation' || kind === 'count' || (kind === 'verb' && lexicon.arity(id) !== 'solo'),
  )
  const isThing = word.concepts[0]?.kind === 'noun'
  return !waits && (ends || isThing)
}

/** An article or a noun: a phrase of its own begins, the emoji before it is none of it. */
const opensPhrase = (token: Token): boolean =>
  (token.kind === 'part' && token.part === 'article') || (token.kind === 'word' && token.concepts[0]?.kind === 'noun')
