import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { bodyOf, type Call, sendJson, shapeOf, Wrong, wrong } from './calls.ts'
import type { Command } from './commands.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { type Interactions, openInteractions } from './interactions.ts'
import { openPosts } from './post.ts'
import { openRates } from './rates.ts'
import { answerCall, type Reply, type RouteParts, type Shop } from './routes.ts'
import { makeWorld, type World } from './world.ts'

/**
 * Discord for tests: REST v10 and the gateway over real sockets, as strict as the real one. What the bot does wrong is collected and
 * fails the test; faults can be ordered.
 */
export interface DiscordServer {
  readonly world: World
  readonly gateway: Gateway
  readonly interactions: Interactions
  readonly shop: Shop
  readonly commands: ReadonlyMap<string, readonly Command[]>
  /** DISCORD_API. */
  readonly api: string
  readonly token: string
  /** Rules the bot broke. */
  readonly broken: string[]
  /** Calls so far, by route. */
  readonly calls: Map<string, number>
  fault(...faults: Fault[]): void
  /** Breaks calls by chance, while set: called with the route of each. */
  chaos: ((route: string) => Fault['how'] | undefined) | undefined
  close(): Promise<void>
}

/**
 * What goes wrong with coming calls of a route. `drop`: it is done, but the connection breaks before the answer; `fail`: a bad gateway;
 * `later`: 429 with a pause of `ms`; `slow`: it takes `ms`; `hang`: it is done, and the connection stays open without an answer.
 */
interface Fault {
  /** "POST /channels/:id/messages", or what it begins with. */
  readonly on: string
  readonly how: 'drop' | 'fail' | 'later' | 'slow' | 'hang'
  readonly times?: number
  readonly ms?: number
  /** Of a 429: for the whole bot. */
  readonly global?: boolean
}

export interface ServerOptions {
  readonly heartbeatMs?: number
  readonly shards?: number
  /** How many times as fast as Discord's the rate limits run. */
  readonly haste?: number
}

const prefix = '/api/v10'

export async function openDiscordServer({
  heartbeatMs = 41_250,
  shards = 1,
  haste = 1,
}: ServerOptions = {}): Promise<DiscordServer> {
  const world = makeWorld()
  const token = 'MTAwMDAwMDAwMDAwMDAwMDAx.test.token'
  const broken: string[] = []
  const broke = (what: string): void => void broken.push(what)
  const posts = openPosts(world)
  const interactions = openInteractions(world, posts, broke)
  const rates = openRates(haste)
  const shop: Shop = { skus: new Set(), entitlements: [], consumed: new Map() }
  const commands = new Map<string, readonly Command[]>()
  const calls = new Map<string, number>()
  const faults: (Fault & { left: number })[] = []
  /** Until when nothing may be called, by route and what its bucket belongs to ("" = at all). */
  const closed = new Map<string, number>()

  const http = createServer((request, response) => {
    handle(request, response).catch(error => {
      // Who is killed in the middle of an upload has broken nothing.
      if (request.complete) broke(`the server broke: ${error instanceof Error ? error.stack : String(error)}`)
      response.destroy()
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const base = `http://127.0.0.1:${port}`
  const gatewayUrl = `ws://127.0.0.1:${port}/gateway`
  const gateway = openGateway(http, { world, token, broke, heartbeatMs, address: () => gatewayUrl })
  const parts: RouteParts = {
    ...{ world, posts, interactions, shop, commands },
    base: () => base,
    gateway: () => ({
      url: gatewayUrl,
      shards,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 16 },
    }),
  }

  function planned(route: string): Fault | undefined {
    const how = server.chaos?.(route)
    const found = faults.find(({ on, left }) => left > 0 && route.startsWith(on))
    if (found) found.left -= 1
    return found ?? (how && { on: route, how })
  }

  /** Calling before a pause is over is what gets bots banned. */
  function checkPause(bucket: string): void {
    for (const key of ['', bucket]) {
      const left = (closed.get(key) ?? 0) - Date.now()
      if (left > 0) broke(`${bucket} called ${left} ms before its retry-after`)
    }
  }

  function tooMany(
    response: ServerResponse,
    seconds: number,
    global: boolean,
    headers: Record<string, string>,
    bucket: string,
  ): void {
    closed.set(global ? '' : bucket, Date.now() + seconds * 1000 - 5)
    const scope = global
      ? { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' }
      : { 'x-ratelimit-scope': 'shared' }
    sendJson(
      response,
      429,
      { message: 'You are being rate limited.', retry_after: seconds, global },
      { ...headers, ...scope, 'retry-after': String(seconds) },
    )
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    const parsed = new URL(url, base)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = decodeURIComponent(parsed.pathname)
    if (method === 'GET' && path.startsWith('/attachments/')) return sendFile(path, response)
    if (!path.startsWith(prefix)) return sendJson(response, 404, { message: '404: Not Found', code: 0 })
    const { shape, ids } = shapeOf(path.slice(prefix.length))
    const route = `${method} ${shape}`
    calls.set(route, (calls.get(route) ?? 0) + 1)
    const byToken = /^\/(?:webhooks|interactions)\//.test(shape)
    const major = byToken ? ids.slice(0, 2).join('/') : (ids[0] ?? '')
    const bucket = `${route} ${major}`
    checkPause(bucket)
    const fault = planned(route)
    if (fault?.how === 'later') return tooMany(response, (fault.ms ?? 1_000) / 1000, fault.global ?? false, {}, bucket)
    const verdict = rates.check(route, major, !byToken)
    if (verdict.retryAfter !== undefined) {
      broke(`429 of its own making: ${bucket}`)
      return tooMany(response, verdict.retryAfter, verdict.global ?? false, { ...verdict.headers }, bucket)
    }
    if (fault?.how === 'slow') await sleep(fault.ms ?? 500)
    if (fault?.how === 'fail') return sendJson(response, 502, { message: 'Bad Gateway', code: 0 })
    const [status, body] = await answered(
      { method, shape, ids, query: parsed.searchParams },
      byToken,
      headers,
      Buffer.concat(chunks),
    )
    if (fault?.how === 'drop') return void response.destroy()
    if (fault?.how === 'hang') return
    if (status === 204) {
      response.writeHead(204, verdict.headers)
      response.end()
    } else sendJson(response, status, body, { ...verdict.headers })
  }

  async function answered(
    call: Omit<Call, 'body' | 'files'>,
    byToken: boolean,
    headers: IncomingMessage['headers'],
    bytes: Buffer,
  ): Promise<Reply> {
    try {
      if (!byToken && headers.authorization !== `Bot ${token}`) throw wrong.unauthorized()
      if (byToken && headers.authorization !== undefined) broke('the bot token was sent where it is not needed')
      if (!headers['user-agent']?.startsWith('DiscordBot (')) broke(`user agent ${headers['user-agent']}`)
      return answerCall(parts, { ...call, ...(await bodyOf(headers['content-type'] ?? '', bytes, world)) })
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      if (error.blame) broke(`${call.method} ${call.shape}: ${error.message}`)
      return [error.status, { message: error.message, code: error.code }]
    }
  }

  function sendFile(path: string, response: ServerResponse): void {
    const bytes = world.files.get(path.split('/')[2] ?? '')
    response.writeHead(bytes ? 200 : 404)
    response.end(bytes)
  }

  const server: DiscordServer = {
    ...{ world, gateway, interactions, shop, commands, token, broken, calls },
    api: `${base}/api`,
    fault: (...more) => void faults.push(...more.map(one => ({ ...one, left: one.times ?? 1 }))),
    chaos: undefined,
    async close() {
      interactions.close()
      gateway.close()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  return server
}
