import { wrong } from './calls.ts'
import { flag, type Poll, type Said } from './fields.ts'
import { bot, type Channel, channelType, type File, type Message, may, type World } from './world.ts'

/** Messages of the bot: made, changed and taken away as Discord would. */

interface Post extends Said {
  readonly attachments?: readonly { readonly id: number; readonly filename: string }[] | undefined
  readonly nonce?: string | undefined
  readonly message_reference?: { readonly message_id: string } | undefined
  readonly poll?: Poll | undefined
}

type Upload = File & { readonly bytes: Uint8Array }

/** Largest attachment, in bytes: by default, and at a server's boost level. */
const mib = 1024 * 1024
export const sizeLimit = (channel: Channel): number =>
  ({ 2: 50 * mib, 3: 100 * mib })[channel.guild?.tier ?? 0] ?? 10 * mib

/** How long a nonce is remembered. */
const nonceMs = 5 * 60_000

export interface Posts {
  /** As the bot, in a channel. The same nonce again is the same message. */
  create(channel: Channel, post: Post, files: readonly Upload[]): Message
  /** With a token: no permissions asked. */
  add(
    message: Omit<Message, 'id' | 'content' | 'components' | 'files' | 'edits' | 'mentions'>,
    post: Post,
    files: readonly Upload[],
  ): Message
  change(message: Message, post: Post, files: readonly Upload[], limit?: number): Message
  remove(message: Message): void
  /** Throws if the bot may not see the channel. */
  see(channel: Channel | undefined): Channel
}

const pollOf = ({ question, answers }: Poll): NonNullable<Message['poll']> => ({
  question: question.text,
  answers: answers.map(({ poll_media }) => poll_media.text),
  closed: false,
})

export function openPosts(world: World): Posts {
  const nonces = new Map<string, { message: Message; at: number }>()

  function see(channel: Channel | undefined): Channel {
    if (!channel || channel.gone) throw wrong.channel()
    if (channel.type !== channelType.dm && (world.allowed(channel) & may.view) === 0n) throw wrong.access()
    return channel
  }

  function mayWrite(channel: Channel, files: readonly Upload[]): void {
    if (channel.with?.closed) throw wrong.closed()
    const allowed = world.allowed(channel)
    const send = channel.type === channelType.thread ? may.threads : may.send
    if ((allowed & send) === 0n) throw wrong.permissions()
    if (files.length > 0 && (allowed & may.attach) === 0n) throw wrong.permissions()
    if (channel.locked) throw wrong.locked()
  }

  /** Files that are announced and sent, each small enough. */
  function kept({ attachments = [] }: Post, files: readonly Upload[], limit: number): File[] {
    if (attachments.length !== files.length)
      throw wrong.form(`${files.length} files, ${attachments.length} attachments`)
    for (const [at, file] of files.entries()) {
      const announced = attachments.find(({ id }) => id === at)
      if (announced?.filename !== file.filename) throw wrong.form(`files[${at}] is not among the attachments`)
      if (file.size > limit) throw wrong.tooLarge()
      world.files.set(file.id, file.bytes)
    }
    return files.map(({ bytes: _, ...file }) => file)
  }

  const empty = ({ content, components = [], flags = 0 }: Post, files: readonly unknown[]): boolean =>
    (content ?? '').trim() === '' && files.length === 0 && (flags & flag.componentsV2 ? components.length === 0 : true)

  function add(base: Parameters<Posts['add']>[0], post: Post, files: readonly Upload[]): Message {
    if (!base.loading && !post.poll && empty(post, files)) throw wrong.empty()
    const message: Message = {
      ...base,
      id: world.id(),
      content: post.content ?? '',
      components: post.components ?? [],
      files: kept(post, files, sizeLimit(base.channel)),
      flags: base.flags | (post.flags ?? 0),
      edits: 0,
      mentions: [],
      ...(post.poll && { poll: pollOf(post.poll) }),
    }
    world.messages.set(message.id, message)
    world.changed.emit('change')
    return message
  }

  return {
    see,
    add,
    create(channel, post, files) {
      mayWrite(see(channel), files)
      const known = post.nonce === undefined ? undefined : nonces.get(post.nonce)
      if (known && world.now() - known.at < nonceMs) return known.message
      const quoted = post.message_reference?.message_id
      if (quoted !== undefined && (world.allowed(channel) & may.history) === 0n) throw wrong.quote()
      const there = quoted !== undefined && world.messages.get(quoted)?.channel === channel
      channel.archived = false
      const own = { channel, author: bot, flags: 0, loading: false, ...(there && { answers: quoted }) }
      const message = add({ ...own, ...(post.nonce !== undefined && { nonce: post.nonce }) }, post, files)
      if (post.nonce !== undefined) nonces.set(post.nonce, { message, at: world.now() })
      return message
    },
    change(message, post, files, limit = sizeLimit(message.channel)) {
      if (message.channel.archived) throw wrong.archived()
      const before = message.flags & flag.componentsV2
      if (before && !((post.flags ?? 0) & flag.componentsV2)) throw wrong.form('IS_COMPONENTS_V2 cannot be taken back')
      if (empty(post, files)) throw wrong.empty()
      message.content = post.content ?? ''
      message.components = post.components ?? []
      message.files = kept(post, files, limit)
      message.flags = (message.flags & flag.ephemeral) | (post.flags ?? 0) | before
      message.loading = false
      message.edits += 1
      world.changed.emit('change')
      return message
    },
    remove(message) {
      world.messages.delete(message.id)
      world.changed.emit('change')
    },
  }
}
