import { type Call, formed, wrong } from './calls.ts'
import { Callback, ChangedMessage, flag, type Modal, WebhookMessage } from './fields.ts'
import type { Posts } from './post.ts'
import { bot, type Channel, type Message, type User, type World } from './world.ts'

/** Interactions from Discord's side: the first answer within 3 s and only one, then 15 minutes of a token. */

const firstAnswerMs = 3_000
const tokenMs = 15 * 60_000
/** Follow-ups where the bot is no member. */
const outsideFollowUps = 5

export interface Interaction {
  readonly id: string
  readonly token: string
  /** 2 command, 3 component, 4 autocomplete, 5 modal. */
  readonly type: number
  readonly user: User
  readonly channel: Channel
  /** The message a component stands on. */
  readonly message?: Message
  /** By the world's clock. */
  readonly at: number
  /** Installed by the person only. */
  readonly outside: boolean
  readonly deadline?: NodeJS.Timeout
  /** Nobody could have answered in time. */
  excused: boolean
  /** The type of the first answer. */
  answered?: number
  original?: Message | undefined
  modal?: Modal
  choices?: readonly { readonly name: string; readonly value: string }[]
  /** ms until the first answer. */
  took?: number
  followUps: number
}

export interface Interactions {
  begin(given: Pick<Interaction, 'type' | 'user' | 'channel' | 'message' | 'outside'>): Interaction
  callback(call: Call): unknown
  /** Calls by token: "@original", a message, or a new one. */
  webhook(call: Call): Message | undefined
  readonly all: readonly Interaction[]
  close(): void
}

export function openInteractions(world: World, posts: Posts, broke: (what: string) => void): Interactions {
  const all: Interaction[] = []
  const byId = new Map<string, Interaction>()
  const byToken = new Map<string, Interaction>()
  const changed = (): boolean => world.changed.emit('change')

  /** What may be answered to what. */
  const fits = (type: number, first: number, from: Message | undefined): boolean => {
    if (type === 4) return first === 8
    if (first === 8) return false
    if (first === 9) return type !== 5
    return first !== 6 || from !== undefined
  }

  function alive(token: string): Interaction {
    const found = byToken.get(token)
    if (!found || world.now() - found.at > tokenMs) throw wrong.token()
    if (found.answered === undefined) throw wrong.webhook()
    return found
  }

  return {
    all,
    begin(given) {
      const id = world.id()
      const token = `aW50ZXJhY3Rpb246${id}`
      const deadline = setTimeout(() => {
        if (one.answered === undefined && !one.excused)
          broke(`no first answer within 3 s (interaction of type ${one.type})`)
      }, firstAnswerMs).unref()
      const one: Interaction = { ...given, id, token, at: world.now(), deadline, excused: false, followUps: 0 }
      byId.set(id, one)
      byToken.set(token, one)
      all.push(one)
      return one
    },
    callback({ ids: [id = '', token = ''], body, files }) {
      const one = byId.get(id)
      if (!one || one.token !== token) throw wrong.interaction(true)
      if (one.answered !== undefined) throw wrong.answered()
      const took = world.now() - one.at
      if (took > firstAnswerMs) throw wrong.interaction(!one.excused)
      const answer = formed(Callback, body)
      if (!fits(one.type, answer.type, one.message))
        throw wrong.form(`answer ${answer.type} to interaction ${one.type}`)
      clearTimeout(one.deadline)
      one.took = took
      const { user, channel } = one
      const made = { channel, author: bot, token, ...(one.message && { answers: one.message.id }) }
      if (answer.type === 4 || answer.type === 5) {
        const post = answer.data ?? {}
        const only = (post.flags ?? 0) & flag.ephemeral ? { only: user.id } : {}
        one.original = posts.add({ ...made, ...only, flags: 0, loading: answer.type === 5 }, post, files)
      }
      if (answer.type === 6) one.original = one.message
      if (answer.type === 8) one.choices = answer.data.choices
      if (answer.type === 9) one.modal = answer.data
      one.answered = answer.type
      changed()
      return {
        interaction: { id, type: one.type, ...(one.original && { response_message_id: one.original.id }) },
        ...(answer.type === 4 && one.original && { resource: { type: 4, message: one.original } }),
      }
    },
    webhook({ method, shape, ids: [app, token = '', message], body, files }) {
      if (app !== bot.app) throw wrong.webhook()
      const one = alive(token)
      if (method === 'POST') {
        const post = formed(WebhookMessage, body)
        const hidden = ((post.flags ?? 0) & flag.ephemeral) !== 0
        if (one.original?.loading) {
          broke('a follow-up instead of the deferred answer')
          return posts.change(one.original, { ...post, flags: (post.flags ?? 0) & ~flag.ephemeral }, files)
        }
        one.followUps += 1
        if (one.outside && one.followUps > outsideFollowUps)
          throw wrong.form('more than 5 follow-ups of an app that is no member')
        const only = hidden ? { only: one.user.id } : {}
        const answers = one.message && world.messages.has(one.message.id) ? { answers: one.message.id } : {}
        return posts.add(
          { channel: one.channel, author: bot, token, ...only, ...answers, flags: 0, loading: false },
          post,
          files,
        )
      }
      const target = shape.endsWith('@original') ? one.original : world.messages.get(message ?? '')
      const own = target && (target.token === token || target === one.original)
      if (!own || !world.messages.has(target.id)) throw wrong.message()
      if (method === 'PATCH') return posts.change(target, formed(ChangedMessage, body), files)
      posts.remove(target)
      if (target === one.original) one.original = undefined
      return undefined
    },
    close() {
      for (const { deadline } of byId.values()) clearTimeout(deadline)
    },
  }
}
