import type { Item } from './items.ts'
import type { Language, Lexicon } from './lexicon.ts'

/** Languages whose relative clauses stand before the noun. */
export const nounLast: readonly Language[] = ['zh-CN', 'zh-TW', 'ja', 'ko']

/** Languages whose verb ends the clause. */
export const verbLast: readonly Language[] = ['ja', 'ko']

/**
 * Folds what stands before a noun into it: relative clauses (「穿着盔甲的猫」, 「鎧を着た猫」) become its clause, owners
 * (「老人的狗」, "the dog of the man") fall away.
 */
export function foldClauses(items: readonly Item[], language: Language, lexicon: Lexicon): Item[] {
  if (verbLast.includes(language)) return foldVerbLast(items)
  const out: Item[] = []
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    const head = items[i + 1]
    if (item?.kind !== 'of') {
      if (item) out.push(item)
      continue
    }
    if (head?.kind !== 'noun') continue
    if (!nounLast.includes(language)) {
      if (out.at(-1)?.kind === 'noun') i++
      continue
    }
    const clause = sufferedBefore(out) ?? relativeBefore(out, lexicon)
    if (clause.length > 0) {
      out.length -= clause.length
      out.push({ ...head, clause })
      i++
    } else if (out.at(-1)?.kind === 'noun') out.pop()
  }
  return out
}

/** 被老虎追的: the end of `items`, if it says what somebody does to the noun that follows. */
function sufferedBefore(items: readonly Item[]): Item[] | undefined {
  const [by, doer, verb] = items.slice(-3)
  const opens = items.at(-4)
  if (by?.kind !== 'by' || doer?.kind !== 'noun' || verb?.kind !== 'verb' || opens?.kind === 'noun') return undefined
  return [by, doer, verb]
}

/** The longest tail of `items` that is verbs with their objects and has no subject of its own. */
function relativeBefore(items: readonly Item[], lexicon: Lexicon): Item[] {
  let start = items.length
  while (start > 0) {
    let at = start - 1
    while (items[at]?.kind === 'noun' && items[at - 1]?.kind === 'and' && items[at - 2]?.kind === 'noun') at -= 2
    if (items[at]?.kind === 'noun' && items[at - 1]?.kind === 'verb') at--
    const verb = items[at]
    if (verb?.kind !== 'verb') break
    const before = items[at - 1]
    const isSubject = before?.kind === 'noun' && items[at - 2]?.kind !== 'verb'
    if (isSubject) break
    start = at
    if (before?.kind === 'verb' && lexicon.arity(before.verb) !== 'solo') break
  }
  return items.slice(start)
}

/** Japanese says "by a shark" as it says "in the sea": before a passive verb, the nearest such noun is who does it. */
function markDoers(items: readonly Item[]): Item[] {
  const out = [...items]
  items.forEach((item, at) => {
    if (item.kind !== 'verb' || !item.passive) return
    for (let i = at - 1; i >= 0; i--) {
      const noun = out[i]
      if (!noun || noun.kind === 'break' || noun.kind === 'verb') return
      if (noun.kind === 'noun' && noun.mark === 'place') {
        out[i] = { ...noun, mark: 'object' }
        return
      }
    }
  })
  return out
}

/** Japanese and Korean: [object] verb noun, the verb not linking on: a relative clause of that noun. */
function foldVerbLast(raw: readonly Item[]): Item[] {
  const items = markDoers(raw)
  const out: Item[] = []
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    const head = items[i + 1]
    if (item?.kind === 'of') {
      if (out.at(-1)?.kind === 'noun' && head?.kind === 'noun') out.pop()
      continue
    }
    if (item?.kind === 'verb' && !item.linking && head?.kind === 'noun' && head.mark !== 'place') {
      const clause: Item[] = [...takeObjects(out), item]
      // 帽子をかぶって眼鏡をかけた犬: what is said before in the linking form is said of the same noun, if nobody else is there to do it.
      for (let linked = out.at(-1); linked?.kind === 'verb' && linked.linking; linked = out.at(-1)) {
        const objectAt = out.length - 2
        if (out[objectAt]?.kind === 'noun' && isSubject(out[objectAt - 1])) break
        if (isSubject(out[objectAt])) break
        out.pop()
        clause.unshift(...takeObjects(out), linked)
      }
      out.push({ ...head, clause })
      i++
      continue
    }
    if (item) out.push(item)
  }
  return out
}

const isSubject = (item: Item | undefined): boolean => item?.kind === 'noun' && item.mark === 'subject'

/** Takes the nouns that a verb follows off the end of a list, as its objects. */
function takeObjects(out: Item[]): Item[] {
  const objects: Item[] = []
  for (let object = out.at(-1); object?.kind === 'noun' && object.mark !== 'subject'; object = out.at(-1)) {
    objects.unshift({ ...object, mark: 'object' })
    out.pop()
    if (out.at(-1)?.kind !== 'and') break
    out.pop()
  }
  return objects
}
