import type { Tint } from './scene.ts'

/** How a role is tied to its partner; positions of tied roles are relative to it. */
export type Attach =
  | 'wear'
  | 'hold'
  | 'ride'
  | 'on'
  | 'beside'
  | 'behind'
  | 'in-front'
  | 'under'
  | 'above'
  | 'in'
  | 'effect'

/** Relations that words may state between two roles. */
export const placements: readonly Attach[] = ['on', 'beside', 'behind', 'in-front', 'under', 'above', 'in']

export type Size = 'tiny' | 'small' | 'big' | 'huge'
export type Speed = 'slow' | 'fast'

/** One actor or prop the words name. */
export interface Role {
  /** Noun id (nouns.json). */
  readonly noun: string
  /** What it does, in order, two at most; empty: nothing was said. */
  readonly verbs: readonly string[]
  /** Index in the cast: the object of the verbs. */
  readonly partner?: number
  /** Index in the cast: what this role's place is told relative to, in the manner of `attach`. */
  readonly parent?: number
  readonly attach?: Attach
  /** Verb in which this role is the object. */
  readonly undergoes?: string
  readonly size?: Size
  readonly speed?: Speed
  readonly mood?: string
  readonly tint?: Tint
  /** Sprite that is drawn instead of the noun's own: a leopard that stands upright is a tiger to the director. */
  readonly guise?: string
  /** It flies over something. */
  readonly high?: true
  /** An effect whose verb has ended: it goes. */
  readonly over?: true
  /** Roles of one noun phrase ("three penguins") share a number. */
  readonly phrase: number
  /** True: no word named it, a verb needed it ("somebody eats": something edible). */
  readonly implied: boolean
}

/** What holds for the whole clip; absent: the model chooses. */
export interface Globals {
  readonly set?: string
  readonly time?: string
  readonly weather?: string
  readonly camera?: string
  readonly mood?: string
}

/** What the words of a prompt become: the director's instructions, in concept ids (worker/training/theatre/concepts.json). */
export interface Script extends Globals {
  /** In the order of the words, `roleLimit` at most. */
  readonly cast: readonly Role[]
  /** Concepts the words deny ("no rain"); nouns, verbs and globals alike. */
  readonly denied: readonly Denied[]
  /** Content words the theatre does not know, as they were written. */
  readonly unknownWords: readonly string[]
  /** True: nothing in the prompt was understood and the script is a pleasant default. */
  readonly invented: boolean
}

/** A concept that shall not appear. */
export interface Denied {
  readonly kind: 'noun' | 'verb' | 'set' | 'time' | 'weather' | 'camera' | 'mood'
  readonly id: string
}

/** Slots that named roles may take; the others stay free for decor and effects. */
export const roleLimit = 8
