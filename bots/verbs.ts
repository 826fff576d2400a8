import { UserError } from '../core/errors.ts'
import { changeOf, choicesOf, dropChange, expectChange } from '../core/expect.ts'
import { t } from '../core/i18n.ts'
import * as account from './account.ts'
import type { Answer, Ask, Bot } from './bot.ts'
import { brush, drawn } from './brush/verb.ts'
import { buttonId, type Press, readButton } from './buttons.ts'
import { clipPressed } from './clip-buttons.ts'
import { type CommandName, commands } from './commands.ts'
import { consentAnswered, consentSaid } from './consent/ask.ts'
import { AskFirst, asMeant } from './consent/gate.ts'
import type { Meant } from './consent/parked.ts'
import { consent } from './consent/verb.ts'
import { type Courtesy, courtesyOf } from './courtesy.ts'
import { excerpt } from './describe.ts'
import { duet, duetPressed, duetSaid } from './duet/verbs.ts'
import { raise, recipe, upgrade } from './edit/recipe.ts'
import * as variants from './edit/variants.ts'
import * as edits from './edit/verbs.ts'
import { reel } from './film/reel.ts'
import { tree } from './film/tree.ts'
import * as films from './film/verbs.ts'
import { idea, ideaPressed, ideaSaid } from './idea/verbs.ts'
import { linkAsked, unlinkAsked } from './linking.ts'
import * as making from './making.ts'
import * as operator from './operator.ts'
import { helpPage } from './pages.ts'
import * as privacy from './privacy.ts'
import { readCommand } from './read-command.ts'
import * as report from './report.ts'
import * as shop from './shop.ts'

/** What words and buttons call for. */

type Answered = Promise<Answer | undefined>

const numberIn = (text: string): number | undefined => {
  const found = /^#?(\d{1,9})$/.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

const verbs: Record<CommandName, (bot: Bot, ask: Ask) => Answered> = {
  video: async (bot, ask) => {
    const base = await making.answeredBase(bot, ask)
    if (base?.clip?.kind === 'image' && ask.images.length === 0) return making.animate(bot, ask, base)
    return making.make(bot, ask, 'video')
  },
  image: (bot, ask) => making.make(bot, ask, 'image'),
  again: async (bot, ask) => {
    const base = await making.meantBase(bot, ask, numberIn(ask.text))
    const button = making.againButton(base)
    const made = () => making.again(bot, ask, base)
    return button === undefined ? made() : asMeant({ button, text: '' }, made)
  },
  extend: async (bot, ask) => making.extend(bot, ask, await making.meantBase(bot, ask)),
  drafts: variants.drafts,
  idea,
  duet,
  upgrade,
  recipe,
  compare: variants.compare,
  join: edits.join,
  trim: edits.trim,
  speed: edits.speed,
  reverse: edits.reverse,
  loop: edits.loop,
  gif: edits.gif,
  cover: edits.cover,
  music: edits.music,
  caption: edits.caption,
  cancel: account.cancelMeant,
  queue: account.whereTheyStand,
  credits: account.creditsNow,
  history: account.history,
  redeem: account.redeemCode,
  buy: shop.buy,
  link: linkAsked,
  unlink: unlinkAsked,
  models: account.models,
  settings: account.settings,
  consent,
  brush,
  fork: making.fork,
  tree: tree,
  film: films.film,
  shot: films.shot,
  vote: films.vote,
  choose: films.choose,
  chip: films.chip,
  reel: (bot, ask) => reel(bot, ask),
  help: async (_bot, ask) => ({ message: helpPage(ask.locale, ask.operator) }),
  export: privacy.exportData,
  forget: privacy.forgetAsked,
  paysupport: shop.paySupport,
  terms: shop.terms,
  grant: operator.grantCredits,
  codes: operator.makeCodes,
  ban: operator.shutOut,
  unban: operator.letIn,
  refund: shop.refund,
  takedown: report.takedown,
  adult: operator.adultPlace,
  announce: operator.announce,
  stats: operator.stats,
}

async function command(bot: Bot, ask: Ask, name: CommandName): Answered {
  if (commands[name].who === 'operator' && !ask.operator) throw new UserError('refusal.operator-only')
  return asMeant({ command: name, text: ask.text }, () => verbs[name](bot, ask))
}

/** New words for what the message answers. */
async function changeAnswered(bot: Bot, ask: Ask): Answered {
  const base = await making.answeredBase(bot, ask)
  if (!base) throw new UserError('refusal.clip-gone')
  return making.change(bot, ask, base)
}

/** A button by its id, pressed or named by its number; the ask's text is what was written into its form. */
const press = (bot: Bot, ask: Ask, button: string): Answered =>
  asMeant({ button, text: ask.text }, () => pressed(bot, ask, readButton(button)))

/** What had to wait for somebody's word (bots/consent). */
function goOn(bot: Bot, ask: Ask, meant: Meant): Answered {
  if ('button' in meant) return press(bot, ask, meant.button)
  if ('command' in meant) return command(bot, ask, meant.command)
  return asMeant(meant, () => changeAnswered(bot, ask))
}

/** What a pressed button does; the ask's text is what was written into its form. Whether it still makes sense is found out now. */
async function pressed(bot: Bot, ask: Ask, press: Press | undefined): Answered {
  if (!press) throw new UserError('refusal.button-old')
  switch (press.verb) {
    case 'say':
      return command(bot, ask, press.command)
    case 'set':
      return account.changeSetting(bot, ask, press.setting, press.value)
    case 'forget':
      return privacy.forgetPressed(bot, ask, press)
    case 'cancel':
      return account.cancelPressed(bot, ask, press.job)
    case 'retry':
      return making.again(bot, ask, await making.jobBase(bot, press.job))
    case 'consent':
      return consentAnswered(bot, ask, press, goOn)
    case 'drawn':
      return drawn(bot, ask, press.drawing)
    case 'film':
      return films.filmPressed(bot, ask, press)
    case 'duet':
      return duetPressed(bot, ask, press.duet)
    case 'raise':
      return raise(bot, ask, (await making.clipBase(bot, press.clip)).clip, press.tier)
    case 'idea':
      return ideaPressed(bot, ask, press)
    case 'buy':
      return shop.offer(bot, ask, press.pack)
    case 'takedown':
    case 'takeban':
      return report.takedownPressed(bot, ask, press.clip, press.verb === 'takeban')
    case 'change': {
      const base = await making.clipBase(bot, press.clip)
      if (ask.text !== '') return making.change(bot, ask, base)
      const { recipe } = base
      await expectChange(bot.core, ask.place, ask.member, press.clip)
      const text = t(ask.locale, 'change.ask', { prompt: excerpt(recipe.prompt, 200) })
      return { message: { text } }
    }
    default:
      return clipPressed(bot, ask, press)
  }
}

/** Nobody wants to pay for a clip of "thanks"; and in a group it needs no answer at all. */
function courteously(ask: Ask, courtesy: Courtesy): Answer | undefined {
  if (courtesy === 'greeting') return { message: helpPage(ask.locale, ask.operator) }
  return ask.place.private ? { message: { text: t(ask.locale, 'courtesy.welcome') } } : undefined
}

/** The answer to "what shall change?". Refused words leave the question open; a clip that is gone ends it. */
async function changeAsked(bot: Bot, ask: Ask, clip: string): Answered {
  const answered = (): Promise<void> => dropChange(bot.core, ask.place, ask.member)
  const base = await making.clipBase(bot, clip).catch(async error => {
    await answered()
    throw error
  })
  try {
    const button = buttonId({ verb: 'change', clip })
    const answer = await asMeant({ button, text: ask.text }, () => making.change(bot, ask, base))
    await answered()
    return answer
  } catch (error) {
    // They were taken, and wait.
    if (error instanceof AskFirst) await answered()
    throw error
  }
}

/** What was said, or which button was pressed; undefined = not meant for us. Throws AskFirst where somebody's word is needed (bots/consent). */
export const calledFor = (bot: Bot, ask: Ask, addressed: boolean, button?: string): Answered =>
  button === undefined ? said(bot, ask, addressed) : press(bot, ask, button)

/** What words mean: a command, new words for a clip, a number, a request; undefined = not meant for us. */
async function said(bot: Bot, ask: Ask, addressed: boolean): Answered {
  const word = addressed ? await consentSaid(bot, ask) : undefined
  if (word) return consentAnswered(bot, ask, word, goOn)
  const shared = await asMeant({ command: 'duet', text: '' }, () => duetSaid(bot, ask, addressed))
  if (shared) return shared.answer
  const call = readCommand(ask.text, addressed)
  if (call && 'unknown' in call) {
    const params = { command: excerpt(call.unknown, 40), ...(call.near !== undefined && { near: call.near }) }
    throw new UserError(call.near === undefined ? 'refusal.command-unknown' : 'refusal.command-unknown-near', params)
  }
  if (call) return command(bot, { ...ask, text: call.rest }, call.command)
  if (!addressed) return undefined
  if (/^\d{1,2}$/.test(ask.text)) {
    const choices = await choicesOf(bot.core, ask.place, ask.member)
    const chosen = choices[Number(ask.text) - 1]
    if (chosen !== undefined) return press(bot, { ...ask, text: '' }, chosen)
    if (choices.length > 0) throw new UserError('refusal.choice')
  }
  const courtesy = ask.images.length === 0 ? courtesyOf(ask.text) : undefined
  if (courtesy) return courteously(ask, courtesy)
  if (await making.answeredBase(bot, ask))
    return asMeant({ answered: true, text: ask.text }, () => changeAnswered(bot, ask))
  const aboutIdea = await ideaSaid(bot, ask)
  if (aboutIdea) return aboutIdea
  const asked = await changeOf(bot.core, ask.place, ask.member)
  if (asked !== undefined) return changeAsked(bot, ask, asked)
  return command(bot, ask, 'video')
}
