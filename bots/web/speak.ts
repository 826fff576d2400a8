import type { FastifyRequest } from 'fastify'
import { UserError } from '../../core/errors.ts'
import { takePicture } from '../../core/media.ts'
import { profileOf } from '../../core/members.ts'
import type { Place } from '../../core/place.ts'
import type { Attachment } from '../platform.ts'
import { idOf } from './ids.ts'
import { botName, type Message, visibleTo } from './message.ts'
import type { ServerParts } from './parts.ts'
import type { Session } from './session.ts'
import { readWritten, type Upload } from './upload.ts'

/** Who says something where, and in which language the page speaks to them. */
export interface Speaking {
  readonly room: string
  readonly session: Session
  readonly locale: string
}

/** Pictures of one message that the room is shown; more than two are refused by the conversation anyway. */
const shownPictures = 4

const placeOf = (room: string, message: string): Place => ({ platform: 'web', channel: room, message, private: false })

/**
 * Somebody writes: the room sees it, then the conversation takes it. The same client id again is the same message and the same
 * update, so a browser that lost the answer may simply send it again. Throws UserError; Redis being away is passed on.
 */
export async function write(parts: ServerParts, request: FastifyRequest, speaking: Speaking): Promise<Message> {
  const { rooms, store, uploads, hub, now } = parts
  const { room, session, locale } = speaking
  await checkAllowed(parts, session)
  const written = await readWritten(request)
  const parent = written.replyTo === undefined ? undefined : await rooms.get(room, written.replyTo)
  const answered = parent && visibleTo(parent, session.member) ? parent : undefined
  const id = idOf('m', session.member, room, written.id)
  const known = await rooms.get(room, id)
  const talk = !written.toBot && written.pictures.length === 0
  const message: Message = known ?? {
    id,
    client: written.id,
    at: now(),
    by: session.member,
    name: session.name,
    text: written.text,
    root: answered?.root ?? id,
    talk,
    pictures: await shown(store, written.pictures),
    buttons: [],
    ...(answered && { answers: answered.id }),
  }
  if (!known) await rooms.add(room, message)
  const images = written.pictures.length > 0 ? uploads.hold(id, written.pictures) : picturesOf(answered)
  try {
    await parts.tell({
      kind: 'message',
      update: `web:chat:${id}`,
      place: placeOf(room, id),
      member: session.member,
      memberName: session.name,
      locale,
      text: written.text,
      images,
      addressed: !talk || answered?.by === botName,
      ...(answered && { replyTo: placeOf(room, answered.id) }),
    })
  } finally {
    uploads.done(id)
    hub.tellCredits(session.member)
  }
  return message
}

/** The pictures of the message answered to, as theirs who posted it. */
function picturesOf(answered: Message | undefined): Attachment[] {
  if (!answered || answered.by === botName) return []
  const by = { member: answered.by, name: answered.name }
  return answered.pictures.map(({ key }) => ({
    id: key,
    mime: 'image/webp',
    bytes: 0,
    by,
  }))
}

/** Who is shut out is not heard by the room either; operators cannot be shut out. */
async function checkAllowed({ core, config }: ServerParts, { member }: Session): Promise<void> {
  if (config.OPERATORS.includes(member)) return
  const { banned } = await profileOf(core, member)
  if (banned !== undefined) throw new UserError('refusal.banned')
}

/** What the room is shown of the pictures; what cannot be read is left to the conversation to refuse. */
async function shown(store: ServerParts['store'], pictures: readonly Upload[]): Promise<Message['pictures']> {
  const taken: Message['pictures'] = []
  for (const { bytes } of pictures.slice(0, shownPictures)) {
    const picture = await takePicture(store, bytes).catch(error => {
      if (error instanceof UserError) return undefined
      throw error
    })
    if (picture) taken.push(picture)
  }
  return taken
}

/** Somebody presses a button of a message they can see. */
export async function press(
  parts: ServerParts,
  { room, session, locale, message, id, button }: Speaking & { message: string; id: string; button: string },
): Promise<void> {
  const bearer = await parts.rooms.get(room, message)
  if (!bearer || !visibleTo(bearer, session.member)) throw new UserError('refusal.button-old')
  await parts.tell({
    kind: 'button',
    update: `web:press:${idOf('p', session.member, room, message, id)}`,
    place: { platform: 'web', channel: room, message, private: false },
    member: session.member,
    memberName: session.name,
    locale,
    id: button,
  })
  parts.hub.tellCredits(session.member)
}
