import { readFileSync } from 'node:fs'
import { z } from 'zod'
import defaults from './catalogue.json' with { type: 'json' }
import { editLine, editOps, outputOf } from './edit.ts'
import { UserError } from './errors.ts'
import { type Ratio, type Recipe, ratios, tiers } from './request.ts'

/** What a model can be asked for. */
export const tasks = [
  'text-to-video',
  'image-to-video',
  'first-last-frame',
  'last-frame',
  'extend',
  'text-to-image',
  'camera',
  'brush',
] as const
export type Task = (typeof tasks)[number]

const credits = z.number().int().nonnegative()

/**
 * Credits for money: `stars` is the price in Telegram Stars (XTR, 1 to 10,000 by Bot API's limit), `sku` the id of a consumable in the
 * operator's Discord shop, which knows its price. A platform sells the packs it has a price for.
 */
const Pack = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,24}$/),
  credits: z.number().int().positive().max(1_000_000),
  stars: z.number().int().positive().max(10_000).optional(),
  sku: z
    .string()
    .regex(/^\d{1,32}$/)
    .optional(),
})
export type Pack = z.infer<typeof Pack>

/**
 * Models, tiers, limits and prices: the one file an operator edits (CATALOGUE=path). Prices are whole credits; the defaults
 * are Kling's published ones (5 s: 20 / 35 / 100 credits, ten credits = 1 CNY).
 */
export const Catalogue = z
  .object({
    currency: z.object({ creditsPerYuan: z.number().int().positive() }),
    defaults: z.object({
      model: z.string(),
      tier: z.enum(tiers),
      seconds: z.number().int().positive(),
      ratio: z.enum(ratios),
    }),
    tiers: z.record(
      z.enum(tiers),
      z.object({
        /** Pixels of the shorter side of the clip. */
        shortSide: z.number().int().positive(),
        videoPer5Seconds: credits,
        image: credits,
      }),
    ),
    models: z.record(
      z.string(),
      z.object({
        name: z.object({ en: z.string() }).catchall(z.string()),
        tasks: z.array(z.enum(tasks)).min(1),
        tiers: z.array(z.enum(tiers)).min(1),
        ratios: z.array(z.enum(ratios)).min(1),
        /** Longest clip one may ask for. Beyond `pieceSeconds` it is made of pieces that continue each other (core/chain.ts). */
        maxSeconds: z.number().int().positive().max(180),
        /** Longest piece made in one go. */
        pieceSeconds: z.union([z.literal(5), z.literal(10)]).default(10),
        /** Its pictures are moments of the clip with the same words and seed, so that they can stand for drafts of it. */
        picturesAreMoments: z.boolean().default(false),
        /** 100 = the tier's price, 150 = half as much again. */
        pricePercent: z.number().int().nonnegative().default(100),
      }),
    ),
    /** Credits for an edit of finished clips, by what it does (core/edit.ts); what is not named is free. */
    edits: z.partialRecord(z.enum(editOps), credits).default({}),
    /** What `/buy` offers; none = nothing is sold. */
    packs: z
      .array(Pack)
      .default([])
      .refine(packs => new Set(packs.map(({ id }) => id)).size === packs.length, { message: 'two packs have one id' }),
  })
  .refine(c => c.defaults.model in c.models, { message: 'defaults.model is not among the models' })
  .refine(c => !(editLine in c.models), { message: `no model may be called ${editLine}` })
export type Catalogue = z.infer<typeof Catalogue>

/** Reads the operator's catalogue, or the built-in one. Throws ConfigError-like text naming the field. */
export function loadCatalogue(path?: string): Catalogue {
  const raw: unknown = path ? JSON.parse(readFileSync(path, 'utf8')) : defaults
  const parsed = Catalogue.safeParse(raw)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The catalogue ${path ?? 'core/catalogue.json'} is wrong:\n${lines.join('\n')}`)
}

/** The line a recipe waits in: its model's, or that of the edits. */
export const lineOf = (recipe: Pick<Recipe, 'kind' | 'model'>): string =>
  recipe.kind === 'edit' ? editLine : recipe.model

/** What a recipe costs in time: seconds of a clip at a tier, or one picture; the key under which speeds are measured (core/fair.ts). */
export function workOf(recipe: Pick<Recipe, 'kind' | 'tier' | 'seconds' | 'edit'>): string {
  const picture = recipe.edit ? outputOf(recipe.edit) === 'image' : recipe.kind === 'image'
  return picture ? `${recipe.tier}:image` : `${recipe.tier}:${recipe.seconds}`
}

/** Credits of a recipe: per started 5 s for video, flat for a picture or an edit. Always a whole number. */
export function priceOf(
  catalogue: Catalogue,
  recipe: Pick<Recipe, 'kind' | 'tier' | 'seconds' | 'model' | 'edit'>,
): number {
  if (recipe.edit) return catalogue.edits[recipe.edit.op] ?? 0
  const tier = catalogue.tiers[recipe.tier]
  const percent = catalogue.models[recipe.model]?.pricePercent ?? 100
  const full = recipe.kind === 'image' ? tier.image : tier.videoPer5Seconds * Math.ceil(recipe.seconds / 5)
  return Math.ceil((full * percent) / 100)
}

/** Pixel size of a tier and ratio; both sides even (H.264 4:2:0), the shorter one the tier's. 21:9 keeps 16:9's width. */
export function sizeOf(catalogue: Catalogue, tier: Recipe['tier'], ratio: Ratio): { width: number; height: number } {
  const short = catalogue.tiers[tier].shortSide
  const even = (n: number): number => 2 * Math.round(n / 2)
  if (ratio === '21:9') return { width: even((short * 16) / 9), height: even(((short * 16) / 9 / 21) * 9) }
  const [across = 1, down = 1] = ratio.split(':').map(Number)
  return across >= down
    ? { width: even((short * across) / down), height: even(short) }
    : { width: even(short), height: even((short * down) / across) }
}

/** What a recipe asks of a model; an edit asks nothing. */
export function tasksOf(recipe: Recipe): Task[] {
  if (recipe.kind === 'edit') return []
  const wanted: Task[] = []
  if (recipe.kind === 'image') wanted.push('text-to-image')
  else if (recipe.continues) wanted.push('extend', ...(recipe.lastFrame ? ['first-last-frame' as const] : []))
  else if (recipe.firstFrame && recipe.lastFrame) wanted.push('first-last-frame')
  else if (recipe.lastFrame) wanted.push('last-frame')
  else if (recipe.firstFrame) wanted.push('image-to-video')
  else wanted.push('text-to-video')
  if (recipe.camera) wanted.push('camera')
  if (recipe.strokes?.length) wanted.push('brush')
  return wanted
}

/** Throws the UserError that says why this recipe cannot be made; `alive` = ids of models some worker serves now. */
export function checkRecipe(catalogue: Catalogue, recipe: Recipe, alive: ReadonlySet<string>): void {
  if (recipe.kind === 'edit') {
    if (!alive.has(editLine)) throw new UserError('refusal.edit-away')
    return
  }
  const model = catalogue.models[recipe.model]
  if (!model) throw new UserError('refusal.model-unknown', { model: recipe.model })
  if (!alive.has(recipe.model)) throw new UserError('refusal.model-away', { model: recipe.model })
  if (!model.tiers.includes(recipe.tier))
    throw new UserError('refusal.tier', { model: recipe.model, tiers: model.tiers.join(', ') })
  if (!model.ratios.includes(recipe.ratio))
    throw new UserError('refusal.ratio', { model: recipe.model, ratios: model.ratios.join(', ') })
  const longest = model.tasks.includes('extend') ? model.maxSeconds : Math.min(model.maxSeconds, model.pieceSeconds)
  if (recipe.seconds > longest) throw new UserError('refusal.too-long', { model: recipe.model, seconds: longest })
  const missing = tasksOf(recipe).find(task => !model.tasks.includes(task))
  if (missing) throw new UserError('refusal.task', { model: recipe.model, task: missing })
  if (recipe.prompt.trim() === '' && !recipe.firstFrame && !recipe.continues)
    throw new UserError(recipe.lastFrame ? 'refusal.empty-last' : 'refusal.empty')
}
