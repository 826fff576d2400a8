import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from './books.ts'
import { compareSteps, draftSteps, extendSteps } from './chain.ts'
import type { Job } from './job.ts'
import { activeJobs, cancel, getJob, jobsOf } from './jobs.ts'
import { openLog } from './log.ts'
import type { Plan } from './plan.ts'
import { advance, advanceAll, erasePlans, openPlan, openPlansOf, planOf } from './plans.ts'
import { type Core, openCore } from './redis.ts'
import { planFor, price, recipeFor, workAll } from './testing/plans.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance, grant, statement } from './wallet.ts'

let server: TestRedis
let core: Core
let n = 0
beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

/** A member of their own for each test, with so many credits. */
async function somebody(credits: number): Promise<string> {
  const member = `web:m${++n}`
  if (credits > 0) await grant(core, { op: `give:${member}`, account: member, credits, reason: 'test', by: 'test' })
  return member
}

const begin = async (plan: Plan, daily = 0) => openPlan(core, plan, { daily })
const planned = (member: string, ...more: [] | [Plan['steps'], Plan['kind']]) =>
  planFor(`test:${++n}`, more[0], more[1], member)
const made = (jobs: readonly Job[]) => jobs.map(({ request }) => request.recipe)

async function isSettled(member: string, credits: number): Promise<void> {
  expect(await balance(core, member)).toEqual({ available: credits, held: 0 })
  expect((await audit(core)).problems).toEqual([])
  expect(await openPlansOf(core, member)).toEqual([])
}

describe('a chain', () => {
  test('is paid once, goes piece by piece, each continuing the one before, and ends joined', async () => {
    const member = await somebody(500)
    const plan = planned(member)
    const [first, ...others] = await begin(plan)
    expect(others).toEqual([])
    expect(first?.ticket).toMatchObject({ price: 40, repeated: false })
    expect(await balance(core, member)).toEqual({ available: 400, held: 0 })
    const jobs = await workAll(core)
    expect(made(jobs)).toMatchObject([
      { kind: 'video', seconds: 10 },
      { kind: 'video', seconds: 10, continues: `clip-${jobs[0]?.id}` },
      { kind: 'video', seconds: 5, continues: `clip-${jobs[1]?.id}` },
      { kind: 'edit', seconds: 25, edit: { pieces: [0, 1, 2].map(i => ({ clip: `clip-${jobs[i]?.id}` })) } },
    ])
    expect(jobs.map(({ request }) => request.part)).toMatchObject([
      { nth: 1, of: 3, triesLeft: 1 },
      { nth: 2, of: 3 },
      { nth: 3, of: 3 },
      { nth: 1, of: 1 },
    ])
    expect(jobs.every(job => job.state === 'delivered')).toBe(true)
    await isSettled(member, 400)
    expect((await statement(core, member, 10)).map(({ credits }) => credits)).toEqual([-100, 500])
  })

  test('tries a piece again that failed once, at no further cost', async () => {
    const member = await somebody(100)
    await begin(planned(member))
    let failed = false
    const jobs = await workAll(core, ({ request }) => {
      if (failed || request.part?.step !== 1) return undefined
      failed = true
      return 'failure.crashed'
    })
    expect(jobs.map(({ state }) => state)).toEqual(['delivered', 'told', 'delivered', 'delivered', 'delivered'])
    expect(jobs[2]?.request).toMatchObject({ recipe: jobs[1]?.request.recipe, part: { step: 1, triesLeft: 0 } })
    await isSettled(member, 0)
  })

  test('joins what there is when a piece fails for good, and gives the rest back', async () => {
    const member = await somebody(130)
    await begin(planned(member))
    const jobs = await workAll(core, ({ request }) => (request.part?.step === 2 ? 'failure.internal' : undefined))
    expect(made(jobs).at(-1)).toMatchObject({ kind: 'edit', seconds: 20 })
    await isSettled(member, 130 - 80)
    const other = await somebody(100)
    const plan = planned(other)
    await begin(plan)
    const none = await workAll(core, () => 'failure.size')
    expect(none.map(({ state }) => state)).toEqual(['told'])
    expect((await planOf(core, plan.id))?.states).toEqual(['failed', 'skipped', 'skipped', 'skipped'])
    await isSettled(other, 100)
  })

  test('stops when its member cancels a piece', async () => {
    const member = await somebody(100)
    await begin(planned(member))
    const jobs = await workAll(core, ({ request }) => (request.part?.step === 1 ? 'failure.cancelled' : undefined))
    expect(jobs.map(({ state }) => state)).toEqual(['delivered', 'told'])
    await isSettled(member, 60)
    const waiting = planned(member)
    await expect(begin(waiting)).rejects.toMatchObject({ code: 'refusal.credits', params: { price: 100, credits: 60 } })
    await grant(core, { op: 'more', account: member, credits: 40, reason: 'test', by: 'test' })
    await begin(waiting)
    const [job = ''] = await activeJobs(core)
    expect(await cancel(core, { job, by: member })).toBe('cancelled')
    await workAll(core)
    await advanceAll(core)
    await isSettled(member, 100)
  })

  test('is refused where the credits are not there, and leaves nothing behind; free ones of the day come first', async () => {
    const member = await somebody(0)
    const plan = planned(member)
    await expect(begin(plan, 66)).rejects.toMatchObject({ code: 'refusal.credits' })
    expect(await planOf(core, plan.id)).toBeUndefined()
    await isSettled(member, 66)
    const drafts = planned(member, draftSteps(recipeFor(), price), 'drafts')
    await begin(drafts, 66)
    await workAll(core)
    await isSettled(member, 58)
  })

  test('is begun once, whoever begins it and however often; a member has two at most', async () => {
    const member = await somebody(1000)
    const plan = planned(member)
    const started = await Promise.all(Array.from({ length: 6 }, () => begin(plan)))
    expect(started.flat()).toHaveLength(1)
    expect(await activeJobs(core)).toHaveLength(1)
    expect(await balance(core, member)).toEqual({ available: 900, held: 0 })
    await begin(planned(member))
    await expect(begin(planned(member))).rejects.toMatchObject({ code: 'refusal.plan-limit' })
    const racing = setInterval(() => void Promise.all([advanceAll(core), advance(core, plan.id)]), 5)
    const jobs = await workAll(core)
    clearInterval(racing)
    expect(jobs).toHaveLength(8)
    expect(await begin(plan)).toEqual([])
    await isSettled(member, 800)
  })
})

describe('other plans', () => {
  test('drafts become one sheet, of those that could be made', async () => {
    const member = await somebody(8)
    const started = await begin(planned(member, draftSteps(recipeFor(), price), 'drafts'))
    expect(started).toHaveLength(4)
    const jobs = await workAll(core, ({ request }) => (request.part?.step === 2 ? 'failure.too-big' : undefined))
    expect(made(jobs).at(-1)?.edit).toMatchObject({
      op: 'sheet',
      cells: [0, 1, 3].map(i => ({ clip: `clip-${jobs[i]?.id}` })),
    })
    await isSettled(member, 2)
  })

  test('one variant alone is no comparison; an extension needs its piece', async () => {
    const member = await somebody(200)
    const variants = (['standard', 'high'] as const).map(tier => ({
      recipe: recipeFor({ tier, seconds: 5 }),
      caption: tier,
    }))
    await begin(planned(member, compareSteps(variants, price), 'compare'))
    const jobs = await workAll(core, ({ request }) => (request.recipe.tier === 'high' ? 'failure.memory' : undefined))
    expect(jobs.map(({ request }) => request.recipe.kind)).toEqual(['video', 'video', 'video'])
    await isSettled(member, 180)
    const clip = jobs[0]?.clip ?? ''
    const extension = planned(member, extendSteps(clip, recipeFor({ seconds: 5 }), price), 'extend')
    await begin(extension)
    const [piece, joined] = await workAll(core)
    expect(piece?.request.recipe.continues).toBe(clip)
    expect(joined?.request.recipe).toMatchObject({ kind: 'edit', seconds: 10, model: 'theatre' })
    await isSettled(member, 160)
  })

  test('a clip that is gone when its turn comes ends the plan, not the house', async () => {
    const member = await somebody(20)
    const plan = planned(member, extendSteps('clip-that-was-deleted', recipeFor({ seconds: 5 }), price), 'extend')
    await begin(plan)
    await workAll(core)
    expect((await planOf(core, plan.id))?.states).toEqual(['done', 'failed'])
    await isSettled(member, 0)
  })

  test('what is over can be erased, what is not stays', async () => {
    const member = await somebody(300)
    const [past, present] = [planned(member), planned(member)]
    await begin(past)
    await workAll(core)
    await begin(present)
    await erasePlans(core, member)
    expect([await planOf(core, past.id), (await planOf(core, present.id))?.over]).toEqual([undefined, false])
    await workAll(core)
    await isSettled(member, 100)
  })
})

describe('killed on the way', () => {
  const script = fileURLToPath(new URL('./testing/plan-process.ts', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'threadreel-plan-'))

  /** Runs the whole plan in a process of its own; resolves with how it ended. */
  async function run(args: string[], crash?: string): Promise<number | string> {
    const child = fork(script, args, {
      execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
      env: { ...process.env, ...(crash && { CRASH_FILE: crash }) },
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return signal ?? code ?? -1
  }

  test.each([
    ['after-plan', ''],
    ['after-plan-paid', ''],
    ['after-step', ''],
    ['after-rendered', ''],
    ['after-settle', ''],
    ['after-fail', '1'],
    ['after-told', '1'],
    ['after-plan-closed', ''],
  ])('at %s it is gone on with by the next process, and nothing is paid twice', async (point, failing) => {
    const before = await balance(core, 'web:ann')
    await grant(core, { op: `for:${point}`, account: 'web:ann', credits: 100, reason: 'test', by: 'test' })
    const crash = join(folder, point)
    writeFileSync(crash, `${point} self`)
    const update = `killed:${point}`
    expect(await run([server.url, update, failing], crash)).toBe('SIGKILL')
    expect(existsSync(crash)).toBe(false)
    // The claim of the one that was killed must end first.
    for (const id of await activeJobs(core)) await core.redis.hset(`${core.root}:job:${id}`, 'lease', 1)
    expect(await run([server.url, update, ''])).toBe(0)
    const plan = planFor(update)
    expect(await planOf(core, plan.id)).toMatchObject({ over: true, states: ['done', 'done', 'done', 'done'] })
    await isSettled('web:ann', before.available)
    const jobs = (await jobsOf(core, 'web:ann', 100)).filter(job => job.request.part?.plan === plan.id)
    const delivered = jobs.filter(({ state }) => state === 'delivered')
    expect(delivered.map(({ request }) => request.part?.step).sort()).toEqual([0, 1, 2, 3])
    expect(jobs.length - delivered.length).toBeLessThanOrEqual(failing === '' ? 0 : 1)
    expect(await Promise.all(jobs.map(({ id }) => getJob(core, id)))).not.toContain(undefined)
  })
})
