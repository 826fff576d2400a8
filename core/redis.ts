import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Log } from './log.ts'

/**
 * The one way to Redis: a connection for commands that fails at once while Redis is away (a chat wants an answer, not a queue of
 * promises), one for listening, and the function library core/lua that holds every change of credits and jobs.
 */
export interface Core {
  readonly url: string
  readonly redis: Redis
  /** Every key begins with it; the braces keep all of them in one slot of a cluster. */
  readonly root: string
  readonly log: Log
  /** Runs a function of the library; numbers travel as text. */
  call(name: string, ...args: readonly (string | number)[]): Promise<unknown>
  /** Hears what is published in a channel until the returned function is called. */
  listen(channel: string, hear: (message: string) => void): Promise<() => Promise<void>>
  /** What has to end before the connections do (queues, timers). */
  readonly closers: Set<() => Promise<void>>
  close(): Promise<void>
}

/** Subjects of the library, in the order in which they build on each other. */
const subjects = ['keys', 'ledger', 'people', 'codes', 'sales', 'pots', 'fair', 'jobs', 'films'] as const

/** Text of the Redis function library. */
export function libraryText(): string {
  const texts = subjects.map(subject => readFileSync(new URL(`./lua/${subject}.lua`, import.meta.url), 'utf8'))
  return `#!lua name=threadreel\n${texts.join('\n')}`
}

/** True for errors that mean "Redis is away or full", not "the question is wrong". */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    /^(OOM|MISCONF|LOADING|READONLY|CLUSTERDOWN|BUSY|UNKILLABLE)/.test(error.message) ||
    /isn't writeable|Connection is closed|ECONN|EPIPE|ETIMEDOUT|max retries|Command timed out|ENOTFOUND/i.test(
      error.message,
    )
  )
}

/** Does it again until Redis is back: for steps that must not be lost, each of which may be done twice. Ends early by `signal`. */
export async function insist<T>(step: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    try {
      return await step()
    } catch (error) {
      if (!isAway(error)) throw error
      await pause(wait, undefined, signal ? { signal } : {})
    }
  }
}

/** Connects, checks version and settings, loads the library. Throws one clear line if Redis cannot be reached in `waitMs`. */
export async function openCore({
  url,
  log,
  root = '{threadreel}',
  waitMs = 5000,
}: {
  url: string
  log: Log
  root?: string
  waitMs?: number
}): Promise<Core> {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: times => Math.min(20 * times, 500),
    lazyConnect: true,
  })
  redis.on('error', error => log.debug({ err: error }, 'redis'))
  const text = libraryText()
  try {
    await reach(redis, url, waitMs)
    await redis.call('FUNCTION', 'LOAD', 'REPLACE', text)
    await checkSettings(redis, log)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  // A Redis that came back empty, or was upgraded, needs the library again.
  redis.on('ready', () => {
    redis.call('FUNCTION', 'LOAD', 'REPLACE', text).catch(error => log.debug({ err: error }, 'library not loaded'))
  })
  const ears = listening(redis)
  const closers = new Set<() => Promise<void>>()
  return {
    url,
    redis,
    root,
    log,
    call: (name, ...args) => redis.call('FCALL', name, 1, root, ...args.map(String)),
    listen: ears.listen,
    closers,
    async close() {
      for (const end of [...closers].reverse()) await end()
      closers.clear()
      ears.close()
      redis.disconnect()
    },
  }
}

async function reach(redis: Redis, url: string, waitMs: number): Promise<void> {
  const until = Date.now() + waitMs
  redis.connect().catch(() => undefined)
  while (true) {
    try {
      await redis.ping()
      return
    } catch (error) {
      if (Date.now() > until) {
        const where = url.replace(/\/\/[^@/]*@/, '//')
        throw new Error(`Redis at ${where} does not answer: start it, or set REDIS_URL.`, { cause: error })
      }
      await pause(50)
    }
  }
}

const wanted = {
  appendonly: 'yes',
  appendfsync: 'always',
  'aof-load-truncated': 'no',
  'maxmemory-policy': 'noeviction',
} as const

async function checkSettings(redis: Redis, log: Log): Promise<void> {
  const version = /redis_version:(\d+)/.exec(await redis.info('server'))?.[1]
  if (Number(version) < 7) throw new Error(`Redis ${version} is too old; 7.0 or newer is needed.`)
  for (const [name, value] of Object.entries(wanted)) {
    const found = await redis.config('GET', name).catch(() => undefined)
    const is = Array.isArray(found) ? String(found[1]) : undefined
    if (is !== undefined && is !== value)
      log.warn(`Redis runs with ${name} ${is}; credits are only safe with ${name} ${value}.`)
  }
}

/** One connection for all channels, opened when first needed; it subscribes again by itself after an outage. */
function listening(redis: Redis) {
  const ears = new Map<string, Set<(message: string) => void>>()
  let line: Redis | undefined
  const open = (): Redis => {
    if (line) return line
    line = redis.duplicate({ lazyConnect: false, enableOfflineQueue: true, maxRetriesPerRequest: null })
    line.on('error', () => undefined)
    line.on('message', (channel, message) => {
      for (const hear of ears.get(channel) ?? []) hear(message)
    })
    return line
  }
  return {
    async listen(channel: string, hear: (message: string) => void) {
      const heard = ears.get(channel) ?? new Set()
      ears.set(channel, heard.add(hear))
      await open().subscribe(channel)
      return async () => {
        heard.delete(hear)
        if (heard.size > 0) return
        ears.delete(channel)
        await line?.unsubscribe(channel).catch(() => undefined)
      }
    },
    close: () => line?.disconnect(),
  }
}
