import type { Case, Item, NounPhrase } from './items.ts'
import type { Language } from './lexicon.ts'
import type { Tint } from './scene.ts'
import type { Size } from './script.ts'
import { natural } from './token-sense.ts'

/** Languages whose colour words may follow the noun. */
export const adjectiveLast: readonly Language[] = ['es', 'fr', 'pt']

/** What is said of a noun that has not come yet. */
interface Pending {
  count?: number | undefined
  size?: Size | undefined
  mood?: string | undefined
  tint?: Tint | undefined
}

/** The items of a prompt in the making: nouns gather the words that describe them. */
export function createPhrases(language: Language) {
  const items: Item[] = []
  let pending: Pending = {}
  /** Modifiers that a relative clause separates from their noun (三只 穿着盔甲的 猫). */
  let held: Pending = {}
  let background = false

  const last = (): Item | undefined => items.findLast(item => item.kind !== 'of')

  /** Says more about the last noun. */
  function settle(change: Partial<NounPhrase>) {
    const index = items.findLastIndex(item => item.kind === 'noun')
    const noun = items[index]
    if (noun?.kind === 'noun') items[index] = { ...noun, ...change }
  }

  function noun(id: string, plural: boolean) {
    const count = pending.count ?? (plural ? 3 : 1)
    items.push({
      kind: 'noun',
      noun: id,
      count,
      counted: pending.count !== undefined,
      ...(plural && pending.count === undefined ? { plural: true } : {}),
      ...(pending.size ? { size: pending.size } : {}),
      ...(pending.mood ? { mood: pending.mood } : {}),
      ...(pending.tint && !natural[id]?.includes(pending.tint) ? { tint: pending.tint } : {}),
      ...(background ? { scenery: true } : {}),
    })
    pending = {}
    background = false
  }

  /** "The cat is black": modifiers without a noun after them belong to the one before. */
  function flush() {
    const { tint, size, mood, count } = pending
    if (tint || size) settle({ ...(tint ? { tint } : {}), ...(size ? { size } : {}) })
    if (mood) items.push({ kind: 'mood', mood })
    if (count && (language === 'ja' || language === 'ko')) settle({ count, counted: true })
    pending = {}
  }

  return {
    items,
    last,
    noun,
    flush,
    /** The next noun, or the last one, has a property. */
    expect(more: Pending) {
      pending = { ...pending, ...more }
    },
    get counted(): boolean {
      return pending.count !== undefined
    },
    /** The next noun is where things happen. */
    set scenery(value: boolean) {
      background = value
    },
    get scenery(): boolean {
      return background
    },
    colour(tint: Tint) {
      const before = last()
      if (adjectiveLast.includes(language) && before?.kind === 'noun' && !before.tint) settle({ tint })
      else pending.tint = tint
    },
    /** Modifiers before a verb belong to the noun before it, or in Chinese to the noun after the verb's clause. */
    verb(item: Extract<Item, { kind: 'verb' }>) {
      if (pending.count && language.startsWith('zh')) held = { ...pending }
      else if (pending.tint || pending.size || pending.mood) flush()
      if (held.count) pending = {}
      items.push(item)
    },
    of() {
      items.push({ kind: 'of' })
      pending = { ...held, ...pending }
      held = {}
    },
    stop(strong: boolean) {
      flush()
      held = {}
      background = false
      items.push({ kind: 'break', strong })
    },
    /** A case mark; `direct`: right after its noun. */
    mark(part: Case, direct: boolean) {
      const told = part === 'with' && (!direct || (language !== 'ja' && language !== 'ko'))
      if (told) items.push({ kind: 'relation', relation: 'with' })
      else if (direct) settle({ mark: part })
    },
  }
}
