import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore, type Store } from '../../../core/store.ts'
import { startRedis, type TestRedis } from '../../../core/testing/redis.ts'
import type { AdapterParts } from '../../adapter.ts'
import { openTelegram, type TelegramPlatform, type Timing } from '../index.ts'
import { openPeople, type People } from './people.ts'
import { type ApiServer, openApiServer, type ServerOptions } from './server.ts'

/** A Telegram on the loopback, a real Redis, and what the adapter needs. */
export interface TelegramParts {
  readonly api: ApiServer
  readonly people: People
  readonly redis: TestRedis
  readonly core: Core
  readonly store: Store
  readonly parts: AdapterParts
  /** The adapter, anew: as after a restart. */
  open(): Promise<TelegramPlatform>
  /** Fails if the bot broke a rule of Telegram's. */
  close(): Promise<void>
}

/** Telegram's pace fifty times as fast; the server's rules leave room for a busy machine. */
export const quick: Timing = {
  pace: {
    global: { count: 200, everyMs: 1_000 },
    chat: { count: 1, everyMs: 30 },
    group: { count: 150, everyMs: 10_000 },
  },
  editEveryMs: 60,
  albumMs: 120,
  againMs: 10,
}
const quickRules = {
  global: { count: 400, everyMs: 1_000 },
  chat: { count: 2, everyMs: 30 },
  group: { count: 200, everyMs: 10_000 },
}

export interface TelegramOptions {
  /** As they would stand in the environment. */
  readonly settings?: Readonly<Record<string, string>>
  readonly timing?: Timing
  readonly server?: ServerOptions
  /** Settings of Redis that differ. */
  readonly redis?: readonly string[]
}

export async function openTelegramParts({
  settings = {},
  timing = {},
  server = {},
  redis: redisSettings = [],
}: TelegramOptions = {}): Promise<TelegramParts> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-telegram-'))
  const api = await openApiServer({ flood: quickRules, ...server })
  const redis = await startRedis(redisSettings)
  const log = openLog(process.env['TEST_LOG'] === 'debug' ? 'debug' : 'silent', 'test')
  const config = botsConfig({
    DATA_DIR: folder,
    REDIS_URL: redis.url,
    SECRET: 'a secret of the telegram tests',
    PUBLIC_URL: 'https://clips.example.org',
    TELEGRAM_TOKEN: api.token,
    TELEGRAM_API_ROOT: api.root,
    ...settings,
  })
  const core = await openCore({ url: redis.url, log })
  const store = await openStore(config)
  const parts = { config, core, store, catalogue: loadCatalogue(), log }
  return {
    api,
    people: openPeople(api),
    redis,
    core,
    store,
    parts,
    open: () => openTelegram(parts, { ...quick, ...timing }),
    async close() {
      await core.close()
      await redis.stop()
      await api.close()
      await rm(folder, { recursive: true, force: true })
      expect(api.broken).toEqual([])
    },
  }
}
