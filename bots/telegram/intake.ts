import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import PQueue from 'p-queue'
import type { Log } from '../../core/log.ts'
import { isAway } from '../../core/redis.ts'
import type { Incoming } from '../platform.ts'
import { openAlbums } from './albums.ts'
import type { Memory } from './memory.ts'
import { joinAlbum, readMessage, readRest } from './read.ts'
import { type Me, Update } from './wire.ts'

/**
 * From updates to the conversation. What comes is kept in Redis before Telegram hears that we have it, and dropped from there when
 * it is dealt with: a handler that throws or a process that dies loses nothing, and nobody waits for somebody else.
 */
export interface Intake {
  /** Takes updates; resolves when Telegram may forget them. Rejects if they were neither kept nor dealt with. */
  accept(updates: readonly unknown[]): Promise<void>
  /** Takes up what an earlier process left. */
  resume(): Promise<void>
  /** Resolves when there is room for more. */
  room(): Promise<void>
  /** Ends what is being dealt with; what waits for something stays for the next start. */
  stop(): Promise<void>
}

interface IntakeParts {
  readonly me: Me
  readonly memory: Pick<Memory, 'take' | 'drop' | 'left' | 'noteMove'>
  readonly log: Log
  /** Deals with it durably (bots/platform.ts). */
  handle(event: Incoming): Promise<void>
  /** What is not for the conversation: checkout, inline queries, being added to a group. Takes no time. */
  aside(update: Update): void
  readonly albumMs?: number | undefined
  /** Pause before something is tried again, in ms; it doubles. */
  readonly againMs?: number | undefined
}

/** Something for the conversation, and the updates it came in. */
interface Piece {
  readonly ids: readonly number[]
  readonly events: readonly Incoming[]
}

const together = 64
const underWayAtMost = 1_000
const tries = 8

export function openIntake({ me, memory, log, handle, aside, albumMs, againMs = 500 }: IntakeParts): Intake {
  const queue = new PQueue({ concurrency: together })
  /** What one person says in one chat is dealt with in order; different people do not wait for each other. */
  const lanes = new Map<string, Promise<boolean>>()
  const underWay = new Set<number>()
  const albums = openAlbums(albumMs)
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)

  /** Hands an event over until that works; false if it has to wait for the next start. */
  async function deal(event: Incoming): Promise<boolean> {
    for (let tried = 1; ; tried += 1) {
      try {
        await handle(event)
        return true
      } catch (error) {
        log.error({ err: error, update: event.update, tried }, 'update not dealt with')
        if (ending.signal.aborted || tried === tries) return false
        await sleep(againMs * 2 ** (tried - 1), undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  async function dealWith({ ids, events }: Piece): Promise<boolean> {
    try {
      for (const event of events) if (!(await deal(event))) return false
      await memory.drop(ids)
      return true
    } finally {
      for (const id of ids) underWay.delete(id)
    }
  }

  function line(name: string, coming: Piece | Promise<Piece | undefined>): Promise<boolean> {
    const dealt = (lanes.get(name) ?? Promise.resolve(true))
      .then(() => coming)
      .then(piece => (piece ? queue.add(() => dealWith(piece)) : false))
      .catch(error => {
        log.error({ err: error }, 'update not dealt with')
        return false
      })
    lanes.set(name, dealt)
    void dealt.finally(() => {
      if (lanes.get(name) === dealt) lanes.delete(name)
    })
    return dealt
  }

  /** Begins to deal with an update; resolves with true when it is dealt with. */
  function begin(update: Update): Promise<boolean> {
    const { update_id: id, message, callback_query: press, message_reaction: reaction, poll_answer: vote } = update
    underWay.add(id)
    const chat = message?.chat ?? press?.message?.chat ?? reaction?.chat
    const who = message?.from ?? press?.from ?? reaction?.user ?? vote?.user
    const name = `${chat?.id}:${who?.id}`
    if (message?.media_group_id === undefined) {
      const events = message ? [readMessage(me, String(id), message) ?? []].flat() : readRest(me, update)
      return line(name, { ids: [id], events })
    }
    const album = albums.add(id, message)
    if (!album.first) return album.whole.then(whole => whole !== undefined)
    const piece = album.whole.then(
      whole => whole && { ids: whole.ids, events: [joinAlbum(me, whole.parts) ?? []].flat() },
    )
    return line(name, piece)
  }

  /** In order, each once; what we cannot read is of no use to keep. */
  function read(raw: readonly unknown[]): { update: Update; text: object }[] {
    const known = new Map<number, { update: Update; text: object }>()
    for (const one of raw) {
      const { data: update, error } = Update.safeParse(one)
      if (update) known.set(update.update_id, { update, text: Object(one) })
      else log.warn({ err: error }, 'update not understood')
    }
    return [...known.values()].sort((a, b) => a.update.update_id - b.update.update_id)
  }

  /** False while Redis is away. */
  async function keep(pieces: readonly { update: Update; text: object }[]): Promise<boolean> {
    try {
      await memory.take(pieces.map(({ update, text }) => ({ id: update.update_id, text })))
      return true
    } catch (error) {
      if (isAway(error)) return false
      throw error
    }
  }

  const forConversation = ({ message, callback_query, message_reaction, poll_answer }: Update): boolean =>
    (message ?? callback_query ?? message_reaction ?? poll_answer) !== undefined

  return {
    async accept(raw) {
      const all = read(raw)
      for (const { update } of all) {
        const { message } = update
        if (message?.migrate_to_chat_id !== undefined)
          await memory.noteMove(message.chat.id, message.migrate_to_chat_id)
        aside(update)
      }
      const pieces = all.filter(({ update }) => forConversation(update) && !underWay.has(update.update_id))
      const kept = await keep(pieces)
      const dealt = pieces.filter(({ update }) => !underWay.has(update.update_id)).map(({ update }) => begin(update))
      // Without Redis people are told so at once, and Telegram keeps what could not be dealt with.
      if (!kept && (await Promise.all(dealt)).includes(false)) throw new Error('updates could not be kept')
    },
    async resume() {
      for (const { update } of read(await memory.left())) void begin(update)
    },
    async room() {
      while (underWay.size >= underWayAtMost) await Promise.race(lanes.values())
    },
    async stop() {
      ending.abort()
      albums.leave()
      while (lanes.size > 0) await Promise.allSettled(lanes.values())
    },
  }
}
