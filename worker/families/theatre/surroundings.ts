import type { Language, Lexicon } from './lexicon.ts'
import { acts, isInside, plays } from './token-sense.ts'
import type { Token, WordToken } from './tokens.ts'

/** What the words around a word say about it. `at`: its index among the tokens. */

/** Words of a camera's trade: next to one, "follow" or "orbit" is a camera move. */
const cameraWords =
  /^(?:camera|shot|lens|镜头|鏡頭|运镜|運鏡|カメラ|카메라|cámara|caméra|kamera|câmera|câmara|камера|камеры)$/i

/** True when a word of the camera's trade is near. */
export const isFilmed = (tokens: readonly Token[], at: number): boolean =>
  tokens
    .slice(Math.max(0, at - 3), at + 4)
    .some(near => near !== tokens[at] && 'text' in near && cameraWords.test(near.text))

/** Japanese and Korean say "rain without"; only Korean 안 stands before its verb. */
export function negatesBefore(token: Token | undefined, language: Language): boolean {
  const verbLast = language === 'ja' || language === 'ko'
  return verbLast && token?.kind === 'part' && token.part === 'not' && token.text !== '안'
}

/** The word is denied by what follows it, a case mark between them or not. */
export function isNegated(tokens: readonly Token[], at: number, language: Language): boolean {
  const next = tokens[at + 1]
  const marked = next?.kind === 'part' && (next.part === 'subject' || next.part === 'object')
  return negatesBefore(marked ? tokens[at + 2] : next, language)
}

/** True for a noun or another word that describes one. */
export const describes = (token: Token | undefined): boolean =>
  token?.kind === 'word' && token.concepts.some(({ kind }) => kind === 'noun' || kind === 'colour' || kind === 'size')

/** True when something is said to be in or on the word. */
export function isEntered(tokens: readonly Token[], at: number): boolean {
  const near = tokens.slice(Math.max(0, at - 2), at)
  if (near.some(token => token.kind === 'part' && token.part === 'at')) return true
  const [further, nearest] = near
  if (nearest?.kind === 'part' && nearest.part === 'article' && further && isInside(further)) return true
  const next = tokens[at + 1]
  const before = tokens[at - 1]
  return (next?.kind === 'part' && next.part === 'place') || (before !== undefined && isInside(before))
}

/** True when a word that may be a set or a thing is meant as the set here. */
export function isPlace(tokens: readonly Token[], at: number): boolean {
  if (isEntered(tokens, at)) return true
  const after = tokens[at + 1]
  const beside = (token: Token | undefined, relations: readonly string[]) =>
    token?.kind === 'word' && token.concepts.some(({ kind, id }) => kind === 'relation' && relations.includes(id))
  if (beside(after, ['in', 'on', 'under'])) return true
  const near = tokens.slice(Math.max(0, at - 2), at)
  if (near.some(token => beside(token, ['above']))) return true
  const first = near.findLast(token => !(token.kind === 'part' && (token.part === 'article' || token.part === 'skip')))
  if (first !== undefined && first.kind !== 'break') return false
  // A fragment without a verb ("a castle at night, ...") sets the scene, if anybody else is there to act.
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i]
    if (token?.kind === 'break') break
    if (token && (acts(token) || plays(token))) return false
  }
  return tokens.some(plays)
}

/** "fly", "play", "swing", "drive" may be things or actions: an action unless an article or a number stands before it. */
export function isAction(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const before = tokens[at - 1]
  if ((tokens[at] as WordToken).participle) return true
  if (before === undefined || before.kind === 'number') return false
  if (before.kind === 'part') return !['article', 'at', 'of', 'and', 'not'].includes(before.part)
  if (before.kind !== 'word') return false
  const isNoun = before.concepts.some(({ kind }) => kind === 'noun')
  const wantsObject = before.concepts.some(({ kind, id }) => kind === 'verb' && lexicon.arity(id) !== 'solo')
  return isNoun && !wantsObject
}
