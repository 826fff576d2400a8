import { partOf } from './function-words.ts'
import {
  endsShortStem,
  koreanActive,
  koreanCase,
  koreanLetters,
  koreanStems,
  russianStem,
  suffered,
  variants,
} from './inflection.ts'
import { type Language, type Lexicon, normalise, type Sense } from './lexicon.ts'
import { isPlural } from './plural.ts'
import type { Run } from './runs.ts'
import { meant, prefer, type Token } from './tokens.ts'

/** Longest phrase of words that starts at `start`, and how many runs it takes. */
export function lexWords(
  parts: readonly Run[],
  start: number,
  lexicon: Lexicon,
  language: Language,
): { found: Token[]; used: number } {
  const words: string[] = []
  for (let i = start; parts[i]?.script === 'word' && words.length < 6; i++) words.push(normalise(parts[i]?.text ?? ''))
  const first = words[0] ?? ''
  const before = [parts[start - 2], parts[start - 1]].map(run => (run?.script === 'word' ? normalise(run.text) : ''))
  const original = (count: number) =>
    parts
      .slice(start, start + count)
      .map(run => run.text)
      .join(' ')
  const firsts = [first, ...forms(first, language)]
  const reach = Math.max(...firsts.map(form => lexicon.reach(form)), 1)
  for (let count = Math.min(reach, words.length); count > 1; count--) {
    const middle = words.slice(1, count - 1)
    const end = words[count - 1] ?? ''
    const lasts = [end, ...forms(end, language)]
    for (const head of firsts) {
      for (const tail of lasts) {
        const senses = lexicon.find([head, ...middle, tail].join(' '))
        if (senses) {
          const plural = isPlural(end, tail, language, before)
          return { found: meant(prefer(senses, language), original(count), { plural }), used: count }
        }
      }
    }
    const part = partOf(words.slice(0, count).join(' '), language)
    if (part) return { found: [{ kind: 'part', part, text: original(count) }], used: count }
  }
  return { found: lexWord(first, original(1), lexicon, language, before, words[1]), used: 1 }
}

/** Dictionary forms of an inflected word. */
function forms(word: string, language: Language): string[] {
  if (language === 'ko') return koreanStems(word).map(({ stem }) => stem)
  if (language === 'ru') return [`~${russianStem(word)}`]
  return variants(word, language)
}

function lexWord(
  word: string,
  text: string,
  lexicon: Lexicon,
  language: Language,
  before: readonly string[],
  after: string | undefined,
): Token[] {
  const exact = lexicon.find(word)
  const part = partOf(word, language)
  const own = exact?.some(sense => sense.languages.includes(language))
  if (part && (!own || part === 'by' || part === 'not')) return [{ kind: 'part', part, text }]
  const participle = language === 'en' && word.endsWith('ing')
  const passive = suffered(word, language)
  if (exact && (own || !anyForm(word, lexicon, language))) {
    // "waves" is the sea, but also what a robot does.
    const inflected =
      own && language === 'en'
        ? forms(word, language)
            .flatMap(form => lexicon.find(form) ?? [])
            .filter(isVerb)
        : []
    const plural = isPlural(word, listedSingular(word, exact, lexicon, language) ?? word, language, before, after)
    return meant([...prefer(exact, language), ...inflected], text, { participle, plural, passive })
  }
  for (const form of forms(word, language)) {
    const senses = lexicon.find(form)
    if (!senses?.some(sense => sense.languages.includes(language))) continue
    const mark = language === 'ko' ? koreanMark(word, form) : []
    const own = prefer(senses, language)
    const things = own.filter(({ parts }) => parts[0]?.[0]?.kind === 'noun')
    return [
      // What bears a case is a thing: 차를 is no form of "to kick".
      ...meant(mark.length > 0 && things.length > 0 ? things : own, text, {
        participle,
        passive,
        plural: isPlural(word, form, language, before, after),
      }),
      ...mark,
    ]
  }
  if (language === 'ko') {
    const active = koreanActive(word)
    const verb = koreanVerb(active ?? word, lexicon)
    if (verb) return meant(verb, text, { passive: active !== undefined })
  }
  const compound = language === 'de' ? germanCompound(word, lexicon) : undefined
  if (compound) return meant(compound, text)
  if (exact) return meant(exact, text)
  const near = lexicon.near(word, language)
  if (near) return meant(near, text, { participle, plural: language === 'en' && word.endsWith('s') })
  if (word.length < 2 && language !== 'ko') return []
  const stem = language === 'ko' ? (koreanStems(word).at(-1)?.stem ?? text) : text
  return [{ kind: 'unknown', text: stem }, ...(language === 'ko' ? koreanMark(word, stem) : [])]
}

/** Endings of a Russian singular whose plural ends otherwise. */
const russianSingulars: readonly (readonly [RegExp, readonly string[]])[] = [
  [/[ыи]$/, ['', 'а', 'я', 'ь', 'й']],
  [/(?:я|а)та$/, ['ёнок', 'енок', 'онок']],
  [/ки$/, ['ок', 'ек', 'ёк']],
  [/цы$/, ['ец']],
]

/** The singular of a plural that the vocabulary lists as a word of its own; undefined: it is none. */
function listedSingular(
  word: string,
  senses: readonly Sense[],
  lexicon: Lexicon,
  language: Language,
): string | undefined {
  const noun = senses[0]?.parts[0]?.[0]
  if (noun?.kind !== 'noun') return undefined
  const options =
    language === 'ru'
      ? russianSingulars.flatMap(([ending, singular]) =>
          ending.test(word) ? singular.map(rest => word.replace(ending, rest)) : [],
        )
      : language === 'de'
        ? variants(word, language)
        : []
  return options.find(form => {
    const found = lexicon.find(form)
    // The word without its accents is listed with the same senses: it is no other form.
    if (found === senses) return false
    return found?.some(sense => sense.languages.includes(language) && sense.parts[0]?.[0]?.id === noun.id)
  })
}

const isVerb = (sense: Sense): boolean =>
  sense.languages.includes('en') && sense.parts.length === 1 && sense.parts[0]?.[0]?.kind === 'verb'

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
