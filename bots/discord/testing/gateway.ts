import type { Server } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { guildJson, userJson } from './json.ts'
import { bot, type World } from './world.ts'

/** The gateway: sessions that are identified, kept alive, resumed and replayed; over a real socket. */
export interface Gateway {
  /** Sends an event to the session of its shard; kept for replay while nobody listens. False if there is no session. */
  dispatch(name: string, data: object, guild?: string): boolean
  /** The last event again, as after a resume that replays too much. */
  repeat(): void
  /** What is dispatched by this comes twice, and the last of it first. */
  jumble(work: () => void): void
  /** Cuts all connections; sessions stay and can be resumed. */
  drop(): void
  /** Asks all clients to connect again (op 7). */
  reconnect(): void
  /** Ends all sessions (op 9): whoever comes back has to identify. */
  invalidate(): void
  /** Heartbeats are not acknowledged any more (or again), as by a connection that is dead without being closed. */
  mute(silent: boolean): void
  /** Sessions with a client. */
  connected(): number
  /** How often a session was begun, and resumed. */
  readonly counts: { identified: number; resumed: number }
  close(): void
}

export interface GatewayOptions {
  readonly world: World
  readonly token: string
  /** Where clients resume; only known once the server listens. */
  address(): string
  /** A rule of Discord the client broke. */
  broke(what: string): void
  readonly heartbeatMs: number
}

interface Session {
  readonly id: string
  readonly shard: readonly [number, number]
  readonly intents: number
  seq: number
  readonly sent: { readonly s: number; readonly t: string; readonly d: object }[]
  socket?: WebSocket | undefined
}

const op = { dispatch: 0, heartbeat: 1, identify: 2, resume: 6, reconnect: 7, invalid: 9, hello: 10, ack: 11 } as const
const Packet = z.object({ op: z.number(), d: z.unknown() })
const Identify = z.object({
  token: z.string(),
  intents: z.number().int(),
  shard: z.tuple([z.number(), z.number()]).optional(),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }),
})
const Resume = z.object({ token: z.string(), session_id: z.string(), seq: z.number() })

/** Members, presences and message content: Discord wants to be asked for them first. */
const privileged = (1 << 1) | (1 << 8) | (1 << 15)
/** Intents an event needs: in servers, in private chats. */
const intentsOf: Record<string, readonly [number, number]> = {
  MESSAGE_CREATE: [1 << 9, 1 << 12],
  MESSAGE_REACTION_ADD: [1 << 10, 1 << 13],
  MESSAGE_REACTION_REMOVE: [1 << 10, 1 << 13],
  MESSAGE_POLL_VOTE_ADD: [1 << 24, 1 << 25],
  MESSAGE_POLL_VOTE_REMOVE: [1 << 24, 1 << 25],
  GUILD_CREATE: [1, 1],
  GUILD_DELETE: [1, 1],
  CHANNEL_UPDATE: [1, 1],
  CHANNEL_CREATE: [1, 1],
  CHANNEL_DELETE: [1, 1],
  THREAD_CREATE: [1, 1],
}
/** Packets a client may send in a minute. */
const packetsPerMinute = 120

export function openGateway(http: Server, options: GatewayOptions): Gateway {
  const { world, broke } = options
  const sockets = new WebSocketServer({ server: http, path: '/gateway' })
  const sessions = new Map<string, Session>()
  const counts = { identified: 0, resumed: 0 }
  let silent = false
  let last: { name: string; data: object; guild: string | undefined } | undefined
  let held: (() => boolean)[] | undefined

  function send(session: Session, t: string, d: object): void {
    const packet = { op: op.dispatch, s: ++session.seq, t, d }
    session.sent.push(packet)
    if (session.socket?.readyState === WebSocket.OPEN) session.socket.send(JSON.stringify(packet))
  }

  function begin(socket: WebSocket, given: z.infer<typeof Identify>): Session | undefined {
    if (given.token !== options.token) {
      socket.close(4004)
      return undefined
    }
    if (given.intents & privileged) {
      broke(`privileged intents ${given.intents & privileged}`)
      socket.close(4014)
      return undefined
    }
    counts.identified += 1
    const session: Session = {
      id: world.id(),
      shard: given.shard ?? [0, 1],
      intents: given.intents,
      seq: 0,
      sent: [],
      socket,
    }
    sessions.set(session.id, session)
    const guilds = [...world.guilds.values()].filter(
      guild => guild.inside && shardOf(guild.id, session.shard[1]) === session.shard[0],
    )
    send(session, 'READY', {
      v: 10,
      user: userJson(bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: options.address(),
      application: { id: bot.app, flags: 0 },
      shard: session.shard,
    })
    for (const guild of guilds) send(session, 'GUILD_CREATE', guildJson(world, guild))
    return session
  }

  function resume(socket: WebSocket, given: z.infer<typeof Resume>): Session | undefined {
    const session = sessions.get(given.session_id)
    if (!session || given.token !== options.token || given.seq > session.seq) {
      socket.send(JSON.stringify({ op: op.invalid, d: false }))
      return undefined
    }
    session.socket = socket
    for (const packet of session.sent.filter(({ s }) => s > given.seq))
      socket.send(JSON.stringify({ op: 0, ...packet }))
    counts.resumed += 1
    send(session, 'RESUMED', {})
    return session
  }

  sockets.on('connection', (socket, request) => {
    let session: Session | undefined
    let packets = 0
    const minute = setInterval(() => {
      packets = 0
    }, 60_000)
    const query = new URL(request.url ?? '', 'ws://x').searchParams
    if (query.get('v') !== '10' || query.get('encoding') !== 'json') broke(`gateway asked for with ${request.url}`)
    // A client that does not beat is cut, as Discord does.
    let patience = setTimeout(() => socket.close(4009), 2 * options.heartbeatMs)
    socket.send(JSON.stringify({ op: op.hello, d: { heartbeat_interval: options.heartbeatMs } }))
    socket.on('message', raw => {
      const packet = Packet.parse(JSON.parse(String(raw)))
      packets += 1
      if (packets > packetsPerMinute) {
        broke('more than 120 packets a minute')
        socket.close(4008)
        return
      }
      if (packet.op === op.heartbeat) {
        clearTimeout(patience)
        patience = setTimeout(() => socket.close(4009), 2 * options.heartbeatMs)
        if (!silent) socket.send(JSON.stringify({ op: op.ack }))
      } else if (packet.op === op.identify) session = begin(socket, Identify.parse(packet.d))
      else if (packet.op === op.resume) session = resume(socket, Resume.parse(packet.d))
      else {
        broke(`packet of kind ${packet.op}`)
        socket.close(4001)
      }
    })
    socket.on('close', code => {
      clearInterval(minute)
      clearTimeout(patience)
      if (session?.socket === socket) session.socket = undefined
      // A client that says goodbye gives its session up.
      if (session && (code === 1000 || code === 1001)) sessions.delete(session.id)
    })
  })

  const each = (work: (socket: WebSocket, session: Session) => void): void => {
    for (const session of sessions.values()) if (session.socket) work(session.socket, session)
  }

  function dispatch(name: string, data: object, guild?: string): boolean {
    if (held) return held.push(() => dispatch(name, data, guild)) > 0
    last = { name, data, guild }
    const needed = intentsOf[name]
    let found = false
    for (const session of sessions.values()) {
      const [id, count] = session.shard
      if ((guild === undefined ? 0 : shardOf(guild, count)) !== id) continue
      if (needed && !(session.intents & needed[guild === undefined ? 1 : 0])) continue
      send(session, name, data)
      found = true
    }
    return found
  }

  return {
    counts,
    dispatch,
    repeat() {
      if (last) dispatch(last.name, last.data, last.guild)
    },
    jumble(work) {
      const events: (() => boolean)[] = []
      held = events
      work()
      held = undefined
      for (const send of [...events.toReversed(), ...events]) send()
    },
    drop: () => each(socket => socket.terminate()),
    reconnect: () => each(socket => socket.send(JSON.stringify({ op: op.reconnect, d: null }))),
    invalidate: () =>
      each((socket, session) => {
        sessions.delete(session.id)
        socket.send(JSON.stringify({ op: op.invalid, d: false }))
      }),
    mute(now) {
      silent = now
    },
    connected: () => [...sessions.values()].filter(({ socket }) => socket?.readyState === WebSocket.OPEN).length,
    close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

const shardOf = (guild: string, count: number): number => Number((BigInt(guild) >> 22n) % BigInt(count))
