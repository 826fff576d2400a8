import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type DiscordHouse, openDiscordHouse } from './testing/house.ts'

/** How soon Discord has its first answer when many ask at once: bot, Redis and this Discord share the machine. */

const perSecond = 200
const seconds = 10
const members = 400
const rooms = 100

/** What people do, roughly as often: look at something, type, make something. */
function act(house: DiscordHouse, n: number): void {
  const { people, server } = house
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
  const house = await openDiscordHouse({ rules: { placeOpenJobs: 1000, memberOpenJobs: 1000 } })
  const { world, interactions, broken } = house.server
  for (let n = 0; n < rooms; n += 1) world.channel(`room-${n}`)
  for (let n = 0; n < members; n += 1) world.person(`member-${n}`)
  // A warm process, as it is in service.
  for (let n = 0; n < 50; n += 1) act(house, n)
  await house.until(() => interactions.all.every(one => one.answered !== undefined))
  const before = interactions.all.length

  const start = performance.now()
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - start) / 1000) * perSecond))
    for (; sent < due; sent += 1) act(house, before + sent)
    await sleep(2)
  }
  // What is not answered by then never will be, and counts as such.
  await house.until(() => interactions.all.every(one => one.answered !== undefined), 4_000).catch(() => undefined)
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
  expect(figures.interactions).toBe(perSecond * seconds)
  expect(figures.p99).toBeLessThanOrEqual(300)
  expect(figures.max).toBeLessThan(1_500)
  expect(broken).toEqual([])
  await house.close()
})
