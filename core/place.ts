import { z } from 'zod'

/** Where a message was said and where the answer goes. Plain JSON: it crosses the queue and outlives a restart. */
export const Place = z.object({
  /** Adapter name: "web", "telegram", "discord", "wechat". */
  platform: z.string().regex(/^[a-z]+$/),
  /** Room, chat or channel id, as the platform spells it. */
  channel: z.string().min(1).max(200),
  /** Topic or thread inside the channel; absent = the channel itself. */
  thread: z.string().min(1).max(200).optional(),
  /** The message to answer; absent = no particular one. */
  message: z.string().min(1).max(200).optional(),
  /** True in a one-to-one chat with the bot. */
  private: z.boolean().default(false),
})
export type Place = z.infer<typeof Place>

/** A person on one platform: `<platform>:<id>`, e.g. `web:k3v9`. The wallet of a member is the account of the same name. */
export const MemberId = z.string().regex(/^[a-z]+:[^\s]{1,190}$/)
export type MemberId = z.infer<typeof MemberId>

/** The same room or thread, whatever message is answered there. */
export const placeKey = (place: Place): string =>
  [place.platform, place.channel, place.thread ?? ''].map(encodeURIComponent).join('/')
