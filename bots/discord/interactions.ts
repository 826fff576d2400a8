import type {
  APIApplicationCommandAutocompleteInteraction,
  APIChatInputApplicationCommandInteraction,
  APIInteraction,
  APIMessage,
  APIMessageApplicationCommandInteraction,
  APIMessageComponentInteraction,
  APIModalSubmitInteraction,
} from 'discord.js'
import type { Catalogue } from '../../core/catalogue.ts'
import type { Failure } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { jobsOf } from '../../core/jobs.ts'
import type { Log } from '../../core/log.ts'
import type { Place } from '../../core/place.ts'
import type { Core } from '../../core/redis.ts'
import { type Press, readButton } from '../buttons.ts'
import type { Incoming } from '../platform.ts'
import { type Answers, callback, tokenMs } from './answers.ts'
import { type Asked, type Form, formOf, interactionPlace, noteAsked } from './asked.ts'
import { bodyOf, flag } from './body.ts'
import { suggest } from './complete.ts'
import { modalOf, pressedId, withForm } from './components.ts'
import { type Base, givenFiles, interactionBase, memberOf, picturesOfOther, type Self } from './incoming.ts'
import type { Line } from './line.ts'
import { commandNamed, givenOf, lineOf } from './read-slash.ts'
import { missingFailure, refusalFor } from './refuse.ts'
import { isRefused, refusal } from './refused.ts'
import { missingFrom } from './room.ts'
import { type Menu, makers, menus, personal } from './slash.ts'

/** Commands, menus, buttons, choices and windows: what Discord calls interactions. */

export interface InteractionParts {
  readonly line: Line
  readonly core: Core
  readonly catalogue: Catalogue
  readonly log: Log
  readonly answers: Answers
  readonly language: string
  /** Hands an update to the conversation; resolves when it is durable. */
  take(event: Incoming): Promise<void>
}

/** Discord's numbers of interactions. */
const kind = { command: 2, component: 3, complete: 4, modal: 5 } as const
const messageMenu = 3

/** Presses that make a clip for everybody. */
const making: readonly Press['verb'][] = ['again', 'change', 'extend', 'animate', 'retry']
const makes = (id: string): boolean => making.includes(readButton(id)?.verb ?? 'say')

/** The id of a button with this verb on a message of ours, wherever it stands there. */
function buttonOn(message: APIMessage, verb: Press['verb']): string | undefined {
  const search = (components: readonly object[]): string | undefined => {
    for (const part of components) {
      const { custom_id, components: inner = [] } = part as { custom_id?: string; components?: object[] }
      const id = custom_id === undefined ? undefined : pressedId(custom_id).id
      if (id?.startsWith(`${verb}:`)) return id
      const found = search(inner)
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(message.components ?? [])
}

export function openInteractions(parts: InteractionParts): (self: Self, given: APIInteraction) => Promise<void> {
  const { line, core, log, answers, take } = parts

  const first = (given: APIInteraction, type: number, data?: object): Promise<unknown> =>
    line.hook('POST', `/interactions/${given.id}/${given.token}/callback`, { body: { type, ...(data && { data }) } })

  const inside = (given: APIInteraction): boolean => {
    const channel = given.channel as { id: string; parent_id?: string | null } | undefined
    if (given.context === 1 || !given.guild_id) return given.context === 1 || given.context === undefined
    return [channel?.id, channel?.parent_id].some(id => id && line.room(id) !== undefined)
  }

  /** What the bot may not do where a clip would have to be posted. */
  function missing(given: APIInteraction, base: Base): Failure | undefined {
    if (base.place.private || !inside(given)) return undefined
    const lacking = missingFrom(BigInt(given.app_permissions), base.place.thread !== undefined)
    return lacking.length > 0 ? missingFailure(lacking) : undefined
  }

  async function refuse(given: APIInteraction, base: Base, failure: Failure): Promise<void> {
    const { member, locale } = base
    const body = bodyOf(await refusalFor(core, { member, locale, fallback: parts.language }, failure))
    await first(given, callback.message, { ...body, flags: (body.flags ?? 0) | flag.ephemeral })
  }

  const note = (given: APIInteraction, base: Base, personal: boolean): Promise<void> => {
    const user = base.member.slice(memberOf('').length)
    const asked: Asked = { token: given.token, until: Date.now() + tokenMs, user, inside: inside(given) }
    return noteAsked(core, base.place.message ?? '', asked, personal)
  }

  const baseOf = (self: Self, given: APIInteraction, message: string): Base =>
    interactionBase(self, given, message, given.channel && line.room(given.channel.id))

  /** A command is answered in one piece, or Discord is asked to wait. */
  async function asCommand(given: APIInteraction, event: Incoming, open: boolean): Promise<void> {
    await answers.begin(given.id, given.token, !open && !event.place.private)
    await note(given, event, false).catch(error => log.warn({ err: error }, 'interaction not noted'))
    await take(event)
    answers.handled(given.id)
  }

  /** A press is confirmed at once, without a word. */
  async function asPress(given: APIInteraction, event: Incoming): Promise<void> {
    const confirmed = first(given, callback.deferredUpdate).catch(error => {
      if (!isRefused(error, refusal.alreadyAnswered))
        log.warn({ err: error, update: event.update }, 'press not confirmed')
    })
    await note(given, event, true).catch(error => log.warn({ err: error }, 'interaction not noted'))
    await Promise.all([confirmed, take(event)])
  }

  async function slash(self: Self, given: APIChatInputApplicationCommandInteraction): Promise<void> {
    const base = baseOf(self, given, interactionPlace(given.id))
    const name = commandNamed(given.data.name)
    if (!name) {
      const params = { command: given.data.name }
      return refuse(given, base, { code: 'refusal.command-unknown', params })
    }
    const lacking = makers.includes(name) ? missing(given, base) : undefined
    if (lacking) return refuse(given, base, lacking)
    const options = givenOf(given.data.options as Parameters<typeof givenOf>[0])
    const files = givenFiles(given.data.resolved, [options.get('picture'), options.get('last-picture')])
    const images = files.map(file => ({ id: file.url, mime: file.content_type ?? '', bytes: file.size }))
    const replyTo = name === 'extend' ? await clipPlace(base.member, options.get('clip')) : undefined
    if (name === 'extend' && options.has('clip') && !replyTo)
      return refuse(given, base, { code: 'refusal.job-gone', params: {} })
    const ends = options.has('last-picture') && !options.has('picture')
    const text = `${lineOf(name, options)}${ends ? ' --last' : ''}`
    const event: Incoming = { kind: 'message', ...base, text, images, addressed: true, ...(replyTo && { replyTo }) }
    await asCommand(given, event, !personal.includes(name))
  }

  /** Where the clip of that number stands, so that a command can answer it. */
  async function clipPlace(member: string, number: unknown): Promise<Place | undefined> {
    if (number === undefined) return undefined
    const jobs = await jobsOf(core, member, 100).catch(() => [])
    return jobs.find(job => String(job.number) === String(number).replace(/^#/, ''))?.status
  }

  async function menu(self: Self, given: APIMessageApplicationCommandInteraction): Promise<void> {
    const base = baseOf(self, given, interactionPlace(given.id))
    const lacking = missing(given, base)
    if (lacking) return refuse(given, base, lacking)
    const target = given.data.resolved.messages[given.data.target_id]
    const chosen = (Object.keys(menus) as Menu[]).find(one => t('en', menus[one]) === given.data.name)
    if (!target || !chosen) return refuse(given, base, { code: 'refusal.button-old', params: {} })
    if (chosen === 'remix') return remix(given, base, target)
    const id = buttonOn(target, chosen)
    if (id !== undefined) return asCommand(given, { kind: 'button', ...base, id }, true)
    if (chosen === 'extend') return refuse(given, base, { code: 'refusal.menu-no-clip', params: {} })
    const images = picturesOfOther(self, target)
    if (images.length === 0) return refuse(given, base, { code: 'refusal.menu-no-picture', params: {} })
    await asCommand(given, { kind: 'message', ...base, text: '/video', images, addressed: true }, true)
  }

  /** "Remix" is the button "change" of a clip, wherever that clip stands. */
  async function remix(given: APIMessageApplicationCommandInteraction, base: Base, target: APIMessage): Promise<void> {
    const id = buttonOn(target, 'change')
    if (id === undefined) return refuse(given, base, { code: 'refusal.menu-no-clip', params: {} })
    const locale = base.locale ?? parts.language
    const title = t(locale, menus.remix)
    const form = (await known(id)) ?? { title, label: t(locale, 'argument.words'), value: '' }
    await first(given, callback.modal, modalOf(withForm(id), form, title))
  }

  const known = (id: string): Promise<Form | undefined> => formOf(core, id).catch(() => undefined)

  async function pressed(self: Self, given: APIMessageComponentInteraction): Promise<void> {
    const { data, message } = given
    const base = baseOf(self, given, message.id)
    const { id, form: asks } = pressedId('values' in data ? (data.values[0] ?? '') : data.custom_id)
    const lacking = makes(id) ? missing(given, base) : undefined
    if (lacking) return refuse(given, base, lacking)
    const form = asks ? await known(id) : undefined
    if (form) await first(given, callback.modal, modalOf(withForm(id), form, form.title))
    else await asPress(given, { kind: 'button', ...base, id })
  }

  async function filled(self: Self, given: APIModalSubmitInteraction): Promise<void> {
    const base = baseOf(self, given, given.message?.id ?? interactionPlace(given.id))
    const { id } = pressedId(given.data.custom_id)
    const event: Incoming = { kind: 'button', ...base, id, text: wordsOf(given.data.components) }
    await (given.message ? asPress(given, event) : asCommand(given, event, true))
  }

  async function complete(given: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const user = given.member?.user ?? given.user
    const command = commandNamed(given.data.name)
    const focused = (given.data.options ?? []).find(option => 'focused' in option && option.focused)
    if (!user || !command || !focused || !('value' in focused))
      return void (await first(given, callback.choices, { choices: [] }))
    const typing = {
      command,
      option: focused.name,
      typed: String(focused.value),
      member: memberOf(user.id),
      locale: given.locale,
    }
    const choices = await suggest(parts, typing).catch(error => {
      log.debug({ err: error }, 'nothing to suggest')
      return []
    })
    await first(given, callback.choices, { choices })
  }

  return async (self, given) => {
    if (given.type === kind.complete) return complete(given)
    if (given.type === kind.component) return pressed(self, given)
    if (given.type === kind.modal) return filled(self, given)
    if (given.type !== kind.command) return
    if (given.data.type === messageMenu) return menu(self, given as APIMessageApplicationCommandInteraction)
    return slash(self, given as APIChatInputApplicationCommandInteraction)
  }
}

/** What was written into a window of ours. */
function wordsOf(components: readonly object[]): string {
  for (const part of components) {
    const {
      value,
      component,
      components: inner = [],
    } = part as {
      value?: string
      component?: object
      components?: object[]
    }
    if (value !== undefined) return value
    const found = wordsOf(component ? [component] : inner)
    if (found !== '') return found
  }
  return ''
}
