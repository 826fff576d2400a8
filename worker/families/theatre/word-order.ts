import type { Language, Lexicon } from './lexicon.ts'
import { isNoun, type Token, type WordToken } from './tokens.ts'

/**
 * Brings a sentence's words into the order that the reader expects, language by language: who suffers comes before the verb, "by" before
 * who does it, German verbs stand where English ones do.
 */
export function reorder(tokens: readonly Token[], language: Language, lexicon: Lexicon): readonly Token[] {
  switch (language) {
    case 'ja':
    case 'ko':
      return objectFirst(tokens)
    case 'de':
      return byWhom(verbsForward(tokens, lexicon), language, lexicon)
    case 'es':
    case 'pt':
    case 'fr':
    case 'ru':
      return byWhom(tokens, language, lexicon)
    default:
      return tokens
  }
}

/** Entries that say a verb and its object (ピアノを弾く) list the verb first; Japanese and Korean sentences end with it. */
function objectFirst(tokens: readonly Token[]): Token[] {
  const out = [...tokens]
  for (let i = 0; i + 1 < out.length; i++) {
    const [verb, noun] = [out[i], out[i + 1]]
    if (verb?.kind !== 'word' || noun?.kind !== 'word' || verb.text !== noun.text) continue
    if (verb.concepts[0]?.kind !== 'verb' || !isNoun(noun.concepts)) continue
    out.splice(i, 2, noun, { kind: 'part', part: 'object', text: noun.text }, verb)
    i += 2
  }
  return out
}

const agents: Partial<Record<Language, RegExp>> = {
  es: /^por$/,
  pt: /^(?:por|pel[oa]s?)$/,
  fr: /^(?:par)$/,
  de: /^(?:von|vom|durch)$/,
}

/** Russian "whom" that opens a clause about who suffers. */
const whom = /^котор(?:ого|ую|ых)$/

/** Turns "perseguido por", "gejagt von", "преследуемая кошкой" and "которого преследует собака" into a verb and "by". */
function byWhom(tokens: readonly Token[], language: Language, lexicon: Lexicon): Token[] {
  const out: Token[] = []
  tokens.forEach((token, i) => {
    const before = tokens[i - 1]
    const verb = before && isVerb(before, lexicon) ? before : undefined
    if (verb?.passive && 'text' in token && token.kind !== 'word' && agents[language]?.test(token.text))
      out.push({ kind: 'part', part: 'by', text: token.text })
    else if (language === 'ru' && verb && token.kind === 'word' && isNoun(token.concepts)) {
      const opener = tokens[i - 2]
      const first = tokens[i - 3] === undefined || tokens[i - 3]?.kind === 'break'
      const suffers =
        verb.passive || (opener && 'text' in opener && (whom.test(opener.text) || (first && isWhom(opener))))
      out.push(...(suffers ? [{ kind: 'part', part: 'by', text: '' } as const] : []), token)
    } else out.push(token)
  })
  return out
}

/** A sentence that begins with a feminine accusative (девочку обнимает медведь) begins with who suffers. */
const isWhom = (token: Token): boolean => isThing(token) && 'text' in token && /(?<!кенгур)[ую]$/iu.test(token.text)

const isVerb = (token: Token | undefined, lexicon: Lexicon): token is WordToken =>
  token?.kind === 'word' && token.concepts.some(({ kind, id }) => kind === 'verb' && lexicon.arity(id) !== 'solo')

const acts = (token: Token | undefined): boolean =>
  token?.kind === 'word' && token.concepts.some(({ kind }) => kind === 'verb')

const germanHelpers =
  /^(?:wird|werden|wurden?|will|wollen|möchten?|kann|können|muss|müssen|soll|sollen|darf|dürfen|hat|haben)$/
const germanSubordinators = /^(?:während|weil|dass|wenn|als|obwohl|damit|bis|nachdem|bevor)$/
const germanRelatives = /^(?:der|die|das|den|dem|welche[rsmn]?)$/

/**
 * German verbs move forward: "wird von einer Katze gejagt" -> "gejagt von einer Katze", ", der einen Hut trägt" -> ", trägt einen Hut",
 * "will einen Fisch fressen" -> "fressen einen Fisch", "während ein Junge Eis isst" -> "während ein Junge isst Eis".
 */
function verbsForward(tokens: readonly Token[], lexicon: Lexicon): Token[] {
  const out = [...tokens]
  for (let i = 0; i < out.length; i++) {
    const token = out[i]
    if (!token || !('text' in token) || token.kind === 'word') continue
    const word = token.text.toLowerCase()
    if (germanSubordinators.test(word)) {
      subordinate(out, i)
      continue
    }
    const relative = out[i - 1]?.kind === 'break' && germanRelatives.test(word) && !isThing(out[i + 1])
    if (!relative && !germanHelpers.test(word)) continue
    const verb = out.findIndex((other, at) => at > i && (other.kind === 'break' || acts(other)))
    const found = out[verb]
    if (found?.kind !== 'word') continue
    // A relative clause ends with its verb, but for a helper after it.
    const next = out[verb + 1]
    const helped = next?.kind === 'part' && germanHelpers.test(next.text.toLowerCase())
    const last = out[helped ? verb + 2 : verb + 1]
    if (relative && last !== undefined && last.kind !== 'break' && !(last.kind === 'part' && last.part === 'and'))
      continue
    if (!relative && verb === i + 1) continue
    const moved: Token = relative ? { kind: 'part', part: 'pronoun', text: token.text } : token
    const rest = out.slice(i + 1, verb)
    const suffers =
      isVerb(found, lexicon) && rest[0] !== undefined && 'text' in rest[0] && agents.de?.test(rest[0].text)
    out.splice(i, verb - i + 1, moved, { ...found, ...(suffers ? { passive: true } : {}) }, ...rest)
    i++
  }
  return out
}

/** Moves the verb that ends a clause behind its subject, in place. */
function subordinate(out: Token[], opener: number) {
  const subject = out.findIndex((token, at) => at > opener && (token.kind === 'break' || acts(token) || isThing(token)))
  if (!isThing(out[subject]) || acts(out[subject])) return
  const verb = out.findIndex((token, at) => at > subject && (token.kind === 'break' || acts(token)))
  const found = out[verb]
  const object = out.slice(subject + 1, verb)
  const affected = object.some(token => token.kind === 'word' && token.concepts.some(({ kind }) => kind === 'noun'))
  if (!acts(found) || !found || !affected) return
  out.splice(subject + 1, object.length + 1, found, ...object)
}

const isThing = (token: Token | undefined): boolean => token?.kind === 'word' && isNoun(token.concepts)
