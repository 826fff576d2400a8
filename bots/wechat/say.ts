import type { Place } from '../../core/place.ts'
import { type Core, insist, isAway } from '../../core/redis.ts'
import type { Store } from '../../core/store.ts'
import type { Step } from '../pacer.ts'
import { type Outgoing, PlaceGone, RetryLater } from '../platform.ts'
import { type Asked, askedOf } from './asked.ts'
import { memberOf } from './intake.ts'
import type { Pace } from './pace.ts'
import type { People } from './people.ts'
import type { Pictures } from './pictures.ts'
import type { Once, Sent, Words } from './sent.ts'
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
  const { core, pictures } = parts
  try {
    const blocked = await parts.blocked(to.channel)
    if (blocked) throw blocked
    const asked = await askedOf(core, to.message)
    // A ticket: the pictures are part of a job now, and not of what is said next.
    if (asked && message.mood === 'working')
      await pictures.use({ chat: asked.chat, member: asked.person }, asked.pictures)
    const said = await parts.pace.turn(to.channel, step => inTurn(parts, { to, message, asked, step }))
    return { platform: to.platform, channel: to.channel, message: said, private: to.private }
  } catch (error) {
    if (isAway(error)) throw new RetryLater(1_000, error)
    throw error instanceof TransportError ? told(parts, error) : error
  }
}

interface Saying {
  readonly to: Place
  readonly message: Outgoing
  readonly asked: Asked | undefined
  readonly step: Step
}

/** A file and its words are one thing to say: whoever speaks next in this chat says first what a failure or a restart left unsaid. */
async function inTurn(
  parts: SayParts,
  { to, message: { text, media, once: key }, asked, step }: Saying,
): Promise<string> {
  const { people, sent } = parts
  const { channel } = to
  const chat = await people.liveOf(channel)
  if (chat === undefined) throw parts.unseen()
  const left = await sent.words(channel)
  if (left && left.once !== key) await finish(parts, { channel, chat, left, step })
  const once = await sent.once(channel, key)
  const words = {
    text,
    ...(asked && !to.private && { mention: asked.member }),
    ...(asked && { to: memberOf(asked.member) }),
  }
  if (media && !once.isDone('file')) {
    const file = { name: media.name, bytes: await parts.store.get(media.key) }
    await part({ once, name: 'file', step, words }, () => parts.transport.file(chat, file))
  }
  await sayWords(parts, { channel, chat, once, words, file: media !== undefined, step })
  return once.message
}

/** Says the words under a file that was shown before. That they may have been shown is no reason to leave them for others to say. */
async function finish(
  parts: SayParts,
  { channel, chat, left, step }: { channel: string; chat: string; left: Words; step: Step },
): Promise<void> {
  const once = await parts.sent.once(channel, left.once)
  for (;;) {
    try {
      return await sayWords(parts, { channel, chat, once, words: left, file: true, step })
    } catch (error) {
      const how = error instanceof TransportError ? error.how : undefined
      // Words that WeChat does not take must not keep everything else from being said.
      if (how === 'refused' || how === 'gone') return parts.sent.dropWords(channel)
      if (how !== 'unsure') throw error
    }
  }
}

interface Under {
  readonly channel: string
  readonly chat: string
  readonly once: Once
  readonly words: Omit<Words, 'once'>
  readonly file: boolean
  readonly step: Step
}

async function sayWords({ people, sent, transport }: SayParts, saying: Under): Promise<void> {
  const { channel, chat, once, words, file, step } = saying
  const { text, to } = words
  if (once.isDone('text')) return
  const mention = words.mention === undefined ? undefined : await people.liveOf(words.mention)
  await part({ once, name: 'text', step }, () => transport.text(chat, text, mention))
  if (!once.isDone('text')) await sent.dropWords(channel)
  await sent.note(channel, { message: once.message, ids: once.ids, text, file, to })
}

interface Part {
  readonly once: Once
  readonly name: 'file' | 'text'
  readonly step: Step
  /** What is to be said under this file. */
  readonly words?: Omit<Words, 'once'>
}

/** One message on WeChat: noted before it is sent and after, so that a try with no sure answer is repeated once and no more. */
async function part({ once, name, step, words }: Part, call: () => Promise<string | undefined>): Promise<void> {
  if (once.tries(name) >= mostTries) {
    // The clip is there; that its words may be missing is no reason to send it a third time.
    if (name === 'text' && once.isDone('file')) return
    throw new PlaceGone('sent twice, and WeChat did not say that it arrived')
  }
  await step(async () => {
    await once.begin(name)
    try {
      const id = await call()
      await insist(() => once.end(name, true, { id, ...(words && { words }) }))
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
