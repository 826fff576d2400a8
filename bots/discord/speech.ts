import type { APIMessage } from 'discord.js'
import type { Catalogue } from '../../core/catalogue.ts'
import type { Place } from '../../core/place.ts'
import type { Core } from '../../core/redis.ts'
import type { Store } from '../../core/store.ts'
import { type Outgoing, PlaceGone } from '../platform.ts'
import type { Answers } from './answers.ts'
import { type Asked, askedAt, interactionOf, keepForm, madeWith, noteMade } from './asked.ts'
import { type Body, bodyOf, flag, nonceOf } from './body.ts'
import type { Line } from './line.ts'
import { isRefused, meaning, refusal, tokenOver } from './refused.ts'

/**
 * Saying things. An interaction's token is used while it lives (it reaches places where the bot is no member, and can hide an answer);
 * after its 15 minutes the bot speaks for itself, and where it may not, in a private message.
 */
export interface Speech {
  reply(to: Place, message: Outgoing): Promise<Place>
  edit(at: Place, message: Outgoing): Promise<void>
  remove(at: Place): Promise<void>
  endPoll(at: Place): Promise<void>
}

export interface SpeechParts {
  readonly line: Line
  readonly core: Core
  readonly store: Store
  readonly catalogue: Catalogue
  readonly answers: Answers
  /** How long a button may still be pressed, in days. */
  readonly buttonDays: number
}

/** A message ready to go. */
interface Ready {
  readonly body: Body
  readonly files: readonly { readonly name: string; readonly data: Uint8Array }[]
}

const snowflake = /^\d{15,20}$/
/** The channel a message really stands in: to Discord a thread is one. */
const roomOf = ({ channel, thread }: Place): string => thread ?? channel
const userOf = (member: string | undefined): string | undefined => member?.slice(member.indexOf(':') + 1)
const idOf = (made: unknown): string => (made as Pick<APIMessage, 'id'>).id

export function openSpeech({ line, core, store, catalogue, answers, buttonDays }: SpeechParts): Speech {
  async function ready(message: Outgoing): Promise<Ready> {
    const { media, invoice, buttons = [] } = message
    const forms = buttons.filter(button => button.form !== undefined)
    for (const { id, label, form } of forms) if (form) await keepForm(core, id, { title: label, ...form }, buttonDays)
    const sku = catalogue.packs.find(pack => pack.id === invoice?.pack)?.sku
    return {
      body: bodyOf(message, sku),
      files: media ? [{ name: media.name, data: await store.get(media.key) }] : [],
    }
  }

  /** What a failed call in this place means. */
  const failed = (place: Place, error: unknown): unknown => meaning(error, line.room(roomOf(place))?.missing ?? [])

  /** As the bot, in a channel, in answer to a message there. The nonce makes a second try find the first. */
  async function post(to: Place, { body, files }: Ready, once: string | undefined): Promise<Place> {
    const room = roomOf(to)
    if (!snowflake.test(room)) throw new PlaceGone(`no channel ${room}`)
    const nonce = once === undefined ? {} : { nonce: nonceOf(room, once), enforce_nonce: true }
    const { message, ...place } = to
    const quote = message !== undefined && snowflake.test(message)
    const quoted = quote ? { message_reference: { message_id: message, fail_if_not_exists: false } } : {}
    const send = (more: object): Promise<unknown> =>
      line.call('POST', `/channels/${room}/messages`, { body: { ...body, ...nonce, ...more }, files })
    const made = await send(quoted).catch(error => {
      if (quote && isRefused(error, refusal.cannotQuote)) return send({})
      throw error
    })
    return { ...place, message: idOf(made) }
  }

  /** By the token, beside the first answer. */
  async function followUp(to: Place, asked: Asked, { body, files }: Ready, hidden: boolean): Promise<Place> {
    const { app } = await line.identity()
    const shown = hidden ? { ...body, flags: (body.flags ?? 0) | flag.ephemeral } : body
    const query = { wait: 'true' }
    const made = await line.hook('POST', `/webhooks/${app}/${asked.token}`, { body: shown, files, query })
    return byToken({ ...to, message: idOf(made) }, asked)
  }

  async function byToken(at: Place, asked: Asked): Promise<Place> {
    if (at.message !== undefined) await noteMade(core, at.message, asked)
    return at
  }

  /** Where the bot is no member it can still write to the person, if they let it. */
  async function privately(asked: Asked, message: Ready, once: string | undefined): Promise<Place> {
    const channel = idOf(await line.call('POST', '/users/@me/channels', { body: { recipient_id: asked.user } }))
    return post({ platform: 'discord', channel, private: true }, message, once)
  }

  /** Any other answer than the first: open for all unless `hidden`. */
  async function beside(
    to: Place,
    message: Ready,
    { asked, hidden, once }: { asked: Asked | undefined; hidden: boolean; once: string | undefined },
  ): Promise<Place> {
    if (asked && (hidden || !asked.inside) && asked.until > Date.now()) {
      try {
        return await followUp(to, asked, message, hidden)
      } catch (error) {
        if (!tokenOver(error)) throw error
      }
    }
    if (asked && hidden) throw new PlaceGone('nobody else is to see this, and Discord hides nothing any more')
    return asked && !asked.inside ? privately(asked, message, once) : post(to, message, once)
  }

  async function reply(to: Place, outgoing: Outgoing): Promise<Place> {
    const message = await ready(outgoing)
    const { once } = outgoing
    const command = interactionOf(to.message) !== undefined
    const user = command ? undefined : userOf(outgoing.quiet)
    const asked = to.message === undefined ? undefined : await askedAt(core, to.message, user)
    const hidden = outgoing.quiet !== undefined && !to.private
    if (!asked || !command) return beside(to, message, { asked, hidden, once })
    const first = await answers.first(to.message, asked.token, { ...message, hidden, once })
    if (first === 'late') {
      const over = { ...asked, until: 0 }
      return beside(withoutMessage(to), named(message, asked.user), { asked: over, hidden, once })
    }
    if ('message' in first) return byToken({ ...to, message: first.message }, asked)
    const after = first.told === undefined ? withoutMessage(to) : { ...to, message: first.told }
    return beside(after, message, { asked, hidden, once })
  }

  async function edit(at: Place, outgoing: Outgoing): Promise<void> {
    const { message } = at
    if (message === undefined || !snowflake.test(message)) throw new PlaceGone(`no message ${message}`)
    const { body, files } = await ready(outgoing)
    const token = await madeWith(core, message)
    if (token !== undefined) {
      const { app } = await line.identity()
      try {
        await line.hook('PATCH', `/webhooks/${app}/${token}/messages/${message}`, { body, files })
        return
      } catch (error) {
        if (!tokenOver(error)) throw error
      }
    }
    const change = (): Promise<unknown> =>
      line.call('PATCH', `/channels/${roomOf(at)}/messages/${message}`, { body, files })
    await change().catch(async error => {
      if (!isRefused(error, refusal.archivedThread)) throw error
      await line.call('PATCH', `/channels/${roomOf(at)}`, { body: { archived: false } })
      await change()
    })
  }

  async function remove(at: Place): Promise<void> {
    const { message } = at
    if (message === undefined || !snowflake.test(message)) throw new PlaceGone(`no message ${message}`)
    const token = await madeWith(core, message)
    if (token !== undefined) {
      const { app } = await line.identity()
      try {
        await line.hook('DELETE', `/webhooks/${app}/${token}/messages/${message}`)
        return
      } catch (error) {
        if (!tokenOver(error)) throw error
      }
    }
    await line.call('DELETE', `/channels/${roomOf(at)}/messages/${message}`)
  }

  async function endPoll(at: Place): Promise<void> {
    await line.call('POST', `/channels/${roomOf(at)}/polls/${at.message}/expire`)
  }

  /** What goes wrong in a place, as the conversation knows it. */
  const told =
    <A extends [Place, ...unknown[]], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      try {
        return await work(...args)
      } catch (error) {
        throw failed(args[0], error)
      }
    }

  return { reply: told(reply), edit: told(edit), remove: told(remove), endPoll: told(endPoll) }
}

const withoutMessage = ({ message: _, ...place }: Place): Place => place

/** A late answer stands alone, so it says whom it is for (nobody is pinged). */
const named = ({ body, files }: Ready, user: string): Ready => ({
  files,
  body: typeof body.content === 'string' ? { ...body, content: `<@${user}> ${body.content}`.slice(0, 2000) } : body,
})
