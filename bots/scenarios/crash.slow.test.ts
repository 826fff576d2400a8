import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../../core/books.ts'
import { activeJobs, jobsOf } from '../../core/jobs.ts'
import { openPlansOf } from '../../core/plans.ts'
import { insist } from '../../core/redis.ts'
import { balance } from '../../core/wallet.ts'
import { type CrashHouse, openCrashHouse } from '../testing/crash-house.ts'

/**
 * What takes several jobs (a chain, a comparison, drafts, a shot list made into a film) while bots and workers die at random points by
 * kill -9: it ends once, and each member has paid for what was delivered and for nothing else. PLAN_CRASH_ROUNDS of each.
 */

const rounds = Number(process.env['PLAN_CRASH_ROUNDS'] ?? 4)
const patienceMs = 120_000
const free = 66
/** Where the next process to come by dies. */
const points = [
  ...[
    'after-plan',
    'after-step',
    'after-plan-paid',
    'after-plan-closed',
    'after-accept',
    'before-enqueue',
    'after-enqueue',
  ],
  ...['before-claim', 'after-claim', 'mid-render', 'before-rendered', 'after-rendered', 'before-enqueue-delivery'],
  ...['before-delivering', 'after-delivering', 'before-settle', 'after-settle', 'mid-reconcile'],
]
/** What is said, and how many jobs it takes when nothing fails: the clips, and one that makes them one. */
const wishes: Readonly<Record<string, { readonly words: readonly string[]; readonly jobs: number }>> = {
  chain: { words: ['/video a bird --seconds 15'], jobs: 3 },
  comparison: { words: ['/compare a bird --guidance 2,5'], jobs: 3 },
  drafts: { words: ['/drafts a bird'], jobs: 5 },
  idea: { words: ['/idea a bird flies to the sea', '/idea make'], jobs: 4 },
}

let house: CrashHouse
beforeAll(async () => {
  house = await openCrashHouse()
})
afterAll(() => house?.close())

let people = 0
const person = (): string => {
  people += 1
  return `p${String(people).padStart(9, '0').replaceAll('0', 'a').replaceAll('1', 'b')}`
}

/** Says it, again if it was refused: while the workers start again there is no model to be had. */
async function order(member: string, words: readonly string[]): Promise<void> {
  const begun = () => insist(() => jobsOf(house.core, `web:${member}`, 1)).then(jobs => jobs.length > 0)
  for (let i = 0; i < 60; i++) {
    for (const [n, text] of words.entries()) await house.say(member, `${member}-${i}-${n}`, text)
    for (let look = 0; look < 10; look++, await pause(100)) if (await begun()) return
  }
  throw new Error(`${member}: refused for a minute`)
}

test(`${rounds} rounds of ${Object.keys(wishes).join(', ')} under kill -9`, async () => {
  const { core } = house
  let kills = 0
  let armedAt = 0
  const ended = { delivered: 0, told: 0 }
  for (let round = 0; round < rounds; round++) {
    const asked: { what: string; member: string }[] = []
    for (const [what, { words }] of Object.entries(wishes)) {
      const member = person()
      await order(member, words)
      asked.push({ what, member })
    }
    const open = async () =>
      (await activeJobs(core)).length +
      (await Promise.all(asked.map(({ member }) => openPlansOf(core, `web:${member}`)))).flat().length
    for (const end = Date.now() + patienceMs; (await insist(open)) > 0; await pause(100)) {
      if (Date.now() > end) throw new Error(`${await insist(open)} jobs and plans do not end`)
      const pulled = await house.pulled()
      if (!pulled && Date.now() - armedAt < 3000) continue
      if (pulled && armedAt > 0) kills += 1
      armedAt = Date.now()
      await house.arm(points[Math.floor(Math.random() * points.length)] ?? 'after-accept', 'self')
    }
    for (const { what, member } of asked) {
      const jobs = await jobsOf(core, `web:${member}`, 20)
      const most = wishes[what]?.jobs ?? 0
      expect(jobs.length, `${what}: jobs`).toBeLessThanOrEqual(most)
      // What was told of a failure may have ended early; nothing else may.
      if (jobs.every(({ state }) => state === 'delivered')) expect(jobs.length, `${what}: jobs`).toBe(most)
      for (const job of jobs) {
        if (job.state !== 'delivered' && job.state !== 'told') throw new Error(`${what}: a job is ${job.state}`)
        ended[job.state] += 1
      }
      const paid = jobs.reduce((sum, job) => sum + (job.state === 'delivered' ? job.price : 0), 0)
      expect(await balance(core, `web:${member}`), what).toEqual({ available: free - paid, held: 0 })
    }
    const { problems, sheet } = await audit(core)
    expect(problems).toEqual([])
    expect(sheet.held).toBe(0)
  }
  expect(kills).toBeGreaterThan(rounds)
  expect(ended.delivered).toBeGreaterThan(rounds)
  console.log(JSON.stringify({ rounds, kills, ...ended, lost: 0, chargedTwice: 0 }))
})
