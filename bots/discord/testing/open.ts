import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Catalogue, loadCatalogue } from '../../../core/catalogue.ts'
import { type BotsConfig, botsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore, type Store } from '../../../core/store.ts'
import { startRedis, type TestRedis } from '../../../core/testing/redis.ts'
import type { Incoming, Platform } from '../../platform.ts'
import { openDiscord, type Pace } from '../index.ts'
import { type People, peopleOf } from './people.ts'
import { type DiscordServer, openDiscordServer, type ServerOptions } from './server.ts'

/** The adapter with its real client, a Discord to talk to, and a real Redis. */
export interface DiscordUnderTest {
  readonly server: DiscordServer
  readonly people: People
  readonly redis: TestRedis
  readonly core: Core
  readonly store: Store
  readonly config: BotsConfig
  readonly catalogue: Catalogue
  /** Another bot on the same application, as after a restart. */
  open(more?: Partial<BotsConfig>, pace?: Pace): Promise<Watched>
  close(): Promise<void>
}

/** An adapter that tells which updates it has handed over. */
export interface Watched extends Platform {
  /** Resolves when this update was handled (`discord:<app>:<id>`). */
  handled(id: string): Promise<Incoming>
  readonly events: readonly Incoming[]
}

export const testLog = openLog((process.env['TEST_LOG'] as 'silent' | undefined) ?? 'silent', 'test')

/** Packs that can be bought here. */
export const packs = [{ id: 'small', credits: 100, sku: '700000000000000001' }] as const

export interface TestOptions extends ServerOptions {
  /** Settings of Redis that differ. */
  readonly redis?: readonly string[]
}

export async function openDiscordTest(options: TestOptions = {}): Promise<DiscordUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-discord-'))
  const [server, redis] = await Promise.all([openDiscordServer(options), startRedis(options.redis)])
  const core = await openCore({ url: redis.url, log: testLog })
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  const env = {
    DATA_DIR: folder,
    DISCORD_TOKEN: server.token,
    DISCORD_API: server.api,
    SECRET: 'a secret of the tests',
  }
  const config = botsConfig(env)
  const catalogue: Catalogue = { ...loadCatalogue(), packs: [...packs] }
  for (const { sku } of packs) server.shop.skus.add(sku)
  for (const name of ['room', 'other']) server.world.channel(name)
  return {
    ...{ server, people: peopleOf(server), redis, core, store, config, catalogue },
    open: async (more = {}, pace = {}) =>
      watched(await openDiscord({ config: { ...config, ...more }, core, store, catalogue, log: testLog }, pace)),
    async close() {
      await server.close()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function watched(platform: Platform): Watched {
  const done = new EventEmitter().setMaxListeners(0)
  const events: Incoming[] = []
  const finished = new Map<string, Incoming>()
  const idOf = (event: Incoming): string => event.update.split(':')[2] ?? ''
  return {
    ...platform,
    events,
    start: handle =>
      platform.start(async event => {
        events.push(event)
        await handle(event)
        finished.set(idOf(event), event)
        done.emit(idOf(event), event)
      }),
    async handled(id) {
      const known = finished.get(id)
      if (known) return known
      const [event] = await once(done, id)
      return event as Incoming
    },
  }
}
