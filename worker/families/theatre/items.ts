import type { Language } from './lexicon.ts'
import type { Tint } from './scene.ts'
import type { Denied, Globals, Size, Speed } from './script.ts'

/** A noun with everything said about it. */
export interface NounPhrase {
  readonly kind: 'noun'
  readonly noun: string
  readonly count: number
  readonly counted: boolean
  /** A plural without a number. */
  readonly plural?: boolean
  readonly size?: Size
  readonly mood?: string
  readonly tint?: Tint
  /** Case mark (Japanese, Korean). */
  readonly mark?: 'subject' | 'object' | 'place' | 'to' | 'with'
  /** It is where things happen, not who does them ("背景是城堡"). */
  readonly scenery?: boolean
  /** What it does in a relative clause ("穿着盔甲的猫"), subject left out. */
  readonly clause?: readonly Item[]
}

/** Case that a particle marks. */
export type Case = NonNullable<NounPhrase['mark']>
export const isCase = (part: string): part is Case => ['subject', 'object', 'place', 'to', 'with'].includes(part)

/** What the sentence reader works on: a prompt without articles, with its ambiguities settled. */
export type Item =
  | NounPhrase
  | {
      readonly kind: 'verb'
      readonly verb: string
      readonly participle: boolean
      /** A form that leads on to another verb (Japanese て). */
      readonly linking: boolean
      /** A form whose subject suffers it. */
      readonly passive: boolean
    }
  | { readonly kind: 'relation'; readonly relation: string }
  | { readonly kind: 'speed'; readonly speed: Speed }
  | { readonly kind: 'mood'; readonly mood: string }
  | { readonly kind: 'of' | 'and' | 'by' | 'let' | 'pronoun' | 'next' }
  | {
      readonly kind: 'at'
      /** Says "on" as well as "in" (en el sofá, na cama, на диване). */
      readonly upon: boolean
    }
  /** Somebody or something of a name that is not known, before a verb. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'break'; readonly strong: boolean }

/** A prompt, read as far as single words go. */
export interface Items {
  readonly items: readonly Item[]
  readonly globals: Globals
  readonly denied: readonly Denied[]
  readonly unknownWords: readonly string[]
  readonly language: Language
}
