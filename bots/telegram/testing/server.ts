import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Received, receive } from './body.ts'
import { fields, type Method } from './fields.ts'
import { type Flood, type FloodRules, floodRules, openFlood } from './flood.ts'
import { type Ledger, methods, type Scene } from './methods.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { openWorld, Refusal, type World } from './world.ts'

/**
 * A Bot API server on the loopback that is as strict as Telegram and breaks on demand. What the bot does against the rules is noted
 * in `broken` and, where Telegram would, refused.
 */
export interface ApiServer {
  readonly root: string
  readonly token: string
  readonly world: World
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly flood: Flood
  /** Rules the bot broke; must stay empty. */
  readonly broken: string[]
  /** Every call but polling, in order of arrival. */
  readonly calls: { readonly method: string; readonly input: Record<string, unknown>; readonly at: number }[]
  /** Breaks coming calls. */
  fault(...faults: Fault[]): void
  /** Breaks calls by chance, while set. */
  chaos: ((method: string) => Fault['how'] | undefined) | undefined
  /** Resolves when something may have changed. */
  changed(): Promise<void>
  touch(): void
  close(): Promise<void>
}

/**
 * `later`: 429 with `seconds`, and whoever comes earlier breaks a rule. `drop`: it is done, but the answer never comes. `lost`: the
 * connection ends before it is done. `hang`: it is done, and the connection stays open without an answer. `fail`: 502. `slow`: it takes
 * `ms`.
 */
interface Fault {
  readonly on: string
  readonly how: 'later' | 'drop' | 'lost' | 'hang' | 'fail' | 'slow'
  readonly seconds?: number
  /** A pause for everybody, not only this chat, or this method where it names none. */
  readonly everywhere?: boolean
  readonly ms?: number
}

export interface ServerOptions {
  readonly flood?: FloodRules
  readonly uploadBytes?: number
  readonly downloadBytes?: number
}

const token = '4242:test-token_of-the_protocol-server'

/** Methods that count towards the flood limits. */
const counted = /^(?:send(?!ChatAction)|edit)/

export async function openApiServer(options: ServerOptions = {}): Promise<ApiServer> {
  const { uploadBytes = 50_000_000, downloadBytes = 20_000_000 } = options
  const world = openWorld()
  const outbox = openOutbox()
  const flood = openFlood(options.flood ?? floodRules)
  const ledger: Ledger = {
    charges: new Map(),
    checkouts: new Map(),
    presses: new Set(),
    inline: new Map(),
    menus: new Map(),
  }
  const broken: string[] = []
  const calls: ApiServer['calls'] = []
  const faults: Fault[] = []
  const wrong = (what: string): void => void broken.push(what)
  let waiting: (() => void)[] = []
  const touch = (): void => {
    for (const tell of waiting.splice(0)) tell()
  }

  function faultFor(method: string): Fault | undefined {
    const at = faults.findIndex(fault => fault.on === method || (fault.on === 'send' && counted.test(method)))
    const how = server.chaos?.(method)
    return at >= 0 ? faults.splice(at, 1)[0] : how && { on: method, how }
  }

  /** Throws the refusal of a method called too often. */
  function checkPace(method: string, chat: number): void {
    if (!counted.test(method)) {
      if (!flood.shut(chat || method)) return
      wrong(`${method} in ${chat} before retry-after`)
      throw tooMany(1)
    }
    const { retryAfter, early } = flood.judge(chat)
    if (retryAfter === undefined) return
    wrong(early ? `${method} in ${chat} ${retryAfter} s before retry-after` : `${method} in ${chat} too fast`)
    throw tooMany(retryAfter)
  }

  async function perform(method: string, request: Received, response: ServerResponse): Promise<unknown> {
    if (!Object.hasOwn(fields, method)) {
      wrong(`unknown method ${method}`)
      throw new Refusal(404, 'Not Found')
    }
    const name = method as Method
    const read = fields[name].safeParse(request.fields)
    if (!read.success) {
      const [issue] = read.error.issues
      wrong(`${method}: ${issue?.path.join('.')} ${issue?.message}`)
      throw new Refusal(400, `Bad Request: ${issue?.path.join('.')}`)
    }
    const input: Record<string, unknown> = read.data
    if (name === 'getUpdates') return poll(read.data, response)
    calls.push({ method, input, at: Date.now() })
    if (name === 'setWebhook' || name === 'deleteWebhook') return setHook(input)
    const scope = input['scope'] as { chat_id?: number } | undefined
    const chat = Number(input['chat_id'] ?? scope?.chat_id ?? 0)
    const fault = faultFor(method)
    if (fault?.how === 'later') {
      flood.impose(fault.seconds ?? 1, fault.everywhere ? undefined : chat || method)
      throw tooMany(fault.seconds ?? 1)
    }
    if (fault?.how === 'lost') throw new Lost()
    if (fault?.how === 'fail') throw new Refusal(502, 'Bad Gateway')
    checkPace(method, chat)
    if (fault?.how === 'slow') await sleep(fault.ms ?? 100)
    const scene: Scene = { world, ledger, parts: request.parts, uploadBytes, downloadBytes, wrong }
    const run = methods[name] as (input: unknown, scene: Scene) => unknown
    const result = await run(input, scene)
    if (fault?.how === 'drop') throw new Lost()
    if (fault?.how === 'hang') throw new Mute()
    return result
  }

  async function poll(ask: Record<string, unknown>, response: ServerResponse): Promise<unknown> {
    if (outbox.hooked)
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    const fault = faultFor('getUpdates')
    if (fault?.how === 'lost') throw new Lost()
    if (fault?.how === 'fail') throw new Refusal(502, 'Bad Gateway')
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const { offset, limit, timeout, allowed_updates: allowed } = ask
    const updates = await outbox.poll({ offset, limit, timeout, allowed } as Parameters<Outbox['poll']>[0], gone.signal)
    if (!updates)
      throw new Refusal(
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      )
    if (fault?.how === 'drop') throw new Lost()
    return updates
  }

  function setHook(input: Record<string, unknown>): true {
    const { url, secret_token, max_connections = 40, allowed_updates } = input
    if (typeof url !== 'string') {
      outbox.hook(undefined)
      return true
    }
    const { protocol, hostname } = new URL(url)
    if (protocol !== 'https:' && hostname !== '127.0.0.1')
      throw new Refusal(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook')
    const hook = { url, secret_token: String(secret_token), max_connections: Number(max_connections) }
    outbox.hook(hook, allowed_updates as string[] | undefined)
    return true
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    const file = path.startsWith(`/file/bot${token}/files/`)
      ? world.files.get(path.slice(path.lastIndexOf('/') + 1))
      : undefined
    if (path.startsWith('/file/')) {
      response.writeHead(file ? 200 : 404).end(file?.bytes)
      return
    }
    const method = path.startsWith(`/bot${token}/`) ? path.slice(`/bot${token}/`.length) : undefined
    // Whoever dies while it speaks is not heard.
    const received = await receive(request).catch(error => (request.aborted ? undefined : Promise.reject(error)))
    if (!received) return
    try {
      if (method === undefined) throw new Refusal(401, 'Unauthorized')
      const result = await perform(method, received, response)
      send(response, 200, { ok: true, result })
    } catch (error) {
      if (error instanceof Mute) touch()
      else if (error instanceof Lost) request.socket.destroy()
      else if (error instanceof Refusal) {
        const { code, message, parameters } = error
        send(response, code, { ok: false, error_code: code, description: message, ...(parameters && { parameters }) })
      } else {
        wrong(`the server stumbled: ${error}`)
        send(response, 500, { ok: false, error_code: 500, description: 'Internal Server Error' })
      }
    }
    touch()
  }

  const http = createServer((request, response) => void answer(request, response).catch(error => wrong(String(error))))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server: ApiServer = {
    root: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    token,
    world,
    ledger,
    outbox,
    flood,
    broken,
    calls,
    fault: (...planned) => void faults.push(...planned),
    chaos: undefined,
    changed: () => new Promise(resolve => void waiting.push(resolve)),
    touch,
    async close() {
      outbox.close()
      touch()
      waiting = []
      http.closeAllConnections()
      await new Promise(resolve => http.close(resolve))
    },
  }
  return server
}

/** The connection ends without an answer. */
class Lost extends Error {}
/** Nothing is answered at all. */
class Mute extends Error {}

const tooMany = (seconds: number): Refusal =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
