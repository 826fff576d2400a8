import { z } from 'zod'
import { Place } from '../../core/place.ts'
import { type Core, isAway } from '../../core/redis.ts'

/** What has to outlive a restart and is Telegram's own affair: kept in Redis, without anybody's words (the inbox apart, until they are dealt with). */

/** A message of ours that must be shown once. `done`: it shows what it was to show; else it stands in for a clip on its way. */
const Once = z.object({ message: z.number().int(), done: z.boolean() })
type Once = z.infer<typeof Once>

const daySeconds = 24 * 3600
/** An update in the inbox, and since when (Unix ms). */
const Kept = z.object({ at: z.number(), text: z.unknown() })

/** Longer than any delivery is tried again. */
const onceSeconds = 3 * daySeconds
/** What Telegram itself keeps an update; what was answered is remembered longer (core/updates.ts). */
const freshSeconds = daySeconds

export interface Memory {
  onceOf(room: string, once: string): Promise<Once | undefined>
  noteOnce(room: string, once: string, what: Once): Promise<void>
  /** Telegram's id of a stored file that was uploaded before. */
  fileOf(key: string): Promise<string | undefined>
  filesOf(keys: readonly string[]): Promise<(string | undefined)[]>
  noteFile(key: string, file: string): Promise<void>
  dropFile(key: string): Promise<void>
  /** The topic a message of ours stands in: reactions do not say. */
  topicOf(chat: number, message: number): Promise<string | undefined>
  noteTopic(chat: number, message: number, topic: string): Promise<void>
  /** Where a poll of ours stands: its votes do not say. */
  pollOf(poll: string): Promise<Place | undefined>
  notePoll(poll: string, at: Place): Promise<void>
  /** Where a group went when it became a supergroup; itself if it did not. */
  homeOf(chat: number): Promise<number>
  noteMove(from: number, to: number): Promise<void>
  /** Keeps updates until they are dealt with. */
  take(updates: readonly { id: number; text: object }[]): Promise<void>
  drop(ids: readonly number[]): Promise<void>
  /** What was taken and not dropped, except what is too old to be answered. */
  left(): Promise<unknown[]>
}

/** `bot` is the id of our account: another token starts anew. Without Redis nothing is remembered, but people are still answered. */
export function openMemory({ redis, root }: Core, bot: number, keepDays: number): Memory {
  const key = (...parts: (string | number)[]): string => [root, 'telegram', bot, ...parts].join(':')
  const inbox = key('inbox')
  const keepSeconds = keepDays * daySeconds
  const moved = new Map<number, number>()

  async function leniently<T>(work: Promise<T>, fallback: T): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (isAway(error)) return fallback
      throw error
    }
  }
  const note = async (name: string, value: string, seconds: number): Promise<void> => {
    await leniently(redis.set(name, value, 'EX', seconds), null)
  }
  const found = async (name: string): Promise<string | undefined> =>
    (await leniently(redis.get(name), null)) ?? undefined

  return {
    async onceOf(room, once) {
      const text = await found(key('once', room, once))
      return text === undefined ? undefined : Once.parse(JSON.parse(text))
    },
    noteOnce: (room, once, what) => note(key('once', room, once), JSON.stringify(what), onceSeconds),
    fileOf: stored => found(key('file', stored)),
    async filesOf(stored) {
      if (stored.length === 0) return []
      const files = await leniently(redis.mget(stored.map(one => key('file', one))), [])
      return stored.map((_, n) => files[n] ?? undefined)
    },
    noteFile: (stored, file) => note(key('file', stored), file, keepSeconds),
    dropFile: stored => leniently(redis.del(key('file', stored)), 0).then(() => undefined),
    topicOf: (chat, message) => found(key('topic', chat, message)),
    noteTopic: (chat, message, topic) => note(key('topic', chat, message), topic, keepSeconds),
    async pollOf(poll) {
      const text = await found(key('poll', poll))
      return text === undefined ? undefined : Place.parse(JSON.parse(text))
    },
    notePoll: (poll, at) => note(key('poll', poll), JSON.stringify(at), keepSeconds),
    async homeOf(chat) {
      if (chat > 0) return chat
      const known = moved.get(chat)
      if (known !== undefined) return known
      const home = await leniently(redis.hget(key('moved'), String(chat)), null)
      if (home !== null) moved.set(chat, Number(home))
      return home === null ? chat : Number(home)
    },
    async noteMove(from, to) {
      moved.set(from, to)
      await leniently(redis.hset(key('moved'), String(from), String(to)), 0)
    },
    async take(updates) {
      if (updates.length === 0) return
      const at = Date.now()
      await redis.hset(inbox, Object.fromEntries(updates.map(({ id, text }) => [id, JSON.stringify({ at, text })])))
    },
    async drop(ids) {
      if (ids.length > 0) await leniently(redis.hdel(inbox, ...ids.map(String)), 0)
    },
    async left() {
      const kept = Object.entries(await redis.hgetall(inbox)).map(([id, text]) => ({
        id,
        ...Kept.parse(JSON.parse(text)),
      }))
      const fresh = Date.now() - freshSeconds * 1000
      const old = kept.filter(({ at }) => at < fresh).map(({ id }) => id)
      if (old.length > 0) await redis.hdel(inbox, ...old)
      return kept.filter(({ at }) => at >= fresh).map(({ text }) => text)
    },
  }
}
