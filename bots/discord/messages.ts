import type {
  APIMessage,
  APIUser,
  GatewayMessageCreateDispatchData,
  GatewayMessagePollVoteDispatchData,
  GatewayMessageReactionAddDispatchData,
  GatewayMessageReactionRemoveDispatchData,
} from 'discord.js'
import type { Log } from '../../core/log.ts'
import type { Core } from '../../core/redis.ts'
import type { Incoming, Outgoing } from '../platform.ts'
import { readCommand } from '../read-command.ts'
import { dropReaction, noteReaction } from './asked.ts'
import { messageIncoming, reactionIncoming, reactionName, type Self, voteIncoming } from './incoming.ts'
import type { Line } from './line.ts'
import { missingFailure, refusalFor } from './refuse.ts'
import type { Permission } from './room.ts'
import { makers } from './slash.ts'
import type { Speech } from './speech.ts'

/** Messages that mean us, and emoji under ours. */

export interface MessageParts {
  readonly line: Line
  readonly core: Core
  readonly log: Log
  readonly speech: Speech
  readonly language: string
  /** How long what stands under a message counts, in days. */
  readonly buttonDays: number
  take(event: Incoming): Promise<void>
}

export interface Messages {
  said(self: Self, message: GatewayMessageCreateDispatchData | APIMessage, isPrivate: boolean): Promise<void>
  reacted(
    self: Self,
    given: GatewayMessageReactionAddDispatchData | GatewayMessageReactionRemoveDispatchData,
    added: boolean,
  ): Promise<void>
  polled(self: Self, given: GatewayMessagePollVoteDispatchData, added: boolean): Promise<void>
}

/** Words that would become a clip, which has to be posted. */
function wantsClip(text: string): boolean {
  const call = readCommand(text, true)
  return !call || ('command' in call && makers.includes(call.command))
}

/** How often somebody is told in private that we may not speak in a channel. */
const complainEveryMs = 3600_000

export function openMessages({ line, core, log, speech, language, buttonDays, take }: MessageParts): Messages {
  const complained = new Map<string, number>()

  /** Says what is missing: in the channel if we may speak there, else to the member, and then not again and again. */
  async function complain(event: Incoming, missing: readonly Permission[]): Promise<void> {
    const { place, member, locale } = event
    const said = await refusalFor(core, { member, locale, fallback: language }, missingFailure(missing))
    const message: Outgoing = { ...said, once: `answer:${event.update}` }
    if (missing.every(one => one === 'attach-files')) return void (await speech.reply(place, message))
    const key = `${member} ${place.channel}`
    const now = Date.now()
    for (const [who, at] of complained) if (now - at > complainEveryMs) complained.delete(who)
    if (complained.has(key)) return
    complained.set(key, now)
    const user = member.slice(member.indexOf(':') + 1)
    const chat = (await line.call('POST', '/users/@me/channels', { body: { recipient_id: user } })) as { id: string }
    await speech.reply({ platform: 'discord', channel: chat.id, private: true }, message)
  }

  /** What somebody is called, where an update does not say it. */
  async function nameOf(user: string): Promise<string> {
    const found = (await line.call('GET', `/users/${user}`).catch(() => undefined)) as APIUser | undefined
    return found?.global_name ?? found?.username ?? user
  }

  return {
    async said(self, message, isPrivate) {
      const means = messageIncoming(self, message, { room: undefined, isPrivate })
      if (!means) return
      const room = isPrivate ? undefined : await line.lookUp(message.channel_id)
      const event = messageIncoming(self, message, { room, isPrivate })
      if (!event) return
      const missing = room?.missing ?? []
      const silenced = missing.some(one => one !== 'attach-files')
      if (silenced || (missing.length > 0 && wantsClip(event.text)))
        return complain(event, missing).catch(error =>
          log.info({ err: error, missing }, 'nobody could be told what is missing'),
        )
      await take(event)
    },
    async reacted(self, given, added) {
      if (given.user_id === self.user.id) return
      if (added && 'message_author_id' in given && given.message_author_id !== self.user.id) return
      const { message_id, user_id, emoji, guild_id, channel_id } = given
      const id = `${message_id}:${user_id}:${emoji.name ?? emoji.id}`
      if (added) await noteReaction(core, id, buttonDays)
      else if (!(await dropReaction(core, id))) return
      const room = guild_id === undefined ? undefined : await line.lookUp(channel_id)
      const name = ('member' in given && reactionName(given)) || (await nameOf(user_id))
      await take(reactionIncoming(self, given, { room, added, name, at: Date.now() }))
    },
    async polled(self, given, added) {
      const { user_id, guild_id, channel_id } = given
      const room = guild_id === undefined ? undefined : await line.lookUp(channel_id)
      const name = await nameOf(user_id)
      await take(voteIncoming(self, given, { room, added, name, at: Date.now() }))
    },
  }
}
