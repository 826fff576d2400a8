import { randomBytes } from 'node:crypto'
import { priceOf } from '../../core/catalogue.ts'
import { shotSteps } from '../../core/chain.ts'
import { UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { changeIdea } from '../../core/idea/change.ts'
import { inventShots } from '../../core/idea/grammar.ts'
import { Common, type Idea, ideaLimits, type Shot, shotsFor } from '../../core/idea/shots.ts'
import { countTold, dropIdea, ideaOf, keepIdea } from '../../core/idea/store.ts'
import { parse } from '../../core/parse/parse.ts'
import type { Options } from '../../core/parse/wish.ts'
import type { Recipe } from '../../core/request.ts'
import { balance, dailyGrant } from '../../core/wallet.ts'
import { type Answer, type Ask, type Bot, today, walletOf } from '../bot.ts'
import { orderPlan, pricedBy } from '../edit/plan.ts'
import { checkAsked, newSeed, recipeOf } from '../order.ts'
import { ownerOf } from '../present.ts'
import { ideaMessage } from './message.ts'
import { type IdeaCall, readCount, readIdea } from './read.ts'

/** From a few words to a film: a shot list that is looked at, changed by words, priced, and then made as one plan. */

type Answered = Promise<Answer | undefined>

/** "/idea a cat goes to the moon", "/idea 2: a cat sleeps", "/idea make", "/idea" (shows the open list). */
export async function idea(bot: Bot, ask: Ask): Answered {
  const open = await ideaOf(bot.core, ask.place, ask.member)
  if (ask.text === '') {
    if (!open) throw new UserError('refusal.idea-words')
    return shown(ask, open)
  }
  const call = readIdea(ask.text)
  if (call && open) return act(bot, ask, open, call)
  if (call && call.act !== 'add') throw new UserError('refusal.idea-none')
  return begin(bot, ask)
}

/** Words that change or make the open list of this member here; undefined if they do not. Throws `refusal.idea-none` for "make" without one. */
export async function ideaSaid(bot: Bot, ask: Ask): Answered {
  // Most words are about no list: nothing is looked up for them.
  if (!mayConcern(ask.text)) return undefined
  const open = await ideaOf(bot.core, ask.place, ask.member)
  const call = readIdea(ask.text)
  if (call && open) return act(bot, ask, open, call)
  // Said twice, or too late: nobody wants a clip of the word "make".
  if (call?.act === 'make') throw new UserError('refusal.idea-none')
  return undefined
}

const mayConcern = (text: string): boolean => {
  try {
    return readIdea(text) !== undefined
  } catch {
    return true
  }
}

/** A button under a list; one under an older list than the newest says so. */
export async function ideaPressed(
  bot: Bot,
  ask: Ask,
  { act: what, idea: id, version }: { act: 'make' | 'other' | 'forget'; idea: string; version: number },
): Answered {
  const open = await ideaOf(bot.core, ask.place, ask.member)
  if (!open || open.id !== id || open.version !== version) throw new UserError('refusal.button-old')
  return act(bot, ask, open, { act: what })
}

async function act(bot: Bot, ask: Ask, open: Idea, call: IdeaCall): Answered {
  switch (call.act) {
    case 'make':
      return make(bot, ask, open)
    case 'forget':
      await dropIdea(bot.core, ask.place, ask.member)
      return { message: { text: t(ask.locale, 'idea.forgotten') } }
    case 'other': {
      const seconds = open.shots[0]?.seconds ?? 5
      const seed = newSeed()
      const shots = await tell(bot, ask, open.words, {
        count: Math.max(ideaLimits.least, open.shots.length),
        seconds,
        seed,
      })
      return keep(bot, ask, { ...open, seed, shots, version: open.version + 1 })
    }
    default:
      return keep(bot, ask, changeIdea(open, call))
  }
}

async function begin(bot: Bot, ask: Ask): Answered {
  if (ask.images.length > 0) throw new UserError('refusal.idea-picture')
  const said = readCount(ask.text)
  const { prompt: words, seconds: whole, camera, seed = newSeed(), ...options } = parse(said.words)
  if (!/\p{L}/u.test(words)) throw new UserError('refusal.idea-words')
  if (words.length > ideaLimits.words)
    throw new UserError('refusal.prompt-too-long', { chars: words.length, limit: ideaLimits.words })
  const common = Common.parse(options)
  const draft = { id: randomBytes(4).toString('hex'), version: 1, words, common, seed, price: 0 }
  const first = { prompt: words, seconds: 5, ...(camera && { camera }) } as const
  // Whatever is refused about the idea itself is refused before a model is asked.
  const [recipe] = await recipesOf(bot, ask, { ...draft, shots: [first] })
  const asked = whole === undefined ? undefined : shotsFor(whole)
  const count = said.count ?? asked?.count ?? (await affordable(bot, ask, recipe))
  const shots = await tell(bot, ask, words, { count, seconds: asked?.seconds ?? 5, seed })
  return keep(bot, ask, { ...draft, shots: camera ? shots.map(shot => ({ ...shot, camera })) : shots })
}

/** As many shots as the member can pay, 3 to 5: a list nobody can make is no help. */
async function affordable(bot: Bot, ask: Ask, recipe: Recipe | undefined): Promise<number> {
  const account = walletOf(ask.member)
  await dailyGrant(bot.core, account, ask.entitled.dailyCredits, today())
  const { available } = await balance(bot.core, account)
  const each = recipe ? priceOf(bot.catalogue, recipe) : 0
  return each === 0 ? 5 : Math.min(5, Math.max(ideaLimits.least, Math.floor(available / each)))
}

/** The shots of an idea: by the configured model while the member's day has some left, else by the built-in grammar. */
async function tell(
  bot: Bot,
  { member }: Ask,
  words: string,
  { count, seconds, seed }: { count: number; seconds: Shot['seconds']; seed: number },
): Promise<Shot[]> {
  const mayAsk = bot.tellShots !== undefined && (await countTold(bot.core, member, today()))
  const told = mayAsk ? await bot.tellShots?.(words, count) : undefined
  // A word of the model's is nobody's fault: members are not refused for it.
  const forbidden = (prompt: string): boolean =>
    (['blocked', 'adult'] as const).some(list => bot.content.find(list, prompt) !== undefined)
  if (!told || told.some(({ prompt }) => forbidden(prompt))) return inventShots(words, { count, seconds, seed })
  return told.map(({ prompt, camera }) => ({ prompt, seconds, ...(camera && { camera: { preset: camera } }) }))
}

/** Checks and prices a list, keeps it, shows it. */
async function keep(bot: Bot, ask: Ask, next: Idea): Promise<Answer> {
  const recipes = await recipesOf(bot, ask, next)
  const price = recipes.reduce((sum, recipe) => sum + pricedBy(bot)(recipe), 0)
  // The list says what will be made: a model may have no camera, and only short shots.
  const shots = next.shots.map(({ prompt }, i): Shot => {
    const { seconds = 5, camera } = recipes[i] ?? {}
    return { prompt, seconds: seconds > 5 ? 10 : 5, ...(camera && { camera }) }
  })
  const kept = { ...next, shots, price }
  await keepIdea(bot.core, ask.place, ask.member, kept)
  return shown(ask, kept)
}

const shown = (ask: Ask, open: Idea): Answer => ({
  message: ideaMessage(ask.locale, open, ownerOf({ ...ask, memberName: ask.profile.name })),
})

/** What is to be made of each shot. Throws UserError for the first that may not be. */
async function recipesOf(
  bot: Bot,
  ask: Ask,
  { shots, common, seed }: Pick<Idea, 'shots' | 'common' | 'seed'>,
): Promise<Recipe[]> {
  const recipes: Recipe[] = []
  for (const [i, { prompt, seconds, camera }] of shots.entries()) {
    const wish = { ...(common as Options), prompt, seconds, seed: (seed + i) % 2 ** 32 }
    const recipe = await recipeOf(bot, ask, 'video', wish, [])
    const model = bot.catalogue.models[recipe.model]
    const shot: Recipe = {
      ...recipe,
      seconds: Math.min(seconds, model?.pieceSeconds ?? seconds),
      ...(camera && model?.tasks.includes('camera') && { camera }),
    }
    await checkAsked(bot, ask, shot)
    recipes.push(shot)
  }
  return recipes
}

/** The whole list as one plan. Where it costs something else by now, it is shown again first. */
async function make(bot: Bot, ask: Ask, open: Idea): Answered {
  const steps = shotSteps(await recipesOf(bot, ask, open), pricedBy(bot))
  if (steps.reduce((sum, { price }) => sum + price, 0) !== open.price)
    return keep(bot, ask, { ...open, version: open.version + 1 })
  // One list is made once, however often that is said.
  const answer = await orderPlan(bot, { ...ask, update: `idea:${open.id}` }, { kind: 'shots', steps })
  await dropIdea(bot.core, ask.place, ask.member)
  return answer
}
