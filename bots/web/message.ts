import { z } from 'zod'
import { signLink } from '../../core/links.ts'
import { MediaKey } from '../../core/request.ts'

/** A room's name as it stands in its address: letters and digits of any script, "-" and "_". */
export const RoomName = z
  .string()
  .transform(name => name.normalize('NFC').toLowerCase())
  .pipe(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}_-]{0,39}$/u))

/** Id of a message; made by us, never reused. */
export const MessageId = z.string().regex(/^[A-Za-z0-9_-]{4,40}$/)

/** Id a client gives its message or press, so that sending it twice does it once. */
export const ClientId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

const Picture = z.object({ key: MediaKey, width: z.number(), height: z.number() })

const Media = z.object({
  key: MediaKey,
  kind: z.enum(['video', 'image', 'animation']),
  name: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
  seconds: z.number().optional(),
  poster: MediaKey.optional(),
})

/** Who wrote what the bot writes. */
export const botName = 'bot'

/** A message as a room keeps it. */
export const Message = z.object({
  id: MessageId,
  /** The client's own id of it, so that its page knows what it had shown at once. */
  client: ClientId.optional(),
  /** Unix milliseconds; never twice the same in a process, so it orders. */
  at: z.number(),
  /** Member id, or `bot`. */
  by: z.string(),
  name: z.string().default(''),
  text: z.string(),
  /** The message it answers. */
  answers: MessageId.optional(),
  /** First message of its thread; its own id if it began one. */
  root: MessageId,
  /** True if it was said to the people in the room, not to the bot. */
  talk: z.boolean().default(false),
  /** Pictures somebody sent, cleaned. */
  pictures: z.array(Picture).default([]),
  media: Media.optional(),
  buttons: z
    .array(
      z.object({
        id: z.string(),
        label: z.string(),
        url: z.string().optional(),
        /** Member who alone sees it. */
        only: z.string().optional(),
      }),
    )
    .default([]),
  progress: z.number().optional(),
  mood: z.enum(['plain', 'working', 'done', 'problem']).optional(),
  /** Locale key of the refusal this message says. */
  failure: z.string().optional(),
  /** Only this member sees it. */
  quiet: z.string().optional(),
})
export type Message = z.infer<typeof Message>

const dayMs = 24 * 3600 * 1000

/** Links end one to two days from now, and stay the same for a day so that browsers can keep what they fetched. */
const linkEnds = (now: number): number => (Math.floor(now / dayMs) + 2) * dayMs

/** A message as a member's browser (undefined = somebody without a name yet) gets it: store keys become signed links. */
export function viewOf(message: Message, secret: string, member: string | undefined, now = Date.now()) {
  const link = (key: MediaKey): string => signLink(secret, key, linkEnds(now))
  const { media, pictures, buttons, ...rest } = message
  return {
    ...rest,
    buttons: buttons.flatMap(({ only, ...button }) => (only === undefined || only === member ? [button] : [])),
    pictures: pictures.map(({ key, width, height }) => ({ src: link(key), width, height })),
    ...(media && {
      media: {
        src: link(media.key),
        kind: media.kind,
        name: media.name,
        bytes: media.bytes,
        width: media.width,
        height: media.height,
        seconds: media.seconds,
        poster: media.poster && link(media.poster),
      },
    }),
  }
}
export type MessageView = ReturnType<typeof viewOf>

/** True if this member (undefined = somebody without a name yet) may see the message. */
export const visibleTo = (message: Pick<Message, 'quiet'>, member: string | undefined): boolean =>
  message.quiet === undefined || message.quiet === member
