import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openJobs } from '../core/jobs.ts'
import { insist } from '../core/redis.ts'
import { balance } from '../core/wallet.ts'
import { labels, type Shown } from './testing/fake-platform.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
beforeAll(async () => {
  const rules = { operatorPlace: { platform: 'fake', channel: 'mods', private: false }, paySupport: 'Ask Zoe.' }
  house = await openHouse({ can: { sells: 'XTR' }, other: {}, rules })
})
afterAll(() => house.close())

let who = 0
let ann = ''
beforeEach(() => {
  who += 1
  ann = `ann${who}`
})
afterEach(async () => {
  expect([...house.fake.broken, ...house.other.broken]).toEqual([])
  await house.balanced()
})

const last = (room = `dm-${ann}`, on = house.fake): Shown => on.shown(room).at(-1) as Shown
const say = (text: string) => house.fake.say({ by: ann, text })
const boss = (text: string) => house.fake.say({ by: 'boss', text })
const credits = async (by = ann) => (await balance(house.core, `fake:${by}`)).available
const pay = (charge: string, update?: string, pack = 'medium') =>
  house.fake.pay({ by: ann, pack, charge, price: 350, ...(update !== undefined && { update }) })

describe('buying', () => {
  test('a list of packs, then an invoice for the one that is pressed or named', async () => {
    await say('/buy')
    expect(last().message.text).toMatch(/^Credits you can buy:\n100 credits: 75 Stars \(\/buy small\)\n500 credits/)
    expect(labels(last())).toEqual(['100 credits · 75 ⭐', '500 credits · 350 ⭐', '2000 credits · 1300 ⭐'])
    await house.fake.press(last(), '500 credits · 350 ⭐', ann)
    expect(last().message.invoice).toMatchObject({ pack: 'medium', title: '500 credits', price: 350 })
    expect(last().message.invoice?.description.length).toBeLessThan(255)
    await house.fake.say({ by: ann, text: '购买 Large', locale: 'zh-CN' })
    expect(last().message.invoice).toMatchObject({ pack: 'large', title: '2000 灵感值' })
    await say('/buy everything')
    expect(last().message.text).toMatch(/no such pack|没有这个套餐/)
  })

  test('where nothing is sold one sentence says where credits come from', async () => {
    await house.other.say({ by: ann, text: 'buy' })
    expect(last(`dm-${ann}`, house.other).message.text).toMatch(
      /^Credits are sold on Fake: link your account there .* redeem/,
    )
  })

  test('who has too few is shown the way', async () => {
    await say('a cat --seconds 30')
    expect(last().message.text).toMatch(/^This costs 120 credits and you have 66/)
    await house.fake.press(last(), 'Buy credits', ann)
    expect(last().message.text).toMatch(/^Credits you can buy/)
    await say('credits')
    expect(labels(last())).toEqual(['Buy credits'])
  })
})

describe('a payment', () => {
  test('is credited once, however often it comes, at once or after a restart', async () => {
    const charge = `stx-${ann}`
    await Promise.all(Array.from({ length: 10 }, (_, n) => pay(charge, n < 5 ? `pay-${ann}` : `pay-${ann}-${n}`)))
    await pay(charge, `pay-${ann}-large`, 'large')
    expect(await credits()).toBe(500)
    expect(house.fake.shown(`dm-${ann}`)).toHaveLength(1)
    expect(last().message.text).toBe(`Thank you! You got 500 credits and have 500 credits now. Payment: fake/${charge}`)
    await house.restart()
    await pay(charge, `pay-${ann}-later`)
    expect(await credits()).toBe(500)
    expect(house.fake.shown(`dm-${ann}`)).toHaveLength(1)
    await say('/paysupport')
    expect(last().message.text).toMatch(new RegExp(`^Ask Zoe\\.\\n\\d{4}-\\d\\d-\\d\\d: 500 credits, fake/${charge}$`))
  })

  test('whose receipt was never said is acknowledged when it comes again', async () => {
    house.fake.fault({ on: 'reply', how: 'gone' })
    await pay(`stx-${ann}`, `pay-${ann}`)
    await house.core.redis.del(`{threadreel}:answered:fake:bot:pay-${ann}`)
    await pay(`stx-${ann}`, `pay-${ann}`)
    expect(last().message.text).toMatch(/^Thank you!/)
    expect(await credits()).toBe(500)
  })

  test('of somebody shut out is theirs too', async () => {
    await boss(`/ban fake:${ann}`)
    await pay(`stx-${ann}`)
    expect(await credits()).toBe(500)
  })

  test('for a pack that is gone is kept, and the operator hears of it', async () => {
    await pay(`stx-${ann}`, undefined, 'gone')
    expect(last().message.text).toContain('not sold any more')
    const asked = `/refund fake/stx-${ann}`
    await house.fake.until(shown => shown.at.channel === 'mods' && shown.message.text.includes(asked))
    await boss(`/refund fake/stx-${ann}`)
    expect(house.fake.refunded.at(-1)).toEqual({ member: `fake:${ann}`, charge: `stx-${ann}` })
  })
})

describe('giving back', () => {
  test('takes the credits as far as they are there, then the money goes back; again says so', async () => {
    await pay(`stx-${ann}`)
    await say('a cat')
    await house.fake.until(
      shown => shown.at.channel === `dm-${ann}` && shown.message.mood === 'done' && /#/.test(shown.message.text),
    )
    const before = await credits()
    house.fake.fault({ on: 'refund', how: 'fail' })
    await boss(`/refund stx-${ann}`)
    expect(last('dm-boss').message.text).toMatch(/credits are taken back, but Fake did not return the money/)
    expect(await credits()).toBe(before - 500)
    await boss(`/refund stx-${ann}`)
    expect(last('dm-boss').message.text).toBe(
      `500 credits of 500 credits are taken back, and the money is back with fake:${ann}.`,
    )
    await boss(`/refund fake/stx-${ann}`)
    expect(last('dm-boss').message.text).toMatch(/given back before/)
    expect(house.fake.refunded.filter(({ charge }) => charge === `stx-${ann}`)).toHaveLength(1)
    await house.fake.until(shown => shown.at.channel === `dm-${ann}` && /was given back/.test(shown.message.text))
    await boss('/refund nothing')
    expect(last('dm-boss').message.text).toMatch(/no payment of this number/)
    await say(`/refund stx-${ann}`)
    expect(last().message.text).toMatch(/Only the operator/)
  })
})

test('/terms has words of its own where the operator gave none', async () => {
  await say('/terms')
  expect(last().message.text).toMatch(/made by a computer/)
  await house.fake.say({ by: ann, text: '/条款', locale: 'zh' })
  expect(last().message.text).toMatch(/由计算机/)
})

test('a payment that cannot be kept is not confirmed, and counts when it comes again', {
  timeout: 60_000,
}, async () => {
  const own = await openHouse({ can: { sells: 'XTR' } })
  const paying = () => own.fake.pay({ by: ann, pack: 'small', charge: 'stx-1' })
  await own.redis.kill()
  await expect(paying()).rejects.toThrow()
  await own.redis.restart()
  await insist(paying)
  expect((await balance(own.core, `fake:${ann}`)).available).toBe(100)
  await own.fake.say({ by: ann, text: 'a cat' })
  await own.fake.until(shown => shown.message.media !== undefined, 30_000)
  await own.until(async () => (await openJobs(own.core, `fake:${ann}`)).length === 0)
  await own.balanced()
  await own.close()
})
