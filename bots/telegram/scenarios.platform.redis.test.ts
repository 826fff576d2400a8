import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getClip } from '../../core/clips.ts'
import { jobsOf } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import { openTelegramHouse, type TelegramHouse } from './testing/house.ts'
import { labels } from './testing/people.ts'
import type { Kept, Room } from './testing/world.ts'

/** The real conversation on Telegram, from the outside: people write, press and pay, and see what the bot shows. */

let house: TelegramHouse
let turn = 0
/** Somebody new, in their private chat, for each test. */
let ann: string
let chat: Room

beforeAll(async () => {
  // The first person of all is the operator.
  house = await openTelegramHouse({ settings: { OPERATORS: 'telegram:500000001' } })
  house.people.person('boss')
})
afterAll(() => house.close())
beforeEach(() => {
  turn += 1
  ann = `ann${turn}`
  chat = house.people.private(ann)
})
afterEach(async () => {
  house.worker.go()
  house.worker.bytes = 64
  await house.balanced()
})

const memberOf = (name: string): string => `telegram:${house.people.person(name).id}`
const creditsOf = async (name: string): Promise<number> => (await balance(house.core, memberOf(name))).available
const jobs = (name: string) => jobsOf(house.core, memberOf(name), 10)
const isClip = (message: Kept): boolean => message.media !== undefined
const clipIn = (room: Room, ms?: number): Promise<Kept> => house.people.until(room, isClip, ms)
const says =
  (text: string) =>
  ({ words }: Kept): boolean =>
    words.includes(text)
const photo = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 180, channels: 3, background } })
    .jpeg()
    .toBuffer()

/** Everything is over: the only clip in the room, and that it was paid once. */
async function oneClip(room: Room, by = ann): Promise<Kept> {
  await house.until(async () => (await jobs(by))[0]?.state === 'delivered')
  const clips = house.people.shown(room).filter(isClip)
  expect(clips).toHaveLength(1)
  expect(await creditsOf(by)).toBe(46)
  return clips[0] as Kept
}

describe('a request', () => {
  test('in private: one message, which says how it stands and becomes the clip', async () => {
    house.worker.hold()
    const [asked] = house.people.write(ann, chat, { text: 'a cat chasing a butterfly' })
    const status = await house.people.until(chat, says('is in'))
    expect(status.answers).toBe(asked?.id)
    expect(labels(status)).toEqual(['Cancel'])
    await house.people.until(chat, says('▰▰'))
    house.worker.go()
    const clip = await oneClip(chat)
    expect(house.people.shown(chat)).toEqual([clip])
    expect(clip.id).toBe(status.id)
    expect(clip.words).toContain('46 credits left')
    expect(labels(clip)).toEqual(expect.arrayContaining(['Again', 'Change', '+5 s']))
    expect(clip.media?.about).toMatchObject({ width: 1280, height: 720, duration: 5, supports_streaming: true })
  })

  test('in a group with privacy: by command, by name, by answering us; other talk is none of ours', async () => {
    const group = house.people.group('Films')
    house.people.write('bob', group, { text: 'a cat chasing a butterfly' })
    const [asked] = house.people.write(ann, group, { text: '/video a cat' })
    const clip = await clipIn(group)
    expect(clip.answers).toBe(asked?.id)
    house.people.write(ann, group, { text: 'at night', replyTo: clip.id })
    await house.until(() => house.people.shown(group).filter(isClip).length === 2)
    house.people.write(ann, group, { text: '@reel_bot two dogs' })
    await house.until(() => house.people.shown(group).filter(isClip).length === 3)
    expect((await jobs(ann)).map(({ request }) => request.recipe.prompt)).toEqual(['two dogs', 'at night', 'a cat'])
    expect(await jobs('bob')).toEqual([])
    expect(await house.people.shown(group)).toHaveLength(3)
  })

  test('in a topic is answered in the topic, in General without naming one', async () => {
    const forum = house.people.group('Studio', { forum: true })
    const thread = house.people.topic(forum)
    house.people.write(ann, forum, { text: '/video a cat', thread })
    const inTopic = await clipIn(forum)
    expect(inTopic.thread).toBe(thread)
    house.people.write(ann, forum, { text: '/video a dog' })
    const inGeneral = await house.people.until(forum, message => isClip(message) && message.thread === undefined)
    expect(inGeneral.id).not.toBe(inTopic.id)
    // A clip in a topic is known again when it is answered there.
    house.people.write(ann, forum, { text: 'at night', thread, replyTo: inTopic.id })
    await house.until(() => house.people.shown(forum).filter(isClip).length === 3)
    expect((await jobs(ann))[0]?.request.recipe).toMatchObject({ prompt: 'at night' })
  })

  test('of an anonymous administrator is the group’s', async () => {
    const group = house.people.group('Hidden')
    house.people.write('x', group, { text: '/video a cat', anonymous: true })
    await clipIn(group)
    expect((await balance(house.core, `telegram:${group.id}`)).available).toBe(46)
  })
})

describe('pictures', () => {
  test('a photo with words is where the clip begins', async () => {
    house.people.write(ann, chat, { text: 'it moves', photos: [await photo('#a33')] })
    await oneClip(chat)
    const [job] = await jobs(ann)
    expect(job?.request.recipe).toMatchObject({ prompt: 'it moves', firstFrame: expect.any(String) })
    expect(job?.request.recipe).not.toHaveProperty('lastFrame')
  })

  test('an album of two, or two files, is first and last', async () => {
    house.people.write(ann, chat, { text: 'slowly', photos: [await photo('#a33'), await photo('#33a')] })
    await oneClip(chat)
    const documents = [
      { bytes: await photo('#3a3'), mime: 'image/jpeg' },
      { bytes: await photo('#aa3'), mime: 'image/jpeg' },
    ]
    house.people.write(ann, chat, { text: 'quickly', documents })
    await house.until(async () => (await jobs(ann)).length === 2)
    for (const { request } of await jobs(ann))
      expect(request.recipe).toMatchObject({ firstFrame: expect.any(String), lastFrame: expect.any(String) })
    await house.until(async () => (await jobs(ann)).every(({ state }) => state === 'delivered'))
  })

  test('three are one refusal', async () => {
    const one = await photo('#a33')
    house.people.write(ann, chat, { text: 'slowly', photos: [one, one, one] })
    await house.people.until(chat, says('You sent 3'))
    expect(house.people.shown(chat)).toHaveLength(1)
    expect(await jobs(ann)).toEqual([])
  })

  test('somebody else’s in a group, by answering it', async () => {
    const group = house.people.group('Films')
    const [posted] = house.people.write('bob', group, { photos: [await photo('#a33')] })
    house.people.write(ann, group, { text: '/video it moves', ...(posted && { replyTo: posted.id }) })
    const asked = await house.people.until(group, says('would like to use your picture'))
    house.people.press('bob', group, asked.id, 'Yes, this one (bob)')
    await clipIn(group)
    expect((await jobs(ann))[0]?.request.recipe).toMatchObject({ firstFrame: expect.any(String) })
  })
})

describe('buttons', () => {
  test('cancel: the message says so, the credits are back', async () => {
    house.worker.hold()
    house.people.write(ann, chat, { text: 'a cat' })
    const status = await house.people.until(chat, ({ markup }) => markup !== undefined)
    house.people.press(ann, chat, status.id, 'Cancel')
    await house.people.until(chat, says('is cancelled'))
    expect(house.people.shown(chat)).toHaveLength(1)
    expect(await creditsOf(ann)).toBe(66)
    await house.until(() => house.api.ledger.presses.size === 0)
  })

  test('change: the next words are the new ones', async () => {
    house.people.write(ann, chat, { text: 'a cat' })
    const clip = await clipIn(chat)
    house.people.press(ann, chat, clip.id, 'Change')
    await house.people.until(chat, says('What should it be instead'))
    house.people.write(ann, chat, { text: 'a white cat' })
    await house.until(() => house.people.shown(chat).filter(isClip).length === 2)
    const [changed, first] = await jobs(ann)
    expect(changed?.request.recipe).toMatchObject({ prompt: 'a white cat', seed: first?.request.recipe.seed })
  })

  test('again, after a restart, under an old message', async () => {
    house.people.write(ann, chat, { text: 'a cat' })
    const clip = await clipIn(chat)
    await house.restart()
    house.people.press(ann, chat, clip.id, 'Again')
    await house.until(() => house.people.shown(chat).filter(isClip).length === 2)
  })
})

describe('refusals', () => {
  test('too few credits: one sentence, nothing is held', async () => {
    house.people.write(ann, chat, { text: 'a cat --seconds 20' })
    await house.people.until(chat, says('This costs 80 credits'))
    expect(await jobs(ann)).toEqual([])
  })

  test('what has no words, or is no command of ours', async () => {
    house.people.write(ann, chat, { text: '/vidoe a cat' })
    await house.people.until(chat, says('Did you mean'))
    house.people.write(ann, chat, { text: '🎬🎬' })
    await house.people.until(chat, says('signs and emoji alone'))
  })

  test('in a group commands of other bots are not ours to refuse', async () => {
    const group = house.people.group('Films')
    house.people.write(ann, group, { text: '/roll 6' })
    house.people.write(ann, group, { text: '/video@other_bot a cat' })
    house.people.write(ann, group, { text: '/video@reel_bot a cat' })
    await clipIn(group)
    expect(house.people.shown(group)).toHaveLength(1)
  })
})

test('a clip too large for Telegram comes as a link', async () => {
  house.worker.bytes = 2_000_000_001
  house.people.write(ann, chat, { text: 'a cat' })
  const done = await house.people.until(chat, says('too large'))
  expect(done.media).toBeUndefined()
  const [open] = done.markup?.inline_keyboard.flat() ?? []
  expect(open).toMatchObject({ text: 'Open', url: expect.stringMatching(/^https:\/\/clips\.example\.org\/media\//) })
  await house.until(async () => (await jobs(ann)).every(({ state }) => state === 'delivered'))
})

describe('whatever happens', () => {
  test('a restart in the middle: the same message becomes the clip, once', async () => {
    house.worker.hold()
    house.people.write(ann, chat, { text: 'a cat' })
    const status = await house.people.until(chat, ({ markup }) => markup !== undefined)
    await house.until(async () => (await jobs(ann))[0]?.status !== undefined)
    await house.stopBots()
    house.worker.go()
    await house.until(async () => (await jobs(ann))[0]?.state === 'rendered')
    await house.startBots()
    expect((await oneClip(chat)).id).toBe(status.id)
    expect(house.people.shown(chat)).toHaveLength(1)
  })

  test('429 storms: nobody calls too early, and the clip comes', async () => {
    for (let n = 0; n < 4; n += 1) house.api.fault({ on: 'send', how: 'later', seconds: 1 })
    house.people.write(ann, chat, { text: 'a cat' })
    await oneClip(chat)
    expect(house.people.shown(chat)).toHaveLength(1)
  })

  test.each(['drop', 'lost', 'fail'] as const)(
    'an answer that does not come (%s): the clip is shown once',
    async how => {
      house.api.fault({ on: 'editMessageMedia', how })
      house.people.write(ann, chat, { text: 'a cat' })
      await oneClip(chat)
      expect(house.people.shown(chat)).toHaveLength(1)
    },
  )

  test('an answer to the first words that does not come: one clip, one job', async () => {
    house.api.fault({ on: 'sendMessage', how: 'drop' })
    house.people.write(ann, chat, { text: 'a cat' })
    await oneClip(chat)
    expect(await jobs(ann)).toHaveLength(1)
  })

  test('updates that come twice and in any order: one job each', async () => {
    const { outbox } = house.api
    outbox.hold()
    for (const text of ['a cat', 'a dog']) house.people.write(ann, chat, { text })
    outbox.release(updates => [...updates].reverse().flatMap(update => [update, update]))
    await house.until(() => house.people.shown(chat).filter(isClip).length === 2)
    outbox.again(...outbox.sent.slice(-2))
    house.people.write(ann, chat, { text: 'help' })
    await house.people.until(chat, says('Commands:'))
    expect(await jobs(ann)).toHaveLength(2)
    expect(house.people.shown(chat)).toHaveLength(3)
  })

  test('thrown out while it is made: the credits are back, the clip is in the history', async () => {
    const group = house.people.group('Films')
    house.worker.hold()
    house.people.write(ann, group, { text: '/video a cat' })
    await house.people.until(group, ({ markup }) => markup !== undefined)
    house.people.kick('bob', group)
    house.worker.go()
    await house.until(async () => (await jobs(ann))[0]?.state === 'told')
    expect((await jobs(ann))[0]?.failure?.code).toBe('failure.place-gone')
    expect(await creditsOf(ann)).toBe(66)
  })

  test('a status message somebody deleted: the clip comes as a new one', async () => {
    house.worker.hold()
    const [asked] = house.people.write(ann, chat, { text: 'a cat' })
    const status = await house.people.until(chat, ({ markup }) => markup !== undefined)
    await house.until(async () => (await jobs(ann))[0]?.status !== undefined)
    chat.messages.delete(status.id)
    house.worker.go()
    const clip = await oneClip(chat)
    expect(clip.id).not.toBe(status.id)
    expect(clip.answers).toBe(asked?.id)
  })

  test('a group that becomes a supergroup while it is made gets its clip there', async () => {
    const group = house.people.group('Small', { type: 'group' })
    house.worker.hold()
    house.people.write(ann, group, { text: '/video a cat' })
    await house.people.until(group, ({ markup }) => markup !== undefined)
    await house.until(async () => (await jobs(ann))[0]?.status !== undefined)
    const now = house.people.upgrade(group)
    house.worker.go()
    await oneClip(now)
  })
})

test('the language is Telegram’s until another one is chosen, and every answer is in it', async () => {
  house.people.person(ann, 'zh-hans')
  house.people.write(ann, chat, { text: '一只猫追蝴蝶' })
  const clip = await clipIn(chat)
  expect(labels(clip)).toContain('再来')
  house.people.write(ann, chat, { text: '/settings language english' })
  await house.people.until(chat, says('Noted.'))
  house.people.write(ann, chat, { text: 'credits' })
  await house.people.until(chat, says('You have 46 credits.'))
})

describe('Stars', () => {
  /** Asks for the packs, chooses one; its invoice. */
  async function invoice(): Promise<Kept> {
    house.people.write(ann, chat, { text: '/buy' })
    const packs = await house.people.until(chat, ({ markup }) => markup !== undefined)
    house.people.press(ann, chat, packs.id, labels(packs)[0] ?? '')
    return house.people.until(chat, ({ media }) => media?.type === 'invoice')
  }

  test('a pack is paid and credited once, however often Telegram says so and whatever stops meanwhile', async () => {
    const { id } = await invoice()
    const { ok, charge } = await house.people.pay(ann, chat, id)
    expect(ok).toBe(true)
    await house.until(async () => (await creditsOf(ann)) === 100)
    const update = house.api.outbox.sent.slice(-1)
    house.api.outbox.again(...update, ...update)
    await house.restart()
    house.api.outbox.again(...update)
    await house.people.until(chat, says(charge ?? ''))
    await house.until(() => house.api.outbox.waiting === 0)
    expect(await creditsOf(ann)).toBe(100)
    expect(house.people.shown(chat).filter(says(charge ?? ''))).toHaveLength(1)
  })

  test('a payment while Redis is away is credited when it is back', async () => {
    const { id } = await invoice()
    await house.redis.kill()
    const { ok } = await house.people.pay(ann, chat, id)
    expect(ok).toBe(true)
    await house.redis.restart()
    await house.until(async () => (await creditsOf(ann).catch(() => 0)) === 100)
    await house.until(() => house.api.outbox.waiting === 0)
    expect(await creditsOf(ann)).toBe(100)
  }, 90_000)

  test('the operator gives a payment back: Stars and credits, once', async () => {
    const { id } = await invoice()
    const { charge = '' } = await house.people.pay(ann, chat, id)
    await house.until(async () => (await creditsOf(ann)) === 100)
    const boss = house.people.private('boss')
    for (let n = 0; n < 2; n += 1) house.people.write('boss', boss, { text: `/refund ${charge}` })
    await house.until(() => house.people.shown(boss).length === 2)
    expect(house.api.ledger.charges.get(charge)?.refunded).toBe(true)
    expect(await creditsOf(ann)).toBe(0)
    expect(house.api.calls.filter(({ method }) => method === 'refundStarPayment')).toHaveLength(1)
  })

  test('terms and help with payments are there, as Telegram asks', async () => {
    house.people.write(ann, chat, { text: '/terms' })
    house.people.write(ann, chat, { text: '/paysupport' })
    await house.until(() => house.people.shown(chat).length === 2)
  })
})

test('inline: one’s own clips can be sent to any chat, those of others cannot', async () => {
  house.people.write(ann, chat, { text: 'a cat' })
  await clipIn(chat)
  house.people.write(ann, chat, { text: 'a dog' })
  await house.until(() => house.people.shown(chat).filter(isClip).length === 2)
  const [dog] = await jobs(ann)
  const clip = await getClip(house.core, dog?.clip ?? '')
  const found = await house.people.inline(ann, 'Dog')
  expect(found).toMatchObject({ results: [{ type: 'video', id: clip?.id, title: 'a dog' }], next_offset: '' })
  expect((await house.people.inline(ann, ''))['results']).toHaveLength(2)
  expect(await house.people.inline('nobody', '')).toMatchObject({ results: [], button: { text: 'Make a new clip' } })
})
