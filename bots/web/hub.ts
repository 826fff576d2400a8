import type { ServerResponse } from 'node:http'
import type { Log } from '../../core/log.ts'
import { type Message, type MessageView, viewOf, visibleTo } from './message.ts'
import type { Rooms } from './rooms.ts'
import type { Session } from './session.ts'

/** Somebody looks at a room: an open event stream. */
interface Viewer {
  readonly session: Session | undefined
  readonly response: ServerResponse
}

interface Watched {
  readonly viewers: Set<Viewer>
  /** Everything up to this event was sent to all viewers. */
  after: string
  /** One thing after the other. */
  turn: Promise<void>
  unwatch: () => Promise<void>
  /** Viewers on their way in; the room is kept open for them. */
  coming: number
  /** Its news is listened to. */
  open: boolean
  recount?: NodeJS.Timeout | undefined
}

/** Live events of rooms as server-sent events: `put`, `gone`, `reset`, `here`, `me`. */
export interface Hub {
  /** Follows a room from an event on; the stream ends with the connection. */
  join(room: string, viewer: Viewer, after: string | undefined): Promise<void>
  readonly viewers: number
  /** How many streams this member (or address) holds open. */
  streamsOf(member: string): number
  /** Tells this member's pages what they can spend. */
  tellCredits(member: string): void
  close(): void
}

export interface HubParts {
  readonly rooms: Rooms
  readonly log: Log
  readonly secret: string
  creditsOf(member: string): Promise<number>
}

/** Looks for changes whose news got lost, and keeps proxies from closing quiet streams; ms. */
const beatMs = 15_000

/** Who reads so slowly that more than this waits for them, beside the largest event (a whole room), comes again later; bytes. */
const maxBehind = 1024 * 1024

export function openHub({ rooms, log, secret, creditsOf }: HubParts): Hub {
  const watched = new Map<string, Watched>()
  const largest = new WeakMap<ServerResponse, number>()

  function put(response: ServerResponse, text: string): void {
    if (response.writableEnded || response.destroyed) return
    const known = largest.get(response) ?? 0
    if (response.writableLength > maxBehind + known) {
      response.destroy()
      return
    }
    largest.set(response, Math.max(known, Buffer.byteLength(text)))
    response.write(text)
  }

  const send = ({ response }: Viewer, event: string, data: unknown, id?: string): void =>
    put(response, `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

  function sendChanges(viewer: Viewer, changed: readonly Message[], gone: readonly string[], after: string): void {
    const member = viewer.session?.member
    const seen = changed.filter(message => visibleTo(message, member)).map(message => viewOf(message, secret, member))
    if (seen.length + gone.length > 0) send(viewer, 'put', { messages: seen, gone }, after)
  }

  async function start(viewer: Viewer, room: string, after: string | undefined): Promise<string> {
    const changes = after === undefined ? undefined : await rooms.since(room, after)
    if (changes) {
      sendChanges(viewer, changes.changed, changes.gone, changes.after)
      return changes.after
    }
    const all = await rooms.read(room)
    const messages: MessageView[] = all.messages
      .filter(message => visibleTo(message, viewer.session?.member))
      .map(message => viewOf(message, secret, viewer.session?.member))
    send(viewer, 'reset', { messages }, all.after)
    return all.after
  }

  function inTurn(room: string, state: Watched, work: () => Promise<void>): Promise<void> {
    state.turn = state.turn.then(work).catch(error => log.warn({ err: error, room }, 'room news not sent'))
    return state.turn
  }

  async function pump(room: string, state: Watched): Promise<void> {
    const changes = await rooms.since(room, state.after)
    if (!changes) {
      for (const viewer of state.viewers) state.after = await start(viewer, room, undefined)
      return
    }
    state.after = changes.after
    for (const viewer of state.viewers) sendChanges(viewer, changes.changed, changes.gone, changes.after)
    if (changes.changed.some(({ by, mood }) => by === 'bot' && mood !== 'working')) recount(state)
  }

  /** A clip, a refusal or a refund: what people can spend may have changed. */
  function recount(state: Watched): void {
    state.recount ??= setTimeout(() => {
      state.recount = undefined
      for (const member of new Set([...state.viewers].map(({ session }) => session?.member)))
        if (member) tellCredits(member)
    }, 250).unref()
  }

  function tellCredits(member: string): void {
    creditsOf(member).then(
      credits => {
        for (const state of watched.values())
          for (const viewer of state.viewers) if (viewer.session?.member === member) send(viewer, 'me', { credits })
      },
      error => log.debug({ err: error }, 'credits not looked up'),
    )
  }

  function sayWhoIsHere(state: Watched): void {
    const people = new Map<string, string>()
    for (const { session } of state.viewers) if (session) people.set(session.member, session.name)
    const here = [...people].map(([member, name]) => ({ member, name }))
    for (const viewer of state.viewers) send(viewer, 'here', { here })
  }

  async function open(room: string): Promise<Watched> {
    const known = watched.get(room)
    if (known) {
      known.coming += 1
      return known
    }
    const state: Watched = {
      viewers: new Set(),
      after: '0-0',
      turn: Promise.resolve(),
      unwatch: async () => undefined,
      coming: 1,
      open: false,
    }
    watched.set(room, state)
    await inTurn(room, state, async () => {
      try {
        state.unwatch = await rooms.watch(room, () => void inTurn(room, state, () => pump(room, state)))
        state.after = (await rooms.read(room)).after
        state.open = true
      } catch (error) {
        drop(room, state)
        throw error
      }
    })
    return state
  }

  function drop(room: string, state: Watched): void {
    if (watched.get(room) === state) watched.delete(room)
    clearTimeout(state.recount)
    state.unwatch().catch(error => log.debug({ err: error }, 'still listening'))
  }

  function leave(room: string, state: Watched, viewer: Viewer): void {
    state.viewers.delete(viewer)
    sayWhoIsHere(state)
    if (state.viewers.size + state.coming === 0) drop(room, state)
  }

  const beat = setInterval(() => {
    for (const [room, state] of watched) {
      for (const { response } of state.viewers) put(response, ': still here\n\n')
      void inTurn(room, state, () => pump(room, state))
    }
  }, beatMs).unref()

  return {
    get viewers() {
      return [...watched.values()].reduce((sum, { viewers }) => sum + viewers.size, 0)
    },
    streamsOf: member =>
      [...watched.values()].flatMap(({ viewers }) => [...viewers]).filter(({ session }) => session?.member === member)
        .length,
    tellCredits,
    async join(room, viewer, after) {
      viewer.response.write('retry: 1000\n\n')
      const state = await open(room)
      await inTurn(room, state, async () => {
        // Without Redis there is nothing to show, or nobody would tell us of news: the browser comes again by itself.
        if (!state.open) {
          viewer.response.end()
          return
        }
        const reached = await start(viewer, room, after).catch(error => {
          state.coming -= 1
          viewer.response.end()
          leave(room, state, viewer)
          throw error
        })
        state.viewers.add(viewer)
        state.coming -= 1
        viewer.response.once('close', () => leave(room, state, viewer))
        if (viewer.response.destroyed) return leave(room, state, viewer)
        // Others may be behind what this one has just read; the next pump brings them (and it) up to date.
        if (state.viewers.size === 1) state.after = reached
        sayWhoIsHere(state)
        if (viewer.session) tellCredits(viewer.session.member)
      })
    },
    close() {
      clearInterval(beat)
      for (const state of watched.values()) for (const { response } of state.viewers) response.end()
    },
  }
}
