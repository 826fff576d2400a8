import { setTimeout as sleep } from 'node:timers/promises'
import { failureOf, UserError } from '../core/errors.ts'
import { changeOf, choicesOf, dropChange, expectChange } from '../core/expect.ts'
import { pickLanguage, t } from '../core/i18n.ts'
import { meet } from '../core/members.ts'
import { clean } from '../core/parse/clean.ts'
import { markAnswered, wasAnswered } from '../core/updates.ts'
import * as account from './account.ts'
import type { Answer, Ask, Bot } from './bot.ts'
import { type Press, readButton } from './buttons.ts'
import { clipPressed } from './clip-buttons.ts'
import { type CommandName, commands } from './commands.ts'
import { type Courtesy, courtesyOf } from './courtesy.ts'
import { excerpt } from './describe.ts'
import * as making from './making.ts'
import * as operator from './operator.ts'
import { helpPage } from './pages.ts'
import type { Incoming, Platform } from './platform.ts'
import { refusalMessage } from './present.ts'
import * as privacy from './privacy.ts'
import { readCommand } from './read-command.ts'
import type { Speaker } from './speaker.ts'
import type { StatusBoard } from './status.ts'

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
  again: async (bot, ask) => making.again(bot, ask, await making.meantBase(bot, ask, numberIn(ask.text))),
  extend: async (bot, ask) => making.extend(bot, ask, await making.meantBase(bot, ask)),
  cancel: account.cancelMeant,
  queue: account.whereTheyStand,
  credits: account.creditsNow,
  history: account.history,
  redeem: account.redeemCode,
  models: account.models,
  settings: account.settings,
  help: async (_bot, ask) => ({ message: helpPage(ask.locale, ask.operator) }),
  export: privacy.exportData,
  forget: privacy.forgetAsked,
  grant: operator.grantCredits,
  codes: operator.makeCodes,
  ban: operator.shutOut,
  unban: operator.letIn,
  announce: operator.announce,
  stats: operator.stats,
}

async function command(bot: Bot, ask: Ask, name: CommandName): Answered {
  if (commands[name].who === 'operator' && !ask.operator) throw new UserError('refusal.operator-only')
  return verbs[name](bot, ask)
}

/** What a pressed button does. Whether it still makes sense is found out now, not when it was drawn. */
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
    case 'change': {
      const { recipe } = await making.clipBase(bot, press.clip)
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
  const answer = await making.change(bot, ask, base)
  await answered()
  return answer
}

/** What words mean: a command, new words for a clip, a number, a request; undefined = not meant for us. */
async function said(bot: Bot, ask: Ask, addressed: boolean): Answered {
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
    if (chosen !== undefined) return pressed(bot, { ...ask, text: '' }, readButton(chosen))
    if (choices.length > 0) throw new UserError('refusal.choice')
  }
  const courtesy = ask.images.length === 0 ? courtesyOf(ask.text) : undefined
  if (courtesy) return courteously(ask, courtesy)
  const base = await making.answeredBase(bot, ask)
  if (base) return making.change(bot, ask, base)
  const asked = await changeOf(bot.core, ask.place, ask.member)
  if (asked !== undefined) return changeAsked(bot, ask, asked)
  return making.make(bot, ask, 'video')
}

export interface Conversation {
  /** Takes an update of a platform; resolves when it is durably dealt with. Never throws; the same update again changes nothing. */
  handle(platform: Platform, event: Incoming): Promise<void>
  /** Resolves when nothing is being handled any more. */
  idle(): Promise<void>
}

export interface ConversationParts {
  readonly bot: Bot
  readonly board: StatusBoard
  speaker(platform: string): Speaker
  /** A job was accepted: it may be anybody's turn now. */
  accepted(): void
}

/** How long an update waits for its answer to be said; intake must not stand still because a platform is slow. */
const sayingMs = 2_000

export function openConversation({ bot, board, speaker, accepted }: ConversationParts): Conversation {
  const busy = new Map<string, Promise<void>>()

  async function askOf(platform: Platform, event: Incoming): Promise<Ask> {
    const { update, place, member, memberName: name, locale } = event
    const profile = await meet(bot.core, { member, name: clean(name), locale, place })
    return {
      update,
      platform,
      place,
      member,
      profile,
      locale: pickLanguage(profile.language, locale, bot.rules.language),
      operator: bot.rules.operators.includes(member),
      text: event.kind === 'message' ? clean(event.text) : '',
      images: event.kind === 'message' ? event.images : [],
      ...(event.kind === 'message' && event.replyTo && { replyTo: event.replyTo }),
    }
  }

  async function answer(ask: Ask, event: Extract<Incoming, { kind: 'message' | 'button' }>): Answered {
    try {
      if (ask.profile.banned !== undefined && !ask.operator) throw new UserError('refusal.banned')
      const found =
        event.kind === 'button' ? await pressed(bot, ask, readButton(event.id)) : await said(bot, ask, event.addressed)
      return found && { locale: ask.locale, ...found }
    } catch (error) {
      if (!(error instanceof UserError)) bot.log.error({ err: error, update: event.update }, 'could not answer')
      return { message: refusalMessage(ask.locale, failureOf(error), ask.member), locale: ask.locale }
    }
  }

  /** Without Redis nothing can be accepted or looked up; people are told so at once instead of waiting. */
  function overloaded(event: Incoming, error: unknown): Answer {
    bot.log.error({ err: error, update: event.update }, 'could not look up an update')
    const locale = pickLanguage(event.locale, bot.rules.language)
    return { message: refusalMessage(locale, { code: 'refusal.busy', params: {} }, event.member), locale }
  }

  async function handle(platform: Platform, event: Incoming): Promise<void> {
    if (event.kind === 'reaction' || event.kind === 'paid') return
    if (event.kind === 'message' && !event.addressed && !mayConcern(event.text)) return
    let found: Answer | undefined
    try {
      if (await wasAnswered(bot.core, event.update)) return
      found = await answer(await askOf(platform, event), event)
    } catch (error) {
      found = overloaded(event, error)
    }
    if (!found) return
    const { message, job } = found
    const locale = found.locale ?? bot.rules.language
    const saying = speaker(event.place.platform).say({
      to: found.to ?? event.place,
      message: { once: `answer:${event.update}`, ...message },
      locale,
      member: event.member,
    })
    if (job !== undefined) {
      board.post(job, saying)
      accepted()
    }
    const done = saying
      .then(() => markAnswered(bot.core, event.update))
      .catch(error => bot.log.warn({ err: error, update: event.update }, 'answer not noted'))
    await Promise.race([done, sleep(sayingMs, undefined, { ref: false })])
  }

  return {
    handle(platform, event) {
      const running = busy.get(event.update)
      if (running !== undefined) return running
      const started = handle(platform, event)
        .catch(error => bot.log.error({ err: error, update: event.update }, 'update not handled'))
        .finally(() => busy.delete(event.update))
      busy.set(event.update, started)
      return started
    },
    async idle() {
      while (busy.size > 0) await Promise.allSettled(busy.values())
    },
  }
}

/** Cheap look at what was not addressed to us: most of a group's talk must cost nothing. */
const mayConcern = (text: string): boolean => readCommand(clean(text.slice(0, 10_001)), false) !== undefined
