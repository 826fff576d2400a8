import { duetsAt, isAsked } from '../../core/duet.ts'
import { changeOf, choicesOf } from '../../core/expect.ts'
import { profileOf } from '../../core/members.ts'
import { clean } from '../../core/parse/clean.ts'
import type { Place } from '../../core/place.ts'
import type { Core } from '../../core/redis.ts'
import type { Attachment, Incoming } from '../platform.ts'
import { readCommand } from '../read-command.ts'
import { askedOf, noteAsked } from './asked.ts'
import { isDigit, takesPictures } from './heard.ts'
import type { People } from './people.ts'
import type { Pictures } from './pictures.ts'
import type { Sent } from './sent.ts'
import type { Heard } from './transport.ts'

/** From what is said on WeChat to what the conversation understands. */

export interface IntakeParts {
  readonly core: Core
  readonly people: People
  readonly pictures: Pictures
  readonly sent: Sent
  /** Fetches and keeps a picture, if it can be had. */
  hold(message: string): Promise<void>
  /** A first picture came in a private chat: what to say with it is told. */
  hint(place: Place, member: string): void
}

/** In a room people also talk to each other: an answer to what we asked is only expected so soon (ms). */
const soon = { digit: 10 * 60_000, words: 2 * 60_000 } as const

/** The latest two pictures are the first and the last frame; who sent more was still choosing. */
const frames = 2

/** WeChat does not say which language somebody uses; nearly everybody there reads Chinese. */
export const wechatLocale = 'zh-CN'

export const memberOf = (key: string): string => `wechat:${key}`

/** What is to be handled, if anything: pictures wait for their words, and talk that is not meant for us is dropped at once. */
export async function takeIn(
  parts: IntakeParts,
  heard: Heard,
): Promise<Extract<Incoming, { kind: 'message' }> | undefined> {
  return heard.picture ? takePicture(parts, heard) : takeWords(parts, heard)
}

const fromOf = ({ room, who }: Heard) => ({ chat: room?.id ?? who.id, member: who.id })

async function placeOf({ people }: IntakeParts, { room, who, id }: Heard): Promise<Place> {
  const channel = room ? await people.roomKey(room) : await people.personKey(who)
  return { platform: 'wechat', channel, message: id, private: room === undefined }
}

async function takePicture(
  parts: IntakeParts,
  heard: Heard,
): Promise<Extract<Incoming, { kind: 'message' }> | undefined> {
  const { core, pictures, people } = parts
  const isFirst = await pictures.keep(fromOf(heard), heard.id)
  if (heard.room) {
    // Of people who never spoke to us nothing is fetched before they do.
    const known = await people.knownKey(heard.who)
    const met = known !== undefined && (await profileOf(core, memberOf(known))).name !== undefined
    if (met) await parts.hold(heard.id)
    return takeAwaited(parts, heard)
  }
  await parts.hold(heard.id)
  const place = await placeOf(parts, heard)
  if (isFirst) parts.hint(place, memberOf(place.channel))
  return undefined
}

/** A picture alone that somebody in this room was asked for: the second one of a shot of two. */
async function takeAwaited(
  parts: IntakeParts,
  heard: Heard,
): Promise<Extract<Incoming, { kind: 'message' }> | undefined> {
  const { core, people } = parts
  const place = await placeOf(parts, heard)
  const open = await duetsAt(core, place)
  if (open.length === 0) return undefined
  const member = await people.personKey(heard.who)
  if (!open.some(duet => isAsked(duet, { member: memberOf(member), name: heard.who.name }))) return undefined
  await parts.hold(heard.id)
  const { chat, member: person } = fromOf(heard)
  await noteAsked(core, heard.id, { member, chat, person, pictures: [heard.id] })
  return {
    kind: 'message',
    update: `wechat:bot:${heard.id}`,
    place,
    member: memberOf(member),
    memberName: heard.who.name,
    locale: wechatLocale,
    text: '',
    images: [{ id: heard.id, mime: 'image/jpeg', bytes: 0 }],
    addressed: false,
  }
}

async function takeWords(
  parts: IntakeParts,
  heard: Heard,
): Promise<Extract<Incoming, { kind: 'message' }> | undefined> {
  const { core, people, pictures, sent } = parts
  const { room, who, quote } = heard
  const text = digits(heard.text)
  const meant = room === undefined || heard.mentioned || quote?.mine === true
  if (!meant && readCommand(clean(text), false) === undefined && !(await isAwaited(parts, heard, text)))
    return undefined
  const key = await people.personKey(who)
  const place = await placeOf(parts, heard)
  // What is no command and got this far is meant for us.
  const addressed = meant || readCommand(clean(text), false) === undefined
  const answered = quote?.mine ? await sent.quoted(place.channel, quote, memberOf(key)) : undefined
  const shown = quote && !quote.mine && quote.text === '' && quote.id !== undefined ? [quote.id] : []
  const waiting = takesPictures(text, addressed) ? await pictures.waiting(fromOf(heard)) : []
  const pointed = shown.length > 0 && addressed
  const images = pointed ? shown : waiting.slice(-frames)
  const by = pointed ? await posterOf(parts, heard, place) : undefined
  const { chat, member: person } = fromOf(heard)
  await noteAsked(core, heard.id, { member: key, chat, person, pictures: waiting })
  return {
    kind: 'message',
    update: `wechat:bot:${heard.id}`,
    place,
    member: memberOf(key),
    memberName: who.name,
    locale: wechatLocale,
    text,
    images: images.map(id => ({ id, mime: 'image/jpeg', bytes: 0, ...(by && { by }) })),
    addressed,
    ...(answered !== undefined && { replyTo: { ...place, message: answered } }),
  }
}

/** Who posted the quoted picture; an answer to it mentions them. Undefined where that is whoever quotes it. */
async function posterOf(
  { core, people }: IntakeParts,
  heard: Heard,
  place: Place,
): Promise<Attachment['by'] | undefined> {
  const { id, who } = heard.quote ?? {}
  if (who?.id === heard.who.id) return undefined
  if (!who || id === undefined) return 'unknown'
  const key = await people.personKey(who)
  // What they asked with that picture is still to be answered.
  if (!(await askedOf(core, id)))
    await noteAsked(core, id, { member: key, chat: fromOf(heard).chat, person: who.id, pictures: [] })
  return { member: memberOf(key), name: who.name, message: { ...place, message: id } }
}

/** Chinese keyboards may write the digits of a choice wide. */
const digits = (text: string): string => (/^\s*[０-９]{1,2}\s*$/u.test(text) ? text.normalize('NFKC').trim() : text)

/** In a room: the bot asked this member something just now, and this may be the answer: a number of a choice, or new words. */
async function isAwaited({ core, people, sent }: IntakeParts, heard: Heard, text: string): Promise<boolean> {
  const key = await people.knownKey(heard.who)
  const room = heard.room && (await people.roomKey(heard.room))
  if (key === undefined || room === undefined) return false
  const place: Place = { platform: 'wechat', channel: room, private: false }
  const since = await sent.sinceLast(room, memberOf(key))
  if (isDigit(text)) {
    const choices = since < soon.digit ? await choicesOf(core, place, memberOf(key)) : []
    return choices[Number(clean(text)) - 1] !== undefined
  }
  return since < soon.words && (await changeOf(core, place, memberOf(key))) !== undefined
}
