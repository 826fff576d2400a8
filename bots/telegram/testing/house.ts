import { expect, vi } from 'vitest'
import { audit } from '../../../core/books.ts'
import { grant } from '../../../core/wallet.ts'
import type { Rules } from '../../bot.ts'
import { type RunningBots, runBots } from '../../run.ts'
import { type StandInWorker, standInWorker } from '../../testing/stand-in-worker.ts'
import type { TelegramPlatform } from '../index.ts'
import { openTelegramParts, type TelegramOptions, type TelegramParts } from './open.ts'

/** The whole chat side on Telegram: the real conversation, a real Redis, and a worker that renders at once. */
export interface TelegramHouse extends TelegramParts {
  readonly worker: StandInWorker
  platform(): TelegramPlatform
  stopBots(): Promise<void>
  startBots(): Promise<void>
  /** Stops the bots and starts them again, with a new adapter. */
  restart(): Promise<void>
  grant(account: string, credits: number): Promise<void>
  /** Fails if the books do not balance. */
  balanced(): Promise<void>
  until(so: () => Promise<boolean> | boolean, ms?: number): Promise<void>
}

export async function openTelegramHouse({
  rules = {},
  ...options
}: TelegramOptions & { rules?: Partial<Rules> } = {}): Promise<TelegramHouse> {
  const opened = await openTelegramParts(options)
  const { core, store, parts } = opened
  const { config, catalogue, log } = parts
  const worker = await standInWorker(core, store)
  const usual: Rules = {
    operators: config.OPERATORS,
    language: config.LANGUAGE,
    dailyCredits: config.DAILY_CREDITS,
    memberOpenJobs: config.MEMBER_OPEN_JOBS,
    placeOpenJobs: config.PLACE_OPEN_JOBS,
    retentionDays: config.RETENTION_DAYS,
    secret: config.SECRET,
    publicUrl: config.PUBLIC_URL,
  }
  let platform: TelegramPlatform
  let bots: RunningBots | undefined
  let op = 0

  const house: TelegramHouse = {
    ...opened,
    worker,
    platform: () => platform,
    async startBots() {
      platform = await opened.open()
      const every = { core, store, catalogue, rules: { ...usual, ...rules }, log }
      bots = await runBots({ ...every, platforms: [platform], dispatchEveryMs: 100 })
    },
    async stopBots() {
      await bots?.stop()
      bots = undefined
    },
    async restart() {
      await house.stopBots()
      await house.startBots()
    },
    async grant(account, credits) {
      op += 1
      await grant(core, { op: `test:${op}`, account, credits, reason: 'test', by: 'test' })
    },
    async balanced() {
      await vi.waitFor(async () => expect((await audit(core)).problems).toEqual([]), { timeout: 3_000 })
    },
    until: (so, timeout = 20_000) => vi.waitUntil(so, { timeout, interval: 15 }).then(() => undefined),
    async close() {
      await house.stopBots()
      await worker.stop()
      await opened.close()
    },
  }
  await house.startBots()
  return house
}
