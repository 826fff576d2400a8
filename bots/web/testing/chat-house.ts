import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { audit } from '../../../core/books.ts'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { openStore } from '../../../core/store.ts'
import { startRedis } from '../../../core/testing/redis.ts'
import { type RunningBots, runBots } from '../../run.ts'
import { type StandInWorker, standInWorker } from '../../testing/stand-in-worker.ts'
import { type Client, type Heard, openClient } from '../client.ts'
import { openWeb, type Web } from '../index.ts'
import { nextId } from './open-web.ts'

/** The whole chat side on the web chat: real HTTP, the real conversation, and a worker that renders at once. */
export interface ChatHouse {
  readonly core: Core
  readonly worker: StandInWorker
  /** Member id of somebody, who comes into being. */
  member(name: string): Promise<string>
  /** Somebody in a browser that speaks this language; the same one for the same name. */
  person(name: string, language?: string): Promise<Client>
  /** Says something in a room; the message as it was kept. */
  say(by: string, room: string, text: string, more?: { pictures?: readonly Uint8Array[]; to?: Heard }): Promise<Heard>
  press(by: string, room: string, message: Heard, label: string): Promise<void>
  /** Messages of the bot in a room as somebody sees them, oldest first. */
  shown(room: string, by: string): Promise<Heard[]>
  /** Resolves with the first of them that fits, now or later. */
  see(room: string, by: string, fits: (message: Heard) => boolean): Promise<Heard>
  /** The bots stop and start again as another process would, on another port; sessions stay. */
  restart(): Promise<void>
  stopBots(): Promise<void>
  startBots(): Promise<void>
  /** Fails if the books do not balance. */
  balanced(): Promise<void>
  close(): Promise<void>
}

const log = openLog('silent', 'test')

export async function openChatHouse(): Promise<ChatHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-chat-'))
  const redis = await startRedis()
  const secret = 'a secret of the web scenarios'
  const config = botsConfig({ PORT: '0', DATA_DIR: folder, REDIS_URL: redis.url, SECRET: secret })
  const core = await openCore({ url: redis.url, log })
  const store = await openStore(config)
  const catalogue = loadCatalogue()
  const worker = await standInWorker(core, store)
  const people = new Map<string, { client: Client; at: string; language: string }>()
  let web: Web
  let bots: RunningBots | undefined

  const house: ChatHouse = {
    core,
    worker,
    async member(name) {
      return (await (await house.person(name)).me()).member ?? ''
    },
    async person(name, language = 'en') {
      const known = people.get(name)
      const at = web.address()
      if (known?.at === at) return known.client
      const client = openClient(at, { cookie: known?.client.cookie ?? '', language: known?.language ?? language })
      if (!known) await client.join(name)
      people.set(name, { client, at, language: known?.language ?? language })
      return client
    },
    async say(by, room, text, { pictures = [], to } = {}) {
      const files = pictures.map((bytes, n) => ({ name: `${n}.png`, bytes }))
      return (await house.person(by)).say(room, { id: nextId(), text, pictures: files, replyTo: to?.id })
    },
    async press(by, room, message, label) {
      const button = message.buttons.find(one => one.label.startsWith(label))
      if (!button) throw new Error(`no button ${label} among ${message.buttons.map(one => one.label).join(', ')}`)
      await (await house.person(by)).press(room, message.id, button.id, nextId())
    },
    async shown(room, by) {
      const { cookie } = await house.person(by)
      const answer = await fetch(`${web.address()}/api/rooms/${room}`, { headers: { cookie } })
      const { messages } = (await answer.json()) as { messages: Heard[] }
      return messages.filter(message => message.by === 'bot')
    },
    async see(room, by, fits) {
      let found: Heard | undefined
      await vi
        .waitUntil(
          async () => {
            found = (await house.shown(room, by)).find(fits)
            return found
          },
          { timeout: 20_000, interval: 30 },
        )
        .catch(async error => {
          const there = await house.shown(room, by)
          throw new Error(`not seen; there is:\n${there.map(({ text }) => text).join('\n---\n')}`, { cause: error })
        })
      return found as Heard
    },
    async startBots() {
      web = await openWeb({ config, core, store, catalogue, log })
      const rules = {
        ...{ operators: [], language: 'en', dailyCredits: 66, memberOpenJobs: 3, placeOpenJobs: 20 },
        ...{ retentionDays: 30, secret, publicUrl: 'http://localhost:8080' },
      }
      bots = await runBots({ core, store, catalogue, rules, log, platforms: [web], dispatchEveryMs: 100 })
    },
    async stopBots() {
      await bots?.stop()
      bots = undefined
    },
    async restart() {
      await house.stopBots()
      await house.startBots()
    },
    async balanced() {
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 5_000 })
    },
    async close() {
      await house.stopBots()
      await worker.stop()
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await house.startBots()
  return house
}
