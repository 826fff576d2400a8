import { isDeepStrictEqual } from 'node:util'
import type { Step } from './plan.ts'
import type { Recipe } from './request.ts'

/** Plans (core/plan.ts) for what takes several jobs. `price` says what one job of a recipe costs; edits are free within a plan. */

/** Longest piece that is rendered in one go, in seconds, unless the model's is shorter (Kling's two lengths are 5 and 10). */
const pieceSeconds = 10

/**
 * Lengths of the pieces of a long clip, in order: as many of the longest as fit, then one of 5. Rounded up to a multiple of 5, which
 * is how the price counts. `longest` is 5 or 10.
 */
export function planChain(seconds: number, longest: 5 | 10 = pieceSeconds): number[] {
  const whole = 5 * Math.ceil(seconds / 5)
  const pieces = Array.from({ length: Math.floor(whole / longest) }, () => longest as number)
  return whole % longest === 0 ? pieces : [...pieces, whole % longest]
}

type Price = (recipe: Recipe) => number

const seedAfter = (seed: number, n: number): number => (seed + n) % 2 ** 32

/** A clip longer than one go: each piece continues the one before, then all are joined. */
export function chainSteps(recipe: Recipe, price: Price, longest: 5 | 10 = pieceSeconds): Step[] {
  const { edit: _, firstFrame, lastFrame, strokes, ...rest } = recipe
  const pieces = planChain(recipe.seconds, longest).map((seconds, i, { length }): Step => {
    const ends = lastFrame && i === length - 1
    const piece = { ...rest, seconds, seed: seedAfter(recipe.seed, i), ...(ends && { lastFrame }) }
    const first = { ...piece, ...(firstFrame && { firstFrame }), ...(strokes && { strokes }) }
    const cost = price({ ...first, ...(i > 0 && { continues: 'an-earlier-one' }) })
    return { shot: i === 0 ? first : { ...piece, continues: { step: i - 1 } }, price: cost }
  })
  const join = pieces.map((_, step) => ({ clip: { step }, joint: 'continuous' as const }))
  return [...pieces, { edit: { op: 'join', pieces: join, onBeat: false }, price: 0, least: 2 }]
}

/**
 * The recipe that a long clip was planned from, if these pieces are such a plan's and nothing else. Undefined also where it ends on a
 * picture: only its last piece knows that one, and the line of a recipe (core/recipe-line.ts) names the first.
 */
export function chainOf(pieces: readonly Recipe[]): Recipe | undefined {
  const [first] = pieces
  if (!first || pieces.length < 2) return undefined
  const whole = { ...first, seconds: pieces.reduce((sum, { seconds }) => sum + seconds, 0) }
  const planned = chainSteps(whole, () => 0, first.seconds > 5 ? 10 : 5).flatMap(step =>
    'shot' in step ? [step.shot] : [],
  )
  const bare = ({ continues: _, ...recipe }: object & { continues?: unknown }): unknown =>
    JSON.parse(JSON.stringify(recipe))
  const same =
    planned.length === pieces.length && planned.every((shot, i) => isDeepStrictEqual(bare(shot), bare(pieces[i] ?? {})))
  return same ? whole : undefined
}

/** What goes on from a clip, in as many pieces as it takes, and all of it as one. */
export function extendSteps(clip: string, more: Recipe, price: Price, longest: 5 | 10 = pieceSeconds): Step[] {
  const recipe = { ...more, continues: clip }
  const one: Step = { shot: shotOf(recipe), price: price(recipe) }
  const pieces = recipe.seconds > longest ? chainSteps(recipe, price, longest).slice(0, -1) : [one]
  const next = pieces.map((_, step) => ({ clip: { step }, joint: 'continuous' as const }))
  return [
    ...pieces,
    {
      edit: { op: 'join', pieces: [{ clip, joint: 'cut' }, ...next], onBeat: false },
      price: 0,
      ...(pieces.length > 1 && { least: 1 }),
    },
  ]
}

const shotOf = ({ edit: _, ...shot }: Recipe) => shot

/** Pictures of the same words with different seeds, and one sheet of them to pick from. */
export function draftSteps(recipe: Recipe, price: Price, count = 4): Step[] {
  const drafts = Array.from({ length: count }, (_, i): Step => {
    const draft: Recipe = { ...shotOf(recipe), kind: 'image', seed: seedAfter(recipe.seed, i) }
    return { shot: draft, price: price(draft) }
  })
  return [
    ...drafts,
    { edit: { op: 'sheet', cells: drafts.map((_, step) => ({ clip: { step } })) }, price: 0, least: 1 },
  ]
}

/** Shots that tell one story, and all of them as one film with a fade between. */
export function shotSteps(recipes: readonly Recipe[], price: Price): Step[] {
  const shots = recipes.map((recipe): Step => ({ shot: shotOf(recipe), price: price(recipe) }))
  const pieces = shots.map((_, step) => ({ clip: { step }, joint: 'fade' as const }))
  return [...shots, { edit: { op: 'join', pieces, onBeat: false }, price: 0, least: 2 }]
}

/** Variants of one recipe, and all of them beside each other. */
export function compareSteps(variants: readonly { recipe: Recipe; caption: string }[], price: Price): Step[] {
  const shots = variants.map(({ recipe }): Step => ({ shot: shotOf(recipe), price: price(recipe) }))
  const panels = variants.map(({ caption }, step) => ({ clip: { step }, caption }))
  return [...shots, { edit: { op: 'compare', panels }, price: 0, least: 2 }]
}
