import { expect, vi } from 'vitest'
import { audit } from '../../../core/books.ts'
import type { BotsConfig } from '../../../core/config.ts'
import { balance, grant } from '../../../core/wallet.ts'
import type { Rules } from '../../bot.ts'
import { type RunningBots, runBots } from '../../run.ts'
import { type StandInWorker, standInWorker } from '../../testing/stand-in-worker.ts'
import type { Pace } from '../index.ts'
import { type DiscordUnderTest, openDiscordTest, testLog, type Watched } from './open.ts'
import type { ServerOptions } from './server.ts'
import { textOf } from './shown.ts'
import { bot, type Channel, type Message } from './world.ts'

/** The whole chat side on Discord: the real conversation and client, a real Redis, and a worker that renders at once. */
export interface DiscordHouse extends DiscordUnderTest {
  readonly worker: StandInWorker
  platform(): Watched
  startBots(more?: Partial<BotsConfig>): Promise<void>
  stopBots(): Promise<void>
  /** Ends the bots and starts them again, with a new adapter and client. */
  restart(): Promise<void>
  /** The bot's messages in a channel as this person sees them, oldest first. */
  shown(channel: Channel, by?: string): Message[]
  /** Resolves with the first such message, now or later. */
  see(channel: Channel, fits: string | ((message: Message) => boolean), by?: string): Promise<Message>
  /** Resolves with what is in the channel once it shows so many clips. */
  clips(channel: Channel, count: number): Promise<Message[]>
  grant(by: string, credits: number): Promise<void>
  left(by: string): Promise<{ available: number; held: number }>
  balanced(): Promise<void>
  until(so: () => boolean | Promise<boolean>, ms?: number): Promise<void>
}

export async function openDiscordHouse(
  options: ServerOptions & { readonly rules?: Partial<Rules>; readonly pace?: Pace } = {},
): Promise<DiscordHouse> {
  const under = await openDiscordTest(options)
  const { server, core, store, config, catalogue } = under
  const { world } = server
  const worker = await standInWorker(core, store)
  const rules: Rules = {
    operators: [],
    language: 'en',
    dailyCredits: 66,
    memberOpenJobs: 3,
    placeOpenJobs: 20,
    retentionDays: 30,
    secret: config.SECRET,
    publicUrl: 'http://localhost:8080',
    ...options.rules,
  }
  let platform: Watched
  let bots: RunningBots | undefined
  let grants = 0

  const shown = (channel: Channel, by = 'ann'): Message[] =>
    [...world.messages.values()].filter(
      one =>
        one.channel === channel && one.author === bot && (one.only === undefined || one.only === world.person(by).id),
    )

  /** Resolves as soon as something is found, now or after a change. */
  function whenFound<T>(find: () => T | undefined, what: string, ms = 15_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        world.changed.off('change', look)
        resolve(found)
      }
      const timer = setTimeout(() => {
        world.changed.off('change', look)
        const all = [...world.messages.values()].map(one => `${one.channel.name}: ${textOf(one)}`)
        reject(
          new Error(
            `${what} not seen in ${ms} ms; there is:\n${all.join('\n---\n')}\nbroken: ${server.broken.join('; ')}`,
          ),
        )
      }, ms)
      world.changed.on('change', look)
      look()
    })
  }

  const house: DiscordHouse = {
    ...under,
    worker,
    platform: () => platform,
    async startBots(more) {
      platform = await under.open(more, { editEveryMs: 100, ...options.pace })
      const parts = { core, store, catalogue, rules, log: testLog, platforms: [platform] }
      bots = await runBots({ ...parts, dispatchEveryMs: 100 })
    },
    async stopBots() {
      await bots?.stop()
      bots = undefined
    },
    async restart() {
      await house.stopBots()
      await house.startBots()
    },
    shown,
    see: (channel, fits, by) => {
      const so = typeof fits === 'string' ? (one: Message) => textOf(one).includes(fits) : fits
      return whenFound(() => shown(channel, by).find(so), String(fits))
    },
    clips: (channel, count) =>
      whenFound(() => {
        const all = shown(channel)
        return all.filter(one => one.files.length > 0).length >= count ? all : undefined
      }, `${count} clips`),
    async grant(by, credits) {
      grants += 1
      const account = `discord:${world.person(by).id}`
      await grant(core, { op: `test:${grants}`, account, credits, reason: 'test', by: 'test' })
    },
    left: by => balance(core, `discord:${world.person(by).id}`),
    async balanced() {
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 5_000 })
    },
    until: (so, timeout = 15_000) => vi.waitUntil(so, { timeout, interval: 15 }).then(() => undefined),
    async close() {
      await house.stopBots()
      await worker.stop()
      await under.close()
    },
  }
  await house.startBots()
  await house.until(() => server.commands.has('global'))
  return house
}
