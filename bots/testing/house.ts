import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCatalogue } from '../../core/catalogue.ts'
import { openLog } from '../../core/log.ts'
import { type Core, openCore } from '../../core/redis.ts'
import { openStore, type Store } from '../../core/store.ts'
import { startRedis, type TestRedis } from '../../core/testing/redis.ts'
import type { Rules } from '../bot.ts'
import { type RunningBots, runBots } from '../run.ts'
import { type FakeOptions, type FakePlatform, fakePlatform } from './fake-platform.ts'
import { type StandInWorker, standInWorker } from './stand-in-worker.ts'

/** The whole chat side on a real Redis, with a platform in memory and a worker that renders at once. */
export interface House {
  readonly redis: TestRedis
  readonly core: Core
  readonly store: Store
  readonly fake: FakePlatform
  readonly worker: StandInWorker
  /** Stops the bots and starts them again, as an upgrade would; platform and worker go on. */
  restart(): Promise<void>
  stopBots(): Promise<void>
  startBots(): Promise<void>
  close(): Promise<void>
}

export const testRules: Rules = {
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

export async function openHouse({
  rules = {},
  ...options
}: FakeOptions & { rules?: Partial<Rules> } = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-house-'))
  const redis = await startRedis()
  const core = await openCore({ url: redis.url, log })
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  const fake = fakePlatform(options)
  const worker = await standInWorker(core, store)
  let bots: RunningBots | undefined
  const startBots = async (): Promise<void> => {
    const parts = { core, store, catalogue: loadCatalogue(), rules: { ...testRules, ...rules }, log, platforms: [fake] }
    bots = await runBots({ ...parts, dispatchEveryMs: 100 })
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
    worker,
    startBots,
    stopBots,
    async restart() {
      await stopBots()
      await startBots()
    },
    async close() {
      await stopBots()
      await worker.stop()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
