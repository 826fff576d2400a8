import { partOf } from './function-words.ts'
import { type Language, type Lexicon, normalise } from './lexicon.ts'

/** A stretch of a prompt in one script. */
export interface Run {
  readonly script: 'cjk' | 'word' | 'number' | 'emoji' | 'break' | 'strong'
  readonly text: string
}

const runPattern =
  /(?<cjk>(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[ー々〆])+)|(?<number>\p{Nd}+(?:[.,]\p{Nd}+)?)|(?<word>(?:(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[ー々〆])[\p{L}\p{M}])+)|(?<emoji>\p{Extended_Pictographic}[\u{FE0F}\p{EMod}]*(?:\u{200D}\p{Extended_Pictographic}[\u{FE0F}\p{EMod}]*)*)|(?<strong>[.!?。！？;；\n]|…)|(?<break>[,，、:：()（）[\]"“”«»「」『』·|/])/gu

/** Korean letters without a syllable (ㅋㅋ, ㅠㅠ) are laughter and tears of the writer. */
const sighs = /^[\u1100-\u11ff]+$/

/** Cuts a prompt into runs of one script; what is neither letter, number, emoji nor punctuation mark falls away. */
export function runs(text: string): Run[] {
  const found: Run[] = []
  for (const match of text
    .normalize('NFKC')
    .replace(/[‘’ʼ`´]/g, "'")
    .matchAll(runPattern)) {
    const [script, value] = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined) ?? []
    if (!script || !value || sighs.test(value)) continue
    found.push({ script: script as Run['script'], text: value })
  }
  return found
}

/** True for a run in Latin letters. */
export const isLatin = ({ text }: Run): boolean => /\p{Script=Latin}/u.test(text)

const latin: readonly Language[] = ['en', 'es', 'fr', 'de', 'pt']

/** The language of a prompt by its script, and among Latin ones by its words; ties go to `hint`, then English. */
export function guessLanguage(parts: readonly Run[], lexicon: Lexicon, hint: Language | undefined): Language {
  const text = parts.map(run => run.text).join(' ')
  if (/\p{Script=Hangul}/u.test(text)) return 'ko'
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja'
  if (/\p{Script=Han}/u.test(text)) return hint === 'zh-TW' || hint === 'ja' ? hint : 'zh-CN'
  if (/\p{Script=Cyrillic}/u.test(text)) return 'ru'
  return guessLatin(parts, lexicon, hint)
}

/** The language of the Latin words of a prompt, which may stand among others ("the rabbit dances，夜晚"); English if there are none. */
export function guessLatin(parts: readonly Run[], lexicon: Lexicon, hint: Language | undefined): Language {
  const votes = new Map<Language, number>(latin.map(language => [language, language === 'en' ? 0.2 : 0]))
  const vote = (language: Language, weight: number) => votes.set(language, (votes.get(language) ?? 0) + weight)
  if (hint && votes.has(hint)) vote(hint, 0.5)
  for (const run of parts) {
    if (run.script !== 'word' || !isLatin(run)) continue
    const word = normalise(run.text)
    for (const language of latin) if (partOf(word, language)) vote(language, 1)
    const known = new Set((lexicon.find(word) ?? []).flatMap(sense => sense.languages))
    for (const language of known) if (votes.has(language)) vote(language, 1.5 / known.size)
  }
  return [...votes].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0]
}
