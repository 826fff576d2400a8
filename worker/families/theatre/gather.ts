import { type Items, isCase } from './items.ts'
import type { Concept, ConceptKind, Lexicon } from './lexicon.ts'
import { adjectiveLast, createPhrases } from './phrases.ts'
import type { Tint } from './scene.ts'
import type { Denied, Globals, Size, Speed } from './script.ts'
import { describes, isAction, isEntered, isFilmed, isNegated, isPlace, negatesBefore } from './surroundings.ts'
import { acts, homes, isUnit, modifies } from './token-sense.ts'
import type { Lexed, Token, WordToken } from './tokens.ts'

/** Prepositions that say "on" as well as "in". */
const upon = /^(?:en|em|n[ao]s?|num|numa|auf|на)$/i

/** Verb forms that link to a further verb instead of describing the next noun (Japanese て, Korean 고). */
const linkingForm = /(?:て|で|ながら|고|며|면서|아서|어서)$/

/** "She" before "of" (她的猫) says whose, not who. */
const owns = (token: Token | undefined): boolean => token?.kind === 'part' && token.part === 'pronoun'

const pick = (concepts: readonly Concept[], kind: ConceptKind): string | undefined =>
  concepts.find(concept => concept.kind === kind)?.id

/** Settles what each word means, gathers noun phrases, takes sets, times, weathers and camera moves out of the sentence. */
export function gather({ tokens, language }: Lexed, lexicon: Lexicon): Items {
  const phrases = createPhrases(language)
  const { items } = phrases
  const denied: Denied[] = []
  const unknownWords: string[] = []
  const places: { set: string; noun: string | undefined }[] = []
  const globals: { -readonly [key in keyof Globals]: Globals[key] } = {}
  const postposed = language.startsWith('zh')
  let negated = false
  let nounAt = -1

  tokens.forEach((token, at) => {
    switch (token.kind) {
      case 'unknown': {
        if (!unknownWords.includes(token.text)) unknownWords.push(token.text)
        negated = false
        const after = tokens[at + 1]
        if (after && acts(after)) items.push({ kind: 'stranger' })
        return
      }
      case 'number':
        if (token.value >= 1 && Number.isInteger(token.value) && !isUnit(tokens[at + 1]))
          phrases.expect({ count: Math.min(token.value, 10) })
        return
      case 'break':
        negated = false
        phrases.stop(token.strong)
        return
      case 'part':
        part(token, at)
        return
      case 'word':
        // "Not wearing a hat" denies the hat.
        if (negated && token.concepts.some(({ kind, id }) => kind === 'verb' && lexicon.arity(id) === 'attach')) return
        if (!((negated || isNegated(tokens, at, language)) && deny(token.concepts))) word(token, at)
        negated = false
    }
  })
  phrases.flush()
  chooseSet()
  return { items, globals, denied, unknownWords, language }

  function part(token: Extract<Token, { kind: 'part' }>, at: number) {
    const [before, after] = [tokens[at - 1], tokens[at + 1]]
    if (isCase(token.part)) return phrases.mark(token.part, nounAt === at - 1)
    switch (token.part) {
      case 'not':
        negated = !negatesBefore(token, language)
        return
      case 'nobody':
        denied.push({ kind: 'noun', id: 'person' })
        return
      case 'background':
        phrases.scenery = true
        return
      case 'of':
        if (!modifies(before) && !owns(before)) phrases.of()
        return
      case 'at':
        items.push({ kind: 'at', upon: upon.test(token.text) })
        return
      case 'pronoun':
        if (!(after?.kind === 'part' && after.part === 'of')) items.push({ kind: 'pronoun' })
        return
      case 'and':
      case 'by':
      case 'let':
      case 'next':
        items.push({ kind: token.part })
    }
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

  /** Of all that a word may mean, what it means here. */
  function word(token: WordToken, at: number) {
    const { concepts } = token
    const after = tokens[at + 1]
    const kinds = new Set(concepts.map(concept => concept.kind))
    const noun = pick(concepts, 'noun')
    const verb = pick(concepts, 'verb')
    const said = (kind: ConceptKind) => (noun || verb ? undefined : pick(concepts, kind))

    const camera = pick(concepts, 'camera')
    if (camera && (isFilmed(tokens, at) || (!verb && !noun))) {
      globals.camera ??= camera
      return
    }
    const colour = pick(concepts, 'colour')
    const behind = adjectiveLast.includes(language) && phrases.last()?.kind === 'noun'
    if (colour && (!noun || describes(after) || behind) && (!kinds.has('set') || describes(after)))
      return phrases.colour(colour as Tint)
    const entered = isEntered(tokens, at)
    const set = verb && isAction(tokens, at, lexicon) && !entered ? undefined : pick(concepts, 'set')
    const home = noun && !set && entered ? homes[noun] : undefined
    if (home) {
      places.push({ set: home, noun: undefined })
      return
    }
    const weather = pick(concepts, 'weather')
    if (set && (weather ? entered : !noun || phrases.scenery || isPlace(tokens, at)))
      return place(set, noun ?? lexicon.noun(set)?.id, after)
    if (weather && (!noun || !phrases.counted)) {
      globals.weather ??= weather
      return
    }
    const time = pick(concepts, 'time')
    if (time && !noun) {
      globals.time ??= time
      return
    }
    const relation = said('relation')
    if (relation) {
      items.push(relation === 'and' ? { kind: 'and' } : { kind: 'relation', relation })
      return
    }
    const count = noun ? undefined : pick(concepts, 'count')
    if (count) return phrases.expect({ count: count === 'many' ? 5 : Math.min(Number(count), 10) })
    const size = said('size')
    if (size) return phrases.expect({ size: size as Size })
    const mood = said('mood')
    if (mood) {
      globals.mood ??= mood
      if (describes(after) || after?.kind === 'part') phrases.expect({ mood })
      else items.push({ kind: 'mood', mood })
      return
    }
    const speed = said('speed')
    if (speed) {
      // "Slow push in": the camera is slow.
      if (after?.kind === 'word' && after.concepts.some(({ kind }) => kind === 'camera')) return
      items.push({ kind: 'speed', speed: speed as Speed })
      return
    }
    if (verb && (!noun || isAction(tokens, at, lexicon))) {
      const { participle = false, passive = false } = token
      return phrases.verb({ kind: 'verb', verb, participle, passive, linking: linkingForm.test(token.text) })
    }
    if (noun) {
      nounAt = at
      phrases.noun(noun, token.plural ?? false)
    } else if (set) places.push({ set, noun })
  }

  function place(set: string, noun: string | undefined, after: Token | undefined) {
    places.push({ set, noun })
    phrases.scenery = false
    // The preposition goes with its place.
    const side = after?.kind === 'word' && after.concepts.some(({ kind }) => kind === 'relation')
    if (items.at(-1)?.kind === (postposed ? 'at' : 'relation') && !(postposed && side)) items.pop()
  }

  /**
   * One set holds; the others become scenery if they have a sprite. A set that has no sprite goes first, because it could
   * not be shown otherwise ("在彩虹上…穿越魔法森林，背景是城堡": the magic forest, with a rainbow and a castle in it).
   */
  function chooseSet() {
    const chosen = places.find(({ noun }) => !noun) ?? places[0]
    if (!chosen) return
    globals.set = chosen.set
    const others = places.filter(one => one !== chosen && one.set !== chosen.set)
    for (const id of new Set(others.flatMap(({ noun }) => noun ?? [])))
      items.push({ kind: 'break', strong: true }, { kind: 'noun', noun: id, count: 1, counted: false, scenery: true })
  }
}
