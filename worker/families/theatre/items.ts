import type { Concept, ConceptKind, Language, Lexicon } from './lexicon.ts'
import type { Tint } from './scene.ts'
import type { Denied, Globals, Size, Speed } from './script.ts'
import { acts, homes, isInside, isUnit, modifies, natural, plays } from './token-sense.ts'
import type { Lexed, Token } from './tokens.ts'

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

type Case = NonNullable<NounPhrase['mark']>
const isCase = (part: string): part is Case => ['subject', 'object', 'place', 'to', 'with'].includes(part)

/** "She" before "of" (她的猫) says whose, not who. */
const owns = (token: Token | undefined): boolean => token?.kind === 'part' && token.part === 'pronoun'

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

/** Words of a camera's trade: next to one, "follow" or "orbit" is a camera move. */
const cameraWords =
  /^(?:camera|shot|lens|镜头|鏡頭|运镜|運鏡|カメラ|카메라|cámara|caméra|kamera|câmera|câmara|камера|камеры)$/i

/** Prepositions that say "on" as well as "in". */
const upon = /^(?:en|em|n[ao]s?|num|numa|auf|на)$/i

/** Verb forms that link to a further verb instead of describing the next noun (Japanese て, Korean 고). */
const linkingForm = /(?:て|で|ながら|고|며|면서|아서|어서)$/

/** Languages whose colour words may follow the noun. */
const adjectiveLast: readonly Language[] = ['es', 'fr', 'pt']

const pick = (concepts: readonly Concept[], kind: ConceptKind): string | undefined =>
  concepts.find(concept => concept.kind === kind)?.id

interface Pending {
  count?: number | undefined
  size?: Size | undefined
  mood?: string | undefined
  tint?: Tint | undefined
}

/** Settles what each word means, gathers noun phrases, takes sets, times, weathers and camera moves out of the sentence. */
export function gather(lexed: Lexed, lexicon: Lexicon): Items {
  const { tokens, language } = lexed
  const items: Item[] = []
  const denied: Denied[] = []
  const unknownWords: string[] = []
  const places: { set: string; noun: string | undefined }[] = []
  const globals: { -readonly [key in keyof Globals]: Globals[key] } = {}
  let pending: Pending = {}
  /** Modifiers that a relative clause separates from their noun (三只 穿着盔甲的 猫). */
  let held: Pending = {}
  let negated = false
  let background = false
  let nounAt = -1

  const anybody = tokens.some(plays)
  const postposed = language.startsWith('zh')
  const lastNoun = () => items.findLast(item => item.kind !== 'of')
  const settle = (change: Partial<NounPhrase>): boolean => {
    const index = items.findLastIndex(item => item.kind === 'noun')
    const noun = items[index]
    if (noun?.kind !== 'noun') return false
    items[index] = { ...noun, ...change }
    return true
  }

  const noun = (id: string, plural: boolean) => {
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

  tokens.forEach((token, i) => {
    const before = tokens[i - 1]
    const after = tokens[i + 1]
    switch (token.kind) {
      case 'unknown':
        if (!unknownWords.includes(token.text)) unknownWords.push(token.text)
        if (negated) negated = false
        if (after && acts(after)) items.push({ kind: 'stranger' })
        return
      case 'number':
        if (token.value >= 1 && Number.isInteger(token.value) && !isUnit(after))
          pending.count = Math.min(token.value, 10)
        return
      case 'break':
        flushPending()
        held = {}
        negated = false
        background = false
        items.push(token)
        return
      case 'part':
        if (token.part === 'not') negated = !negatesBefore(token)
        else if (token.part === 'nobody') denied.push({ kind: 'noun', id: 'person' })
        else if (token.part === 'background') background = true
        else if (isCase(token.part)) mark(token.part, i)
        else if (token.part === 'of') {
          if (!modifies(before) && !owns(before)) {
            items.push({ kind: 'of' })
            pending = { ...held, ...pending }
            held = {}
          }
        } else if (token.part === 'and' || token.part === 'by' || token.part === 'let') items.push({ kind: token.part })
        else if (token.part === 'pronoun' && after?.kind === 'part' && after.part === 'of') return
        else if (token.part === 'at') items.push({ kind: 'at', upon: upon.test(token.text) })
        else if (token.part === 'pronoun' || token.part === 'next') items.push({ kind: token.part })
        return
      case 'word':
        // "Not wearing a hat" denies the hat.
        if (negated && token.concepts.some(({ kind, id }) => kind === 'verb' && lexicon.arity(id) === 'attach')) return
        if ((negated || isNegated(i)) && deny(token.concepts)) {
          negated = false
          return
        }
        negated = false
        word(token, before, after, i)
    }
  })
  flushPending()

  /** "The cat is black": modifiers without a noun after them belong to the one before. */
  function flushPending() {
    const { tint, size, mood, count } = pending
    if (tint || size) settle({ ...(tint ? { tint } : {}), ...(size ? { size } : {}) })
    if (mood) items.push({ kind: 'mood', mood })
    if (count && (language === 'ja' || language === 'ko')) settle({ count, counted: true })
    pending = {}
  }

  function mark(part: Case, at: number) {
    if (nounAt === at - 1) {
      if (part === 'with' && language !== 'ja' && language !== 'ko') items.push({ kind: 'relation', relation: 'with' })
      else settle({ mark: part })
    } else if (part === 'with') items.push({ kind: 'relation', relation: 'with' })
  }

  /** Japanese and Korean say "rain without"; only Korean 안 stands before its verb. */
  function negatesBefore(token: Token | undefined): boolean {
    const verbLast = language === 'ja' || language === 'ko'
    return verbLast && token?.kind === 'part' && token.part === 'not' && token.text !== '안'
  }

  /** The word at this place is denied by what follows it, a case mark between them or not. */
  function isNegated(at: number): boolean {
    const next = tokens[at + 1]
    const marked = next?.kind === 'part' && (next.part === 'subject' || next.part === 'object')
    return negatesBefore(marked ? tokens[at + 2] : next)
  }

  function deny(concepts: readonly Concept[]): boolean {
    const kinds = ['noun', 'verb', 'set', 'time', 'weather', 'camera', 'mood'] as const
    const weather = concepts.some(({ kind }) => kind === 'weather')
    for (const concept of concepts) {
      const kind = kinds.find(k => k === concept.kind && !(weather && k === 'set'))
      if (kind) denied.push({ kind, id: concept.id })
    }
    return concepts.some(concept => kinds.some(kind => kind === concept.kind))
  }

  function word(
    token: Extract<Token, { kind: 'word' }>,
    before: Token | undefined,
    after: Token | undefined,
    at: number,
  ) {
    const { concepts } = token
    const kinds = new Set(concepts.map(concept => concept.kind))
    const cameraNear = tokens
      .slice(Math.max(0, at - 3), at + 4)
      .some(near => near !== token && 'text' in near && cameraWords.test(near.text))

    const camera = pick(concepts, 'camera')
    if (camera && (cameraNear || (!kinds.has('verb') && !kinds.has('noun')))) {
      globals.camera ??= camera
      return
    }
    const colour = pick(concepts, 'colour')
    if (
      colour &&
      (!kinds.has('noun') || describes(after) || (adjectiveLast.includes(language) && lastNoun()?.kind === 'noun'))
    ) {
      if (!kinds.has('set') || describes(after)) {
        colourOf(colour as Tint)
        return
      }
    }
    const doing = pick(concepts, 'verb')
    const set = doing && actsHere(before, token) && !inside(before, at) ? undefined : pick(concepts, 'set')
    const nounId = pick(concepts, 'noun')
    const home = nounId && !set && inside(before, at) ? homes[nounId] : undefined
    if (home) {
      places.push({ set: home, noun: undefined })
      return
    }
    if (set && (!nounId || isPlace(before, after, at) || (kinds.has('weather') && inside(before, at)))) {
      if (!kinds.has('weather') || inside(before, at) || !nounId) {
        if (!(kinds.has('weather') && !inside(before, at))) {
          places.push({ set, noun: nounId ?? lexicon.noun(set)?.id })
          background = false
          // The preposition goes with its place.
          const side = after?.kind === 'word' && after.concepts.some(({ kind }) => kind === 'relation')
          if (items.at(-1)?.kind === (postposed ? 'at' : 'relation') && !(postposed && side)) items.pop()
          return
        }
      }
    }
    const weather = pick(concepts, 'weather')
    if (weather && (!nounId || !pending.count)) {
      globals.weather ??= weather
      return
    }
    const time = pick(concepts, 'time')
    if (time && !nounId) {
      globals.time ??= time
      return
    }
    const relation = pick(concepts, 'relation')
    if (relation && !nounId && !kinds.has('verb')) {
      items.push(relation === 'and' ? { kind: 'and' } : { kind: 'relation', relation })
      return
    }
    const count = pick(concepts, 'count')
    if (count && !nounId) {
      pending.count = count === 'many' ? 5 : Math.min(Number(count), 10)
      return
    }
    const size = pick(concepts, 'size')
    if (size && !nounId && !kinds.has('verb')) {
      pending.size = size as Size
      return
    }
    const mood = pick(concepts, 'mood')
    if (mood && !kinds.has('verb') && !nounId) {
      globals.mood ??= mood
      if (describes(after) || after?.kind === 'part') pending.mood = mood
      else items.push({ kind: 'mood', mood })
      return
    }
    const speed = pick(concepts, 'speed')
    if (speed && !kinds.has('verb') && !nounId) {
      items.push({ kind: 'speed', speed: speed as Speed })
      return
    }
    const verb = pick(concepts, 'verb')
    if (verb && (!nounId || actsHere(before, token))) {
      flushLoose()
      const { participle = false, passive = false } = token
      items.push({ kind: 'verb', verb, participle, passive, linking: linkingForm.test(token.text) })
      return
    }
    if (nounId) {
      nounAt = at
      noun(nounId, token.plural ?? false)
    } else if (time) globals.time ??= time
    else if (set) places.push({ set, noun: nounId })
  }

  /** Modifiers before a verb belong to the noun before it, or in Chinese to the noun after the verb's clause. */
  function flushLoose() {
    if (pending.count && language.startsWith('zh')) held = { ...pending }
    else if (pending.tint || pending.size || pending.mood) return flushPending()
    if (held.count) pending = {}
  }

  function colourOf(tint: Tint) {
    const last = lastNoun()
    if (adjectiveLast.includes(language) && last?.kind === 'noun' && !last.tint) settle({ tint })
    else pending.tint = tint
  }

  /** True when a noun or another word that describes one follows at once (particles between do not count). */
  function describes(token: Token | undefined): boolean {
    return (
      token?.kind === 'word' &&
      token.concepts.some(({ kind }) => kind === 'noun' || kind === 'colour' || kind === 'size')
    )
  }

  function inside(before: Token | undefined, at: number): boolean {
    const near = tokens.slice(Math.max(0, at - 2), at)
    if (near.some(t => t.kind === 'part' && t.part === 'at')) return true
    const [further, nearest] = near
    if (nearest?.kind === 'part' && nearest.part === 'article' && further && isInside(further)) return true
    const next = tokens[at + 1]
    const mark = next?.kind === 'part' && next.part === 'place'
    return mark || (before !== undefined && isInside(before))
  }

  /** True when a word that may be a set or a thing is meant as the set here. */
  function isPlace(before: Token | undefined, after: Token | undefined, at: number): boolean {
    if (background) return true
    if (inside(before, at)) return true
    if (
      after?.kind === 'word' &&
      after.concepts.some(c => c.kind === 'relation' && ['in', 'on', 'under'].includes(c.id))
    )
      return true
    const near = tokens.slice(Math.max(0, at - 2), at)
    if (near.some(t => t.kind === 'word' && t.concepts.some(c => c.kind === 'relation' && c.id === 'above')))
      return true
    const first = near.findLast(t => !(t.kind === 'part' && (t.part === 'article' || t.part === 'skip')))
    if (first !== undefined && first.kind !== 'break') return false
    // A fragment without a verb ("a castle at night, ...") sets the scene, if anybody else is there to act.
    for (let i = at + 1; i < tokens.length; i++) {
      const t = tokens[i]
      if (t?.kind === 'break') break
      if (t && (acts(t) || plays(t))) return false
    }
    return anybody
  }

  /** "fly", "play", "swing", "drive" may be things or actions: an action unless an article or a number stands before it. */
  function actsHere(before: Token | undefined, token: Extract<Token, { kind: 'word' }>): boolean {
    if (token.participle) return true
    if (before === undefined) return false
    if (before.kind === 'number') return false
    if (before.kind === 'part') return !['article', 'at', 'of', 'and', 'not'].includes(before.part)
    if (before.kind !== 'word') return false
    const isNoun = before.concepts.some(concept => concept.kind === 'noun')
    const wantsObject = before.concepts.some(concept => concept.kind === 'verb' && lexicon.arity(concept.id) !== 'solo')
    return isNoun && !wantsObject
  }

  chooseSet()
  return { items, globals, denied, unknownWords, language }

  /**
   * One set holds; the others become scenery if they have a sprite. A set that has no sprite goes first, because it could
   * not be shown otherwise ("在彩虹上…穿越魔法森林，背景是城堡": the magic forest, with a rainbow and a castle in it).
   */
  function chooseSet() {
    const chosen = places.find(place => !place.noun) ?? places[0]
    if (!chosen) return
    globals.set = chosen.set
    const props = new Set(
      places.filter(place => place !== chosen && place.set !== chosen.set).flatMap(place => place.noun ?? []),
    )
    for (const id of props)
      items.push({ kind: 'break', strong: true }, { kind: 'noun', noun: id, count: 1, counted: false, scenery: true })
  }
}
