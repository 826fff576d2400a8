import { EventEmitter } from 'node:events'
import type { Part } from './fields.ts'
import { newId } from './ids.ts'

/** Who and what there is on the other side: people, servers, channels, messages. */

export const bot = { id: '100000000000000001', app: '100000000000000002', username: 'threadreel' } as const

/** Permissions by name. */
export const may = {
  administrator: 1n << 3n,
  view: 1n << 10n,
  send: 1n << 11n,
  attach: 1n << 15n,
  history: 1n << 16n,
  threads: 1n << 38n,
} as const
const usual = may.view | may.send | may.attach | may.history | may.threads

/** Discord's numbers of channels. */
export const channelType = { text: 0, dm: 1, group: 3, thread: 11, forum: 15 } as const

export interface User {
  readonly id: string
  readonly username: string
  /** The client's language. */
  locale: string
  /** They do not take private messages from us. */
  closed?: boolean
}

export interface Guild {
  readonly id: string
  readonly name: string
  tier: number
  /** The bot is a member. */
  inside: boolean
}

export interface Channel {
  readonly id: string
  readonly type: number
  readonly name: string
  readonly guild?: Guild
  readonly parent?: Channel
  readonly with?: User
  nsfw: boolean
  /** What the bot may not do here. */
  denied: bigint
  archived: boolean
  locked: boolean
  gone: boolean
}

export interface File {
  readonly id: string
  readonly filename: string
  readonly size: number
  readonly type: string
}

export interface Message {
  readonly id: string
  readonly channel: Channel
  readonly author: User | typeof bot
  content: string
  components: readonly Part[]
  files: readonly File[]
  flags: number
  readonly answers?: string
  readonly nonce?: string
  /** Made with this interaction's token. */
  readonly token?: string
  /** Only this user sees it. */
  readonly only?: string
  /** "thinking …" */
  loading: boolean
  edits: number
  poll?: { readonly question: string; readonly answers: readonly string[]; closed: boolean }
  readonly mentions: readonly string[]
}

export interface World {
  readonly users: Map<string, User>
  readonly guilds: Map<string, Guild>
  readonly channels: Map<string, Channel>
  readonly messages: Map<string, Message>
  readonly files: Map<string, Uint8Array>
  /** Emits `change` when something can be seen that could not before. */
  readonly changed: EventEmitter
  now(): number
  /** Moves the clock. */
  advance(ms: number): void
  id(): string
  /** A person by the name the test gives them. */
  person(name: string): User
  guild(name: string): Guild
  /** A channel by name, made when first asked for. */
  channel(name: string, more?: Partial<Pick<Channel, 'type' | 'guild' | 'parent' | 'nsfw' | 'with'>>): Channel
  /** The private chat of a person with the bot. */
  dm(name: string): Channel
  /** What the bot may do in a channel; 0 where it is no member. */
  allowed(channel: Channel): bigint
}

export function makeWorld(): World {
  let ahead = 0
  const users = new Map<string, User>()
  const guilds = new Map<string, Guild>()
  const channels = new Map<string, Channel>()
  const byName = {
    users: new Map<string, User>(),
    guilds: new Map<string, Guild>(),
    channels: new Map<string, Channel>(),
  }
  const now = (): number => Date.now() + ahead
  const id = (): string => newId(now())

  function kept<T extends { readonly id: string }>(
    names: Map<string, T>,
    all: Map<string, T>,
    name: string,
    make: () => T,
  ): T {
    const known = names.get(name)
    if (known) return known
    const made = make()
    names.set(name, made)
    all.set(made.id, made)
    return made
  }

  const world: World = {
    users,
    guilds,
    channels,
    messages: new Map(),
    files: new Map(),
    changed: new EventEmitter().setMaxListeners(0),
    now,
    advance(ms) {
      ahead += ms
    },
    id,
    person: name => kept(byName.users, users, name, () => ({ id: id(), username: name, locale: 'en-US' })),
    guild: name => kept(byName.guilds, guilds, name, () => ({ id: id(), name, tier: 0, inside: true })),
    channel: (name, more = {}) =>
      kept(byName.channels, channels, name, () => {
        const guild =
          more.guild ?? more.parent?.guild ?? (more.type === channelType.group ? undefined : world.guild('home'))
        const state = { nsfw: false, denied: 0n, archived: false, locked: false, gone: false }
        return { ...state, id: id(), type: channelType.text, name, ...(guild && { guild }), ...more }
      }),
    dm(name) {
      const person = world.person(name)
      return kept(byName.channels, channels, `dm of ${name}`, () => {
        const state = { nsfw: false, denied: 0n, archived: false, locked: false, gone: false }
        return { ...state, id: id(), type: channelType.dm, name, with: person }
      })
    },
    allowed(channel) {
      if (channel.type === channelType.dm) return usual
      if (!channel.guild?.inside) return 0n
      return usual & ~(channel.denied | (channel.parent?.denied ?? 0n))
    },
  }
  return world
}
