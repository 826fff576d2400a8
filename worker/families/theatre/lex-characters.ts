import { longestParticle, partOf } from './function-words.ts'
import { japaneseEndings, japanesePassive } from './inflection.ts'
import type { Language, Lexicon, Sense } from './lexicon.ts'
import { meant, prefer, type Token } from './tokens.ts'

/** Chinese and Japanese: longest match, character by character. */
export function lexCharacters(text: string, lexicon: Lexicon, language: Language): Token[] {
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

interface Hit {
  readonly length: number
  readonly tokens: readonly Token[]
  readonly part: boolean
}

/** Marks of several right after a noun: 猫们, 子供たち. */
const several = /^(?:们|們|たち|達)/u
const endsSeveral = /.(?:们|們|たち|達)$/u

function matchAt(text: string, at: number, lexicon: Lexicon, language: Language): Hit | undefined {
  const reach = Math.min(Math.max(lexicon.reachCharacters(text[at] ?? ''), longestParticle), text.length - at)
  for (let length = reach; length > 0; length--) {
    const piece = text.slice(at, at + length)
    const rest = text.slice(at + length)
    const senses = lexicon.find(piece)
    if (senses) {
      const own = prefer(senses, language)
      const suffered = language === 'ja' && takesObject(own, lexicon) ? (japanesePassive(piece, rest) ?? '') : ''
      const mark = several.exec(rest)?.[0] ?? ''
      const form = { passive: suffered !== '', plural: mark !== '' || endsSeveral.test(piece) }
      return { length: length + suffered.length + mark.length, tokens: meant(own, piece + suffered, form), part: false }
    }
    const stem = language === 'ja' ? lexicon.find(`~${piece}`) : undefined
    if (stem) {
      const suffered = takesObject(stem, lexicon) ? japanesePassive(piece, rest) : undefined
      const ending = suffered ?? japaneseEndings.exec(rest)?.[0] ?? ''
      const tokens = meant(stem, piece + ending, { passive: suffered !== undefined })
      return { length: length + ending.length, tokens, part: false }
    }
    const part = partOf(piece, language)
    if (part) return { length, tokens: [{ kind: 'part', part, text: piece }], part: true }
  }
  return undefined
}

const takesObject = (senses: readonly Sense[], lexicon: Lexicon): boolean => {
  const first = senses[0]?.parts[0]?.[0]
  return first?.kind === 'verb' && lexicon.arity(first.id) !== 'solo'
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
