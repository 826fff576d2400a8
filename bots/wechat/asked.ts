import { z } from 'zod'
import type { Core } from '../../core/redis.ts'

/** Who asked what we answer: an answer only knows which message it answers, and has to mention its author, days later perhaps. */
const Asked = z.object({
  /** Key of the member (people.ts). */
  member: z.string(),
  /** Today's ids of chat and member, and the pictures that were taken for part of the message. */
  chat: z.string(),
  person: z.string(),
  pictures: z.array(z.string()),
})
export type Asked = z.infer<typeof Asked>

/** Longer than any job may wait. */
const keepSeconds = 2 * 24 * 3600
const keyOf = (core: Core, message: string): string => `${core.root}:wechat:asked:${message}`

export async function noteAsked(core: Core, message: string, asked: Asked): Promise<void> {
  await core.redis.set(keyOf(core, message), JSON.stringify(asked), 'EX', keepSeconds)
}

export async function askedOf(core: Core, message: string | undefined): Promise<Asked | undefined> {
  const kept = message === undefined ? null : await core.redis.get(keyOf(core, message))
  const read = Asked.safeParse(JSON.parse(kept ?? 'null'))
  return read.success ? read.data : undefined
}
