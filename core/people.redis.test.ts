import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './books.ts'
import { clipsOf } from './clips.ts'
import { cancel, claim, getJob, jobsOf, openJobs, rendered } from './jobs.ts'
import { openLog } from './log.ts'
import { ban, profileOf, unban } from './members.ts'
import { link, namesOf, offerLink, unlink } from './people.ts'
import { type Core, openCore } from './redis.ts'
import { clipFor, post, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { dropVotes, vote, votesOf } from './votes.ts'
import { balance, dailyGrant, grant, makeCode, redeem, statement } from './wallet.ts'

let server: TestRedis
let core: Core

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterEach(async () => {
  expect((await audit(core)).problems).toEqual([])
  await core.redis.flushall()
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

const [ann, eve, pet] = ['telegram:1', 'discord:2', 'wechat:3']
const today = '2026-01-01'
let grants = 0
const give = (account: string, credits: number) =>
  grant(core, { op: `g:${grants++}`, account, credits, reason: '', by: '' })
const joined = async (host: string, guest: string): Promise<string> =>
  link(core, { member: guest, code: await offerLink(core, host) })

describe('two names of one person', () => {
  it('have one wallet with the credits of both', async () => {
    await give(ann, 100)
    await give(eve, 30)
    expect(await joined(ann, eve)).toBe(ann)
    expect(await balance(core, ann)).toEqual({ available: 130, held: 0 })
    expect(await balance(core, eve)).toEqual({ available: 130, held: 0 })
    expect((await namesOf(core, eve)).sort()).toEqual([eve, ann])
    const lines = (await statement(core, eve, 9)).map(({ kind, credits }) => [kind, credits])
    expect(lines).toEqual([
      ['link', 0],
      ['grant', 30],
      ['grant', 100],
    ])
  })

  it('get the free credits of a day once', async () => {
    await dailyGrant(core, ann, 66, today)
    await dailyGrant(core, eve, 66, today)
    await ticketFor(core, { member: ann, price: 60, daily: 0 })
    await joined(ann, eve)
    expect(await balance(core, eve)).toEqual({ available: 6, held: 60 })
    expect(await dailyGrant(core, eve, 66, today)).toEqual({ granted: 0 })
    await unlink(core, eve)
    expect(await dailyGrant(core, eve, 66, today)).toEqual({ granted: 0 })
    expect(await dailyGrant(core, eve, 66, '2026-01-02')).toEqual({ granted: 66 })
  })

  it('keep what is held: it is captured or comes back to the shared wallet', async () => {
    await give(eve, 100)
    const kept = await ticketFor(core, { member: eve, price: 20, daily: 0 })
    const dropped = await ticketFor(core, { member: eve, price: 35, daily: 0 })
    await joined(ann, eve)
    expect(await balance(core, ann)).toEqual({ available: 45, held: 55 })
    expect(await cancel(core, { job: dropped.job, by: ann })).toBe('cancelled')
    const claimed = await claim(core, { job: kept.job, worker: 'w', leaseMs: 60_000 })
    if (!claimed) throw new Error('not claimed')
    await rendered(core, { job: kept.job, epoch: 1, clip: clipFor(claimed.job) })
    await post(core, kept.job)
    expect(await balance(core, ann)).toEqual({ available: 80, held: 0 })
    await unlink(core, ann)
    expect(await balance(core, ann)).toEqual({ available: 80, held: 0 })
    expect(await balance(core, eve)).toEqual({ available: 0, held: 0 })
  })

  it('see the jobs and clips of both, count together, and stand in line as one', async () => {
    const first = await ticketFor(core, { member: ann })
    const second = await ticketFor(core, { member: eve })
    await joined(ann, eve)
    await expect(ticketFor(core, { member: eve, most: 2 })).rejects.toThrow('refusal.member-limit')
    await give(ann, 100)
    const third = await ticketFor(core, { member: eve })
    const other = await ticketFor(core, { member: pet })
    const fourth = await ticketFor(core, { member: ann })
    expect((await jobsOf(core, ann, 9)).map(({ id }) => id)).toEqual([fourth.job, third.job, second.job, first.job])
    expect((await openJobs(core, eve)).map(({ id }) => id)).toEqual([first.job, second.job, third.job, fourth.job])
    const line = await core.redis.zrange('{threadreel}:line:theatre', '0', '-1')
    expect(line.at(-1)).toBe(fourth.job)
    expect(line.indexOf(other.job)).toBeLessThan(line.indexOf(fourth.job))
    await claim(core, { job: first.job, worker: 'w', leaseMs: 60_000 })
    const job = await getJob(core, first.job)
    if (job) await rendered(core, { job: first.job, epoch: 1, clip: clipFor(job) })
    expect(await clipsOf(core, eve, 9)).toHaveLength(1)
  })

  it('are shut out and let in together', async () => {
    await joined(ann, eve)
    await ban(core, eve, 'rude')
    expect((await profileOf(core, ann)).banned).toBe('rude')
    await unban(core, ann)
    expect((await profileOf(core, eve)).banned).toBeUndefined()
  })

  it('have one vote', async () => {
    await vote(core, { clip: 'clip-1', member: ann, emoji: '👍', on: true })
    await vote(core, { clip: 'clip-1', member: ann, emoji: '❤', on: true })
    await vote(core, { clip: 'clip-1', member: eve, emoji: '👍', on: true })
    await vote(core, { clip: 'clip-1', member: pet, emoji: '👍', on: true })
    expect(await votesOf(core, 'clip-1')).toBe(3)
    await give(ann, 1)
    await joined(ann, eve)
    expect(await votesOf(core, 'clip-1')).toBe(2)
    await vote(core, { clip: 'clip-1', member: ann, emoji: '👍', on: false })
    await vote(core, { clip: 'clip-1', member: eve, emoji: '👍', on: false })
    expect(await votesOf(core, 'clip-1')).toBe(2)
    await dropVotes(core, ann)
    expect(await votesOf(core, 'clip-1')).toBe(1)
  })
})

describe('a link code', () => {
  const refused = (member: string, code: string) =>
    link(core, { member, code }).then(
      () => 'linked',
      error => error.code,
    )
  it('works once, in any spelling, for somebody else, and not for long', async () => {
    const code = await offerLink(core, ann)
    expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/)
    expect(await refused(ann, code)).toBe('refusal.link-self')
    expect(await core.redis.ttl(`{threadreel}:link:${code}`)).toBeGreaterThan(590)
    expect(await refused(eve, code.toLowerCase().replace('-', ' '))).toBe('linked')
    expect(await refused(pet, code)).toBe('refusal.link-unknown')
    expect(await refused(eve, await offerLink(core, ann))).toBe('refusal.link-self')
  })

  it('joins eight names at most', async () => {
    for (let n = 0; n < 7; n++) await joined(ann, `discord:${n}`)
    expect(await refused(pet, await offerLink(core, ann))).toBe('refusal.link-many')
    expect(await namesOf(core, ann)).toHaveLength(8)
  })

  it('used twice at once links one', async () => {
    const code = await offerLink(core, ann)
    const both = await Promise.all([refused(eve, code), refused(pet, code)])
    expect(both.sort()).toEqual(['linked', 'refusal.link-unknown'])
  })
})

describe('who leaves', () => {
  it('gets the own wallet back, empty; a code stays redeemed by whom it was', async () => {
    const code = await makeCode(core, { op: 'c', credits: 50, uses: 9 })
    await redeem(core, { account: eve, code })
    await joined(ann, eve)
    await redeem(core, { account: eve, code })
    expect(await unlink(core, eve)).toEqual({ wallet: ann, left: [eve] })
    expect(await balance(core, eve)).toEqual({ available: 0, held: 0 })
    expect(await balance(core, ann)).toEqual({ available: 100, held: 0 })
    await expect(redeem(core, { account: eve, code })).rejects.toMatchObject({ code: 'refusal.code-used' })
    expect(await unlink(core, eve)).toBeUndefined()
  })

  it('and owns the wallet ends it for all; groups that joined stay together', async () => {
    await give(pet, 5)
    await joined(ann, eve)
    await joined(pet, eve)
    expect((await namesOf(core, ann)).sort()).toEqual([eve, ann, pet])
    expect(await balance(core, ann)).toEqual({ available: 5, held: 0 })
    const parted = await unlink(core, pet)
    expect(parted?.wallet).toBe(pet)
    expect([...(parted?.left ?? [])].sort()).toEqual([eve, ann])
    for (const name of [ann, eve, pet]) expect(await namesOf(core, name)).toEqual([name])
    expect(await balance(core, pet)).toEqual({ available: 5, held: 0 })
  })
})
