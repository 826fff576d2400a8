import { koreanLetters, russianStem } from './inflection.ts'
import { type Language, type Lexicon, type NounFacts, normalise, type Sense, withoutAccents } from './lexicon.ts'
import { isSlip } from './typos.ts'

/** A word of the vocabulary in one or more languages. */
export interface Entry extends Sense {
  readonly word: string
}

/** A verb and how many partners it takes. */
export interface VerbFacts {
  readonly id: string
  readonly arity: ReturnType<Lexicon['arity']>
  readonly needs?: string | undefined
}

const alphabetic = /^[\p{Script=Latin}\p{Script=Cyrillic}]{5,}$/u
/** Kinds of words that are worth correcting. */
const spoken = new Set(['noun', 'verb', 'set'])

const han = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]/u

/**
 * Indexes a vocabulary. Besides the words themselves it holds, under keys that begin with `~`: stems of Russian words, letters of
 * Korean verb stems, Japanese verbs without their last kana.
 */
export function buildLexicon(
  entries: readonly Entry[],
  nouns: readonly NounFacts[],
  verbs: readonly VerbFacts[],
): Lexicon {
  const index = new Map<string, Sense[]>()
  const words = new Map<string, number>()
  const characters = new Map<string, number>()
  const nounIndex = new Map(nouns.map(noun => [noun.id, noun]))
  const verbIndex = new Map(verbs.map(verb => [verb.id, verb]))

  const put = (key: string, sense: Sense) => {
    const senses = index.get(key)
    if (senses) senses.push(sense)
    else index.set(key, [sense])
  }
  const raise = (map: Map<string, number>, key: string, value: number) =>
    map.set(key, Math.max(map.get(key) ?? 0, value))

  for (const entry of entries) {
    const key = normalise(entry.word)
    const parts = entry.parts.map(choice => choice.filter(({ kind, id }) => kind !== 'noun' || nounIndex.has(id)))
    if (!key || parts.some(choice => choice.length === 0)) continue
    const sense: Sense = { languages: entry.languages, parts }
    put(key, sense)
    if (han.test(key)) raise(characters, key[0] ?? '', key.length)
    else raise(words, key.split(' ')[0] ?? '', key.split(' ').length)
    for (const language of entry.languages) stems(key, language, sense)
  }
  for (const [key, senses] of [...index]) {
    const plain = withoutAccents(key)
    if (plain !== key && !index.has(plain)) {
      index.set(plain, senses)
      raise(words, plain.split(' ')[0] ?? '', plain.split(' ').length)
    }
  }

  function stems(key: string, language: Language, sense: Sense) {
    const doing = sense.parts.flat().some(concept => concept.kind === 'verb')
    if (language === 'ru' && !key.includes(' ') && key.length > 2) stem(`~${russianStem(key)}`, sense)
    if (language === 'ko' && doing && key.endsWith('다') && key.length > 1) {
      const bare = key.slice(0, -1)
      stem(`~${koreanLetters(bare)}`, sense)
      if (bare.endsWith('하') && bare.length > 2) stem(`~${koreanLetters(bare.slice(0, -1))}`, sense)
    }
    if (language === 'ja' && doing) {
      const bare = key.replace(/する$/u, '').replace(/(?<=.)[うくぐすつぬぶむる]$/u, '')
      if (bare !== key && !/[をがに]$/u.test(bare) && (bare.length > 1 || /\p{Script=Han}/u.test(bare))) {
        stem(`~${bare}`, sense)
        raise(characters, bare[0] ?? '', bare.length)
      }
    }
  }

  function stem(key: string, sense: Sense) {
    const known = index.get(key)
    if (!known) put(key, sense)
    else if (!known.some(other => other.parts[0]?.[0]?.id === sense.parts[0]?.[0]?.id)) put(key, sense)
  }

  /** Single words by their first letter, for misspellings. */
  const spelled = new Map<string, string[]>()
  for (const [key, senses] of index) {
    if (!alphabetic.test(key) || !senses.some(({ parts }) => spoken.has(parts[0]?.[0]?.kind ?? ''))) continue
    const list = spelled.get(key[0] ?? '')
    if (list) list.push(key)
    else spelled.set(key[0] ?? '', [key])
  }

  function near(word: string, language: Language): readonly Sense[] | undefined {
    const found = (spelled.get(word[0] ?? '') ?? [])
      .filter(key => isSlip(word, key))
      .flatMap(key => (index.get(key) ?? []).filter(({ languages }) => languages.includes(language)))
    const meaning = ({ parts }: Sense) => parts[0]?.[0]?.id
    return found.length > 0 && found.every(sense => meaning(sense) === meaning(found[0] as Sense)) ? found : undefined
  }

  return {
    near,
    find: key => index.get(key),
    reach: word => words.get(word) ?? 0,
    reachCharacters: character => characters.get(character) ?? 0,
    noun: id => nounIndex.get(id),
    nouns,
    arity: verb => verbIndex.get(verb)?.arity ?? 'solo',
    needs: verb => verbIndex.get(verb)?.needs,
  }
}
