import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { audit } from '../../../core/books.ts'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { loginOf } from '../../../core/login.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore, type Store } from '../../../core/store.ts'
import { startRedis, type TestRedis } from '../../../core/testing/redis.ts'
import { grant } from '../../../core/wallet.ts'
import type { AdapterParts } from '../../adapter.ts'
import type { Rules } from '../../bot.ts'
import { type RunningBots, runBots } from '../../run.ts'
import { type StandInWorker, standInWorker } from '../../testing/stand-in-worker.ts'
import { openWechat, type Wechat, type WechatOptions } from '../index.ts'
import { openIsolated } from '../isolated.ts'
import type { Transport } from '../transport.ts'
import { openWechaty } from '../wechaty.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** What the adapter needs, on a real Redis, with the world on the other side. */
export interface WechatParts {
  readonly redis: TestRedis
  readonly core: Core
  readonly store: Store
  readonly parts: AdapterParts
  readonly world: World
  /** The puppet service, where there is one. */
  readonly gateway: Gateway | undefined
  /** Logs the account in, if it is not, and waits until the adapter knows. */
  enter(): Promise<void>
  /** The adapter as the house opens it, with what differs. */
  open(options?: WechatOptions): Promise<Wechat>
  close(): Promise<void>
}

export interface HouseOptions extends WorldOptions {
  /** As they would stand in the environment. */
  readonly settings?: Record<string, string>
  readonly wechat?: WechatOptions
  /** wechaty in a process of its own, over gRPC to a puppet service; else in this one, on the puppet itself. */
  readonly service?: boolean
  /** Settings of Redis that differ. */
  readonly redis?: readonly string[]
}

const log = openLog((process.env['TEST_LOG'] as 'debug' | undefined) ?? 'silent', 'test')
/** WECHAT_PER_MINUTE holds for a second here, so that tests need not wait; the puppet checks the same. */
const minuteMs = 1_000
const perMinute = 40

export async function openWechatParts({
  settings = {},
  wechat = {},
  service = false,
  redis: redisSettings = [],
  ...options
}: HouseOptions = {}): Promise<WechatParts> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-wechat-'))
  const redis = await startRedis(redisSettings)
  const core = await openCore({ url: redis.url, log })
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  const pace = { ms: minuteMs, all: perMinute, chat: perMinute / 2 }
  const world = openWorld({ ...options, rules: { pace, ...options.rules } })
  const config = botsConfig({
    ...{ DATA_DIR: folder, REDIS_URL: redis.url, SECRET: 'a secret of the tests', LANGUAGE: 'en' },
    ...{ WECHATY_PUPPET: 'wechaty-puppet-mock', WECHAT_PER_MINUTE: String(perMinute) },
    ...settings,
  })
  const parts: AdapterParts = { config, core, store, catalogue: loadCatalogue(), log }
  const gateway = service ? await openGateway(world) : undefined
  const opened: Wechat[] = []
  const session = join(folder, 'session')
  const connect = (): Transport =>
    gateway
      ? openIsolated({ ...gateway.setup, session }, { first: 200, longest: 2_000 })
      : openWechaty({ puppet: world.puppet(), times: { often: 1_500 } })
  return {
    ...{ redis, core, store, parts, world, gateway },
    async enter() {
      await vi.waitFor(() => expect(world.isOpen()).toBe(true), { timeout: 60_000, interval: 15 })
      if (world.servers.self === undefined) await world.login()
      await vi.waitFor(async () => expect((await loginOf(core, 'wechat'))?.state).toBe('in'), {
        timeout: 20_000,
        interval: 15,
      })
    },
    async open(more = {}) {
      const quick: WechatOptions = { jitterMs: [0, 5], minuteMs, lookEveryMs: 50, turnMs: 100, draw: () => undefined }
      const platform = await openWechat(parts, { connect, ...quick, ...wechat, ...more })
      opened.push(platform)
      return platform
    },
    async close() {
      for (const platform of opened) await platform.close()
      await gateway?.down()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The whole chat side on WeChat: the real conversation and a worker that renders at once. */
export interface WechatHouse extends WechatParts {
  readonly worker: StandInWorker
  /** The adapter that is running. */
  platform(): Wechat
  stopBots(): Promise<void>
  startBots(): Promise<void>
  /** Stops the bots and starts them again with a new adapter, as an upgrade would; the account stays logged in. */
  restart(): Promise<void>
  grant(account: string, credits: number): Promise<void>
  /** Fails if the books do not balance. */
  balanced(): Promise<void>
  until(so: () => Promise<boolean> | boolean, ms?: number): Promise<void>
}

export async function openWechatHouse({
  conduct = {},
  ...options
}: HouseOptions & { conduct?: Partial<Rules> } = {}): Promise<WechatHouse> {
  const opened = await openWechatParts(options)
  const { core, store, parts } = opened
  const { config, catalogue } = parts
  const worker = await standInWorker(core, store)
  const rules: Rules = {
    operators: config.OPERATORS,
    language: config.LANGUAGE,
    dailyCredits: config.DAILY_CREDITS,
    memberOpenJobs: config.MEMBER_OPEN_JOBS,
    placeOpenJobs: config.PLACE_OPEN_JOBS,
    retentionDays: config.RETENTION_DAYS,
    secret: config.SECRET,
    publicUrl: config.PUBLIC_URL,
    ...conduct,
  }
  let bots: RunningBots | undefined
  let platform: Wechat | undefined
  const house: WechatHouse = {
    ...opened,
    worker,
    platform() {
      if (!platform) throw new Error('the bots do not run')
      return platform
    },
    async startBots() {
      platform = await opened.open()
      bots = await runBots({ core, store, catalogue, rules, log, platforms: [platform], dispatchEveryMs: 100 })
      await house.enter()
    },
    async stopBots() {
      await bots?.stop()
      await platform?.close()
      bots = undefined
    },
    async restart() {
      await house.stopBots()
      await house.startBots()
    },
    async grant(account, credits) {
      await grant(core, { op: `test:${randomUUID()}`, account, credits, reason: 'test', by: 'test' })
    },
    async balanced() {
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 3_000 })
    },
    until: async (so, timeout = 40_000) => void (await vi.waitUntil(so, { timeout, interval: 15 })),
    async close() {
      await house.stopBots()
      await worker.stop()
      await opened.close()
    },
  }
  await house.startBots()
  return house
}
