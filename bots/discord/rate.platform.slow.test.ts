import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { grant } from '../../core/wallet.ts'
import { standInWorker } from '../testing/stand-in-worker.ts'
import { type DiscordUnderTest, openDiscordTest } from './testing/open.ts'

/** How soon Discord has its first answer when many ask at once. The bots are a process of their own, as in service. */

const perSecond = 200
const seconds = 10
const members = 400
const rooms = 100
const child = fileURLToPath(new URL('../testing/bots-child.ts', import.meta.url))

/** What people do, roughly as often: look at something, type, make something. */
function act({ people, server }: DiscordUnderTest, n: number): void {
  const by = `member-${n % members}`
  const channel = server.world.channel(`room-${n % rooms}`)
  const what = n % 10
  if (what < 3) people.type({ by, in: channel, name: 'video', option: what === 0 ? 'model' : 'ratio', typed: '' })
  else if (what === 3) people.slash({ by, in: channel, name: 'image', options: { words: `a cat number ${n}` } })
  else people.slash({ by, in: channel, name: ['credits', 'queue', 'help', 'history'][what % 4] ?? 'credits' })
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

test(`${perSecond} interactions a second for ${seconds} s`, async () => {
  const under = await openDiscordTest()
  const { core, store, config, redis, server } = under
  const { world, interactions, broken, gateway, commands } = server
  for (let n = 0; n < rooms; n += 1) world.channel(`room-${n}`)
  for (let n = 0; n < members; n += 1) {
    const account = `discord:${world.person(`member-${n}`).id}`
    await grant(core, { op: account, account, credits: 1_000, reason: 'test', by: 'test' })
  }
  const worker = await standInWorker(core, store)
  const errand = JSON.stringify({ config: { ...config, REDIS_URL: redis.url }, on: { discord: { editEveryMs: 300 } } })
  const bots = spawn(process.execPath, ['--import', 'tsx', child, errand], { stdio: 'ignore' })
  const answered = (ms: number): Promise<unknown> =>
    vi.waitUntil(() => interactions.all.every(one => one.answered !== undefined), { timeout: ms, interval: 20 })
  await vi.waitUntil(() => gateway.connected() > 0 && commands.has('global'), { timeout: 60_000, interval: 50 })
  // A warm process, as it is in service.
  for (let n = 0; n < 200; n += 1) {
    act(under, n)
    await sleep(20)
  }
  await answered(10_000)
  const before = interactions.all.length

  const start = performance.now()
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - start) / 1000) * perSecond))
    for (; sent < due; sent += 1) act(under, before + sent)
    await sleep(2)
  }
  // What is not answered by then never will be, and counts as such.
  await answered(4_000).catch(() => undefined)
  const took = interactions.all
    .slice(before)
    .map(one => one.took ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b)
  const figures = {
    interactions: took.length,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    max: percentile(took, 1),
  }
  process.stdout.write(`first answers in ms: ${JSON.stringify(figures)}\n`)
  bots.kill('SIGTERM')
  await once(bots, 'exit')
  await worker.stop()
  await under.close()
  expect(figures.interactions).toBe(perSecond * seconds)
  expect(figures.p99).toBeLessThanOrEqual(300)
  expect(figures.max).toBeLessThan(1_500)
  expect(broken).toEqual([])
})
