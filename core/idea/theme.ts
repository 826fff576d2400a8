import { takeWords } from '../parse/words.ts'
import { actors, homes, type Kind, moments, partners, places } from './cast.ts'
import type { Chance } from './chance.ts'

/** What a few words are about, as far as the built-in grammar understands them. */
export interface Theme {
  readonly language: 'en' | 'zh'
  /** Who it is about, in the member's words: "a lonely robot", 一只白猫. */
  readonly hero: string
  readonly kind: Kind
  readonly other: string
  readonly where: string
  /** When, or in what weather; absent where nothing was said. */
  readonly when?: string
  /** Its clauses, each of them something that happens: the member's own words. Empty where the words only name who and where. */
  readonly deeds: readonly string[]
}

type Language = Theme['language']

interface Found {
  readonly phrase: string
  readonly kind: Kind
  readonly from: number
  readonly to: number
}

const determiner = /^(?:a|an|the|my|his|her|their|our|one|two|three|four|five|some|many)$/
const stop =
  /^(?:in|on|at|by|to|with|from|into|over|under|of|for|and|or|then|who|that|which|while|when|is|are|was|were)$/

/** What the lists know of a word, or of the singular of a plural. */
const knownAs = (word: string): Kind | undefined =>
  [word, word.replace(/s$/, ''), word.replace(/es$/, ''), word.replace(/ies$/, 'y'), word.replace(/ves$/, 'f')]
    .map(form => actors.en.get(form))
    .find(kind => kind !== undefined)

const article = (word: string): string =>
  word.endsWith('s') && !actors.en.has(word) ? word : `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? []

function englishActors(text: string): Found[] {
  const words = wordsOf(text)
  const found: Found[] = []
  for (const [i, word] of words.entries()) {
    const kind = knownAs(word)
    if (kind === undefined) continue
    const last = found.at(-1)
    let from = i
    const floor = Math.max(last?.to ?? 0, i - 4)
    for (let at = i - 1; at >= floor; at -= 1) {
      const before = words[at] ?? ''
      if (stop.test(before)) break
      if (!determiner.test(before)) continue
      from = at
      break
    }
    // "a fire engine": the last of two nouns is who it is.
    const phrase = from === i ? article(word) : words.slice(from, i + 1).join(' ')
    if (last && last.to === i) found.pop()
    found.push({
      phrase: last && last.to === i && from === i ? `${last.phrase} ${word}` : phrase,
      kind,
      from,
      to: i + 1,
    })
  }
  return found
}

const counted = '(?:[一二两三四五六七八九十几1-9](?:只|个|条|头|匹|位|名|辆|架|艘|群|棵|座))?'
const described = '(?:[\\p{Script=Han}]{1,4}的)?'
const chineseNames = [...actors.zh.keys()].sort((a, b) => b.length - a.length)
const chineseActor = new RegExp(`${counted}(?:${described}|[小大老白黑红黄蓝绿胖]?)(?:${chineseNames.join('|')})`, 'gu')
const named = new RegExp(`(?:${chineseNames.join('|')})$`, 'u')

const chineseActors = (text: string): Found[] =>
  [...text.matchAll(chineseActor)].map(match => ({
    phrase: match[0],
    kind: actors.zh.get(named.exec(match[0])?.[0] ?? '') ?? 'land',
    from: match.index,
    to: match.index + match[0].length,
  }))

/** The first of these words that a text has, the longest ones first, and what it stands for. */
function mentioned(text: string, language: Language, words: ReadonlyMap<string, string>): string | undefined {
  const lower = text.toLowerCase()
  const at = (word: string): number =>
    language === 'zh' ? lower.indexOf(word) : lower.search(new RegExp(`\\b${word}\\b`, 'u'))
  const [first] = [...words.keys()]
    .flatMap(word => (at(word) < 0 ? [] : [word]))
    .sort((a, b) => at(a) - at(b) || b.length - a.length)
  return first === undefined ? undefined : words.get(first)
}

/** Who it is about where nobody is known: the words up to the first that is none of a name. */
function unknownHero(text: string, language: Language): string {
  if (language === 'zh') {
    const [subject = ''] = /^[^在去到和跟与追看跑飞吃喝睡走游跳，。,.\s]{1,8}/u.exec(text) ?? []
    return subject === '' ? '一个人' : subject
  }
  const words = wordsOf(text)
  const end = words.findIndex((word, i) => stop.test(word) || (i > 0 && /(?:ing|ed)$/.test(word)))
  // Without a single word of ours it may be another language: then all of it is who.
  const subject = words.slice(0, end < 0 ? 8 : Math.min(4, end || words.length))
  return subject.length === 0 ? 'somebody' : subject.join(' ')
}

const between = /[。；;！!？?\n]+|\.(?=\s|$)|[,，]?\s*(?:\bthen\b|\band then\b|然后|接着|之后|最后)\s*/iu

/** Whether words do more than name who, where and when. */
function happens(text: string, language: Language, theme: Pick<Theme, 'hero' | 'other'>): boolean {
  if (language === 'zh') {
    const rest = [theme.hero, theme.other, ...places.zh.keys(), ...moments.zh.keys()].reduce(
      (left, word) => left.replaceAll(word, ''),
      text,
    )
    return /\p{Script=Han}/u.test(rest.replace(/[和与跟、，,\s在上里中的]/gu, ''))
  }
  const said = new Set([theme.hero, theme.other].flatMap(wordsOf))
  const known = new Set([...places.en.keys(), ...moments.en.keys()].flatMap(wordsOf))
  return wordsOf(text).some(word => !said.has(word) && !known.has(word) && !stop.test(word) && !determiner.test(word))
}

/** A clause that can stand alone: who does it is said in it. */
function whole(clause: string, language: Language, hero: string): string {
  const someone = (language === 'zh' ? chineseActors(clause) : englishActors(clause)).length > 0
  if (someone || clause.toLowerCase().includes(hero.toLowerCase())) return clause
  if (language === 'zh') return `${hero}${clause.replace(/^(?:它|他|她|它们|他们|她们)/u, '')}`
  return `${hero} ${clause.replace(/^(?:it|he|she|they)\s+/iu, '')}`
}

/** Reads an idea of any words; what nobody said is chosen. Pure. */
export function readTheme(idea: string, chance: Chance): Theme {
  const language = /\p{Script=Han}/u.test(idea) ? 'zh' : 'en'
  const [first, second] = language === 'zh' ? chineseActors(idea) : englishActors(idea)
  const kind = first?.kind ?? 'land'
  const hero = first?.phrase ?? unknownHero(idea, language)
  const company = partners[language][kind]
  const met = second && second.phrase !== hero ? second.phrase : undefined
  const other = met ?? chance.pick(company)
  const where = mentioned(idea, language, places[language]) ?? chance.pick(homes[language][kind])
  const when = mentioned(idea, language, moments[language])
  const clauses = idea
    .split(between)
    .map(clause => takeWords(clause.replace(/^[\s,，、]+|[\s,，、]+$/gu, '')).prompt)
    .filter(clause => /\p{L}/u.test(clause))
  const deeds = happens(idea, language, { hero, other }) ? clauses.map(clause => whole(clause, language, hero)) : []
  return { language, hero, kind, other, where, ...(when !== undefined && { when }), deeds }
}
