import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { audit } from './books.ts'
import { openLog } from './log.ts'
import { type Core, insist, openCore } from './redis.ts'
import { returned, saleOf, salesOf, sell, takeBack } from './sales.ts'
import { ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { balance, dailyGrant, statement } from './wallet.ts'

let server: TestRedis
let core: Core
const log = openLog('silent', 'test')

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log })
})
afterEach(async () => {
  expect((await audit(core)).problems).toEqual([])
  await core.redis.flushall()
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

const ann = 'telegram:7'
const sale = (change: Partial<Parameters<typeof sell>[1]> = {}) => ({
  ...{ charge: 'telegram/stx-1', account: ann, member: ann, pack: 'medium', credits: 500, price: 350 },
  update: 'telegram:bot:1',
  ...change,
})

describe('a charge', () => {
  it('is credited once, however often and by whatever update it comes', async () => {
    const many = await Promise.all(
      Array.from({ length: 10 }, (_, i) => sell(core, sale({ update: `telegram:bot:${i}` }))),
    )
    expect(many.filter(what => what === 'ok')).toHaveLength(1)
    expect(await balance(core, ann)).toEqual({ available: 500, held: 0 })
    const first = many.indexOf('ok')
    expect(await sell(core, sale({ update: `telegram:bot:${first}` }))).toBe('again')
    expect(await sell(core, sale({ pack: 'large', credits: 2000, update: 'telegram:bot:99' }))).toBe('known')
    expect(await salesOf(core, ann, 9)).toMatchObject([{ pack: 'medium', credits: 500, state: 'paid' }])
    expect((await audit(core)).sheet).toMatchObject({ issued: 0, sold: 500, available: 500 })
  })

  it('stays credited once after the plug was pulled', async () => {
    await sell(core, sale())
    await server.kill()
    await server.restart()
    await insist(() => core.redis.ping())
    expect(await sell(core, sale({ update: 'telegram:bot:2' }))).toBe('known')
    expect((await balance(core, ann)).available).toBe(500)
  })

  it('of one platform says nothing about the same number on another', async () => {
    await sell(core, sale())
    await sell(core, sale({ charge: 'discord/stx-1', update: 'discord:1:1' }))
    expect((await balance(core, ann)).available).toBe(1000)
  })

  it('is kept also for a pack nobody sells, so that it can be given back', async () => {
    expect(await sell(core, sale({ pack: 'gone', credits: 0 }))).toBe('ok')
    expect(await saleOf(core, 'telegram/stx-1')).toMatchObject({ pack: 'gone', credits: 0, state: 'paid' })
    expect(await takeBack(core, 'telegram/stx-1')).toEqual({ state: 'taken', taken: 0 })
  })
})

describe('giving back', () => {
  it('takes the credits once and remembers how far it came', async () => {
    expect(await takeBack(core, 'telegram/stx-1')).toEqual({ state: 'unknown', taken: 0 })
    await sell(core, sale())
    const both = await Promise.all([takeBack(core, 'telegram/stx-1'), takeBack(core, 'telegram/stx-1')])
    expect(both.map(({ state }) => state).sort()).toEqual(['returning', 'taken'])
    expect(await balance(core, ann)).toEqual({ available: 0, held: 0 })
    expect(await returned(core, 'telegram/stx-1')).toBe(true)
    expect(await returned(core, 'telegram/stx-1')).toBe(false)
    expect(await takeBack(core, 'telegram/stx-1')).toEqual({ state: 'returned', taken: 500 })
    expect((await audit(core)).sheet).toMatchObject({ sold: 0, available: 0 })
    expect((await statement(core, ann, 9)).map(({ kind, credits }) => [kind, credits])).toEqual([
      ['refund', -500],
      ['sale', 500],
    ])
  })

  it('takes no more than is there, holds untouched', async () => {
    await sell(core, sale({ credits: 100 }))
    await ticketFor(core, { member: ann, price: 35, daily: 0 })
    expect(await takeBack(core, 'telegram/stx-1')).toEqual({ state: 'taken', taken: 65 })
    expect(await balance(core, ann)).toEqual({ available: 0, held: 35 })
  })

  it('takes free credits last, and those that go expire no second time', async () => {
    await sell(core, sale({ credits: 100 }))
    await ticketFor(core, { member: ann, price: 90, daily: 0 })
    await dailyGrant(core, ann, 66, '2026-01-01')
    expect(await takeBack(core, 'telegram/stx-1')).toEqual({ state: 'taken', taken: 76 })
    await dailyGrant(core, ann, 66, '2026-01-02')
    expect((await balance(core, ann)).available).toBe(66)
  })
})
