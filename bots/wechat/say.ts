import type { Place } from '../../core/place.ts'
import { type Core, insist, isAway } from '../../core/redis.ts'
import type { Store } from '../../core/store.ts'
import { type Outgoing, PlaceGone, RetryLater } from '../platform.ts'
import { askedOf } from './asked.ts'
import { memberOf } from './intake.ts'
import type { Pace } from './pace.ts'
import type { People } from './people.ts'
import type { Pictures } from './pictures.ts'
import type { Once, Sent } from './sent.ts'
import { type Transport, TransportError } from './transport.ts'

/** From what the bot says to messages on WeChat: at a human pace, the file first, then the words with a mention of who asked. */

export interface SayParts {
  readonly core: Core
  readonly store: Store
  readonly people: People
  readonly pictures: Pictures
  readonly sent: Sent
  readonly pace: Pace
  readonly transport: Pick<Transport, 'text' | 'file'>
  /** Why nothing can be said here right now; undefined if it can. */
  blocked(channel: string): Promise<Error | undefined>
  /** Nobody of this key is in sight: why, as the caller is told. */
  unseen(): Error
}

/** Tries that may have been shown: a third one would be a third copy. */
const mostTries = 2

export async function say(parts: SayParts, to: Place, message: Outgoing): Promise<Place> {
  const { core, people, pictures, sent } = parts
  try {
    const blocked = await parts.blocked(to.channel)
    if (blocked) throw blocked
    const chat = await people.liveOf(to.channel)
    if (chat === undefined) throw parts.unseen()
    const asked = await askedOf(core, to.message)
    const mention = asked && !to.private ? await people.liveOf(asked.member) : undefined
    // A ticket: the pictures are part of a job now, and not of what is said next.
    if (asked && message.mood === 'working')
      await pictures.use({ chat: asked.chat, member: asked.person }, asked.pictures)
    const once = await sent.once(to.channel, message.once)
    const { media } = message
    if (media) {
      const bytes = once.isDone('file') ? undefined : await parts.store.get(media.key)
      if (bytes)
        await part(parts, to.channel, once, 'file', () => parts.transport.file(chat, { name: media.name, bytes }))
    }
    const isNew = !once.isDone('text')
    await part(parts, to.channel, once, 'text', () => parts.transport.text(chat, message.text, mention))
    if (isNew)
      await sent.note(to.channel, {
        message: once.message,
        ids: once.ids,
        text: message.text,
        file: media !== undefined,
        ...(asked && { to: memberOf(asked.member) }),
      })
    return { platform: to.platform, channel: to.channel, message: once.message, private: to.private }
  } catch (error) {
    if (isAway(error)) throw new RetryLater(1_000, error)
    throw error instanceof TransportError ? told(parts, error) : error
  }
}

/** One message on WeChat: noted before it is sent and after, so that a try with no sure answer is repeated once and no more. */
async function part(
  { pace }: SayParts,
  channel: string,
  once: Once,
  name: 'file' | 'text',
  call: () => Promise<string | undefined>,
): Promise<void> {
  if (once.isDone(name)) return
  if (once.tries(name) >= mostTries) {
    // The clip is there; that its words may be missing is no reason to send it a third time.
    if (name === 'text' && once.isDone('file')) return
    throw new PlaceGone('sent twice, and WeChat did not say that it arrived')
  }
  await pace.run(channel, async () => {
    await once.begin(name)
    try {
      const id = await call()
      await insist(() => once.end(name, true, id))
    } catch (error) {
      const sure = error instanceof TransportError && error.how !== 'unsure'
      if (sure) await insist(() => once.end(name, false))
      throw error
    }
  })
}

/** What a transport's failure means to whoever wanted to say something. */
function told({ pace }: SayParts, error: TransportError): Error {
  switch (error.how) {
    case 'often':
      pace.pause(error.afterMs)
      return new RetryLater(error.afterMs, error)
    case 'later':
      return new RetryLater(error.afterMs, error)
    case 'gone':
      return new PlaceGone(error.message, { cause: error })
    default:
      return error
  }
}
