import { tasksOf } from '../../core/catalogue.ts'
import { compareSteps, draftSteps } from '../../core/chain.ts'
import type { Clip } from '../../core/clip.ts'
import { Edit } from '../../core/edit.ts'
import { editRecipe } from '../../core/edit-recipe.ts'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { parse } from '../../core/parse/parse.ts'
import type { Recipe } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { eachAllowed } from '../consent/gate.ts'
import { excerpt } from '../describe.ts'
import * as making from '../making.ts'
import { checkAsked, newSeed, orDropped, order, recipeOf, takePictures } from '../order.ts'
import { clipLike, clipNamed, type Liked, saidAlso, saidBare, withoutPictures } from './named.ts'
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
  const pictures = await takePictures(bot, ask)
  return orDropped(bot, pictures, async () => {
    const seed = base?.recipe.seed ?? newSeed()
    const likes: Liked[] = []
    const recipes = await eachAllowed(variants, async ({ text, caption }) => {
      const wish = { seed, ...parse(text) }
      const like = base ? undefined : await clipLike(bot, ask, wish.like)
      if (like && likes.every(({ clip }) => clip.id !== like.clip.id)) likes.push(like)
      const recipe = await recipeOf(bot, ask, 'video', wish, pictures, base?.recipe ?? like?.recipe)
      await checkAsked(bot, ask, recipe)
      return { recipe, caption }
    })
    const steps = compareSteps(recipes, pricedBy(bot))
    const made = await orderPlan(bot, ask, { kind: 'compare', steps, ...(base?.clip && { parent: base.clip.id }) })
    return likes.reduce((answer, like) => saidBare(ask, answer, like), made)
  })
}

async function compareClips(bot: Bot, ask: Ask, names: readonly string[]): Made {
  const clips: Clip[] = []
  for (const name of names.slice(0, 5)) clips.push(await clipNamed(bot, ask, name))
  if (clips.length > 4) throw new UserError('refusal.edit-usage', { example: 'compare 12 13 14 15' })
  const panels = clips.map(clip => ({ clip: clip.id, caption: excerpt(clip.recipe.prompt, 80) }))
  return order(bot, ask, editRecipe(Edit.parse({ op: 'compare', panels }), clips))
}

/**
 * Four pictures of the same words with different seeds, on one sheet to pick from. Pictures of the clip they are like stay where the
 * model's pictures are moments of its clips; elsewhere they are left out, which is said.
 */
export async function drafts(bot: Bot, ask: Ask): Made {
  const base = await making.answeredBase(bot, ask)
  if (base?.recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  if (ask.images.length > 0) throw new UserError('refusal.picture-in-image')
  const wish = { seed: newSeed(), ...parse(ask.text) }
  const like = base ? undefined : await clipLike(bot, ask, wish.like)
  const from = base?.recipe ?? like?.recipe
  const { continues: _before, ...rest } = await recipeOf(bot, ask, 'image', wish, [], from)
  const given: Recipe = { ...rest, kind: 'image' }
  const has = given.firstFrame !== undefined || given.lastFrame !== undefined
  const left = has && !drawsThese(bot, given)
  const recipe = left ? withoutPictures(given) : given
  await checkAsked(bot, ask, recipe)
  const made = await orderPlan(bot, ask, { kind: 'drafts', steps: draftSteps(recipe, pricedBy(bot)) })
  if (made && left) return saidAlso(made, t(ask.locale, 'drafts.bare'))
  return saidBare(ask, made, like)
}

/** Whether a model can make a moment of the clip that begins or ends with these pictures. */
function drawsThese({ catalogue }: Bot, recipe: Recipe): boolean {
  const model = catalogue.models[recipe.model]
  return (
    model?.picturesAreMoments === true &&
    tasksOf({ ...recipe, kind: 'video' }).every(task => model.tasks.includes(task))
  )
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
