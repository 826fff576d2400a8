import type { Option } from './commands.ts'
import { pressable } from './fields.ts'
import type { Interaction } from './interactions.ts'
import { appPermissions, channelJson, fileJson, memberJson, messageJson, userJson } from './json.ts'
import { sizeLimit } from './post.ts'
import { readable } from './routes.ts'
import type { DiscordServer } from './server.ts'
import { bot, type Channel, channelType, type File, type Message } from './world.ts'

/** What people do on Discord, through what the bot has registered and shown: nothing a client would not let them do. */
export interface People {
  /** Writes; the bot is mentioned unless told otherwise. The id of the message. */
  say(what: Saying): string
  /** Gives a command; options by name, pictures as bytes. */
  slash(what: Slash): Interaction
  /** Types into an option of a command; what is offered. */
  type(what: Slash & { readonly option: string; readonly typed: string }): Interaction
  /** Right-clicks a message and picks a menu by its English name. */
  menu(what: { readonly by: string; readonly on: string; readonly name: string; readonly locale?: string }): Interaction
  /** Presses a button, or picks from a menu: by its id or label. */
  press(what: {
    readonly by: string
    readonly on: string
    readonly id: string
    readonly outside?: boolean
  }): Interaction
  /** Fills the window that an interaction opened. */
  fill(window: Interaction, text: string): Interaction
  react(what: { readonly by: string; readonly on: string; readonly emoji: string; readonly added?: boolean }): void
  /** Votes in a poll, counting from 1 as Discord does, or takes the vote back. */
  vote(what: { readonly by: string; readonly on: string; readonly answer: number; readonly added?: boolean }): void
  /** Buys; `told` = false: the bot is not told. The entitlement's id. */
  buy(by: string, sku: string, told?: boolean): string
}

interface Saying {
  readonly by: string
  readonly in: Channel
  readonly text: string
  readonly images?: readonly Uint8Array[]
  readonly replyTo?: string
  readonly mention?: boolean
  readonly roles?: readonly string[]
  /** The bot is not told (it was away). */
  readonly unheard?: boolean
}

interface Slash {
  readonly by: string
  readonly in: Channel
  readonly name: string
  readonly options?: Readonly<Record<string, string | number | Uint8Array>>
  readonly roles?: readonly string[]
  /** Installed by the person only. */
  readonly outside?: boolean
}

const complaint = (what: string): never => {
  throw new Error(`a client would not do that: ${what}`)
}

export function peopleOf(server: DiscordServer): People {
  const { world, gateway, interactions, commands, shop } = server
  const base = server.api.replace(/\/api$/, '')

  const stored = (bytes: Uint8Array, at: number): File => {
    const file = { id: world.id(), filename: `picture-${at}.png`, size: bytes.length, type: 'image/png' }
    world.files.set(file.id, bytes)
    return file
  }

  const visible = (id: string, by: string): Message => {
    const message = world.messages.get(id)
    const user = world.person(by)
    if (!message || (message.only !== undefined && message.only !== user.id))
      return complaint(`${by} does not see message ${id}`)
    return message
  }

  function begin(
    type: number,
    given: {
      by: string
      in: Channel
      roles?: readonly string[] | undefined
      outside?: boolean | undefined
      message?: Message
    },
    data: object,
  ): Interaction {
    const user = world.person(given.by)
    const channel = given.in
    const { guild } = channel
    const outside = given.outside ?? (guild ? !guild.inside : channel.type === channelType.group)
    const { message } = given
    const one = interactions.begin({ type, user, channel, outside, ...(message && { message }) })
    const context = channel.type === channelType.dm ? 1 : guild ? 0 : 2
    const heard = gateway.dispatch(
      'INTERACTION_CREATE',
      {
        id: one.id,
        application_id: bot.app,
        type,
        token: one.token,
        version: 1,
        channel_id: channel.id,
        channel: channelJson(channel),
        ...(guild
          ? { guild_id: guild.id, guild_locale: 'en-US', guild: { id: guild.id, locale: 'en-US', features: [] } }
          : {}),
        ...(guild ? { member: { ...memberJson(user, given.roles), permissions: '0' } } : { user: userJson(user) }),
        locale: user.locale,
        context,
        app_permissions: appPermissions(world, channel),
        entitlements: [],
        authorizing_integration_owners: outside ? { 1: user.id } : { 0: guild?.id ?? '0' },
        attachment_size_limit: sizeLimit(channel),
        ...(message && { message: messageJson(world, base, message) }),
        data,
      },
      guild?.id,
    )
    one.excused = !heard || gateway.connected() === 0
    return one
  }

  const scopes = (channel: Channel) => [
    ...(commands.get('global') ?? []),
    ...(commands.get(channel.guild?.id ?? '') ?? []),
  ]

  function commandData({ name, options = {}, in: channel }: Slash, focused?: { option: string; typed: string }) {
    const command = scopes(channel).find(one => one.type === 1 && one.name === name)
    if (command?.type !== 1) return complaint(`no command /${name} here`)
    const known = command.options ?? []
    const attachments: Record<string, unknown> = {}
    for (const one of known)
      if (one.required && !(one.name in options) && !focused) complaint(`/${name} needs ${one.name}`)
    const given = Object.entries(options).map(([option, value], at) => {
      const type = known.find(one => one.name === option) ?? complaint(`/${name} has no ${option}`)
      check(type, value)
      if (!(value instanceof Uint8Array)) return { name: option, type: type.type, value }
      const file = stored(value, at)
      attachments[file.id] = fileJson(base, file)
      return { name: option, type: type.type, value: file.id }
    })
    if (focused) {
      const type = known.find(one => one.name === focused.option)
      if (!type || !('autocomplete' in type && type.autocomplete)) complaint(`nothing is offered for ${focused.option}`)
      given.push({
        ...{ name: focused.option, type: 3, value: focused.typed },
        focused: true,
      } as (typeof given)[number])
    }
    return { id: world.id(), type: 1, name, options: given, resolved: { attachments } }
  }

  function check(option: Option, value: unknown): void {
    if (option.type === 11 ? !(value instanceof Uint8Array) : value instanceof Uint8Array)
      complaint(`${option.name}: a file`)
    if (option.type === 4 && !Number.isInteger(value)) complaint(`${option.name}: a whole number`)
    if (option.type === 3 && option.choices && !option.choices.some(one => one.value === value))
      complaint(`${option.name}: not a choice`)
    if (option.type === 3 && String(value).length > (option.max_length ?? 6000)) complaint(`${option.name}: too long`)
  }

  return {
    say({ by, in: channel, text, images = [], replyTo, mention = channel.type !== channelType.dm, roles, unheard }) {
      const author = world.person(by)
      const quoted = replyTo === undefined ? undefined : visible(replyTo, by)
      const pings = mention || quoted?.author === bot
      const message: Message = {
        ...{ id: world.id(), channel, author, components: [], flags: 0, loading: false, edits: 0 },
        content: mention ? `<@${bot.id}> ${text}` : text,
        files: images.map(stored),
        mentions: pings ? [bot.id] : [],
        ...(replyTo !== undefined && { answers: replyTo }),
      }
      world.messages.set(message.id, message)
      world.changed.emit('change')
      if (unheard) return message.id
      const { user: _, ...member } = memberJson(author, roles)
      const { guild } = channel
      gateway.dispatch(
        'MESSAGE_CREATE',
        { ...messageJson(world, base, message, readable(message)), ...(guild && { guild_id: guild.id, member }) },
        guild?.id,
      )
      return message.id
    },
    slash: what => begin(2, what, commandData(what)),
    type: what => begin(4, what, commandData(what, what)),
    menu({ by, on, name }) {
      const message = visible(on, by)
      const { channel } = message
      if (!scopes(channel).some(one => one.type === 3 && one.name === name)) complaint(`no menu ${name} here`)
      const resolved = { messages: { [on]: messageJson(world, base, message) } }
      return begin(2, { by, in: channel }, { id: world.id(), type: 3, name, target_id: on, resolved })
    },
    press({ by, on, id, outside }) {
      const message = visible(on, by)
      const shown = pressable(message.components)
      const found = shown.find(one => one.id === id || one.id === `form|${id}` || one.label === id)
      if (!found) return complaint(`no button ${id} on ${on}: ${shown.map(one => one.label).join(', ')}`)
      const data = found.menu
        ? { custom_id: 'choose', component_type: 3, values: [found.id] }
        : { custom_id: found.id, component_type: 2 }
      return begin(3, { by, in: message.channel, message, outside }, data)
    },
    fill({ modal, user, channel, message }, text) {
      if (!modal) return complaint('no window is open')
      const components = modal.components.map(({ component: { custom_id } }) => ({
        type: 18,
        component: { type: 4, custom_id, value: text },
      }))
      const data = { custom_id: modal.custom_id, components }
      return begin(5, { by: user.username, in: channel, ...(message && { message }) }, data)
    },
    react({ by, on, emoji, added = true }) {
      const message = visible(on, by)
      const { channel, author } = message
      const user = world.person(by)
      gateway.dispatch(
        added ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE',
        {
          user_id: user.id,
          channel_id: channel.id,
          message_id: on,
          emoji: { id: null, name: emoji },
          burst: false,
          type: 0,
          ...(channel.guild && { guild_id: channel.guild.id }),
          ...(added && { message_author_id: author.id, ...(channel.guild && { member: memberJson(user) }) }),
        },
        channel.guild?.id,
      )
    },
    vote({ by, on, answer, added = true }) {
      const { poll, channel } = visible(on, by)
      if (!poll || poll.closed || !poll.answers[answer - 1]) return complaint(`no vote for ${answer} on ${on}`)
      gateway.dispatch(
        added ? 'MESSAGE_POLL_VOTE_ADD' : 'MESSAGE_POLL_VOTE_REMOVE',
        {
          ...{ user_id: world.person(by).id, channel_id: channel.id, message_id: on, answer_id: answer },
          ...(channel.guild && { guild_id: channel.guild.id }),
        },
        channel.guild?.id,
      )
    },
    buy(by, sku, told = true) {
      const entitlement = {
        ...{ id: world.id(), sku_id: sku, application_id: bot.app, user_id: world.person(by).id },
        ...{ type: 1, deleted: false, consumed: false },
      }
      shop.entitlements.push(entitlement)
      if (told) gateway.dispatch('ENTITLEMENT_CREATE', entitlement)
      return entitlement.id
    },
  }
}
