import { compareSteps, draftSteps } from '../../core/chain.ts'
import type { Clip } from '../../core/clip.ts'
import { Edit } from '../../core/edit.ts'
import { editRecipe } from '../../core/edit-recipe.ts'
import { UserError } from '../../core/errors.ts'
import { parse } from '../../core/parse/parse.ts'
import type { Recipe } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { excerpt } from '../describe.ts'
import * as making from '../making.ts'
import { checkAsked, newSeed, order, recipeOf, takePictures } from '../order.ts'
import { clipNamed } from './named.ts'
import { orderPlan, pricedBy } from './plan.ts'
import { readClips, readVariants } from './read.ts'

/** Several of one: drafts to choose from, variants beside each other. */

type Made = Promise<Answer | undefined>

const example = 'compare a cat --tier standard,high'

/** Compares finished clips ("compare 12 13"), or makes variants of one request that differ by one option. */
export async function compare(bot: Bot, ask: Ask): Made {
  const { names, rest } = readClips(ask.text)
  if (names.length > 1 && rest === '') return compareClips(bot, ask, names)
  const variants = readVariants(ask.text)
  if (!variants) throw new UserError('refusal.edit-usage', { example })
  const base = await making.answeredBase(bot, ask)
  if (base?.recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  return withPictures(bot, ask, async pictures => {
    const seed = base?.recipe.seed ?? newSeed()
    const recipes: { recipe: Recipe; caption: string }[] = []
    for (const { text, caption } of variants) {
      const wish = { seed, ...parse(text) }
      const recipe = await recipeOf(bot, ask, 'video', wish, pictures, base?.recipe)
      await checkAsked(bot, ask, recipe)
      recipes.push({ recipe, caption })
    }
    const steps = compareSteps(recipes, pricedBy(bot))
    return orderPlan(bot, ask, { kind: 'compare', steps, ...(base?.clip && { parent: base.clip.id }) })
  })
}

async function compareClips(bot: Bot, ask: Ask, names: readonly string[]): Made {
  const clips: Clip[] = []
  for (const name of names.slice(0, 5)) clips.push(await clipNamed(bot, ask, name))
  if (clips.length > 4) throw new UserError('refusal.edit-usage', { example: 'compare 12 13 14 15' })
  const panels = clips.map(clip => ({ clip: clip.id, caption: excerpt(clip.recipe.prompt, 80) }))
  return order(bot, ask, editRecipe(Edit.parse({ op: 'compare', panels }), clips))
}

/** Four pictures of the same words with different seeds, on one sheet to pick from. */
export async function drafts(bot: Bot, ask: Ask): Made {
  const base = await making.answeredBase(bot, ask)
  if (base?.recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  if (ask.images.length > 0) throw new UserError('refusal.picture-in-image')
  const wish = { seed: newSeed(), ...parse(ask.text) }
  const {
    firstFrame: _first,
    lastFrame: _last,
    continues: _before,
    ...rest
  } = await recipeOf(bot, ask, 'image', wish, [], base?.recipe)
  const recipe: Recipe = { ...rest, kind: 'image' }
  await checkAsked(bot, ask, recipe)
  return orderPlan(bot, ask, { kind: 'drafts', steps: draftSteps(recipe, pricedBy(bot)) })
}

/** Makes the clip that a draft promised: where the model's pictures are moments of its clips that very one, else one that begins with it. */
export async function pick(bot: Bot, ask: Ask, id: string): Made {
  const { clip, recipe } = await making.clipBase(bot, id)
  if (clip.kind !== 'image' || recipe.kind === 'edit') throw new UserError('refusal.button-old')
  if (!bot.catalogue.models[recipe.model]?.picturesAreMoments)
    return making.animate(bot, { ...ask, text: '' }, { clip, recipe })
  const { seconds } = bot.catalogue.defaults
  return order(bot, ask, { ...recipe, kind: 'video', seconds }, { parent: clip.id })
}

/** Fetches the pictures of a message, and throws them away again if nothing came of it. */
async function withPictures(
  bot: Bot,
  ask: Ask,
  use: (pictures: Awaited<ReturnType<typeof takePictures>>) => Made,
): Made {
  const pictures = await takePictures(bot, ask)
  try {
    return await use(pictures)
  } catch (error) {
    await Promise.allSettled(pictures.map(({ key }) => bot.store.remove(key)))
    throw error
  }
}
