import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { audit } from '../../../core/books.ts'
import defaults from '../../../core/catalogue.json' with { type: 'json' }
import { loadCatalogue } from '../../../core/catalogue.ts'
import { openLog } from '../../../core/log.ts'
import { startReconciler } from '../../../core/reconcile.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore, type Store } from '../../../core/store.ts'
import { freePort, startRedis } from '../../../core/testing/redis.ts'
import { balance, grant } from '../../../core/wallet.ts'
import { runBots } from '../../run.ts'
import { type StandInWorker, standInWorker } from '../../testing/stand-in-worker.ts'
import { onDiscord } from './on-discord.ts'
import { onTelegram } from './on-telegram.ts'
import { onWeb, type WebChat } from './on-web.ts'
import { onWechat } from './on-wechat.ts'
import type { Chat, ChatParts, Person } from './person.ts'
import { startWorker } from './real-worker.ts'
import { until } from './until.ts'

/** Bots on several platforms' own servers with one Redis, and workers: everything a scenario happens in. */
export interface ScenarioHouse<C extends Chats = Chats> {
  readonly core: Core
  readonly store: Store
  readonly chats: C
  /** Makes clips at once; absent where the real worker does. */
  readonly worker: StandInWorker
  readonly url: string
  /** The render process that comes by this point next dies there (core/crashpoint.ts); resolves when it has. */
  breakAt(point: string): Promise<void>
  grant(person: Person, credits: number): Promise<void>
  /** Credits somebody can spend. */
  left(person: Person): Promise<number>
  /** Fails if the books do not balance, or a platform's rule was broken. */
  balanced(): Promise<void>
  until(so: () => Promise<boolean>, ms?: number): Promise<void>
  close(): Promise<void>
}

const opening = { telegram: onTelegram, discord: onDiscord, wechat: onWechat, web: onWeb } as const
export type ChatName = keyof typeof opening
type Chats = Partial<Record<ChatName, Chat>> & { web?: WebChat }

const secret = 'a secret of the scenarios'

/** What is made at the standard tier has so many lines: few are quick to make. */
const linesOf = (lines: number) => ({
  ...defaults,
  tiers: { ...defaults.tiers, standard: { ...defaults.tiers.standard, shortSide: lines } },
})

/** Opens the bots on these platforms. `real`: the theatre makes the clips, of so many lines, and no stand-in. */
export async function openScenarioHouse<const N extends ChatName>(
  names: readonly N[],
  { real }: { real?: number } = {},
): Promise<ScenarioHouse<{ [name in N]: name extends 'web' ? WebChat : Chat }>> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-scenarios-'))
  const [redis, port] = await Promise.all([startRedis(), freePort()])
  const log = openLog((process.env['TEST_LOG'] as 'debug' | undefined) ?? 'silent', 'test')
  const core = await openCore({ url: redis.url, log })
  const url = `http://127.0.0.1:${port}`
  const own = join(folder, 'catalogue.json')
  await writeFile(own, JSON.stringify(real ? linesOf(real) : defaults))
  const catalogue = loadCatalogue(own)
  const settings = {
    ...{ CATALOGUE: own, CRASH_FILE: join(folder, 'crash') },
    ...{ DATA_DIR: folder, REDIS_URL: redis.url, SECRET: secret },
    ...{ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url },
  }
  const store = await openStore({ STORE: 'local', DATA_DIR: folder })
  const parts: ChatParts = { core, log, settings }
  const opened = await Promise.all(names.map(async name => [name, await opening[name](parts)] as const))
  const all: readonly Chat[] = opened.map(([, chat]) => chat)
  const makers = real ? [] : await Promise.all([standInWorker(core, store), standInWorker(core, store, 'edit')])
  const theatre = real ? await startWorker(settings) : undefined
  const rules = {
    ...{ operators: [], language: 'en', dailyCredits: 66, memberOpenJobs: 5, placeOpenJobs: 20, retentionDays: 30 },
    ...{ secret, publicUrl: url },
  }
  const stopReconciling = startReconciler(core, { everyMs: 2_000 })
  const platforms = all.map(({ platform }) => platform)
  const bots = await runBots({ core, store, catalogue, rules, log, platforms, dispatchEveryMs: 100 })
  await Promise.all(all.map(chat => chat.enter()))
  const [worker] = makers
  return {
    ...{ core, store, url },
    chats: Object.fromEntries(opened) as { [name in N]: name extends 'web' ? WebChat : Chat },
    get worker() {
      if (!worker) throw new Error('the real worker makes the clips here')
      return worker
    },
    async breakAt(point) {
      await writeFile(settings.CRASH_FILE, `${point} self`)
      await until(() => !existsSync(settings.CRASH_FILE), 400_000)
    },
    async grant(person, credits) {
      const account = await person.account()
      await grant(core, { op: `scenario:${randomUUID()}`, account, credits, reason: 'test', by: 'test' })
    },
    left: async person => (await balance(core, await person.account())).available,
    async balanced() {
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 5_000 })
      for (const chat of all) expect(chat.broken(), chat.name).toEqual([])
    },
    until,
    async close() {
      await Promise.all(all.map(chat => chat.close()))
      await bots.stop()
      await stopReconciling()
      await Promise.all(makers.map(one => one.stop()))
      await theatre?.stop()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
