import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore, type Store } from '../../../core/store.ts'
import { startRedis } from '../../../core/testing/redis.ts'
import { type Client, openClient } from '../client.ts'
import { openWeb, type Web } from '../index.ts'

export const testSecret = 'a secret of the web tests'

/** A web chat on a port of its own with a real Redis, and people who use it. */
export interface WebHouse {
  readonly web: Web
  readonly core: Core
  readonly store: Store
  /** Its data; gone when it is closed. */
  readonly folder: string
  /** This person's client; the same one for the same name. */
  person(name: string): Promise<Client>
  close(): Promise<void>
}

/** `settings` as they would stand in the environment. */
export async function openWebHouse(settings: Record<string, string> = {}): Promise<WebHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-web-'))
  const redis = await startRedis()
  const log = openLog('silent', 'test')
  const config = botsConfig({ PORT: '0', DATA_DIR: folder, REDIS_URL: redis.url, SECRET: testSecret, ...settings })
  const core = await openCore({ url: redis.url, log })
  const store = await openStore(config)
  const web = await openWeb({ config, core, store, catalogue: loadCatalogue(), log })
  const people = new Map<string, Client>()
  return {
    web,
    core,
    store,
    folder,
    async person(name) {
      const known = people.get(name)
      if (known) return known
      const client = openClient(web.address())
      await client.join(name)
      people.set(name, client)
      return client
    },
    async close() {
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

let running = 0
/** An id no message had before. */
export const nextId = (): string => `test-${process.pid}-${++running}`
