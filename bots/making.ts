import { isDeepStrictEqual } from 'node:util'
import { extendSteps } from '../core/chain.ts'
import type { Clip } from '../core/clip.ts'
import { clipAt, clipsOf, getClip } from '../core/clips.ts'
import { editLimits, editLine } from '../core/edit.ts'
import { UserError } from '../core/errors.ts'
import { alive } from '../core/fleet.ts'
import type { Job } from '../core/job.ts'
import { getJob, jobAt, jobsOf } from '../core/jobs.ts'
import { parse } from '../core/parse/parse.ts'
import type { Wish } from '../core/parse/wish.ts'
import { noteMadeOf } from '../core/pictures.ts'
import { Recipe } from '../core/request.ts'
import type { Answer, Ask, Bot } from './bot.ts'
import { buttonId } from './buttons.ts'
import { picturesIn } from './consent/gate.ts'
import { clipLike, saidBare } from './edit/named.ts'
import { orderPlan, pricedBy } from './edit/plan.ts'
import { checkAsked, type Extra, newSeed, orDropped, order, recipeOf, takePictures } from './order.ts'

/** The verbs that make something: new, again, changed, continued. */

type Made = Promise<Answer | undefined>

/** What has been made: the clip, or the job that failed on the way to it. */
export interface Base {
  readonly recipe: Recipe
  readonly clip?: Clip
  /** The job, where that is how it was found. */
  readonly job?: string
}

/** The button that makes exactly this again. */
export const againButton = ({ clip, job }: Base): string | undefined =>
  clip ? buttonId({ verb: 'again', clip: clip.id }) : job && buttonId({ verb: 'retry', job })

/** A new clip or picture from words and pictures. */
export async function make(bot: Bot, ask: Ask, kind: Recipe['kind']): Made {
  const wish = parse(ask.text)
  if (kind === 'image' && ask.images.length > 0) throw new UserError('refusal.picture-in-image')
  const like = await clipLike(bot, ask, wish.like)
  const made = await withPictures(
    bot,
    ask,
    pictures => recipeOf(bot, ask, kind, wish, pictures, like?.recipe),
    like?.clip,
  )
  return saidBare(ask, made, like)
}

/** Where a new clip comes from. */
const madeFrom = (clip: Clip | undefined): Extra => (clip ? { parent: clip.id } : {})

/** Fetches the pictures, orders, and throws the pictures away again if nothing came of it. */
async function withPictures(
  bot: Bot,
  ask: Ask,
  plan: (pictures: Awaited<ReturnType<typeof takePictures>>) => Promise<Recipe>,
  from?: Clip,
): Made {
  const pictures = await takePictures(bot, ask)
  return orDropped(bot, pictures, async () => order(bot, ask, await plan(pictures), madeFrom(from)))
}

/** The same recipe with other words, options or pictures; the seed stays, so that only what was said changes. */
export async function change(bot: Bot, ask: Ask, { recipe, clip }: Base): Made {
  if (recipe.kind === 'edit') throw new UserError('refusal.edit-change')
  const wish = parse(ask.text)
  const kind = ask.images.length > 0 ? 'video' : recipe.kind
  return withPictures(
    bot,
    ask,
    async pictures => {
      const next = await recipeOf(bot, ask, kind, wish, pictures, recipe)
      // Nobody wants to pay for the clip they have; a form sent off as it came is a slip.
      if (clip && isDeepStrictEqual(Recipe.parse(JSON.parse(JSON.stringify(next))), recipe))
        throw new UserError('refusal.unchanged')
      return next
    },
    clip,
  )
}

/** The same recipe with a new seed; an edit, which has none, as it was: it may have failed. */
export async function again(bot: Bot, ask: Ask, { recipe, clip }: Base): Made {
  const anew = { prompt: '', seed: newSeed() }
  const next = recipe.kind === 'edit' ? recipe : await recipeOf(bot, ask, recipe.kind, anew, [], recipe)
  return order(bot, ask, next, madeFrom(clip))
}

/** A clip of somebody's with more words: "fork K7Q2 at night". The maker of the first one is named under it. */
export async function fork(bot: Bot, ask: Ask): Made {
  const [, code = '', words = ''] = /^(\S+)\s*(.*)$/su.exec(ask.text) ?? []
  const like = await clipLike(bot, ask, code)
  const { clip, recipe } = like
  const { prompt, ...options } = parse(words)
  const wish: Wish = { seed: newSeed(), ...options, prompt: [recipe.prompt, prompt].filter(Boolean).join(', ') }
  const made = await withPictures(bot, ask, pictures => recipeOf(bot, ask, recipe.kind, wish, pictures, recipe), clip)
  return saidBare(ask, made, like)
}

/** Five more seconds (or as many as were said) that go on from a clip, with new words if some were said; where there is somebody to join them, then all as one. */
export async function extend(bot: Bot, ask: Ask, { clip }: Base): Made {
  if (!clip?.state || clip.kind !== 'video') throw new UserError('refusal.not-extendable')
  const { firstFrame: _first, lastFrame: _last, strokes: _strokes, camera: _camera, ...rest } = clip.recipe
  const said: Wish = parse(ask.text)
  const wish: Wish = { seconds: 5, seed: newSeed(), ...said }
  const recipe = await recipeOf(bot, ask, 'video', wish, [], { ...rest, continues: clip.id })
  const left = Math.floor(editLimits.seconds - clip.seconds)
  if (recipe.seconds > left) throw new UserError('refusal.extend-limit', { seconds: editLimits.seconds, left })
  if (!(await alive(bot.core)).has(editLine)) return order(bot, ask, recipe, madeFrom(clip))
  await checkAsked(bot, ask, recipe)
  const steps = extendSteps(clip.id, recipe, pricedBy(bot), bot.catalogue.models[recipe.model]?.pieceSeconds)
  return orderPlan(bot, ask, { kind: 'extend', steps, parent: clip.id })
}

/** A clip that begins with a picture made earlier. */
export async function animate(bot: Bot, ask: Ask, { clip }: Base): Made {
  if (clip?.kind !== 'image') throw new UserError('refusal.clip-gone')
  const { prompt, ratio, tier, model } = clip.recipe
  const base: Recipe = { ...clip.recipe, kind: 'video', firstFrame: clip.media }
  const wish: Wish = { ...parse(ask.text), seconds: bot.catalogue.defaults.seconds, seed: newSeed() }
  await noteMadeOf(bot.core, clip.media, picturesIn(clip.recipe))
  return order(
    bot,
    ask,
    await recipeOf(bot, ask, 'video', wish, [], { ...base, prompt, ratio, tier, model }),
    madeFrom(clip),
  )
}

/** What the message answered to is about: a clip of ours, or a job on its way. Undefined if it is neither. */
export async function answeredBase(bot: Bot, ask: Ask): Promise<Base | undefined> {
  if (!ask.replyTo) return undefined
  const clip = await clipAt(bot.core, ask.replyTo)
  if (clip) return { recipe: clip.recipe, clip }
  const job = await jobAt(bot.core, ask.replyTo)
  return job && baseOf(bot, job)
}

/** What "again" and "extend" mean: the clip answered to, the job of that number, else the member's latest. */
export async function meantBase(bot: Bot, ask: Ask, number?: number): Promise<Base> {
  const answered = number === undefined ? await answeredBase(bot, ask) : undefined
  if (answered) return answered
  if (number === undefined) {
    const [clip] = await clipsOf(bot.core, ask.member, 1)
    if (clip) return { recipe: clip.recipe, clip }
  }
  const jobs = await jobsOf(bot.core, ask.member, 100)
  const job = number === undefined ? jobs[0] : jobs.find(known => known.number === number)
  if (!job) throw new UserError(number === undefined ? 'refusal.nothing-yet' : 'refusal.job-gone')
  return baseOf(bot, job)
}

/** A clip by id, as buttons name it. Throws `refusal.clip-gone`. */
export async function clipBase(bot: Bot, id: string): Promise<Base & { clip: Clip }> {
  const clip = await getClip(bot.core, id)
  if (!clip) throw new UserError('refusal.clip-gone')
  return { recipe: clip.recipe, clip }
}

/** A job by id, as buttons name it. Throws `refusal.job-gone`. */
export async function jobBase(bot: Bot, id: string): Promise<Base> {
  const job = await getJob(bot.core, id)
  if (!job) throw new UserError('refusal.job-gone')
  return baseOf(bot, job)
}

async function baseOf(bot: Bot, job: Job): Promise<Base> {
  const clip = job.clip ? await getClip(bot.core, job.clip) : undefined
  return { recipe: job.request.recipe, job: job.id, ...(clip && { clip }) }
}
