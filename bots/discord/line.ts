import {
  type APIUser,
  Client,
  DefaultRestOptions,
  DiscordAPIError,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  HTTPError,
  Options,
  RateLimitError,
  type RawFile,
  REST,
  Status,
} from 'discord.js'
import PQueue from 'p-queue'
import { ConfigError } from '../../core/config.ts'
import type { Log } from '../../core/log.ts'
import { sleep } from '../pacer.ts'
import { RetryLater } from '../platform.ts'
import { Refused } from './refused.ts'
import { type Room, roomOf } from './room.ts'

/**
 * The line to Discord, and the only file that imports discord.js: its Client holds the gateway (sessions, resume, shards), its REST
 * keeps the pace. What Discord sends is passed on as it came.
 *
 * The paced queue of this platform is discord.js' own: it alone knows Discord's buckets, whose limits stand in the headers of every
 * answer and nowhere else, lines up the calls of each bucket, waits out every 429 and repeats what it was for. Behind it one gate for all
 * calls of the bot, those of the Client too, keeps the global rate, and shuts when Discord says that all must wait. Calls by an
 * interaction's token have a queue of their own without that gate: Discord does not count them to the global rate, and a first answer has
 * three seconds. Files of members come from Discord's CDN, which is no part of its API and has no such limits.
 */

/** Calls of the bot in any second; Discord's limit is 50. */
const usualPerSecond = 40
/** How long an answer may take, in ms, with the wait for the gate below. */
const usualTimeoutMs = 30_000

/** What Discord tells us, by its own names. */
export type Dispatch = `${
  | GatewayDispatchEvents.Ready
  | GatewayDispatchEvents.InteractionCreate
  | GatewayDispatchEvents.MessageCreate
  | GatewayDispatchEvents.MessageReactionAdd
  | GatewayDispatchEvents.MessageReactionRemove
  | GatewayDispatchEvents.MessagePollVoteAdd
  | GatewayDispatchEvents.MessagePollVoteRemove
  | GatewayDispatchEvents.EntitlementCreate}`
const heard: readonly Dispatch[] = [
  GatewayDispatchEvents.Ready,
  GatewayDispatchEvents.InteractionCreate,
  GatewayDispatchEvents.MessageCreate,
  GatewayDispatchEvents.MessageReactionAdd,
  GatewayDispatchEvents.MessageReactionRemove,
  GatewayDispatchEvents.MessagePollVoteAdd,
  GatewayDispatchEvents.MessagePollVoteRemove,
  GatewayDispatchEvents.EntitlementCreate,
]

interface Call {
  readonly body?: unknown
  readonly files?: readonly { readonly name: string; readonly data: Uint8Array }[]
  readonly query?: Readonly<Record<string, string>>
}

export interface Line {
  /** The application's id and the bot's user. Throws ConfigError if Discord does not know the token. */
  identity(): Promise<{ readonly app: string; readonly user: APIUser }>
  /** A call as the bot. Throws Refused, RetryLater, or whatever broke the connection. */
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: `/${string}`, call?: Call): Promise<unknown>
  /** A call by an interaction's token: not counted to the bot's global rate. */
  hook(method: 'POST' | 'PATCH' | 'DELETE', path: `/${string}`, call?: Call): Promise<unknown>
  /** What is known of a channel without asking; undefined for one we cannot see. */
  room(channel: string): Room | undefined
  /** The same, asking Discord where it must. */
  lookUp(channel: string): Promise<Room | undefined>
  /** Connects; rejects only for what waiting cannot mend (ConfigError). */
  listen(hear: (event: Dispatch, data: unknown) => void): Promise<void>
  /** All connections stand. */
  connected(): boolean
  hangUp(): Promise<void>
}

export interface LineOptions {
  readonly token: string
  readonly api: string
  readonly shards: 'auto' | number
  readonly log: Log
  /** A longer wait for a rate limit is the caller's to keep (RetryLater), so that nobody stands in line for minutes; in ms. */
  readonly patienceMs?: number
  readonly perSecond?: number
  readonly timeoutMs?: number
  /** How a call is made, once it is its turn. */
  readonly makeRequest?: MakeRequest
}
type MakeRequest = typeof DefaultRestOptions.makeRequest

/** Kinds of calls that stand for all: of the bot, and by tokens of interactions. */
const everything = 'everything'
const hooked = 'hooked'

export function openLine({
  token,
  api,
  shards,
  log,
  patienceMs = 10_000,
  perSecond = usualPerSecond,
  timeoutMs = usualTimeoutMs,
  makeRequest = DefaultRestOptions.makeRequest,
}: LineOptions): Line {
  const options = {
    api,
    timeout: timeoutMs,
    rejectOnRateLimit: ({ timeToReset, retryAfter }: { timeToReset: number; retryAfter: number }) =>
      Math.max(timeToReset, retryAfter) > patienceMs,
  }
  // Discord counts in its own seconds: only a rate that holds for any second is never too fast.
  const gate = new PQueue({ intervalCap: perSecond, interval: 1_000, strict: true })
  /** When calls of a kind may be made again (Unix ms), after Discord asked for patience; `everything` and `hooked` = any of theirs. */
  const closed = new Map<string, number>()
  const shutFor = (): number => (closed.get(everything) ?? 0) - Date.now()

  /** A call whose time begins when it is made; it ends as discord.js ends those that take too long, and makes again. */
  const inTime: MakeRequest = async (url, init) => {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), timeoutMs)
    return makeRequest(url, { ...init, signal: late.signal }).finally(() => clearTimeout(timer))
  }

  /**
   * Makes a call of the bot in its turn: before others that have passed discord.js' checks as well, if it is of a higher `priority`.
   * Where all must wait for long, whoever called is told (RetryLater); discord.js' Client, which is not to know of that, waits here until
   * it is hung up.
   */
  const through =
    (priority: number, hungUp?: AbortSignal): MakeRequest =>
    async (...call) => {
      for (;;) {
        const left = shutFor()
        if (left > patienceMs && !hungUp) throw new RetryLater(left)
        if (left > 0) await sleep(left, hungUp)
        hungUp?.throwIfAborted()
        const made = hungUp ? inTime : makeRequest
        const turn = async () => (shutFor() > 0 ? undefined : { answer: made(...call) })
        const answer = await (await gate.add(turn, { priority }))?.answer
        if (!answer) continue
        const { status, headers } = answer
        if (status === 429 && headers.has('x-ratelimit-global'))
          closed.set(everything, Date.now() + 1000 * Number(headers.get('retry-after') ?? 1))
        return answer
      }
    }
  const rest = new REST({
    ...options,
    globalRequestsPerSecond: Math.max(50, perSecond),
    makeRequest: through(0),
  })
  rest.setToken(token)
  const hooks = new REST({ ...options, globalRequestsPerSecond: Number.POSITIVE_INFINITY, makeRequest })
  let client: Client | undefined
  let hanging = new AbortController()
  let known: Promise<{ app: string; user: APIUser }> | undefined

  async function request(
    by: REST,
    method: Parameters<Line['call']>[0],
    path: `/${string}`,
    call: Call,
  ): Promise<unknown> {
    const { body, files = [], query } = call
    const kind = `${method} ${path.replace(/(\/messages\/)\d+/, '$1')}`
    const all = by === rest ? everything : hooked
    await outlast(kind, all)
    try {
      return await by.request({
        method: method as Parameters<REST['request']>[0]['method'],
        fullRoute: path,
        auth: by === rest,
        ...(body !== undefined && { body }),
        ...(files.length > 0 && { files: files.map(({ name, data }): RawFile => ({ name, data })) }),
        ...(query && { query: new URLSearchParams(query) }),
      })
    } catch (error) {
      const meant = understood(error)
      if (meant instanceof RetryLater) {
        const global = error instanceof RateLimitError && error.global
        closed.set(global ? all : kind, Date.now() + meant.afterMs)
      }
      throw meant
    }
  }

  /** Nobody calls before a pause is over that Discord asked somebody else for: who comes late in it waits, who comes early is told. */
  async function outlast(kind: string, all: string): Promise<void> {
    for (const [which, until] of closed) if (until <= Date.now()) closed.delete(which)
    const left = Math.max(closed.get(all) ?? 0, closed.get(kind) ?? 0) - Date.now()
    if (left > 2 * patienceMs) throw new RetryLater(left)
    if (left > 0) await sleep(left)
  }

  const call: Line['call'] = (method, path, given = {}) => request(rest, method, path, given)

  async function whoAmI(): Promise<{ app: string; user: APIUser }> {
    try {
      const [app, user] = await Promise.all([call('GET', '/applications/@me'), call('GET', '/users/@me')])
      return { app: (app as { id: string }).id, user: user as APIUser }
    } catch (error) {
      known = undefined
      if (error instanceof Refused && error.status === 401) throw wrongToken(error)
      throw error
    }
  }

  function room(channel: string): Room | undefined {
    const found = client?.channels.cache.get(channel)
    return found && roomOf(found)
  }

  function open(hear: (event: Dispatch, data: unknown) => void): Client {
    const opened = new Client({
      intents: [
        GatewayIntentBits.Guilds,
        GatewayIntentBits.GuildMessages,
        GatewayIntentBits.GuildMessageReactions,
        GatewayIntentBits.DirectMessages,
        GatewayIntentBits.DirectMessageReactions,
        GatewayIntentBits.GuildMessagePolls,
        GatewayIntentBits.DirectMessagePolls,
      ],
      ...(shards === 'auto' ? { shards } : { shardCount: shards }),
      // What the Client asks for is asked by who listens, who is not to wait for who speaks.
      rest: { api, makeRequest: through(1, hanging.signal) },
      // Nothing is remembered but servers, channels and roles: the rest comes with what happens.
      makeCache: Options.cacheWithLimits({
        ...Options.DefaultMakeCacheSettings,
        MessageManager: 0,
        ReactionManager: 0,
        PresenceManager: 0,
        UserManager: { maxSize: 0, keepOverLimit: user => user.id === user.client.user?.id },
        GuildMemberManager: { maxSize: 0, keepOverLimit: member => member.id === member.client.user?.id },
      }),
    })
    opened.on(Events.Error, error => log.warn({ err: error }, 'discord'))
    opened.on(Events.ShardError, (error, shard) => log.warn({ err: error, shard }, 'connection to Discord broken'))
    opened.on(Events.ShardReconnecting, shard => log.info({ shard }, 'connecting to Discord again'))
    opened.on(Events.ShardResume, (shard, replayed) => log.info({ shard, replayed }, 'Discord session resumed'))
    opened.on(Events.ShardDisconnect, ({ code }, shard) =>
      log.error({ shard, code }, 'Discord ended the connection for good: check DISCORD_TOKEN and start again'),
    )
    opened.on(Events.Invalidated, () => log.error('Discord ended the session for good'))
    for (const name of heard) opened.ws.on(name as GatewayDispatchEvents, (data: unknown) => hear(name, data))
    return opened
  }

  return {
    identity() {
      known ??= whoAmI()
      return known
    },
    call,
    hook: (method, path, given = {}) => request(hooks, method, path, given),
    room,
    async lookUp(channel) {
      if (!room(channel)) await client?.channels.fetch(channel).catch(() => undefined)
      return room(channel)
    },
    async listen(hear) {
      hanging = new AbortController()
      client = open(hear)
      try {
        await client.login(token)
      } catch (error) {
        await client.destroy()
        throw understood(error)
      }
    },
    connected: () => client?.ws.shards.every(({ status }) => status === Status.Ready) ?? false,
    async hangUp() {
      hanging.abort(new Error('the line to Discord is hung up'))
      await client?.destroy()
      client = undefined
    },
  }
}

const wrongToken = (cause: unknown): Error =>
  new ConfigError('Discord does not know DISCORD_TOKEN: copy it again from the Developer Portal (Bot, Reset Token).', {
    cause,
  })

/** discord.js' errors as ours. */
function understood(error: unknown): unknown {
  if (error instanceof RateLimitError) return new RetryLater(Math.max(1, error.timeToReset, error.retryAfter), error)
  if (error instanceof DiscordAPIError) return new Refused(error.status, Number(error.code) || 0, error.message, error)
  if (error instanceof HTTPError) return new Refused(error.status, 0, error.message, error)
  if (!(error instanceof Error)) return error
  // After a 401 discord.js makes no further call with this token, as Discord asks.
  const unused = error.message.startsWith('Expected token to be set')
  if (unused || ('code' in error && error.code === 'TokenInvalid')) return wrongToken(error)
  return error
}
