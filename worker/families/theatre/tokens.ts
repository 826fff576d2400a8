import type { Part } from './function-words.ts'
import type { Concept, Language, Sense } from './lexicon.ts'

/** One meaningful piece of a prompt. */
export type Token =
  | WordToken
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'part'; readonly part: Part; readonly text: string }
  | { readonly kind: 'break'; readonly strong: boolean }
  | { readonly kind: 'unknown'; readonly text: string }

export interface WordToken {
  readonly kind: 'word'
  /** What the word may stand for; the grammar picks one. */
  readonly concepts: readonly Concept[]
  readonly text: string
  readonly plural?: boolean
  /** English -ing form. */
  readonly participle?: boolean
  /** A verb in a form whose subject suffers it. */
  readonly passive?: boolean
  /** Written as a picture. */
  readonly emoji?: boolean
}

/** A prompt cut into tokens, and the language it seems to be written in. */
export interface Lexed {
  readonly tokens: readonly Token[]
  readonly language: Language
}

/** How a word was written. */
export interface Form {
  readonly plural?: boolean
  readonly participle?: boolean
  readonly passive?: boolean
}

/** Senses of the prompt's language if there are any, else all: people mix languages. */
export function prefer(senses: readonly Sense[], language: Language): readonly Sense[] {
  const near = senses.filter(
    sense => sense.languages.includes(language) || (language === 'zh-CN' && sense.languages.includes('zh-TW')),
  )
  return near.length > 0 ? near : senses
}

/** Tokens of a vocabulary entry: a phrase of several concepts becomes several words. */
export function meant(senses: readonly Sense[], text: string, form: Form = {}): Token[] {
  const phrase = senses.find(sense => sense.parts.length > 1)
  if (phrase)
    return phrase.parts.flatMap((choice, i) => {
      const pair = isNoun(choice) && isNoun(phrase.parts[i - 1])
      return pair ? [{ kind: 'part', part: 'and', text }, word(choice, text)] : [word(choice, text)]
    })

  const choice = senses.flatMap(sense => sense.parts.flat())
  return [word(choice, text, form)]
}

function word(concepts: readonly Concept[], text: string, form: Form = {}): Token {
  const only = concepts.length === 1 ? concepts[0] : undefined
  if (only?.kind === 'grammar') return { kind: 'part', part: only.id === 'then' ? 'next' : (only.id as Part), text }
  return {
    kind: 'word',
    concepts: concepts.filter(concept => concept.kind !== 'grammar'),
    text,
    ...(form.plural ? { plural: true } : {}),
    ...(form.participle ? { participle: true } : {}),
    ...(form.passive ? { passive: true } : {}),
  }
}

/** The first thing a word may mean is an actor or a thing. */
export const isNoun = (choice: readonly Concept[] | undefined): boolean => choice?.[0]?.kind === 'noun'
