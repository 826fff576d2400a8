import { createHash, randomInt } from 'node:crypto'
import { isOpenForAdults } from '../core/adult.ts'
import { checkRecipe, priceOf, tasksOf } from '../core/catalogue.ts'
import { chainSteps } from '../core/chain.ts'
import { UserError } from '../core/errors.ts'
import { alive } from '../core/fleet.ts'
import { accept } from '../core/intake.ts'
import { getJob } from '../core/jobs.ts'
import { pictureLimits, takePicture } from '../core/media.ts'
import { nearest } from '../core/parse/nearest.ts'
import type { Wish } from '../core/parse/wish.ts'
import { type Given, noteGiven } from '../core/pictures.ts'
import { type Ratio, type Recipe, type RenderRequest, ratios } from '../core/request.ts'
import { type Answer, type Ask, type Bot, type Picture, walletOf } from './bot.ts'
import { isCodeLike } from './code-like.ts'
import { AskFirst, mayUse, picturesIn, type Use } from './consent/gate.ts'
import { clipLike } from './edit/named.ts'
import { orderPlan, pricedBy } from './edit/plan.ts'
import type { Attachment } from './platform.ts'
import { ownerOf, ticketMessage } from './present.ts'
import type { Entitled } from './roles.ts'

/** From what was said to an accepted job. */

const fetchMs = 60_000
export const newSeed = (): number => randomInt(2 ** 32)

/**
 * Fetches and keeps the pictures of a request: none, first, or first and last. More is one clear refusal before anything is fetched.
 * Throws AskFirst where somebody else's word is needed (bots/consent).
 */
export async function takePictures(bot: Bot, ask: Ask): Promise<Picture[]> {
  if (ask.pictures) return [...ask.pictures]
  if (ask.images.length > 2) throw new UserError('refusal.pictures-many', { count: ask.images.length })
  const taken: Picture[] = []
  for (const image of ask.images) {
    if (image.bytes > pictureLimits.bytes)
      throw new UserError('refusal.picture-big', { megabytes: Math.floor(pictureLimits.bytes / 2 ** 20) })
    const bytes = await ask.platform.download(image, pictureLimits.bytes, AbortSignal.timeout(fetchMs))
    const hash = createHash('sha256').update(bytes).digest('base64url')
    const picture = await takePicture(bot.store, bytes)
    await noteGiven(bot.core, picture.key, { ...postedBy(ask, image), hash })
    taken.push(picture)
  }
  const keys = taken.map(({ key }) => key)
  return orDropped(bot, taken, () => mayUse(bot, ask, keys, taken).then(() => taken))
}

/** Who posted a picture, and where. */
function postedBy({ member, place, profile }: Ask, { by }: Attachment): Pick<Given, 'by' | 'at'> {
  if (by === undefined) return { by: { member, name: profile.name ?? member }, at: place }
  const { message: _, ...room } = place
  if (by === 'unknown') return { by, at: room }
  return { by: { member: by.member, name: by.name }, at: by.message ?? room }
}

/** Throws pictures of a request away if nothing comes of it; those that wait for somebody's word stay. */
export async function orDropped<T>(bot: Bot, pictures: readonly Picture[], use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    if (error instanceof AskFirst) throw error.with({ kept: pictures })
    await Promise.allSettled(pictures.map(({ key }) => bot.store.remove(key)))
    throw error
  }
}

/** The shape nearest to a picture's own. */
export function ratioOf({ width, height }: { width: number; height: number }, among: readonly Ratio[] = ratios): Ratio {
  const shape = Math.log(width / height)
  const away = (ratio: Ratio): number => {
    const [across = 1, down = 1] = ratio.split(':').map(Number)
    return Math.abs(Math.log(across / down) - shape)
  }
  return among.reduce((best, ratio) => (away(ratio) < away(best) ? ratio : best), among[0] ?? '16:9')
}

/** Model id of what somebody called a model: its id, or its name in any language. */
function modelNamed(bot: Bot, said: string): string {
  const names = new Map<string, string>()
  for (const [id, { name }] of Object.entries(bot.catalogue.models)) {
    names.set(id, id)
    for (const spelling of Object.values(name)) names.set(spelling.toLowerCase(), id)
  }
  const found = names.get(said.toLowerCase())
  if (found) return found
  const near = nearest(said, names.keys())
  throw near
    ? new UserError('refusal.model-unknown-near', { model: said, near })
    : new UserError('refusal.model-unknown', { model: said })
}

export { modelNamed }

/**
 * What a clip begins and ends with. One picture is where it begins, or with `--last` where it ends; two are both, whatever was said.
 * Throws `refusal.last-picture` where there is none to end on.
 */
function framesOf(
  { last: ends }: Wish,
  pictures: readonly Picture[],
  base: Recipe | undefined,
): Pick<Recipe, 'firstFrame' | 'lastFrame' | 'continues'> {
  const { firstFrame, lastFrame, continues } = base ?? {}
  const [one, two] = pictures.map(({ key }) => key)
  if (one && (two || !ends)) return { firstFrame: one, lastFrame: two, continues: undefined }
  if (one) return { firstFrame, lastFrame: one, continues }
  if (!ends || lastFrame) return { firstFrame, lastFrame, continues }
  if (!firstFrame) throw new UserError('refusal.last-picture')
  return { firstFrame: undefined, lastFrame: firstFrame, continues: undefined }
}

/** Fills a wish up to a recipe: what was said, else what the clip it starts from had, else the member's settings, else ours. */
export async function recipeOf(
  bot: Bot,
  ask: Ask,
  kind: Recipe['kind'],
  wish: Wish,
  pictures: readonly Picture[],
  from?: Recipe,
): Promise<Recipe> {
  const base = from ?? (wish.like === undefined ? undefined : (await clipLike(bot, ask, wish.like)).recipe)
  const { defaults, models } = bot.catalogue
  const { profile } = ask
  const [first] = pictures
  const frames = framesOf(wish, pictures, base)
  const begins = frames.firstFrame ?? frames.continues
  const shape = begins === undefined || begins === first?.key ? first : undefined
  const given: Partial<Recipe> = { ...base, ...wish }
  const own = profile.model !== undefined && profile.model in models ? profile.model : defaults.model
  const recipe: Recipe = {
    kind,
    prompt: wish.prompt === '' ? (base?.prompt ?? '') : wish.prompt,
    negative: given.negative ?? '',
    model: wish.model === undefined ? (base?.model ?? own) : modelNamed(bot, wish.model),
    tier: given.tier ?? profile.tier ?? defaults.tier,
    seconds: given.seconds ?? defaults.seconds,
    ratio: wish.ratio ?? (shape ? ratioOf(shape) : (base?.ratio ?? profile.ratio ?? defaults.ratio)),
    seed: given.seed ?? newSeed(),
    guidance: given.guidance,
    fps: given.fps,
    camera: given.camera,
    ...frames,
    strokes: base?.strokes,
  }
  const said = { model: wish.model !== undefined || base !== undefined, tier: given.tier !== undefined }
  return fitToModels(bot, recipe, said, await aliveModels(bot), ask.entitled.tiers)
}

/** Where nobody asked for a particular model or tier, one that runs, can do it and is open to the member is taken. */
function fitToModels(
  { catalogue }: Bot,
  recipe: Recipe,
  said: { model: boolean; tier: boolean },
  running: ReadonlySet<string>,
  open: Entitled['tiers'],
): Recipe {
  const able = (id: string): boolean => {
    const model = catalogue.models[id]
    return model !== undefined && running.has(id) && tasksOf(recipe).every(task => model.tasks.includes(task))
  }
  const model = said.model || able(recipe.model) ? recipe.model : ([...running].find(able) ?? recipe.model)
  const tiers = (catalogue.models[model]?.tiers ?? []).filter(tier => open?.has(tier) ?? true)
  const tier = said.tier || tiers.includes(recipe.tier) ? recipe.tier : (tiers[0] ?? recipe.tier)
  return { ...recipe, model, tier }
}

const aliveModels = async (bot: Bot): Promise<ReadonlySet<string>> => new Set((await alive(bot.core)).keys())

/** Refuses text no picture can be made of: signs only, or what is plainly code. */
function checkPrompt(recipe: Recipe): void {
  const { prompt } = recipe
  if (prompt === '') return
  if (isCodeLike(prompt)) throw new UserError('refusal.code-like')
  const shown = recipe.firstFrame !== undefined || recipe.continues !== undefined
  if (!shown && !/\p{L}/u.test(prompt)) throw new UserError('refusal.no-words')
}

/** Refuses what the operator's lists forbid, naming the word. What only adults may ask for needs a place that is known to be theirs. */
async function checkWords(bot: Bot, ask: Ask, { prompt }: Recipe): Promise<void> {
  const blocked = bot.content.find('blocked', prompt)
  if (blocked !== undefined) throw new UserError('refusal.word', { word: blocked })
  const adult = bot.content.find('adult', prompt)
  if (adult === undefined || ask.adult || (await isOpenForAdults(bot.core, ask.place))) return
  throw new UserError('refusal.word-adult', { word: adult })
}

/** Refuses a quality that this member's roles do not open. */
function checkTier({ entitled: { tiers } }: Ask, { tier }: Recipe): void {
  if (tiers && !tiers.has(tier)) throw new UserError('refusal.tier-role', { tier, tiers: [...tiers].join(', ') })
}

/**
 * Whether this member may ask for this, here and now; everything that is made was checked here. `use`: who uses its pictures, where
 * that is not who asks. Throws UserError for every refusal, AskFirst where somebody else's word is needed (bots/consent).
 */
export async function checkAsked(bot: Bot, ask: Ask, recipe: Recipe, use: Use = ask): Promise<void> {
  checkPrompt(recipe)
  await checkWords(bot, ask, recipe)
  checkTier(ask, recipe)
  checkRecipe(bot.catalogue, recipe, await aliveModels(bot))
  await mayUse(bot, use, picturesIn(recipe), ask.pictures)
}

/** What differs from an ordinary request: who pays, which film it is for, which clip it is made from, who uses its pictures. */
export type Extra = Pick<Partial<RenderRequest>, 'payer' | 'film' | 'parent'> & { readonly use?: Use }

/** Has a recipe accepted: held credits, a job, a place in line; the answer is its ticket. Throws UserError for every refusal. */
export async function order(bot: Bot, ask: Ask, recipe: Recipe, extra: Extra = {}): Promise<Answer | undefined> {
  await checkAsked(bot, ask, recipe, extra.use)
  const piece = bot.catalogue.models[recipe.model]?.pieceSeconds ?? 10
  if (recipe.kind === 'video' && recipe.seconds > piece) {
    if (extra.film) throw new UserError('refusal.too-long', { model: recipe.model, seconds: piece })
    const steps = chainSteps(recipe, pricedBy(bot), piece)
    return orderPlan(bot, ask, { kind: 'chain', steps, ...(extra.parent !== undefined && { parent: extra.parent }) })
  }
  const { member, place, locale, profile, uploadBytes, entitled } = ask
  const outcome = await accept(bot.core, {
    update: ask.update,
    request: {
      recipe,
      member,
      payer: extra.payer ?? walletOf(member),
      ...(extra.film && { film: extra.film }),
      ...(extra.parent !== undefined && { parent: extra.parent }),
      place,
      ...(profile.name !== undefined && { memberName: profile.name }),
      locale,
      ...(Number.isSafeInteger(uploadBytes) && { maxBytes: uploadBytes }),
    },
    price: priceOf(bot.catalogue, recipe),
    limits: { memberOpen: entitled.openJobs, placeOpen: bot.rules.placeOpenJobs },
    daily: entitled.dailyCredits,
  })
  if ('refusal' in outcome) throw new UserError(outcome.refusal.code, outcome.refusal.params)
  const { ticket } = outcome
  const known = ticket.repeated ? await getJob(bot.core, ticket.job) : undefined
  if (known && (known.status || known.state === 'delivered' || known.state === 'told')) return undefined
  const owner = ownerOf(known?.request ?? { member, place, memberName: profile.name })
  return { message: ticketMessage(locale, ticket, known?.request.recipe ?? recipe, owner), job: ticket.job }
}
