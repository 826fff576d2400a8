/** Kinds of concept a word may stand for (worker/training/theatre/concepts.json). */
export const conceptKinds = [
  'noun',
  'verb',
  'relation',
  'set',
  'time',
  'weather',
  'camera',
  'mood',
  'count',
  'colour',
  'size',
  'speed',
  'grammar',
] as const
export type ConceptKind = (typeof conceptKinds)[number]

/** What a word means on the stage. */
export interface Concept {
  readonly kind: ConceptKind
  readonly id: string
}

/** Languages of the vocabulary. */
export const languages = ['en', 'zh-CN', 'zh-TW', 'ja', 'ko', 'es', 'fr', 'de', 'pt', 'ru'] as const
export type Language = (typeof languages)[number]

/** What a word or phrase says in some languages. */
export interface Sense {
  readonly languages: readonly Language[]
  /** In order, each a choice that the sentence settles: 弹吉他 is play + guitar, "castle" is the building or the set. */
  readonly parts: readonly (readonly Concept[])[]
}

/** What the grammar asks about a noun. */
export interface NounFacts {
  readonly id: string
  readonly group: string
  /** Roles it can play for a verb: wear, hold, edible, ride, ball, instrument, burst. */
  readonly uses: readonly string[]
  /** The noun that plays it when it wears clothes. */
  readonly upright?: string | undefined
}

/** A closed vocabulary, indexed for longest match. Keys are normalised by `normalise`. */
export interface Lexicon {
  /** Senses of a word or of words joined by one space; undefined: not in the vocabulary. */
  find(key: string): readonly Sense[] | undefined
  /** Senses of the one noun, verb or set of a language that a word may be a misspelling of; undefined: none, or several. */
  near(word: string, language: Language): readonly Sense[] | undefined
  /** Most words in a phrase that begins with this word; 0: none begins with it. */
  reach(word: string): number
  /** Most characters of an entry without spaces (Chinese, Japanese) that begins with this character. */
  reachCharacters(character: string): number
  noun(id: string): NounFacts | undefined
  readonly nouns: readonly NounFacts[]
  /** How many partners a verb takes. */
  arity(verb: string): 'solo' | 'duo' | 'attach' | 'either'
  /** What use the verb's object must have, if any. */
  needs(verb: string): string | undefined
}

/** Folds a text for comparison: compatibility forms, lower case, straight quotes, hyphens as spaces. */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[-‐‑‒–_]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Removes accents from Latin letters only; other scripts keep their marks. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
}
