import { longestParticle, type Part, partOf } from './function-words.ts'
import {
  endsShortStem,
  isPlural,
  japaneseEndings,
  koreanCase,
  koreanLetters,
  koreanStems,
  russianStem,
  variants,
} from './inflection.ts'
import type { Concept, Language, Lexicon, Sense } from './lexicon.ts'
import { normalise } from './lexicon.ts'

/** One meaningful piece of a prompt. */
export type Token =
  | {
      readonly kind: 'word'
      /** What the word may stand for; the grammar picks one. */
      readonly concepts: readonly Concept[]
      readonly text: string
      readonly plural?: boolean
      /** English -ing form. */
      readonly participle?: boolean
    }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'part'; readonly part: Part; readonly text: string }
  | { readonly kind: 'break'; readonly strong: boolean }
  | { readonly kind: 'unknown'; readonly text: string }

/** A prompt cut into tokens, and the language it seems to be written in. */
export interface Lexed {
  readonly tokens: readonly Token[]
  readonly language: Language
}

interface Run {
  readonly script: 'cjk' | 'word' | 'number' | 'break' | 'strong'
  readonly text: string
}

const runPattern =
  /(?<cjk>(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[ー々〆])+)|(?<number>\p{Nd}+(?:[.,]\p{Nd}+)?)|(?<word>(?:(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[ー々〆])[\p{L}\p{M}])+)|(?<strong>[.!?。！？;；\n]|…)|(?<break>[,，、:：()（）[\]"“”«»「」『』·|/])/gu

/** Cuts a prompt into runs of one script; what is neither letter, number nor punctuation mark falls away. */
function runs(text: string): Run[] {
  const found: Run[] = []
  for (const match of text
    .normalize('NFKC')
    .replace(/[‘’ʼ`´]/g, "'")
    .matchAll(runPattern)) {
    const [script, value] = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined) ?? []
    if (script && value) found.push({ script: script as Run['script'], text: value })
  }
  return found
}

const latin: readonly Language[] = ['en', 'es', 'fr', 'de', 'pt']

/** The language of a prompt by its script, and among Latin ones by its words; ties go to `hint`, then English. */
function guessLanguage(parts: readonly Run[], lexicon: Lexicon, hint: Language | undefined): Language {
  const text = parts.map(run => run.text).join(' ')
  if (/\p{Script=Hangul}/u.test(text)) return 'ko'
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja'
  if (/\p{Script=Han}/u.test(text)) return hint === 'zh-TW' || hint === 'ja' ? hint : 'zh-CN'
  if (/\p{Script=Cyrillic}/u.test(text)) return 'ru'
  const votes = new Map<Language, number>(latin.map(language => [language, language === 'en' ? 0.2 : 0]))
  const vote = (language: Language, weight: number) => votes.set(language, (votes.get(language) ?? 0) + weight)
  if (hint && votes.has(hint)) vote(hint, 0.5)
  for (const run of parts) {
    if (run.script !== 'word') continue
    const word = normalise(run.text)
    for (const language of latin) if (partOf(word, language)) vote(language, 1)
    const known = new Set((lexicon.find(word) ?? []).flatMap(sense => sense.languages))
    for (const language of known) if (votes.has(language)) vote(language, 1.5 / known.size)
  }
  return [...votes].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
}

/** Senses of the prompt's language if there are any, else all: people mix languages. */
function prefer(senses: readonly Sense[], language: Language): readonly Sense[] {
  const near = senses.filter(
    sense => sense.languages.includes(language) || (language === 'zh-CN' && sense.languages.includes('zh-TW')),
  )
  return near.length > 0 ? near : senses
}

/** Tokens of a vocabulary entry: a phrase of several concepts becomes several words. */
function meant(
  senses: readonly Sense[],
  text: string,
  extra: { plural?: boolean; participle?: boolean } = {},
): Token[] {
  const phrase = senses.find(sense => sense.parts.length > 1)
  if (phrase)
    return phrase.parts.flatMap((choice, i) => {
      const pair = isNoun(choice) && isNoun(phrase.parts[i - 1])
      return pair ? [{ kind: 'part', part: 'and', text }, word(choice, text)] : [word(choice, text)]
    })

  const choice = senses.flatMap(sense => sense.parts.flat())
  return [word(choice, text, extra)]
}

function word(
  concepts: readonly Concept[],
  text: string,
  extra: { plural?: boolean; participle?: boolean } = {},
): Token {
  const only = concepts.length === 1 ? concepts[0] : undefined
  if (only?.kind === 'grammar') return { kind: 'part', part: only.id === 'then' ? 'next' : (only.id as Part), text }
  return {
    kind: 'word',
    concepts: concepts.filter(concept => concept.kind !== 'grammar'),
    text,
    ...(extra.plural ? { plural: true } : {}),
    ...(extra.participle ? { participle: true } : {}),
  }
}

const isVerb = (sense: Sense): boolean =>
  sense.languages.includes('en') && sense.parts.length === 1 && sense.parts[0]?.[0]?.kind === 'verb'

const isNoun = (choice: readonly Concept[] | undefined): boolean => choice?.[0]?.kind === 'noun'

/** Cuts a prompt into known words, function words and unknown words. `hint`: the member's language, for words that several share. */
export function lex(text: string, lexicon: Lexicon, hint?: Language): Lexed {
  const parts = runs(text)
  const language = guessLanguage(parts, lexicon, hint)
  const tokens: Token[] = []
  for (let i = 0; i < parts.length; ) {
    const run = parts[i]
    if (!run) break
    if (run.script === 'break' || run.script === 'strong') {
      tokens.push({ kind: 'break', strong: run.script === 'strong' })
      i++
    } else if (run.script === 'number') {
      tokens.push({ kind: 'number', value: Number.parseFloat(run.text.replace(',', '.')), text: run.text })
      i++
    } else if (run.script === 'cjk') {
      tokens.push(...lexCharacters(run.text, lexicon, language))
      i++
    } else {
      const { found, used } = lexWords(parts, i, lexicon, language)
      tokens.push(...found)
      i += used
    }
  }
  return { tokens: language === 'ja' || language === 'ko' ? verbLast(tokens) : tokens, language }
}

/** Entries that say a verb and its object (ピアノを弾く) list the verb first; Japanese and Korean sentences end with it. */
function verbLast(tokens: readonly Token[]): Token[] {
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

/** Longest phrase of words that starts at `start`. */
function lexWords(
  parts: readonly Run[],
  start: number,
  lexicon: Lexicon,
  language: Language,
): { found: Token[]; used: number } {
  const words: string[] = []
  for (let i = start; parts[i]?.script === 'word' && words.length < 6; i++) words.push(normalise(parts[i]?.text ?? ''))
  const first = words[0] ?? ''
  const original = (count: number) =>
    parts
      .slice(start, start + count)
      .map(run => run.text)
      .join(' ')
  const firsts = [first, ...forms(first, language)]
  const reach = Math.max(...firsts.map(form => lexicon.reach(form)), 1)
  for (let count = Math.min(reach, words.length); count > 1; count--) {
    const middle = words.slice(1, count - 1)
    const lasts = [words[count - 1] ?? '', ...forms(words[count - 1] ?? '', language)]
    for (const head of firsts) {
      for (const tail of lasts) {
        const senses = lexicon.find([head, ...middle, tail].join(' '))
        if (senses) {
          const plural = isPlural(words[count - 1] ?? '', tail, language)
          return { found: meant(prefer(senses, language), original(count), { plural }), used: count }
        }
      }
    }
    const part = partOf(words.slice(0, count).join(' '), language)
    if (part) return { found: [{ kind: 'part', part, text: original(count) }], used: count }
  }
  return { found: lexWord(first, original(1), lexicon, language), used: 1 }
}

/** Dictionary forms of an inflected word. */
function forms(word: string, language: Language): string[] {
  if (language === 'ko') return koreanStems(word).map(({ stem }) => stem)
  if (language === 'ru') return [`~${russianStem(word)}`]
  return variants(word, language)
}

function lexWord(word: string, text: string, lexicon: Lexicon, language: Language): Token[] {
  const exact = lexicon.find(word)
  const part = partOf(word, language)
  const own = exact?.some(sense => sense.languages.includes(language))
  if (part && (!own || part === 'by' || part === 'not')) return [{ kind: 'part', part, text }]
  const participle = language === 'en' && word.endsWith('ing')
  if (exact && (own || !anyForm(word, lexicon, language))) {
    // "waves" is the sea, but also what a robot does.
    const inflected =
      own && language === 'en'
        ? forms(word, language)
            .flatMap(form => lexicon.find(form) ?? [])
            .filter(isVerb)
        : []
    return meant([...prefer(exact, language), ...inflected], text, { participle, plural: false })
  }
  for (const form of forms(word, language)) {
    const senses = lexicon.find(form)
    if (!senses?.some(sense => sense.languages.includes(language))) continue
    return [
      ...meant(prefer(senses, language), text, { participle, plural: isPlural(word, form, language) }),
      ...(language === 'ko' ? koreanMark(word, form) : []),
    ]
  }
  if (language === 'ko') {
    const verb = koreanVerb(word, lexicon)
    if (verb) return meant(verb, text)
  }
  const compound = language === 'de' ? germanCompound(word, lexicon) : undefined
  if (compound) return meant(compound, text)
  if (exact) return meant(exact, text)
  if (word.length < 2 && language !== 'ko') return []
  const stem = language === 'ko' ? (koreanStems(word).at(-1)?.stem ?? text) : text
  return [{ kind: 'unknown', text: stem }, ...(language === 'ko' ? koreanMark(word, stem) : [])]
}

const anyForm = (word: string, lexicon: Lexicon, language: Language): boolean =>
  forms(word, language).some(form => lexicon.find(form)?.some(sense => sense.languages.includes(language)))

function koreanMark(word: string, stem: string): Token[] {
  const part = koreanCase(word.slice(stem.length))
  return part ? [{ kind: 'part', part, text: word.slice(stem.length) }] : []
}

/** A conjugated Korean verb: the longest listed stem that its letters begin with. */
function koreanVerb(word: string, lexicon: Lexicon): readonly Sense[] | undefined {
  const letters = koreanLetters(word)
  for (let length = letters.length; length >= 2; length--) {
    const senses = lexicon.find(`~${letters.slice(0, length)}`)
    if (senses && (length > 2 || endsShortStem(letters.slice(length)))) return senses
  }
  return undefined
}

/** Last part of a German compound (Straßenhund: Hund), if the vocabulary has it and it is long enough to mean something. */
function germanCompound(word: string, lexicon: Lexicon): readonly Sense[] | undefined {
  for (let cut = 3; cut <= word.length - 4; cut++) {
    const senses = lexicon
      .find(word.slice(cut))
      ?.filter(sense => sense.languages.includes('de') && sense.parts[0]?.[0]?.kind === 'noun')
    if (senses && senses.length > 0) return senses
  }
  return undefined
}

const segmenters = new Map<string, Intl.Segmenter>()

/** Which dictionary word each character belongs to: [start, end) per character. Guards one-character matches inside longer words. */
function dictionaryWords(text: string, language: Language): { start: number; end: number }[] {
  const locale = language === 'ja' ? 'ja' : 'zh'
  const segmenter = segmenters.get(locale) ?? new Intl.Segmenter(locale, { granularity: 'word' })
  segmenters.set(locale, segmenter)
  const owner: { start: number; end: number }[] = []
  for (const { index, segment } of segmenter.segment(text)) {
    const range = { start: index, end: index + segment.length }
    for (let i = 0; i < segment.length; i++) owner.push(range)
  }
  return owner
}

/** Chinese and Japanese: longest match, character by character. */
function lexCharacters(text: string, lexicon: Lexicon, language: Language): Token[] {
  const owner = dictionaryWords(text, language)
  const tokens: Token[] = []
  let unknown = ''
  const flush = () => {
    const readable = unknown.replace(/^\p{Script=Hiragana}+|\p{Script=Hiragana}+$/gu, '')
    if (readable) tokens.push({ kind: 'unknown', text: readable })
    unknown = ''
  }
  for (let i = 0; i < text.length; ) {
    const hit = matchAt(text, i, lexicon, language)
    if (hit && (hit.length > 1 || hit.part || standsAlone(text, i, owner[i], lexicon, language))) {
      flush()
      tokens.push(...hit.tokens)
      i += hit.length
    } else {
      unknown += text[i]
      i++
    }
  }
  flush()
  return tokens
}

interface Hit {
  readonly length: number
  readonly tokens: readonly Token[]
  readonly part: boolean
}

function matchAt(text: string, at: number, lexicon: Lexicon, language: Language): Hit | undefined {
  const reach = Math.min(Math.max(lexicon.reachCharacters(text[at] ?? ''), longestParticle), text.length - at)
  for (let length = reach; length > 0; length--) {
    const piece = text.slice(at, at + length)
    const senses = lexicon.find(piece)
    if (senses) return { length, tokens: meant(prefer(senses, language), piece), part: false }
    const stem = language === 'ja' ? lexicon.find(`~${piece}`) : undefined
    if (stem) {
      const ending = japaneseEndings.exec(text.slice(at + length))?.[0] ?? ''
      return { length: length + ending.length, tokens: meant(stem, piece + ending), part: false }
    }
    const part = partOf(piece, language)
    if (part) return { length, tokens: [{ kind: 'part', part, text: piece }], part: true }
  }
  return undefined
}

/**
 * A one-character word counts only if the rest of the dictionary word around it is understood too: 大 in 大学 is not "big",
 * 猫 in 猫们 is a cat.
 */
function standsAlone(
  text: string,
  at: number,
  range: { start: number; end: number } | undefined,
  lexicon: Lexicon,
  language: Language,
): boolean {
  if (!range || range.end - range.start === 1) return true
  for (let i = range.start; i < range.end; ) {
    if (i === at) {
      i++
      continue
    }
    const hit = matchAt(text, i, lexicon, language)
    if (!hit || (i < at && i + hit.length > at)) return false
    i += hit.length
  }
  return true
}
