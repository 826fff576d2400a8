import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { audit } from '../../core/books.ts'
import { loadCatalogue } from '../../core/catalogue.ts'
import { openLog } from '../../core/log.ts'
import { type Core, openCore } from '../../core/redis.ts'
import { openStore, type Store } from '../../core/store.ts'
import { startRedis, type TestRedis } from '../../core/testing/redis.ts'
import { grant } from '../../core/wallet.ts'
import type { Bot, Rules } from '../bot.ts'
import { type Content, noContent } from '../content.ts'
import type { TellShots } from '../idea/endpoint.ts'
import type { RoleRules } from '../roles.ts'
import { type RunningBots, runBots } from '../run.ts'
import { type FakeOptions, type FakePlatform, fakePlatform } from './fake-platform.ts'
import { type StandInWorker, standInWorker } from './stand-in-worker.ts'

/** The whole chat side on a real Redis, with a platform in memory and a worker that renders at once. */
export interface House {
  readonly redis: TestRedis
  readonly core: Core
  readonly store: Store
  readonly fake: FakePlatform
  /** Another platform the same bots are on, where asked for; named "other". */
  readonly other: FakePlatform
  readonly worker: StandInWorker
  /** For calling verbs directly. */
  readonly bot: Bot
  /** Stops the bots and starts them again, as an upgrade would; platform and worker go on. */
  restart(): Promise<void>
  stopBots(): Promise<void>
  startBots(): Promise<void>
  close(): Promise<void>
  /** Resolves when this is so. */
  until(so: () => Promise<boolean>, ms?: number): Promise<void>
  /** Fails if the books do not balance. */
  balanced(): Promise<void>
  grant(account: string, credits: number): Promise<void>
  /** Keys of everything in Redis that contains this text. */
  keysWith(text: string): Promise<string[]>
}

const testRules: Rules = {
  operators: ['fake:boss'],
  language: 'en',
  dailyCredits: 66,
  memberOpenJobs: 3,
  placeOpenJobs: 20,
  retentionDays: 30,
  secret: 'a secret of the tests',
  publicUrl: 'http://localhost:8080',
}

const log = openLog('silent', 'test')

interface HouseOptions {
  readonly rules?: Partial<Rules>
  readonly content?: Content
  readonly roles?: RoleRules
  readonly tellShots?: TellShots
  readonly other?: FakeOptions
}

export async function openHouse({
  rules = {},
  content = noContent,
  roles = {},
  tellShots,
  other: second,
  ...options
}: FakeOptions & HouseOptions = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-house-'))
  const redis = await startRedis()
  const core = await openCore({ url: redis.url, log })
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  const fake = fakePlatform(options)
  const other = fakePlatform({ ...second, name: 'other' })
  const platforms = [fake, ...(second ? [other] : [])]
  const worker = await standInWorker(core, store)
  const parts = {
    ...{ core, store, catalogue: loadCatalogue(), rules: { ...testRules, ...rules }, content, roles, log },
    ...(tellShots && { tellShots }),
  }
  let bots: RunningBots | undefined
  const startBots = async (): Promise<void> => {
    bots = await runBots({ ...parts, platforms, dispatchEveryMs: 100 })
  }
  const stopBots = async (): Promise<void> => {
    await bots?.stop()
    bots = undefined
  }
  await startBots()
  return {
    redis,
    core,
    store,
    fake,
    other,
    worker,
    bot: {
      ...parts,
      films: { changed: () => undefined, delivered: async () => undefined, failed: async () => undefined },
      platforms: new Map(platforms.map(one => [one.name, one])),
      tell: async () => undefined,
    },
    startBots,
    stopBots,
    async restart() {
      await stopBots()
      await startBots()
    },
    until: (so, timeout = 20_000) => vi.waitUntil(so, { timeout, interval: 15 }).then(() => undefined),
    async balanced() {
      // The audit wants nobody to write meanwhile; a job in the works may.
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 3_000 })
    },
    async grant(account, credits) {
      await grant(core, { op: `test:${randomUUID()}`, account, credits, reason: 'test', by: 'test' })
    },
    keysWith: text => keysWith(core, text),
    async close() {
      await stopBots()
      await worker.stop()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function keysWith({ redis }: Core, text: string): Promise<string[]> {
  const read = async (key: string): Promise<unknown> => {
    const type = await redis.type(key)
    if (type === 'hash') return redis.hgetall(key)
    if (type === 'list') return redis.lrange(key, 0, -1)
    if (type === 'set') return redis.smembers(key)
    if (type === 'zset') return redis.zrange(key, '0', '-1')
    if (type === 'stream') return redis.xrange(key, '-', '+')
    return redis.get(key)
  }
  const keys = await redis.keys('*')
  const found = await Promise.all(keys.map(async key => JSON.stringify(await read(key)).includes(text)))
  return keys.filter((_, at) => found[at])
}
