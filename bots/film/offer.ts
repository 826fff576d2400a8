import { priceOf } from '../../core/catalogue.ts'
import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import { UserError } from '../../core/errors.ts'
import { chosenTake, type Film, lastClip, type Shot, type Take } from '../../core/film/film.ts'
import { purseOf } from '../../core/film/pot.ts'
import type { FilmEvent } from '../../core/film/step.ts'
import { tellFilm } from '../../core/film/store.ts'
import { mayFinish, mayOffer } from '../../core/film/takes.ts'
import { acceptedFor } from '../../core/intake.ts'
import { cancel, getJob } from '../../core/jobs.ts'
import { parse } from '../../core/parse/parse.ts'
import { type Recipe, tiers } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { walletOf } from '../bot.ts'
import { AskFirst } from '../consent/gate.ts'
import { clipLike, saidBare } from '../edit/named.ts'
import { checkAsked, newSeed, order, recipeOf, takePictures } from '../order.ts'
import { knownAs } from './ballot.ts'
import { mustWait, wait } from './wait.ts'

/** Takes of a film: ordered like any clip, with the film's style, tier and purse, going on from the take chosen last. */

/** The account that a take is paid from. */
export const payerOf = (film: Film, member: Ask['member']): string =>
  film.rules.pays === 'pot' ? purseOf(film.id) : walletOf(film.rules.pays === 'host' ? film.host : member)

/** What of an earlier clip's recipe a take that goes on from it keeps. */
function going(clip: Clip): Recipe {
  const { firstFrame: _first, lastFrame: _last, strokes: _strokes, camera: _camera, edit: _edit, ...rest } = clip.recipe
  return { ...rest, continues: clip.id }
}

/**
 * Offers a take for the open shot; where the pot has too little, it waits (wait.ts). Throws what the film's rules, the purse or the
 * request refuse; then nothing was held.
 */
export async function offer(bot: Bot, ask: Ask, film: Film): Promise<Answer | undefined> {
  const { rules } = film
  const { prompt: said, like: code, ...options } = parse(ask.text)
  const like = await clipLike(bot, ask, code)
  const prompt = said === '' ? (like?.recipe.prompt ?? '') : said
  const pictures = await takePictures(bot, ask)
  let job: string | undefined
  let answer: Answer | undefined
  try {
    // What begins with pictures goes on from nothing else; one that only ends it leaves its beginning open.
    const begins = pictures.length > (options.last ? 1 : 0) || like?.recipe.firstFrame !== undefined
    const last = rules.relay && !begins ? lastClip(film) : undefined
    const clip = last === undefined ? undefined : await getClip(bot.core, last)
    const before = clip?.state ? going(clip) : undefined
    const base = like ? { ...like.recipe, ...(before && { continues: before.continues }) } : before
    const styled = [prompt, rules.style].filter(Boolean).join(', ')
    const wish = {
      ...(rules.ratio && pictures.length === 0 && { ratio: rules.ratio }),
      ...(rules.model !== undefined && { model: rules.model }),
      seconds: 5,
      tier: rules.draftTier,
      ...options,
      seed: options.seed ?? newSeed(),
      prompt: styled,
    }
    const recipe = await recipeOf(bot, ask, 'video', wish, pictures, base)
    const parent = like?.clip ?? (before && clip)
    const price = priceOf(bot.catalogue, recipe)
    const name = ask.profile.name ?? ask.member
    const by = await knownAs(bot.core, film, ask.member)
    // Accepted before, by a process that died of it: the film may not know yet.
    const accepted = await acceptedFor(bot.core, ask.update)
    job = accepted
    if (accepted === undefined) {
      mayOffer(film, by, name, price, ask.update)
      await checkAsked(bot, ask, recipe)
      if (await mustWait(bot, film, price)) return await wait(bot, ask, film, { what: 'take', prompt, price, pictures })
    }
    answer = await order(bot, ask, recipe, {
      payer: payerOf(film, ask.member),
      film: { id: film.id, prompt },
      ...(parent && { parent: parent.id }),
    })
    crashpoint('film-ordered')
    job = answer?.job ?? accepted
    if (job) await begun(bot, film, { kind: 'offer', by, name, job, prompt, price, update: ask.update })
    return saidBare(ask, answer, like)
  } catch (error) {
    // The film does not take it any more: it is not made either, if there is still time.
    if (job !== undefined && error instanceof UserError) {
      const done = await cancel(bot.core, { job, by: ask.member })
      if (done === 'too-late') return answer
    }
    // Those that waited with the request may be needed once more, and a job has its own to look after.
    if (error instanceof AskFirst) throw error.with({ kept: pictures })
    if (!ask.pictures && job === undefined) await Promise.allSettled(pictures.map(({ key }) => bot.store.remove(key)))
    throw error
  }
}

const rank = (tier: Recipe['tier']): number => tiers.indexOf(tier)

/**
 * The update under which a take's final is asked for, whoever asks and however often: it is paid for once. After one that failed
 * there is another. `job`: what was accepted for it.
 */
async function finalOf(bot: Bot, film: Film, take: Take): Promise<{ update: string; job?: string }> {
  for (let after = ''; ; ) {
    const update = `final:${film.id}:${take.job}:${film.rules.finalTier}:${after}`
    const job = await acceptedFor(bot.core, update)
    if (job === undefined) return { update }
    if (!(await hasFailed(bot, job))) return { update, job }
    after = job
  }
}

/** The chosen take once more at the film's final tier, if that is a better one: same seed, same recipe. */
export async function renderFinal(bot: Bot, ask: Ask, film: Film, shot: Shot): Promise<Answer | undefined> {
  const take = chosenTake(shot)
  const clip = take?.clip === undefined ? undefined : await getClip(bot.core, take.clip)
  if (!take || !clip || rank(film.rules.finalTier) <= rank(clip.recipe.tier)) return undefined
  const { number } = take
  if (shot.finishing && !(await hasFailed(bot, shot.finishing.job))) return undefined
  const recipe: Recipe = { ...clip.recipe, tier: film.rules.finalTier }
  const price = priceOf(bot.catalogue, recipe)
  const { update, job: accepted } = await finalOf(bot, film, take)
  const made = accepted === undefined ? undefined : (await getJob(bot.core, accepted))?.clip
  const event = { shot: shot.number, take: number }
  if (accepted !== undefined && made !== undefined) {
    // Chosen before, and made then.
    await tellFilm(bot.core, film.id, { kind: 'final', ...event, job: accepted, clip: made, price })
    return undefined
  }
  if (accepted === undefined) mayFinish(film, price)
  if (accepted === undefined && (await mustWait(bot, film, price)))
    return wait(bot, ask, film, { what: 'final', prompt: take.prompt, price })
  // Whoever offered the take uses its pictures, where they offered it.
  const place = (await getJob(bot.core, take.job))?.request.place ?? ask.place
  const answer = await order(bot, { ...ask, update }, recipe, {
    payer: payerOf(film, ask.member),
    film: { id: film.id, prompt: take.prompt, ...event },
    parent: clip.id,
    use: { member: take.member, place },
  })
  const job = answer?.job ?? accepted
  if (job) await begun(bot, film, { kind: 'finish', ...event, job, price })
  return answer
}

/** Tells the film of a job; should that have failed before the film knew of it, nobody else will say so. */
async function begun(bot: Bot, film: Film, event: Extract<FilmEvent, { kind: 'offer' | 'finish' }>): Promise<void> {
  await tellFilm(bot.core, film.id, event)
  if (await hasFailed(bot, event.job)) await tellFilm(bot.core, film.id, { kind: 'failed', job: event.job })
}

async function hasFailed(bot: Bot, job: string): Promise<boolean> {
  const state = (await getJob(bot.core, job))?.state
  return state === undefined || state === 'failed' || state === 'told'
}

/** The shot that "choose" has just decided. */
export const decided = (before: Film, after: Film): Shot | undefined =>
  after.shots.find(shot => shot.number === before.shots.at(-1)?.number && shot.chosen !== undefined)
