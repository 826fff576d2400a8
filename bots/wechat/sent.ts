import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Core } from '../../core/redis.ts'

/**
 * What the bot has said, kept in Redis: WeChat shows no ids of our own messages, knows no nonces and quotes by words. Only
 * hashes of words are kept; those that belong under a clip, until they are said.
 */
export interface Sent {
  /** Notes a message of ours: what was said under which id, and to whom. */
  note(
    chat: string,
    said: { message: string; ids: readonly string[]; text: string; file: boolean; to?: string | undefined },
  ): Promise<void>
  /** Our message that somebody quotes; undefined if it cannot be told which. */
  quoted(chat: string, quote: { id?: string | undefined; text: string }, by: string): Promise<string | undefined>
  /** How long ago (ms) the bot last said something to this member in this chat. */
  sinceLast(chat: string, member: string): Promise<number>
  /** The parts of a message that is to be shown once however often it is sent. */
  once(chat: string, key: string | undefined): Promise<Once>
  /** The words under the last file of this chat, if they are still to be said: they come before everything else. */
  words(chat: string): Promise<Words | undefined>
  /** They are not said any more. */
  dropWords(chat: string): Promise<void>
}

/** What belongs under a file: `once` of its message, and the keys of who is mentioned and who is answered (people.ts). */
const Words = z.object({
  once: z.string(),
  text: z.string(),
  mention: z.string().optional(),
  to: z.string().optional(),
})
export type Words = z.infer<typeof Words>

/** A part of a message that was said: `done` for sure, or begun so many times without a sure answer. */
type Part = 'file' | 'text'
export interface Once {
  /** The id of the message: WeChat's own once it is told, else one that all tries share. */
  readonly message: string
  isDone(part: Part): boolean
  /** Tries that may have shown it. */
  tries(part: Part): number
  /** Noted before the call. */
  begin(part: Part): Promise<void>
  /** Noted after it: it is shown, or it surely is not. With a file, what is to be said under it. */
  end(part: Part, shown: boolean, more?: { id?: string | undefined; words?: Omit<Words, 'once'> }): Promise<void>
  /** Ids that WeChat gave to the parts. */
  readonly ids: readonly string[]
}

const Said = z.object({
  message: z.string(),
  ids: z.array(z.string()),
  whole: z.string(),
  first: z.string(),
  file: z.boolean(),
  to: z.string().optional(),
  at: z.number(),
})
type Said = z.infer<typeof Said>

const kept = { messages: 100, seconds: 30 * 24 * 3600, onceSeconds: 3 * 24 * 3600, wordSeconds: 24 * 3600 } as const

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16)
/** Blanks and mentions differ between what was sent and what is quoted. */
const plain = (text: string): string =>
  text
    .replace(/^@\S+\s/u, '')
    .replace(/\s+/gu, ' ')
    .trim()
const firstLine = (text: string): string => plain(text.trim().split('\n')[0] ?? '')

export function openSent(core: Core): Sent {
  const { redis } = core
  const root = `${core.root}:wechat`
  const saidKey = (chat: string): string => `${root}:said:${encodeURIComponent(chat)}`

  const wordsKey = (chat: string): string => `${root}:words:${encodeURIComponent(chat)}`

  async function saidIn(chat: string): Promise<Said[]> {
    const lines = await redis.lrange(saidKey(chat), 0, -1)
    return lines.flatMap(line => {
      const read = Said.safeParse(JSON.parse(line))
      return read.success ? [read.data] : []
    })
  }

  return {
    async note(chat, { text, ...said }) {
      const line: Said = {
        ...said,
        ids: [...said.ids],
        whole: hash(plain(text)),
        first: hash(firstLine(text)),
        at: Date.now(),
      }
      const work = redis.multi().lpush(saidKey(chat), JSON.stringify(line))
      work.ltrim(saidKey(chat), 0, kept.messages - 1).expire(saidKey(chat), kept.seconds)
      for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
    },
    async quoted(chat, { id, text }, by) {
      const said = await saidIn(chat)
      const named = id === undefined ? undefined : said.find(one => one.ids.includes(id))
      if (named) return named.message
      if (text !== '') {
        const [whole, first] = [hash(plain(text)), hash(firstLine(text))]
        return (said.find(one => one.whole === whole) ?? said.find(one => one.first === first))?.message
      }
      // A quoted video has no words: it is taken for the latest one made for whoever quotes it, else the latest of all.
      const files = said.filter(one => one.file)
      return (files.find(one => one.to === by) ?? files[0])?.message
    },
    async sinceLast(chat, member) {
      const last = (await saidIn(chat)).find(one => one.to === member)
      return last ? Date.now() - last.at : Number.POSITIVE_INFINITY
    },
    async words(chat) {
      const read = Words.safeParse(JSON.parse((await redis.get(wordsKey(chat))) ?? 'null'))
      return read.success ? read.data : undefined
    },
    dropWords: async chat => void (await redis.del(wordsKey(chat))),
    async once(chat, key) {
      const at = key === undefined ? undefined : `${root}:once:${hash(`${chat}\n${key}`)}`
      const before = at === undefined ? {} : await redis.hgetall(at)
      const message = before['message'] ?? `b.${randomUUID()}`
      const state = { ...before }
      const ids = [state['file-id'], state['text-id']].filter(id => id !== undefined)
      const write = async (fields: Record<string, string>, words?: Omit<Words, 'once'> | 'said'): Promise<void> => {
        Object.assign(state, fields)
        if (at === undefined) return
        const work = redis
          .multi()
          .hset(at, { message, ...fields })
          .expire(at, kept.onceSeconds)
        if (words === 'said') work.del(wordsKey(chat))
        else if (words) work.set(wordsKey(chat), JSON.stringify({ ...words, once: key }), 'EX', kept.wordSeconds)
        for (const [failure] of (await work.exec()) ?? []) if (failure) throw failure
      }
      const tries = (part: Part): number => Number(state[`${part}-tries`] ?? 0)
      return {
        get message() {
          return state['text-id'] ?? message
        },
        ids,
        isDone: part => state[part] === 'done',
        tries,
        begin: part => write({ [`${part}-tries`]: String(tries(part) + 1) }),
        async end(part, shown, { id, words } = {}) {
          const done = { [part]: 'done', ...(id !== undefined && { [`${part}-id`]: id }) }
          if (shown) await write(done, part === 'text' ? 'said' : words)
          else await write({ [`${part}-tries`]: String(tries(part) - 1) })
          if (id !== undefined) ids.push(id)
        },
      }
    },
  }
}
