import { type Catalogue, priceOf } from '../../core/catalogue.ts'
import { chainOf } from '../../core/chain.ts'
import type { Clip } from '../../core/clip.ts'
import { getClip } from '../../core/clips.ts'
import { clipsIn } from '../../core/edit.ts'
import { UserError } from '../../core/errors.ts'
import { codeOf, numberOf } from '../../core/family.ts'
import { t } from '../../core/i18n.ts'
import { profileOf } from '../../core/members.ts'
import { cameraText } from '../../core/parse/camera.ts'
import { tierWords } from '../../core/parse/vocabulary.ts'
import { recipeLine, shortLine } from '../../core/recipe-line.ts'
import { type Recipe, type Tier, tiers } from '../../core/request.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { buttonId } from '../buttons.ts'
import { asMeant } from '../consent/gate.ts'
import { credits, inShort } from '../describe.ts'
import * as making from '../making.ts'
import { order } from '../order.ts'
import { clipNamed } from './named.ts'

/** What a clip was made by, shown; and the same made again at a better tier. */

type Made = Promise<Answer | undefined>

/** The clip that is named first in the words, else the one that is meant; and what else is said. Throws `refusal.clip-gone` and the like. */
async function meantClip(bot: Bot, ask: Ask): Promise<{ clip: Clip; rest: string }> {
  const [, name = '', after = ''] = /^(#?\d{1,9}|K[2-9A-HJ-NP-Z]{3,9})(?:\s+(.*))?$/isu.exec(ask.text) ?? []
  if (name !== '') return { clip: await clipNamed(bot, ask, name), rest: after.trim() }
  const { clip } = await making.meantBase(bot, ask)
  if (!clip) throw new UserError('refusal.edit-later')
  return { clip, rest: ask.text.trim() }
}

const codeOfClip = (clip: Clip): string => codeOf(numberOf(clip))

/** The clips a joined one was made of; those that are gone are left out. */
const partsOf = async (bot: Bot, { recipe }: Clip): Promise<Clip[]> =>
  (await Promise.all((recipe.edit ? clipsIn(recipe.edit) : []).map(id => getClip(bot.core, id)))).filter(
    part => part !== undefined,
  )

/** What one would ask for to get this clip: its recipe, or that of the long clip its pieces were planned as. Undefined for other edits. */
function askedFor({ recipe }: Clip, parts: readonly Clip[]): Recipe | undefined {
  if (recipe.kind !== 'edit') return recipe
  const { edit } = recipe
  const bare = edit?.op === 'join' && !edit.title && !edit.credits && !edit.music
  const unbroken = bare && edit.pieces.every(({ joint }) => joint === 'continuous')
  return unbroken && parts.length === edit.pieces.length ? chainOf(parts.map(part => part.recipe)) : undefined
}

/** "recipe", "recipe K7Q2": everything a clip was made by, and one line that asks for it again. */
export async function recipe(bot: Bot, ask: Ask): Made {
  const { clip, rest } = await meantClip(bot, ask)
  if (rest !== '') throw new UserError('refusal.edit-usage', { example: 'recipe K7Q2' })
  const parts = await partsOf(bot, clip)
  const asked = askedFor(clip, parts)
  const { locale } = ask
  const code = codeOfClip(clip)
  const { name } = await profileOf(bot.core, clip.member)
  const parent = clip.parent === undefined ? undefined : await getClip(bot.core, clip.parent)
  const head = [
    t(locale, 'recipe.head', { number: numberOf(clip), code, what: inShort(locale, asked ?? clip.recipe) }),
    ...(name === undefined || clip.member === ask.member ? [] : [t(locale, 'recipe.maker', { name })]),
    ...(parent ? [t(locale, 'recipe.parent', { code: codeOfClip(parent) })] : []),
  ]
  if (!asked) {
    const codes = parts.map(codeOfClip).join(locale.startsWith('zh') ? '、' : ', ')
    return { message: { text: [...head, t(locale, 'recipe.joined', { codes })].join('\n') } }
  }
  // A long clip of several pieces has no clip of its own that says what its first picture was.
  const from = asked === clip.recipe ? code : codeOfClip(parts[0] ?? clip)
  const again = t(locale, 'recipe.again')
  const whole = [...head, ...settings(locale, bot.catalogue, asked), again, recipeLine(asked, from)].join('\n')
  // A line that is cut would ask for something else.
  const text = whole.length <= ask.platform.can.textChars ? whole : [...head, again, shortLine(asked, from)].join('\n')
  return { message: { text } }
}

/** A line for each thing that was said, or is worth knowing. */
function settings(locale: string, { models }: Catalogue, recipe: Recipe): string[] {
  const { prompt, negative, model, seed, guidance, fps, camera, strokes } = recipe
  const { name } = models[model] ?? {}
  const axes = camera && 'axes' in camera ? cameraText(camera) : ''
  const details = [
    t(locale, 'recipe.model', { model: name?.[locale] ?? name?.en ?? model }),
    t(locale, 'recipe.seed', { seed }),
    ...(guidance === undefined ? [] : [t(locale, 'recipe.guidance', { guidance })]),
    ...(fps === undefined ? [] : [t(locale, 'recipe.fps', { fps })]),
    ...(axes === '' ? [] : [t(locale, 'recipe.axes', { axes })]),
    ...(strokes?.length ? [t(locale, 'recipe.strokes', { count: strokes.length })] : []),
  ]
  return [
    ...(prompt === '' ? [] : [t(locale, 'recipe.words', { prompt })]),
    ...(negative === '' ? [] : [t(locale, 'recipe.negative', { negative })]),
    details.join(locale.startsWith('zh') ? ' · ' : ', '),
  ]
}

const rank = (tier: Tier): number => tiers.indexOf(tier)

/** Tiers above that of a recipe that its model makes. */
export const betterTiers = ({ models }: Catalogue, recipe: Pick<Recipe, 'model' | 'tier'>): Tier[] =>
  (models[recipe.model]?.tiers ?? []).filter(tier => rank(tier) > rank(recipe.tier))

/** "upgrade", "upgrade K7Q2": what better tiers cost, to choose from. "upgrade K7Q2 master": that one, now. */
export async function upgrade(bot: Bot, ask: Ask): Made {
  const { clip, rest } = await meantClip(bot, ask)
  const tier = tierWords.get(rest.replace(/^(?:to|到|成|为)\s*/iu, '').toLowerCase())
  if (rest !== '' && !tier) throw new UserError('refusal.edit-usage', { example: 'upgrade K7Q2 high' })
  if (!tier) return offer(bot, ask, clip)
  const button = buttonId({ verb: 'raise', clip: clip.id, tier })
  return asMeant({ button, text: ask.text }, () => raise(bot, ask, clip, tier))
}

/** What is made again: the very recipe of a clip. Throws `refusal.upgrade-joined` for what was joined of several. */
async function original(bot: Bot, clip: Clip): Promise<Recipe> {
  const parts = await partsOf(bot, clip)
  const asked = askedFor(clip, parts)
  if (!asked) throw new UserError('refusal.upgrade-joined', { codes: parts.map(codeOfClip).join(', ') })
  return asked
}

/** What one tier costs more than another. */
const moreFor = (bot: Bot, recipe: Recipe, tier: Tier): number =>
  priceOf(bot.catalogue, { ...recipe, tier }) - priceOf(bot.catalogue, recipe)

/** Says what each better tier costs, before anything is made. */
export async function offer(bot: Bot, ask: Ask, clip: Clip): Promise<Answer> {
  const asked = await original(bot, clip)
  const { locale } = ask
  const open = betterTiers(bot.catalogue, asked).filter(tier => ask.entitled.tiers?.has(tier) ?? true)
  const code = codeOfClip(clip)
  const made = t(locale, `tier.${asked.tier}`)
  if (open.length === 0) throw new UserError('refusal.upgrade-best', { code, tier: asked.tier })
  const lines = open.map(tier =>
    t(locale, 'upgrade.line', {
      tier: t(locale, `tier.${tier}`),
      price: credits(locale, priceOf(bot.catalogue, { ...asked, tier })),
      more: moreFor(bot, asked, tier),
      made,
    }),
  )
  return {
    message: {
      text: [t(locale, 'upgrade.offer', { code, made }), ...lines].join('\n'),
      buttons: open.map(tier => ({
        id: buttonId({ verb: 'raise', clip: clip.id, tier }),
        label: t(locale, 'button.raise', { tier: t(locale, `tier.${tier}`) }),
      })),
    },
  }
}

/** Makes a clip again at a better tier, with the same seed and everything else. */
export async function raise(bot: Bot, ask: Ask, clip: Clip, tier: Tier): Made {
  const asked = await original(bot, clip)
  const { locale } = ask
  if (rank(tier) <= rank(asked.tier))
    throw new UserError('refusal.upgrade-best', { code: codeOfClip(clip), tier: asked.tier })
  const answer = await order(bot, ask, { ...asked, tier }, { parent: clip.id })
  if (!answer) return undefined
  const names = { code: codeOfClip(clip), tier: t(locale, `tier.${tier}`), made: t(locale, `tier.${asked.tier}`) }
  const more = t(locale, 'upgrade.more', { ...names, more: moreFor(bot, asked, tier) })
  return { ...answer, message: { ...answer.message, text: `${answer.message.text}\n${more}` } }
}
