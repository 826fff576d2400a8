import { type Call, formed, wrong } from './calls.ts'
import { type Command, Commands } from './commands.ts'
import { ChangedMessage, NewMessage } from './fields.ts'
import type { Interactions } from './interactions.ts'
import { channelJson, messageJson, userJson } from './json.ts'
import type { Posts } from './post.ts'
import { bot, channelType, type World } from './world.ts'

/** What of the REST API the bot uses. */

interface Entitlement {
  readonly id: string
  readonly sku_id: string
  readonly application_id: string
  readonly user_id: string
  readonly type: number
  readonly deleted: boolean
  consumed: boolean
}

export interface Shop {
  readonly skus: Set<string>
  readonly entitlements: Entitlement[]
  /** How often each was consumed: once, or something is wrong. */
  readonly consumed: Map<string, number>
}

export interface RouteParts {
  readonly world: World
  readonly posts: Posts
  readonly interactions: Interactions
  readonly shop: Shop
  /** Registered commands by where: "global" or a server's id. */
  readonly commands: Map<string, readonly Command[]>
  /** Address of this server. */
  base(): string
  gateway(): object
}

/** An answer: status and body. */
export type Reply = readonly [number, unknown]

export function answerCall(parts: RouteParts, call: Call): Reply {
  const { world, posts, interactions, shop } = parts
  const { method, shape, ids, query, body, files } = call
  const [first = '', second = ''] = ids
  const json = (message: Parameters<typeof messageJson>[2]): unknown => messageJson(world, parts.base(), message)
  const channelOf = (id: string) => posts.see(world.channels.get(id))

  switch (`${method} ${shape}`) {
    case 'GET /gateway/bot':
      return [200, parts.gateway()]
    case 'GET /applications/@me':
      return [200, { id: bot.app, name: bot.username }]
    case 'GET /users/@me':
      return [200, userJson(bot)]
    case 'GET /users/:id': {
      const user = world.users.get(first)
      if (!user) throw wrong.user()
      return [200, userJson(user)]
    }
    case 'POST /users/@me/channels': {
      const user = world.users.get((body as { recipient_id?: string })?.recipient_id ?? '')
      if (!user) throw wrong.user()
      return [200, channelJson(world.dm(user.username))]
    }
    case 'GET /applications/:id/commands':
    case 'GET /applications/:id/guilds/:id/commands':
      return [200, (parts.commands.get(second || 'global') ?? []).map(one => commandJson(world, one, second))]
    case 'PUT /applications/:id/commands':
    case 'PUT /applications/:id/guilds/:id/commands': {
      const given = formed(Commands, body)
      if (second && given.some(one => one.contexts ?? one.integration_types))
        throw wrong.form('contexts are for global commands')
      parts.commands.set(second || 'global', given)
      return [200, given.map(one => commandJson(world, one, second))]
    }
    case 'GET /applications/:id/entitlements': {
      const skus = query.get('sku_ids')?.split(',')
      const after = BigInt(query.get('after') ?? '0')
      const found = shop.entitlements.filter(one => (skus?.includes(one.sku_id) ?? true) && BigInt(one.id) > after)
      return [200, found.slice(0, Number(query.get('limit') ?? 100))]
    }
    case 'POST /applications/:id/entitlements/:id/consume': {
      const found = shop.entitlements.find(one => one.id === second)
      if (!found) throw wrong.form('unknown entitlement')
      shop.consumed.set(second, (shop.consumed.get(second) ?? 0) + 1)
      found.consumed = true
      world.changed.emit('change')
      return [204, undefined]
    }
    case 'GET /channels/:id':
      return [200, channelJson(channelOf(first))]
    case 'PATCH /channels/:id': {
      const channel = channelOf(first)
      if (channel.type !== channelType.thread || JSON.stringify(body) !== '{"archived":false}')
        throw wrong.form('only threads, only archived')
      if (channel.locked) throw wrong.permissions()
      channel.archived = false
      return [200, channelJson(channel)]
    }
    case 'GET /channels/:id/messages': {
      const channel = channelOf(first)
      const after = BigInt(query.get('after') ?? '0')
      const found = [...world.messages.values()].filter(
        one => one.channel === channel && one.only === undefined && BigInt(one.id) > after,
      )
      const limit = Number(query.get('limit') ?? 50)
      return [
        200,
        found
          .toReversed()
          .slice(0, limit)
          .map(one => messageJson(world, parts.base(), one, readable(one))),
      ]
    }
    case 'POST /channels/:id/messages': {
      const post = formed(NewMessage, body)
      for (const sku of skusIn(post.components ?? [])) if (!shop.skus.has(sku)) throw wrong.form(`unknown sku ${sku}`)
      return [200, json(posts.create(channelOf(first), post, files))]
    }
    case 'POST /channels/:id/polls/:id/expire': {
      const message = world.messages.get(second)
      if (!message || message.channel !== channelOf(first)) throw wrong.message()
      if (message.author !== bot || !message.poll) throw wrong.author()
      message.poll.closed = true
      world.changed.emit('change')
      return [200, json(message)]
    }
    case 'PATCH /channels/:id/messages/:id':
    case 'DELETE /channels/:id/messages/:id': {
      const message = world.messages.get(second)
      const channel = channelOf(first)
      if (!message || message.channel !== channel || message.only !== undefined) throw wrong.message()
      if (message.author !== bot) throw wrong.author()
      if (method === 'DELETE') {
        posts.remove(message)
        return [204, undefined]
      }
      return [200, json(posts.change(message, formed(ChangedMessage, body), files))]
    }
    case 'POST /interactions/:id/:token/callback': {
      const answer = interactions.callback(call) as { resource?: { message: Parameters<typeof messageJson>[2] } }
      if (query.get('with_response') !== 'true') return [204, undefined]
      const { resource } = answer
      return [200, resource ? { ...answer, resource: { ...resource, message: json(resource.message) } } : answer]
    }
    case 'POST /webhooks/:id/:token':
    case 'PATCH /webhooks/:id/:token/messages/@original':
    case 'PATCH /webhooks/:id/:token/messages/:id':
    case 'DELETE /webhooks/:id/:token/messages/@original':
    case 'DELETE /webhooks/:id/:token/messages/:id': {
      const message = interactions.webhook(call)
      return message ? [200, json(message)] : [204, undefined]
    }
    default:
      throw wrong.route(`${method} ${shape}`)
  }
}

/** Without the intent for it the bot reads only what it wrote, what mentions it, and its private chats. */
export const readable = (message: Parameters<typeof messageJson>[2]): boolean =>
  message.author === bot || message.channel.type === channelType.dm || message.mentions.includes(bot.id)

const skusIn = (components: readonly object[]): string[] =>
  components.flatMap(one => {
    const { sku_id, components: inner = [] } = one as { sku_id?: string; components?: object[] }
    return [...(sku_id === undefined ? [] : [sku_id]), ...skusIn(inner)]
  })

/** A command with everything Discord adds to it. */
const commandJson = (world: World, command: Command, guild: string) => ({
  default_member_permissions: null,
  nsfw: false,
  contexts: null,
  ...(guild === '' ? { dm_permission: true, integration_types: [0] } : { guild_id: guild }),
  ...(command.type === 3 && { description: '', description_localizations: {}, options: [] }),
  ...command,
  id: world.id(),
  application_id: bot.app,
  version: world.id(),
})
