import { createRandom, type Random } from '../../schedulers/noise.ts'
import { gather } from './gather.ts'
import { lex } from './lexer.ts'
import type { Language, Lexicon } from './lexicon.ts'
import { readRoles } from './roles.ts'
import type { Denied, Globals, Role, Script } from './script.ts'

/** What else decides a script beside the prompt. */
export interface ReadOptions {
  /** Decides what the words leave open: the same words and seed give the same script. */
  readonly seed: number
  /** What shall not appear, in words. */
  readonly negative?: string
  /** The member's language, for words that several languages share. */
  readonly language?: Language
  /** True: a picture is the set, so a prompt without actors needs none. */
  readonly picture?: boolean
}

/** Most unknown words reported back. */
const unknownLimit = 20

/** Turns a prompt into a script. Any string parses; it never throws. */
export function readWords(prompt: string, lexicon: Lexicon, options: ReadOptions): Script {
  const random = createRandom(options.seed)
  const read = gather(lex(prompt, lexicon, options.language), lexicon)
  const cast = readRoles(read, lexicon, random)
  const denied = [...read.denied, ...deniedBy(options.negative, lexicon, options.language)]
  const globals = withoutDenied(read.globals, denied)
  const understood =
    read.items.some(({ kind }) => kind === 'noun' || kind === 'verb') || Object.keys(globals).length > 0
  const allowed = dropDenied(cast, denied)
  const script: Script = {
    ...globals,
    cast: allowed,
    denied,
    unknownWords: read.unknownWords.slice(0, unknownLimit),
    invented: !understood && prompt.trim() !== '',
  }
  // "An empty beach" is meant to be empty.
  const empty = script.set !== undefined && denied.some(({ kind, id }) => kind === 'noun' && id === 'person')
  if (allowed.length > 0 || options.picture || empty) return script
  return { ...script, ...invent(script, lexicon, random, understood) }
}

function deniedBy(negative: string | undefined, lexicon: Lexicon, language: Language | undefined): Denied[] {
  if (!negative?.trim()) return []
  const kinds = ['noun', 'verb', 'set', 'time', 'weather', 'camera', 'mood'] as const
  return lex(negative, lexicon, language).tokens.flatMap(token =>
    token.kind === 'word'
      ? token.concepts.flatMap(({ kind, id }) => {
          const known = kinds.find(name => name === kind)
          return known ? [{ kind: known, id }] : []
        })
      : [],
  )
}

function withoutDenied(globals: Globals, denied: readonly Denied[]): Globals {
  const entries = Object.entries(globals).filter(([kind, id]) => !denied.some(d => d.kind === kind && d.id === id))
  return Object.fromEntries(entries)
}

function dropDenied(cast: readonly Role[], denied: readonly Denied[]): Role[] {
  const banned = new Set(denied.filter(({ kind }) => kind === 'noun').map(({ id }) => id))
  return keepRoles(cast, role => !banned.has(role.noun))
}

/** The cast without some roles; indices of the others are kept right. */
function keepRoles(cast: readonly Role[], keep: (role: Role) => boolean): Role[] {
  const position = new Map<number, number>()
  for (const [index, role] of cast.entries()) if (keep(role)) position.set(index, position.size)
  return cast.filter(keep).map(({ partner, parent, attach, ...role }) => {
    const other = partner === undefined ? undefined : position.get(partner)
    const up = parent === undefined ? undefined : position.get(parent)
    return {
      ...role,
      ...(other === undefined ? {} : { partner: other }),
      ...(up === undefined || !attach ? {} : { parent: up, attach }),
    }
  })
}

/** Whom one likes to meet in a set. */
const locals: Record<string, readonly string[]> = {
  forest: ['fox', 'rabbit', 'deer'],
  'magic-forest': ['unicorn', 'fairy', 'owl'],
  sea: ['sailboat', 'dolphin', 'ship'],
  underwater: ['tropical-fish', 'octopus', 'turtle'],
  beach: ['crab', 'dog', 'surfer'],
  river: ['duck', 'swan', 'frog'],
  city: ['automobile', 'taxi', 'robot'],
  'neon-city': ['motorcycle', 'robot', 'racing-car'],
  street: ['bicycle', 'cat', 'walker'],
  road: ['racing-car', 'bus', 'cyclist'],
  rooftop: ['ninja', 'black-cat', 'superhero'],
  office: ['office-worker', 'penguin', 'businesswoman'],
  room: ['cat', 'teddy-bear', 'dog'],
  kitchen: ['cook', 'mouse', 'panda'],
  school: ['student', 'teacher', 'boy'],
  stage: ['singer', 'panda', 'female-dancer'],
  bus: ['dog', 'old-man', 'student'],
  desert: ['camel', 'lizard', 'astronaut'],
  snow: ['penguin', 'polar-bear', 'skier'],
  mountain: ['goat', 'eagle', 'bear'],
  volcano: ['t-rex', 'dragon', 'sauropod'],
  moon: ['astronaut', 'alien', 'rabbit'],
  space: ['astronaut', 'rocket', 'flying-saucer'],
  sky: ['eagle', 'balloon', 'small-airplane'],
  rainbow: ['unicorn', 'bird', 'bear'],
  castle: ['knight', 'princess', 'dragon'],
  garden: ['butterfly', 'rabbit', 'honeybee'],
  farm: ['cow', 'pig', 'chicken'],
  park: ['dog', 'boy', 'bird'],
  candy: ['bear', 'cupcake', 'girl'],
  festival: ['dragon', 'boy', 'panda'],
  stadium: ['runner', 'soccer-ball', 'fox'],
}

/** Openings of the theatre: what is played when the words name nobody, or nothing at all. */
const openings: readonly (readonly [noun: string, verb: string, set: string])[] = [
  ['cat', 'chase', 'garden'],
  ['penguin', 'dance', 'stage'],
  ['fox', 'run', 'forest'],
  ['panda', 'play', 'park'],
  ['rabbit', 'jump', 'garden'],
  ['unicorn', 'run', 'rainbow'],
  ['astronaut', 'wave', 'moon'],
  ['dolphin', 'jump', 'sea'],
]

function invent(script: Script, lexicon: Lexicon, random: Random, understood: boolean): Partial<Script> {
  const choose = <T>(options: readonly T[]): T | undefined => options[Math.floor(random() * options.length)]
  const role = (noun: string, verbs: readonly string[]): Role => ({ noun, verbs, phrase: 0, implied: true })
  const banned = new Set(script.denied.filter(({ kind }) => kind === 'noun').map(({ id }) => id))
  const known = (ids: readonly string[]) => ids.filter(id => lexicon.noun(id) && !banned.has(id))
  if (understood && script.set) {
    const noun = choose(known(locals[script.set] ?? ['cat']))
    return noun ? { cast: [role(noun, [])] } : {}
  }
  const playable = openings.filter(([noun]) => known([noun]).length > 0)
  const [noun, verb, set] = choose(playable) ?? []
  if (!noun || !verb || !set) return {}
  const extras: Record<string, string> = { chase: 'butterfly', play: 'guitar' }
  const extra = extras[verb]
  const cast: Role[] = [{ ...role(noun, [verb]), ...(extra ? { partner: 1 } : {}) }]
  if (extra) {
    const tied = verb === 'play' ? ({ parent: 0, attach: 'hold' } as const) : {}
    cast.push({ ...role(extra, []), phrase: 1, undergoes: verb, ...tied })
  }
  return { cast, set: script.set ?? set }
}
