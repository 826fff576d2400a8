import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { duetsAt } from '../../core/duet.ts'
import { jobsOf } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import { labels, type Saying, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let picture: Buffer
beforeAll(async () => {
  house = await openHouse()
  picture = await sharp({ create: { width: 320, height: 180, channels: 3, background: '#26a' } })
    .png()
    .toBuffer()
})
afterAll(() => house.close())

let count = 0
let room = ''
const place = () => ({ platform: 'fake', channel: room, private: false })
beforeEach(() => {
  count += 1
  room = `hall${count}`
})
afterEach(async () => {
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

const shown = (): Shown[] => house.fake.shown(room)
const last = (): Shown => shown().at(-1) as Shown
const say = (by: string, what: string | Saying): Promise<void> =>
  house.fake.say({ by, room, ...(typeof what === 'string' ? { text: what } : what) })
/** What people say to each other, not to us. */
const talk = (by: string, what: Saying): Promise<void> => say(by, { addressed: false, ...what })
const refusal = async (by: string, what: string | Saying): Promise<string | undefined> => {
  await say(by, what)
  return last().message.failure
}
const jobs = (by: string) => jobsOf(house.core, `fake:${by}`, 9)
const ask = (by: string, text: string) => say(by, { text, images: [picture] })

test('A’s picture begins, B is asked for the end, and A pays', async () => {
  await ask('ann', '/duet @bob from day to night --seconds 10')
  const question = last()
  expect(question.message.text).toBe(
    '@bob, ann would like to make a shot with you: “from day to night --seconds 10”. It begins with ann’s picture; answer this with the picture it ends with. You have 10 minutes, and it costs you nothing. “no” declines.',
  )
  expect(labels(question)).toEqual(['Decline'])
  expect(await balance(house.core, 'fake:ann')).toEqual({ available: 0, held: 0 })
  // Others’ pictures, and words without one, are nobody's end.
  await talk('cho', { text: 'look', images: [picture] })
  await talk('bob', { text: 'nice' })
  await talk('ann', { images: [picture] })
  // Nor what they show each other, or say of somebody else's picture.
  await talk('bob', { images: [picture] })
  await talk('bob', { text: 'nice, one moment', images: [picture], postedBy: 'cho', replyTo: question.at })
  await say('bob', { text: 'thanks', images: [picture], postedBy: 'cho', replyTo: question.at })
  expect(await duetsAt(house.core, place())).toHaveLength(1)
  await house.restart()
  await say('bob', { images: [picture], replyTo: question.at })
  await house.until(async () => (await jobs('ann'))[0]?.state === 'delivered')
  const [job] = await jobs('ann')
  expect(job?.request).toMatchObject({ member: 'fake:ann', payer: 'fake:ann' })
  expect(job?.request.recipe).toMatchObject({ kind: 'video', prompt: 'from day to night', seconds: 10, ratio: '16:9' })
  expect(job?.request.recipe.firstFrame).toMatch(/^pictures\//)
  expect(job?.request.recipe.lastFrame).not.toBe(job?.request.recipe.firstFrame)
  expect(await balance(house.core, 'fake:ann')).toEqual({ available: 26, held: 0 })
  expect(await jobs('bob')).toEqual([])
  expect(last().message.text).toMatch(/between your pictures/)
  // The next picture is only a picture.
  const before = shown().length
  await talk('bob', { images: [picture] })
  expect(shown()).toHaveLength(before)
})

test('in Chinese; by a handle; two answers at once make one shot', async () => {
  await say('小红', { text: '合拍 @Bob_S 从白天到黑夜', images: [picture], locale: 'zh-CN', addressed: false })
  expect(last().message.text).toMatch(/^@Bob_S，小红 想和你合拍：「从白天到黑夜」。.*不想参加就说「不了」。$/)
  const answer = { images: [picture], handle: 'bob_s' }
  await Promise.all([say('Robert Smith', answer), say('Robert Smith', answer)])
  await house.until(async () => (await jobs('小红'))[0]?.state === 'delivered')
  expect(await jobs('小红')).toHaveLength(1)
  expect(await balance(house.core, 'fake:小红')).toEqual({ available: 46, held: 0 })
})

/** The same update comes again, as it does when its process died before it was noted as answered. */
const comesAgain = async (by: string, what: Saying & { update: string }): Promise<void> => {
  expect(await house.core.redis.del(`${house.core.root}:answered:fake:bot:${what.update}`)).toBe(1)
  await say(by, what)
}

test('an answer that comes again, as after a crash, is still the same answer: B pays for nothing', async () => {
  await ask('eva', '/duet @bob hello')
  const answer = { images: [picture], replyTo: last().at, update: `end-${room}` }
  await say('bob', answer)
  await house.until(async () => (await jobs('eva'))[0]?.state === 'delivered')
  const before = shown().length
  await comesAgain('bob', answer)
  await ask('eva', '/duet @bob hello again')
  const no = { text: 'no', replyTo: last().at, update: `no-${room}` }
  await say('bob', no)
  await comesAgain('bob', no)
  expect([await jobs('bob'), (await jobs('eva')).length]).toEqual([[], 1])
  expect(shown()).toHaveLength(before + 2)
})

test('an answer over which something broke can be given again', async () => {
  await ask('fay', '/duet @bob hello')
  const answer = { images: [picture], replyTo: last().at }
  const { call } = house.core
  let broken = 0
  const calls = vi.spyOn(house.core, 'call').mockImplementation(async (name, ...args) => {
    if (name !== 'tr_accept') return call(name, ...args)
    broken += 1
    throw new Error('broken for the test')
  })
  await say('bob', answer)
  calls.mockRestore()
  expect([broken, await jobs('fay')]).toEqual([1, []])
  await say('bob', answer)
  await house.until(async () => (await jobs('fay'))[0]?.state === 'delivered')
  expect(await jobs('bob')).toEqual([])
})

test('B may decline, A may take it back; nobody else decides', async () => {
  await ask('ann', '/duet @bob hello')
  await house.fake.press(last(), 'Decline', 'cho')
  expect(last().message.failure).toBe('refusal.duet-not-yours')
  await say('bob', 'no')
  expect(last().message.text).toBe('bob would rather not. Nothing was charged.')
  expect(await duetsAt(house.core, place())).toEqual([])
  await ask('ann', '/duet @bob hello')
  const question = last()
  await house.fake.press(question, 'Decline', 'ann')
  expect(last().message.text).toBe('Taken back. Nothing was charged.')
  await house.fake.press(question, 'Decline', 'bob')
  expect(last().message.failure).toBe('refusal.duet-over')
  await ask('ann', '/duet @bob hello')
  await say('bob', { text: '/duet no', addressed: false })
  expect(last().message.text).toMatch(/rather not/)
  expect(await refusal('ann', '/duet cancel')).toBe('refusal.duet-over')
})

test('it is over after ten minutes, with one sentence, also if we were away', async () => {
  await ask('ann', '/duet @bob hello')
  await house.stopBots()
  const { redis, root } = house.core
  for (const key of [`${root}:duets`, ...(await redis.keys(`${root}:duets-at:*`))])
    for (const id of await redis.zrange(key, '0', '-1')) await redis.zadd(key, Date.now() - 1, id)
  await house.startBots()
  await house.fake.until(
    ({ at, message }) => at.channel === room && /no picture came from bob in time/.test(message.text),
  )
  await say('bob', { text: 'thanks', images: [picture], addressed: false })
  expect(shown()).toHaveLength(2)
})

test('nobody has more than five waiting', async () => {
  for (let i = 0; i < 5; i += 1) await ask('greedy', `/duet @bob${i} hello`)
  expect(await refusal('greedy', { text: '/duet @bob5 hello', images: [picture] })).toBe('refusal.duet-many')
  expect(await duetsAt(house.core, place())).toHaveLength(5)
  await say('greedy', '/duet cancel')
  await ask('greedy', '/duet @bob5 hello')
  expect(await duetsAt(house.core, place())).toHaveLength(5)
})

test('the same update asks once; who is forgotten asks nobody', async () => {
  const once = { text: '/duet @bob hello', images: [picture], update: `again-${room}` }
  await Promise.all([say('dan', once), say('dan', once)])
  await say('dan', once)
  expect(await duetsAt(house.core, place())).toHaveLength(1)
  expect(shown()).toHaveLength(1)
  await house.fake.say({ by: 'dan', text: 'forget yes' })
  expect(await duetsAt(house.core, place())).toEqual([])
})

test('what cannot be is refused in one sentence before anybody is asked', async () => {
  for (const [what, code] of [
    ['/duet', 'refusal.duet-whom'],
    ['/duet @bob hello', 'refusal.duet-picture'],
    [{ text: '/duet @bob hello', images: [picture, picture] }, 'refusal.duet-one'],
    [{ text: '/duet @ann hello', images: [picture] }, 'refusal.duet-self'],
    [{ text: '/duet @bob hello --tier master', images: [picture] }, 'refusal.tier'],
    [{ text: '/duet @bob hello --teleport', images: [picture] }, 'refusal.option-unknown'],
  ] as const)
    expect(await refusal('ann', what)).toBe(code)
  await house.fake.say({ by: 'ann', text: '/duet @bob hello', images: [picture] })
  expect(house.fake.shown('dm-ann').at(-1)?.message.failure).toBe('refusal.duet-private')
  expect(await duetsAt(house.core, place())).toEqual([])
  // Without the credits A hears of it when B has answered, and nothing is held.
  await ask('poor', '/duet @bob hello --seconds 30')
  await say('bob', { images: [picture] })
  expect(last().message.failure).toBe('refusal.credits')
  expect(await balance(house.core, 'fake:poor')).toMatchObject({ held: 0 })
})

test('B’s own commands stay their own', async () => {
  await ask('ann', '/duet @bob hello')
  await say('bob', { text: '/video a dog runs', images: [picture] })
  await house.until(async () => (await jobs('bob'))[0]?.state === 'delivered')
  expect((await jobs('bob'))[0]?.request.recipe).toMatchObject({ prompt: 'a dog runs' })
  expect(await duetsAt(house.core, place())).toHaveLength(1)
  await say('bob', { text: '/duet', images: [picture] })
  await house.until(async () => (await jobs('ann')).some(({ request }) => request.recipe.prompt === 'hello'))
})

test('where there are no buttons words do it', async () => {
  const plain = await openHouse({ can: { buttons: 0, barePictures: true }, noEdit: true })
  try {
    await plain.fake.say({ by: '小红', room: 'hall', text: '合拍 @小明 下雪了', images: [picture], locale: 'zh-CN' })
    expect(plain.fake.shown('hall').at(-1)?.message.text).not.toMatch(/回复数字/)
    await plain.fake.say({ by: '小明', room: 'hall', text: '不了', locale: 'zh-CN' })
    expect(plain.fake.shown('hall').at(-1)?.message.text).toBe('小明 这次不参加。没有扣费。')
    await plain.fake.say({ by: '小红', room: 'hall', text: '合拍 @小明 下雪了', images: [picture], locale: 'zh-CN' })
    await plain.fake.say({ by: '小明', room: 'hall', images: [picture], addressed: false })
    await plain.until(async () => (await jobsOf(plain.core, 'fake:小红', 2))[0]?.state === 'delivered')
    expect(await balance(plain.core, 'fake:小红')).toEqual({ available: 46, held: 0 })
    expect(plain.fake.broken).toEqual([])
  } finally {
    await plain.close()
  }
})
