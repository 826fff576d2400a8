import { z } from 'zod'
import type { Log } from '../../core/log.ts'
import { type Place, placeKey } from '../../core/place.ts'
import type { Store } from '../../core/store.ts'
import { type Outgoing, PlaceGone } from '../platform.ts'
import type { Calls, CallWay } from './calls.ts'
import { ApiError } from './client.ts'
import { addressOf, compose, invoiceOf, limits, pollOf } from './compose.ts'
import { fileIn, given, uploadPatienceMs } from './media.ts'
import type { Memory } from './memory.ts'
import { Sent } from './wire.ts'

/** Says, changes and takes away messages. */
export interface Voice {
  reply(to: Place, message: Outgoing): Promise<Place>
  edit(at: Place, message: Outgoing): Promise<void>
  remove(at: Place): Promise<void>
  endPoll(at: Place): Promise<void>
}

interface VoiceParts {
  readonly calls: Calls
  readonly memory: Memory
  readonly store: Store
  readonly log: Log
}

/** While a file travels people see that it does; the sign lasts five seconds. */
const actionEveryMs = 4_500

const methods = {
  video: 'sendVideo',
  photo: 'sendPhoto',
  animation: 'sendAnimation',
  document: 'sendDocument',
} as const
/** What a chat is told while a file is on its way. */
const actions = {
  video: 'upload_video',
  photo: 'upload_photo',
  animation: 'upload_video',
  document: 'upload_document',
} as const

const messageIn = (at: Place): number => {
  const id = Number(at.message)
  if (!Number.isSafeInteger(id)) throw new PlaceGone(`no message ${at.message}`)
  return id
}

export function openVoice({ calls, memory, store, log }: VoiceParts): Voice {
  /** Where a place is now. In a supergroup made of a group the old message ids mean nothing. */
  async function homeOf(to: Place): Promise<Place> {
    const chat = Number(to.channel)
    if (!Number.isSafeInteger(chat)) throw new PlaceGone(`no chat ${to.channel}`)
    const home = await memory.homeOf(chat)
    if (home === chat) return to
    const { message: _old, ...room } = to
    return { ...room, channel: String(home) }
  }

  /** Sends something new; a group that has become a supergroup is followed there. */
  async function send(to: Place, method: string, payload: object, way?: CallWay): Promise<{ at: Place; sent: Sent }> {
    for (let home = await homeOf(to); ; home = await homeOf(to)) {
      try {
        const sent = await calls.seen(Number(home.channel), method, { ...addressOf(home), ...payload }, Sent, way)
        if (home.thread !== undefined) await memory.noteTopic(sent.chat.id, sent.message_id, home.thread)
        return { at: { ...home, message: String(sent.message_id) }, sent }
      } catch (error) {
        if (!(error instanceof ApiError) || error.movedTo === undefined) throw error
        await memory.noteMove(Number(home.channel), error.movedTo)
      }
    }
  }

  /** Changes a message; that there is nothing to change is fine. Undefined then. */
  async function alter(at: Place, method: string, payload: object, way?: CallWay): Promise<Sent | undefined> {
    const chat = Number(at.channel)
    if ((await memory.homeOf(chat)) !== chat) throw new PlaceGone(`group ${chat} has moved`)
    try {
      return await calls.seen(chat, method, { chat_id: chat, message_id: messageIn(at), ...payload }, Sent, way)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (/message is not modified/.test(error.description)) return undefined
      if (error.movedTo === undefined) throw error
      await memory.noteMove(chat, error.movedTo)
      throw new PlaceGone(error.message, { cause: error })
    }
  }

  async function editText(at: Place, message: Outgoing): Promise<void> {
    const { text, ...markup } = compose(message)
    const minor = message.mood === 'working'
    const plain = { link_preview_options: { is_disabled: true } }
    try {
      await alter(at, 'editMessageText', { text, ...plain, ...markup }, { minor })
    } catch (error) {
      // What shows a clip has no text but a caption.
      if (!(error instanceof ApiError) || !/there is no text in the message/.test(error.description)) throw error
      await alter(at, 'editMessageCaption', { caption: text.slice(0, limits.caption), ...markup }, { minor })
    }
  }

  /** Runs a call that carries a clip or picture: by its known id, else with the file, while the chat is told that it comes. */
  async function withMedia(
    to: Place,
    media: NonNullable<Outgoing['media']>,
    call: (file: Awaited<ReturnType<typeof given>>, way: CallWay) => Promise<Sent | undefined>,
  ): Promise<void> {
    for (;;) {
      const file = await given({ store, memory, log }, media)
      const action = {
        action: actions[file.kind],
        ...(to.thread !== undefined && { message_thread_id: Number(to.thread) }),
      }
      const tell = (): void => void calls.sign(Number(to.channel), 'sendChatAction', action)
      const telling = file.files && setInterval(tell, actionEveryMs)
      if (telling) tell()
      try {
        const way = file.files ? { files: file.files, patienceMs: uploadPatienceMs(media.bytes) } : {}
        const sent = await call(file, way)
        const id = sent && fileIn(sent)
        if (id !== undefined && file.files) await memory.noteFile(media.key, id)
        return
      } catch (error) {
        const stale = error instanceof ApiError && /file.?(?:id|identifier)/i.test(error.description)
        if (!stale || file.files) throw error
        await memory.dropFile(media.key)
      } finally {
        clearInterval(telling)
      }
    }
  }

  /** Turns a message into a clip with its words; those too long for a caption follow as a message of their own. */
  async function show(at: Place, message: Outgoing): Promise<void> {
    if (!message.media) return editText(at, message)
    const { text, ...markup } = compose(message)
    const short = text.length <= limits.caption
    await withMedia(at, message.media, (file, way) => {
      const media = { type: file.kind, media: file.input, ...(short && { caption: text }), ...file.about }
      return alter(at, 'editMessageMedia', { media, ...markup }, way)
    })
    if (!short) await reply(at, { text, once: `words:${message.once ?? at.message}` })
  }

  /** Sends a clip as a new message: where nothing says that it must be shown once. */
  async function sendMedia(to: Place, message: Outgoing, media: NonNullable<Outgoing['media']>): Promise<Place> {
    const { text, ...markup } = compose(message)
    const short = text.length <= limits.caption
    let shown: Place | undefined
    await withMedia(to, media, async (file, way) => {
      const method = methods[file.kind]
      const payload = { [file.kind]: file.input, ...(short && { caption: text }), ...file.about, ...markup }
      const { at, sent } = await send(to, method, payload, way)
      shown = at
      return sent
    })
    if (!shown) throw new Error('a clip was sent nowhere')
    if (!short) await reply(shown, { text })
    return shown
  }

  /** Sends words, or the offer of a pack. */
  async function sendWords(to: Place, message: Outgoing): Promise<Place> {
    if (message.invoice) return (await send(to, 'sendInvoice', invoiceOf(message.invoice))).at
    if (message.poll) {
      const { at, sent } = await send(to, 'sendPoll', pollOf(message))
      if (sent.poll) await memory.notePoll(sent.poll.id, at)
      return at
    }
    const composed = compose(message)
    return (await send(to, 'sendMessage', { ...composed, link_preview_options: { is_disabled: true } })).at
  }

  /** Says it for the first time, or goes on where an earlier try stopped: a clip takes the place of words that stand for it. */
  async function sayOnce(to: Place, message: Outgoing, once: string): Promise<Place> {
    const home = await homeOf(to)
    const before = await memory.onceOf(placeKey(home), once)
    const earlier = before && { ...home, message: String(before.message) }
    if (earlier && before.done) return earlier
    const note = (at: Place, done: boolean): Promise<void> =>
      memory.noteOnce(placeKey(at), once, { message: messageIn(at), done })
    let at: Place | undefined = earlier
    if (at) {
      try {
        await show(at, message)
      } catch (error) {
        if (!(error instanceof PlaceGone)) throw error
        at = undefined
      }
    }
    if (!at && message.media) {
      at = await sendWords(to, { text: message.text || '🎬' })
      await note(at, false)
      await show(at, message)
    }
    at ??= await sendWords(to, message)
    await note(at, true)
    return at
  }

  async function reply(to: Place, message: Outgoing): Promise<Place> {
    if (message.once !== undefined) return sayOnce(to, message, message.once)
    return message.media ? sendMedia(to, message, message.media) : sendWords(to, message)
  }

  return {
    reply,
    edit: show,
    async endPoll(at) {
      const payload = { chat_id: Number(at.channel), message_id: messageIn(at) }
      try {
        await calls.seen(Number(at.channel), 'stopPoll', payload, z.unknown())
      } catch (error) {
        if (!(error instanceof ApiError) || !/poll has already been closed/.test(error.description)) throw error
      }
    },
    async remove(at) {
      const payload = { chat_id: Number(at.channel), message_id: messageIn(at) }
      await calls.seen(Number(at.channel), 'deleteMessage', payload, z.unknown())
    },
  }
}
