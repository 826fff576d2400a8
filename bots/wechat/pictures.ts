import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { formatOf } from '../../core/media.ts'
import type { Core } from '../../core/redis.ts'
import { MediaKey } from '../../core/request.ts'
import type { Store } from '../../core/store.ts'

/**
 * Pictures that came just before the words they belong to: those of whoever speaks, in this chat, of the last two minutes.
 * Redis keeps which; the bytes lie in the store until the window is over, because the web puppet forgets a message when it restarts.
 */
export interface Pictures {
  /** A picture came. The same message again changes nothing. True if it is the first that waits. */
  keep(from: From, message: string): Promise<boolean>
  /** Its bytes were fetched. */
  hold(message: string, bytes: Uint8Array): Promise<void>
  /** The pictures that wait for what is said now, oldest first: ids for `get`. Those a job was made of are gone. */
  waiting(from: From): Promise<string[]>
  /** A job was made of these. */
  use(from: From, messages: readonly string[]): Promise<void>
  /** Bytes that were kept; undefined if only WeChat has them. */
  get(message: string): Promise<Uint8Array | undefined>
  /** Removes bytes whose window is over. */
  tidy(): Promise<void>
}

/** Whose pictures, and where. */
interface From {
  readonly chat: string
  readonly member: string
}

/** Pictures wait so long (ms) for their words; what is kept of them stays a little longer, for a request that was just made. */
export const pictureWindowMs = 120_000
const keepMs = 3 * pictureWindowMs

const Waiting = z.object({ at: z.number(), used: z.boolean().default(false) })

export function openPictures(core: Core, store: Store, windowMs = pictureWindowMs): Pictures {
  const { redis } = core
  const root = `${core.root}:wechat`
  const ownerKey = ({ chat, member }: From): string => `${root}:pictures:${encodeURIComponent(chat)}:${member}`
  const fileKey = (message: string): string => `${root}:picture:${message}`
  /** Store keys by when they go (Unix ms). */
  const bin = `${root}:bin`

  async function waitingOf(from: From): Promise<[string, z.infer<typeof Waiting>][]> {
    const all = Object.entries(await redis.hgetall(ownerKey(from)))
    return all.flatMap(([message, text]) => {
      const read = Waiting.safeParse(JSON.parse(text))
      const young = read.success && Date.now() - read.data.at < windowMs
      return read.success && young && !read.data.used ? [[message, read.data] as [string, z.infer<typeof Waiting>]] : []
    })
  }

  return {
    async keep(from, message) {
      const key = ownerKey(from)
      const isNew = await redis.hsetnx(key, message, JSON.stringify({ at: Date.now() }))
      await redis.pexpire(key, Math.max(keepMs, windowMs))
      return isNew === 1 && (await waitingOf(from)).length === 1
    },
    async hold(message, bytes) {
      const media = await store.put('pictures', formatOf(bytes) ?? 'bin', bytes, `wechat-${randomUUID()}`)
      await redis.zadd(bin, Date.now() + keepMs, media)
      await redis.set(fileKey(message), media, 'PX', keepMs)
    },
    async waiting(from) {
      return (await waitingOf(from)).sort(([, a], [, b]) => a.at - b.at).map(([message]) => message)
    },
    async use(from, messages) {
      for (const message of messages)
        await redis.hset(ownerKey(from), message, JSON.stringify({ at: Date.now(), used: true }))
    },
    async get(message) {
      const media = MediaKey.safeParse(await redis.get(fileKey(message)))
      if (!media.success) return undefined
      return store.get(media.data).catch(error => {
        if (error instanceof UserError) return undefined
        throw error
      })
    },
    async tidy() {
      for (const media of await redis.zrangebyscore(bin, 0, Date.now())) {
        if (MediaKey.safeParse(media).success) await store.remove(MediaKey.parse(media))
        await redis.zrem(bin, media)
      }
    },
  }
}
