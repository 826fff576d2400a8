import type {
  APIAttachment,
  APIInteraction,
  APIInteractionDataResolved,
  APIMessage,
  APIUser,
  GatewayMessageCreateDispatchData,
  GatewayMessagePollVoteDispatchData,
  GatewayMessageReactionAddDispatchData,
  GatewayMessageReactionRemoveDispatchData,
} from 'discord.js'
import type { Place } from '../../core/place.ts'
import type { Attachment, Incoming } from '../platform.ts'
import { unmarked } from './plain.ts'
import type { Room } from './room.ts'

/** What Discord sends, as the conversation takes it. Pure. */

/** Who we are: every update carries the application's id, so that two bots on one Redis do not mix. */
export interface Self {
  readonly app: string
  readonly user: Pick<APIUser, 'id'>
}

export const updateOf = (self: Self, id: string): string => `discord:${self.app}:${id}`
export const memberOf = (user: string): string => `discord:${user}`
const nameOf = (user: Pick<APIUser, 'username' | 'global_name'>, nick?: string | null): string =>
  nick ?? user.global_name ?? user.username

/** Discord's numbers of threads (announcement, public, private). */
const isThread = (type: number | undefined): boolean => type === 10 || type === 11 || type === 12
/** Where a command was given: in a private chat with the bot. */
const botDm = 1

/** The parts that every update has. */
export type Base = Pick<
  Incoming,
  'update' | 'place' | 'member' | 'memberName' | 'locale' | 'uploadBytes' | 'roles' | 'adult' | 'manages'
>

/** The place of a channel; `room`: what the bot knows of it. */
function placeIn(channel: string, parent: string | undefined, isPrivate: boolean, message: string): Place {
  const where = parent === undefined ? { channel } : { channel: parent, thread: channel }
  return { platform: 'discord', ...where, message, private: isPrivate }
}

/** Who gave a command or pressed something, where. `message`: what an answer refers to. */
export function interactionBase(self: Self, given: APIInteraction, message: string, room: Room | undefined): Base {
  const channel = given.channel as { id: string; type?: number; parent_id?: string | null; nsfw?: boolean } | undefined
  const parent = isThread(channel?.type) ? (channel?.parent_id ?? room?.parent) : undefined
  const isPrivate = given.context === undefined ? given.guild_id === undefined : given.context === botDm
  const user = given.member?.user ?? given.user
  if (!user) throw new TypeError(`interaction ${given.id} of nobody`)
  return {
    update: updateOf(self, given.id),
    place: placeIn(given.channel?.id ?? '0', parent ?? undefined, isPrivate, message),
    member: memberOf(user.id),
    memberName: nameOf(user, given.member?.nick),
    ...('locale' in given && { locale: given.locale }),
    uploadBytes: given.attachment_size_limit,
    ...(given.member && { roles: given.member.roles, manages: looksAfter(given.member.permissions) }),
    ...((channel?.nsfw || room?.adult) && { adult: true }),
  }
}

/** Discord's bits of who looks after a server: administrators, and who manages its channels or itself. */
const looksAfter = (permissions: string): boolean => (BigInt(permissions) & (8n | 16n | 32n)) !== 0n

const fileTypes = /^(?:image\/|audio\/|application\/json\b)/

/** Pictures and sounds among attachments. The address is signed and ends after a day: it is for fetching now. */
const picturesOf = (attachments: readonly APIAttachment[] = []): Attachment[] =>
  attachments
    .filter(({ content_type }) => fileTypes.test(content_type ?? ''))
    .map(({ url, content_type = '', size }) => ({ id: url, mime: content_type, bytes: size }))

/** Who posted a message, as far as they can be asked about what is in it; `message`: where an answer reaches them. */
function posterOf(
  { author, webhook_id }: Pick<APIMessage, 'author' | 'webhook_id'>,
  message?: Place,
): Attachment['by'] {
  if (author.bot || webhook_id !== undefined) return 'unknown'
  return { member: memberOf(author.id), name: nameOf(author), ...(message && { message }) }
}

/** Pictures of a message that somebody else points at; what we posted ourselves needs nobody's word. */
export function picturesOfOther(
  self: Self,
  message: Pick<APIMessage, 'author' | 'webhook_id' | 'attachments'>,
  at?: Place,
): Attachment[] {
  const by = message.author.id === self.user.id ? undefined : posterOf(message, at)
  return picturesOf(message.attachments).map(picture => ({ ...picture, ...(by && { by }) }))
}

/** The files given to options of a command, in their order. */
export const givenFiles = (
  resolved: APIInteractionDataResolved | undefined,
  ids: readonly unknown[],
): APIAttachment[] => ids.flatMap(id => (typeof id === 'string' && resolved?.attachments?.[id]) || [])

type Said = GatewayMessageCreateDispatchData | APIMessage
const ordinary = 0
const answering = 19

/** A message that means us (a private chat, a mention, an answer to us); undefined for all others. */
export function messageIncoming(
  self: Self,
  message: Said,
  { room, isPrivate }: { room: Room | undefined; isPrivate: boolean },
): Extract<Incoming, { kind: 'message' }> | undefined {
  const { author, type, mentions, referenced_message: answered, message_reference: reference } = message
  if (author.bot || message.webhook_id !== undefined || (type !== ordinary && type !== answering)) return undefined
  const own = self.user.id
  const addressed = isPrivate || mentions.some(({ id }) => id === own) || answered?.author.id === own
  if (!addressed) return undefined
  const place = placeIn(message.channel_id, room?.parent, isPrivate, message.id)
  const names = new Map(mentions.map(user => [user.id, user.id === own ? '' : nameOf(user)]))
  const pictures = picturesOf(message.attachments)
  const theirs =
    answered && answered.author.id !== own ? picturesOfOther(self, answered, { ...place, message: answered.id }) : []
  const member = 'member' in message ? message.member : undefined
  return {
    kind: 'message',
    update: updateOf(self, message.id),
    place,
    member: memberOf(author.id),
    memberName: nameOf(author, member?.nick),
    // Only what answers a command or a press can be hidden.
    ...(!isPrivate && { quiet: false }),
    ...(room?.uploadBytes !== undefined && { uploadBytes: room.uploadBytes }),
    ...(member?.roles && { roles: member.roles }),
    ...(room?.adult && { adult: true }),
    text: unmarked(message.content, own, names),
    images: pictures.length > 0 ? pictures : theirs,
    addressed,
    ...(type === answering && reference?.message_id && { replyTo: { ...place, message: reference.message_id } }),
  }
}

/** An emoji under a message of ours. Discord gives no id to it, so the moment stands in the update. */
export function reactionIncoming(
  self: Self,
  given: GatewayMessageReactionAddDispatchData | GatewayMessageReactionRemoveDispatchData,
  { room, added, name, at }: { room: Room | undefined; added: boolean; name: string; at: number },
): Extract<Incoming, { kind: 'reaction' }> {
  const { message_id, channel_id, user_id, guild_id, emoji } = given
  const sign = emoji.name ?? emoji.id ?? ''
  return {
    kind: 'reaction',
    update: updateOf(self, `${message_id}:${user_id}:${sign}:${added ? '+' : '-'}${at}`),
    place: placeIn(channel_id, room?.parent, guild_id === undefined, message_id),
    member: memberOf(user_id),
    memberName: name,
    emoji: sign,
    added,
  }
}

/** A vote in a poll of ours; Discord counts its answers from 1, and gives no id to the vote. */
export function voteIncoming(
  self: Self,
  { message_id, channel_id, user_id, guild_id, answer_id }: GatewayMessagePollVoteDispatchData,
  { room, added, name, at }: { room: Room | undefined; added: boolean; name: string; at: number },
): Extract<Incoming, { kind: 'polled' }> {
  return {
    kind: 'polled',
    update: updateOf(self, `${message_id}:${user_id}:${answer_id}:${added ? '+' : '-'}${at}`),
    place: placeIn(channel_id, room?.parent, guild_id === undefined, message_id),
    member: memberOf(user_id),
    memberName: name,
    option: answer_id - 1,
    added,
  }
}

export const reactionName = (given: GatewayMessageReactionAddDispatchData): string | undefined =>
  given.member?.user && nameOf(given.member.user, given.member.nick)
