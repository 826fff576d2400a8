import type { Tint } from './scene.ts'
import type { Token } from './tokens.ts'

/** Things that are a set when something happens in or on them. */
export const homes: Readonly<Record<string, string>> = {
  'full-moon': 'moon',
  'crescent-moon': 'moon',
  house: 'room',
  houses: 'street',
  wood: 'forest',
}

/** Colours that an animal has anyway: "a red fox" is a kind of fox, no paint is needed. */
export const natural: Readonly<Record<string, readonly Tint[]>> = {
  fox: ['red', 'orange'],
  panda: ['black-white'],
  penguin: ['black-white', 'black'],
  zebra: ['black-white'],
  cow: ['black-white'],
  pig: ['pink'],
  flamingo: ['pink'],
  elephant: ['grey'],
  mouse: ['grey'],
  wolf: ['grey'],
  koala: ['grey'],
  bear: ['brown'],
  horse: ['brown'],
  frog: ['green'],
  crocodile: ['green'],
  turtle: ['green'],
  dragon: ['green'],
  'polar-bear': ['white'],
  swan: ['white'],
  'black-cat': ['black'],
  'red-apple': ['red'],
  strawberry: ['red'],
  tomato: ['red'],
  rose: ['red'],
  'red-heart': ['red'],
  'fire-engine': ['red'],
  banana: ['yellow'],
  lemon: ['yellow'],
  'baby-chick': ['yellow'],
  sun: ['yellow', 'gold'],
  star: ['yellow', 'gold'],
}

/** True for a word that puts what follows in or on something. */
export const isInside = (token: Token): boolean =>
  token.kind === 'word' && token.concepts.some(c => c.kind === 'relation' && (c.id === 'in' || c.id === 'on'))

/** A word that only describes the noun after it, so that a particle between them (黑色的猫) means nothing. */
export function modifies(token: Token | undefined): boolean {
  if (token?.kind === 'unknown' || token?.kind === 'number') return true
  const kinds = token?.kind === 'word' ? token.concepts.map(concept => concept.kind) : []
  return kinds.some(kind => ['colour', 'size', 'mood', 'count', 'speed'].includes(kind)) && !kinds.includes('noun')
}

/** True for words that can be something done. */
export const acts = (token: Token): boolean =>
  token.kind === 'word' && token.concepts.some(({ kind }) => kind === 'verb')

/** True for words that can only be an actor or a thing. */
export const plays = (token: Token): boolean =>
  token.kind === 'word' && token.concepts[0]?.kind === 'noun' && !token.concepts.some(({ kind }) => kind === 'set')

const unitWords =
  /^(?:seconds?|secs?|s|fps|p|k|d|x|秒|分钟|分鐘|帧|幀|초|segundos?|secondes?|sekunden?|секунд\p{L}*|minutes?)$/iu

/** Numbers before a unit of time or size count nothing on the stage. */
export function isUnit(token: Token | undefined): boolean {
  return token !== undefined && 'text' in token && unitWords.test(token.text)
}
