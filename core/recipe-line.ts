import { isDeepStrictEqual } from 'node:util'
import { parse, print } from './parse/parse.ts'
import type { Wish } from './parse/wish.ts'
import type { Recipe } from './request.ts'

/** A recipe as one line that people can copy, and that makes the very same request when it is sent. */

/** What can be said of a recipe in words and options. */
function wishOf({ prompt, ratio, seconds, tier, seed, model, negative, guidance, camera, fps }: Recipe): Wish {
  return {
    ...{ prompt, ratio, seconds, tier, seed, model },
    ...(negative !== '' && { negative }),
    ...(guidance !== undefined && { guidance }),
    ...(camera && { camera }),
    ...(fps !== undefined && { fps }),
  }
}

/** Whether a line reads as this wish, whatever is in its words. */
function reads(line: string, wish: Wish): boolean {
  try {
    return isDeepStrictEqual(parse(line), wish)
  } catch {
    return false
  }
}

/**
 * The line of a recipe that is no edit. `code` names the clip it is of ("K7Q2"): `--like` brings what words cannot say, its pictures,
 * strokes and the clip it goes on from. Words that would read as something else are left to `--like` as well.
 */
export function recipeLine(recipe: Recipe, code: string): string {
  const wish = wishOf(recipe)
  const line = print(wish)
  const more = recipe.firstFrame ?? recipe.lastFrame ?? recipe.continues ?? recipe.strokes
  if (!reads(line, wish)) return shortLine(recipe, code)
  return `${commandOf(recipe)} ${more === undefined ? line : print({ ...wish, like: code })}`
}

/** The same without its words: they are those of the clip that `--like` names. */
export function shortLine(recipe: Recipe, code: string): string {
  const { negative: _, ...wish } = wishOf(recipe)
  return `${commandOf(recipe)} ${print({ ...wish, prompt: '', like: code })}`
}

const commandOf = ({ kind }: Recipe): string => (kind === 'image' ? '/image' : '/video')
