import { bot, type Channel, channelType, type Guild, type Message, may, type User, type World } from './world.ts'

/** Things of the world as Discord writes them. */

export const userJson = (user: User | typeof bot) => ({
  id: user.id,
  username: user.username,
  discriminator: '0',
  global_name: null,
  avatar: null,
  ...(user === bot && { bot: true }),
})

export const memberJson = (user: User | typeof bot, roles: readonly string[] = []) => ({
  user: userJson(user),
  nick: null,
  roles,
  joined_at: '2026-01-01T00:00:00.000000+00:00',
  premium_since: null,
  deaf: false,
  mute: false,
  flags: 0,
  pending: false,
  avatar: null,
})

/** Messages as a client gets them; `readable`: with what people wrote in it. */
export function messageJson(world: World, base: string, message: Message, readable = true): Record<string, unknown> {
  const { id, channel, author, answers, components, flags, content, files } = message
  const quoted = answers === undefined ? undefined : world.messages.get(answers)
  const own = author === bot
  const shown = readable || own
  return {
    id,
    type: answers === undefined ? 0 : 19,
    channel_id: channel.id,
    content: shown ? content : '',
    author: userJson(author),
    attachments: shown ? files.map(file => fileJson(base, file)) : [],
    embeds: [],
    components: shown ? components : [],
    mentions: message.mentions.map(user => userJson(user === bot.id ? bot : (world.users.get(user) as User))),
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: false,
    flags: flags | (message.loading ? 128 : 0),
    timestamp: new Date(world.now()).toISOString(),
    edited_timestamp: null,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.token !== undefined && { webhook_id: bot.app, application_id: bot.app }),
    ...(answers !== undefined && { message_reference: { type: 0, message_id: answers, channel_id: channel.id } }),
    ...(quoted && { referenced_message: messageJson(world, base, quoted, channel.type === channelType.dm) }),
  }
}

export const fileJson = (base: string, file: Message['files'][number]) => ({
  id: file.id,
  filename: file.filename,
  size: file.size,
  content_type: file.type,
  url: `${base}/attachments/${file.id}/${file.filename}?ex=1&is=2&hm=3`,
  proxy_url: `${base}/attachments/${file.id}/${file.filename}`,
})

export const channelJson = (channel: Channel) => ({
  id: channel.id,
  type: channel.type,
  name: channel.name,
  ...(channel.guild && { guild_id: channel.guild.id }),
  ...(channel.parent && { parent_id: channel.parent.id }),
  ...(channel.with && { recipients: [userJson(channel.with)] }),
  ...(channel.type === channelType.thread
    ? {
        owner_id: channel.id,
        member_count: 1,
        message_count: 1,
        thread_metadata: {
          archived: channel.archived,
          locked: channel.locked,
          auto_archive_duration: 1440,
          archive_timestamp: '2026-01-01T00:00:00.000000+00:00',
        },
      }
    : {
        nsfw: channel.nsfw,
        position: 0,
        permission_overwrites:
          channel.denied === 0n ? [] : [{ id: bot.id, type: 1, allow: '0', deny: String(channel.denied) }],
      }),
})

export function guildJson(world: World, guild: Guild) {
  const here = [...world.channels.values()].filter(channel => channel.guild === guild && !channel.gone)
  const everyone = { id: guild.id, name: '@everyone', permissions: String(world.allowed({ ...blank, guild })) }
  return {
    id: guild.id,
    name: guild.name,
    owner_id: '100000000000000009',
    premium_tier: guild.tier,
    roles: [{ ...everyone, position: 0, color: 0, hoist: false, managed: false, mentionable: false, flags: 0 }],
    channels: here.filter(channel => channel.type !== channelType.thread).map(channelJson),
    threads: here.filter(channel => channel.type === channelType.thread).map(channelJson),
    members: [memberJson(bot)],
    ...{ emojis: [], features: [], voice_states: [], presences: [], stage_instances: [], stickers: [] },
    ...{
      guild_scheduled_events: [],
      soundboard_sounds: [],
      member_count: 2,
      unavailable: false,
      preferred_locale: 'en-US',
    },
  }
}

/** A channel in which nothing is forbidden. */
const blank: Channel = {
  ...{
    id: '0',
    type: channelType.text,
    name: '',
    nsfw: false,
    denied: 0n,
    archived: false,
    locked: false,
    gone: false,
  },
}

/** What the bot may do, as an interaction says it. */
export const appPermissions = (world: World, channel: Channel): string =>
  String(channel.guild?.inside === false || !channel.guild ? may.attach : world.allowed(channel))
