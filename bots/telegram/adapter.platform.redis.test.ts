import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Place } from '../../core/place.ts'
import type { MediaKey } from '../../core/request.ts'
import { type Incoming, type Outgoing, PlaceGone, RetryLater, TooLarge } from '../platform.ts'
import { telegramPace } from './calls.ts'
import { openTelegram, type TelegramPlatform } from './index.ts'
import { openTelegramParts, type TelegramParts } from './testing/open.ts'
import { labels } from './testing/people.ts'
import type { Room } from './testing/world.ts'

/** The adapter alone: what it tells Telegram, and what it makes of the answers. */

let telegram: TelegramParts
let platform: TelegramPlatform
let room: Room
/** Calls before this test. */
let before = 0

beforeAll(async () => {
  telegram = await openTelegramParts()
})
afterAll(() => telegram.close())
beforeEach(async () => {
  telegram.api.world.me.can_read_all_group_messages = false
  before = telegram.api.calls.length
  platform = await telegram.open()
  room = telegram.people.group('Films')
})
afterEach(() => platform.stop())

const to = (more: Partial<Place> = {}): Place => ({
  platform: 'telegram',
  channel: String(room.id),
  private: false,
  ...more,
})
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 10_000 })
const calls = (method: string) => telegram.api.calls.slice(before).filter(call => call.method === method)
const called = (method: string) => calls(method).map(({ input }) => input)
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#a62' } })

/** A clip in the store, as a worker leaves it. */
async function clip(more: Partial<NonNullable<Outgoing['media']>> = {}): Promise<NonNullable<Outgoing['media']>> {
  const { store } = telegram
  return {
    key: await store.put('clips', 'mp4', randomBytes(3_000)),
    kind: 'video',
    name: 'threadreel-7.mp4',
    bytes: 3_000,
    width: 1280,
    height: 720,
    seconds: 5.04,
    poster: await store.put('posters', 'jpg', await picture(1280, 720).jpeg().toBuffer()),
    ...more,
  }
}

describe('a clip', () => {
  test('takes the place of the status message: with size, length, still and caption, playable at once', async () => {
    const at = await platform.reply(to(), { text: 'drawing' })
    const buttons = [{ id: 'again:abcdef', label: 'Again' }]
    await platform.edit?.(at, { text: 'done *_<', media: await clip(), buttons, once: 'clip:1' })
    const [shown, ...others] = telegram.people.shown(room)
    expect(others).toEqual([])
    expect(shown).toMatchObject({ id: Number(at.message), words: 'done *_<', edits: 1 })
    expect(shown?.media).toMatchObject({
      type: 'video',
      about: { width: 1280, height: 720, duration: 5, supports_streaming: true, thumbnail: expect.any(Number) },
    })
    expect(shown && labels(shown)).toEqual(['Again'])
    expect(called('sendChatAction')[0]).toMatchObject({ chat_id: room.id, action: 'upload_video' })
  })

  test('that moves without sound is an animation, and as WebP a file', async () => {
    const gif = Buffer.concat([Buffer.from('GIF89a', 'latin1'), randomBytes(90)])
    const about = { kind: 'animation', bytes: gif.length, width: 320, height: 180 } as const
    for (const ext of ['gif', 'webp']) {
      const media = { ...about, key: await telegram.store.put('clips', ext, gif), name: `threadreel-1.${ext}` }
      const at = await platform.reply(to(), { text: 'drawing' })
      await platform.edit?.(at, { text: 'done', media, once: `clip:${ext}` })
      await platform.reply(to(), { text: 'again', media })
    }
    const shown = telegram.people.shown(room).map(({ media }) => media?.type)
    expect(shown).toEqual(['animation', 'animation', 'document', 'document'])
    expect(called('sendAnimation')).toHaveLength(1)
    expect(called('sendChatAction').map(({ action }) => action)).toEqual(['upload_video', 'upload_document'])
  })

  test('is uploaded once; the second time Telegram has it', async () => {
    const media = await clip()
    const first = await platform.reply(to(), { text: 'one', media, once: 'clip:1' })
    const second = await platform.reply(to(), { text: 'two', media, once: 'clip:2' })
    const third = await platform.reply(to(), { text: 'three', media })
    const shown = telegram.people.shown(room)
    expect(shown.map(({ id }) => String(id))).toEqual([first, second, third].map(({ message }) => message))
    expect(new Set(shown.map(message => message.media?.file)).size).toBe(1)
    expect(called('sendChatAction')).toHaveLength(1)
    expect(called('sendVideo')).toHaveLength(1)
  })

  test('is uploaded anew where Telegram does not know its id any more', async () => {
    const media = await clip()
    await platform.reply(to(), { text: 'one', media })
    telegram.api.world.files.clear()
    await platform.reply(to(), { text: 'two', media })
    expect(telegram.people.shown(room).map(({ words }) => words)).toEqual(['one', 'two'])
  })

  test.each(['drop', 'lost', 'fail'] as const)('is shown once though the first answer did not come (%s)', async how => {
    const media = await clip()
    telegram.api.fault({ on: 'editMessageMedia', how })
    const message = { text: 'done', media, once: 'clip:1' }
    await expect(platform.reply(to(), message)).rejects.toThrow()
    const at = await platform.reply(to(), message)
    expect(await platform.reply(to(), message)).toEqual(at)
    expect(telegram.people.shown(room)).toHaveLength(1)
    expect(telegram.people.shown(room)[0]?.media?.type).toBe('video')
  })

  test('that could not be shown becomes the reason why', async () => {
    telegram.api.fault({ on: 'editMessageMedia', how: 'fail' })
    await platform.reply(to(), { text: 'done', media: await clip(), once: 'clip:1' }).catch(() => undefined)
    await platform.reply(to(), { text: 'It failed.', once: 'clip:1' })
    expect(telegram.people.shown(room).map(({ words, media }) => [words, media])).toEqual([['It failed.', undefined]])
  })

  test('with words too long for a caption is followed by them', async () => {
    const text = `long ${'x'.repeat(1500)}`
    const buttons = [{ id: 'again:abcdef', label: 'Again' }]
    const at = await platform.reply(to(), { text, media: await clip(), buttons, once: 'clip:1' })
    const [shown, words, ...others] = telegram.people.shown(room)
    expect(others).toEqual([])
    expect(shown).toMatchObject({ words: '', media: { type: 'video' } })
    expect(shown && labels(shown)).toEqual(['Again'])
    expect(words).toMatchObject({ words: text, answers: Number(at.message) })
  })

  test('without a still that can be read is shown without one', async () => {
    const poster = await telegram.store.put('posters', 'jpg', randomBytes(90))
    await platform.reply(to(), { text: 'done', media: await clip({ poster }) })
    expect(telegram.people.shown(room)[0]?.media?.about).not.toHaveProperty('thumbnail')
  })

  test('that Telegram finds too large is said so, for a link to be sent instead', async () => {
    const key = await telegram.store.put('clips', 'mp4', new Uint8Array(50_000_001))
    const message = { text: 'done', media: await clip({ key, bytes: 50_000_001 }), once: 'clip:1' }
    await expect(platform.reply(to(), message)).rejects.toBeInstanceOf(TooLarge)
    await platform.reply(to(), { text: 'done: a link', once: 'clip:1' })
    expect(telegram.people.shown(room).map(({ words }) => words)).toEqual(['done: a link'])
  })

  test('that is not kept any more is said so', async () => {
    const media = await clip()
    await telegram.store.remove(media.key)
    await expect(platform.reply(to(), { text: 'x', media })).rejects.toMatchObject({ code: 'failure.media-gone' })
  })

  test('that is a picture is shown as a photo, whatever it was kept as', async () => {
    const key: MediaKey = await telegram.store.put('pictures', 'webp', await picture(640, 360).webp().toBuffer())
    const media = await clip({ key, kind: 'image', name: 'threadreel-8.webp' })
    const at = await platform.reply(to(), { text: 'a picture', media, once: 'clip:8' })
    expect(telegram.people.shown(room)[0]?.media?.type).toBe('photo')
    await platform.reply(to(), { text: 'again', media })
    expect(called('sendChatAction').map(({ action }) => action)).toEqual(['upload_photo'])
    expect(at.message).toBeDefined()
  })

  test('whose message lost its clip gets new words as a caption', async () => {
    const at = await platform.reply(to(), { text: 'done', media: await clip() })
    await platform.edit?.(at, { text: 'It was taken away.' })
    expect(telegram.people.shown(room)[0]).toMatchObject({ words: 'It was taken away.', media: { type: 'video' } })
  })
})

describe('where it is said', () => {
  test('in a topic it stays in the topic, and is found there again', async () => {
    const forum = telegram.people.group('Studio', { forum: true })
    const thread = String(telegram.people.topic(forum))
    const at = await platform.reply(to({ channel: String(forum.id), thread }), { text: 'hello', media: await clip() })
    expect(at.thread).toBe(thread)
    expect(telegram.people.shown(forum)[0]).toMatchObject({ thread: Number(thread) })
    expect(called('sendChatAction')[0]).toMatchObject({ message_thread_id: Number(thread) })
  })

  test('an answer to a message that was deleted meanwhile still comes', async () => {
    await platform.reply(to({ message: '999' }), { text: 'hello' })
    expect(telegram.people.shown(room)[0]).not.toHaveProperty('answers')
  })

  test('a group that became a supergroup is followed there', async () => {
    const old = telegram.people.group('Small', { type: 'group' })
    const here = to({ channel: String(old.id) })
    const status = await platform.reply(here, { text: 'drawing' })
    const now = telegram.people.upgrade(old)
    await expect(platform.edit?.(status, { text: 'done' })).rejects.toBeInstanceOf(PlaceGone)
    const at = await platform.reply({ ...here, message: '11' }, { text: 'done' })
    expect(at.channel).toBe(String(now.id))
    expect(telegram.people.shown(now)[0]).toMatchObject({ words: 'done' })
    expect(telegram.people.shown(now)[0]).not.toHaveProperty('answers')
  })

  test.each([
    ['thrown out', 'kicked' as const],
    ['gone from the group', 'left' as const],
  ])('it is gone for good when we are %s', async (_, now) => {
    const at = await platform.reply(to(), { text: 'hello' })
    room.bot = now
    await expect(platform.reply(to(), { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
    await expect(platform.edit?.(at, { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
  })

  test('a closed topic and a blocked chat are gone too', async () => {
    const forum = telegram.people.group('Studio', { forum: true })
    const thread = telegram.people.topic(forum)
    forum.topics.set(thread, { closed: true })
    const closed = to({ channel: String(forum.id), thread: String(thread) })
    await expect(platform.reply(closed, { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
    const ben = telegram.people.private('ben')
    ben.bot = 'kicked'
    await expect(platform.reply(to({ channel: String(ben.id) }), { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
    await expect(platform.reply(to({ channel: '31337' }), { text: 'x' })).rejects.toBeInstanceOf(PlaceGone)
  })
})

test('a message that already is what it should be needs nothing', async () => {
  const at = await platform.reply(to(), { text: 'same' })
  await platform.edit?.(at, { text: 'same' })
  expect(telegram.people.shown(room)[0]).toMatchObject({ words: 'same', edits: 0 })
})

test('progress gives way: it is put off where it would have to wait', async () => {
  const patient = await openTelegram(telegram.parts, {
    pace: { ...telegramPace, chat: { count: 1, everyMs: 5_000 } },
  })
  const at = await patient.reply(to(), { text: 'drawing' })
  const working = patient.edit?.(at, { text: '10 %', mood: 'working' })
  await expect(working).rejects.toBeInstanceOf(RetryLater)
  await patient.stop()
  expect(telegram.people.shown(room)).toMatchObject([{ words: 'drawing' }])
})

test('after a 429 nothing is said in that chat before its time, elsewhere it is', async () => {
  telegram.api.fault({ on: 'sendMessage', how: 'later', seconds: 1 })
  const refused = await platform.reply(to(), { text: 'one' }).catch(error => error)
  expect(refused).toMatchObject({ name: 'RetryLater', afterMs: 1_000 })
  const ann = to({ channel: String(telegram.people.private('ann').id) })
  await platform.reply(ann, { text: 'two' })
  await platform.reply(to(), { text: 'three' })
  const [, second, third] = calls('sendMessage')
  expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThan(800)
})

test.each([
  ['a chat is told to wait', 'sendMessage'],
  ['a question is told to wait', 'getChatMember'],
])('%s: no method is called there before its time, elsewhere all are', async (_, on) => {
  const { api, people } = telegram
  await platform.start(async () => undefined)
  await soon(() => calls('getMyCommands').length).toBeGreaterThanOrEqual(4)
  people.person('ann')
  const asks = (at: Place) => platform.manages?.(at, `telegram:${people.person('ann').id}`)
  const at = await platform.reply(to(), { text: 'here' })
  const other = await platform.reply(to(), { text: 'and here' })
  api.fault({ on, how: 'later', seconds: 1 })
  const mark = api.calls.length
  const first = on === 'sendMessage' ? platform.reply(to(), { text: 'one' }) : asks(to())
  const told = first?.catch(error => error)
  await soon(() => api.calls.length).toBe(mark + 1)
  const shut = Date.now()
  const ann = { platform: 'telegram', channel: String(people.private('ann').id), private: true } as const
  await platform.reply(ann, { text: 'elsewhere' })
  const others = Promise.all([
    platform.edit?.(at, { text: 'changed' }),
    platform.remove?.(other),
    asks(to()),
    platform.reply(to(), { text: 'clip', media: await clip() }),
  ])
  await Promise.all([told, others])
  const after = api.calls.slice(mark + 1)
  const later = after.filter(call => call.input['chat_id'] === room.id)
  expect(later.length).toBeGreaterThanOrEqual(4)
  expect(Math.min(...later.map(call => call.at)) - shut).toBeGreaterThan(850)
  const elsewhere = after.find(call => call.input['chat_id'] === Number(ann.channel))
  expect((elsewhere?.at ?? 0) - shut).toBeLessThan(850)
  expect(api.broken).toEqual([])
})

test('when a call that names no chat is told to wait, its method alone is not called before its time', async () => {
  const { api, people } = telegram
  const heard: Incoming[] = []
  const ann = people.private('ann')
  const image = await picture(640, 360).png().toBuffer()
  await platform.start(async event => void heard.push(event))
  await soon(() => calls('getMyCommands').length).toBeGreaterThanOrEqual(4)
  const at = await platform.reply(to(), { text: 'here', buttons: [{ id: 'again:x', label: 'Again' }] })
  const toAnn = to({ channel: String(ann.id), private: true })
  const pack = telegram.parts.catalogue.packs.find(({ stars }) => stars !== undefined)
  const offer = { pack: pack?.id ?? '', title: 'Credits', description: 'Some', price: pack?.stars ?? 0 }
  const invoice = await platform.reply(toAnn, { text: '', invoice: offer })
  people.write('ann', ann, { text: 'animate', photos: [image] })
  await soon(() => heard.length).toBe(1)
  const [said] = heard
  const file = said?.kind === 'message' ? said.images[0] : undefined
  if (!file) throw new Error('no picture was heard')

  api.fault({ on: 'getFile', how: 'later', seconds: 2 })
  const mark = api.calls.length
  const fetch = () => platform.download(file, 20_000_000, AbortSignal.timeout(20_000))
  const fetched = fetch()
  await soon(() => api.calls.length).toBe(mark + 1)
  const shut = Date.now()
  const fetchedToo = fetch()
  const answered = Promise.all([
    people.pay('ann', ann, Number(invoice.message)).then(({ ok }) => expect(ok).toBe(true)),
    people.inline('ann', ''),
  ])
  people.press('ann', room, Number(at.message), 'Again')
  people.write('ann', ann, { text: 'hello' })
  await soon(() => heard.map(({ kind }) => kind).sort()).toEqual(['button', 'message', 'message', 'paid'])
  await Promise.all([
    answered,
    platform.edit?.(at, { text: 'changed' }),
    platform.reply(to(), { text: 'clip', media: await clip() }),
    platform.manages?.(to(), `telegram:${ann.id}`),
    platform.refund?.(`telegram:${ann.id}`, 'none').catch(() => undefined),
  ])
  expect(Date.now() - shut).toBeLessThan(1_500)
  expect(new Set(api.calls.slice(mark + 1).map(({ method }) => method)).size).toBeGreaterThanOrEqual(6)
  await Promise.all([fetched, fetchedToo])
  const later = calls('getFile').slice(1)
  expect(later).toHaveLength(2)
  expect(Math.min(...later.map(call => call.at)) - shut).toBeGreaterThan(1_850)
  expect(api.broken).toEqual([])
})

describe('besides the conversation', () => {
  test('a group that invites us is told how we are spoken to, in the language of who invited', async () => {
    const { people, api } = telegram
    await platform.start(async () => undefined)
    people.person('小明', 'zh-hans')
    room.bot = 'left'
    people.invite('小明', room)
    const said = await people.until(room, () => true)
    expect(said.words).toContain('@reel_bot')
    expect(said.words).toContain('看不到')
    api.outbox.again(...api.outbox.sent.slice(-1))
    people.kick('小明', room)
    const open = people.group('Open', { bot: 'left' })
    api.world.me.can_read_all_group_messages = true
    people.invite('ann', open)
    expect((await people.until(open, () => true)).words).toContain('/video')
    expect(people.shown(room)).toHaveLength(1)
  })

  test('the menus are written once, and again only when they differ', async () => {
    const { ledger } = telegram.api
    ledger.menus.clear()
    await platform.start(async () => undefined)
    const written = () => called('setMyCommands').length
    await soon(written).toBe(4)
    await platform.stop()
    ledger.menus.set('{"type":"all_group_chats"}/', [{ command: 'old', description: 'old' }])
    platform = await telegram.open()
    await platform.start(async () => undefined)
    await soon(written).toBe(5)
    expect(ledger.menus.get('{"type":"all_group_chats"}/')?.map(({ command }) => command)).toContain('video')
  })

  test('a press is answered at once, and reactions come to the conversation', async () => {
    const { people, api } = telegram
    const heard: Incoming[] = []
    await platform.start(async event => void heard.push(event))
    room.bot = 'administrator'
    const at = await platform.reply(to(), { text: 'done', buttons: [{ id: 'again:abcdef', label: 'Again' }] })
    people.press('ann', room, Number(at.message), 'Again')
    people.react('ann', room, Number(at.message), [], ['🔥'])
    await soon(() => heard.length).toBe(2)
    await soon(() => api.ledger.presses.size).toBe(0)
    expect(heard).toMatchObject([
      { kind: 'button', id: 'again:abcdef' },
      { kind: 'reaction', emoji: '🔥', added: true, place: { message: at.message } },
    ])
  })

  test('a reaction in a topic is found in its topic', async () => {
    const forum = telegram.people.group('Studio', { forum: true, bot: 'administrator' })
    const thread = String(telegram.people.topic(forum))
    const heard: Incoming[] = []
    await platform.start(async event => void heard.push(event))
    const at = await platform.reply(to({ channel: String(forum.id), thread }), { text: 'done' })
    telegram.people.react('ann', forum, Number(at.message), [], ['🔥'])
    await soon(() => heard.length).toBe(1)
    expect(heard[0]?.place).toEqual(at)
  })
})

describe('money', () => {
  const invoice = { pack: 'small', title: '100 credits', description: 'Enough for five clips.', price: 75 }

  test('an invoice is paid after we said that it stands, and reported with its charge', async () => {
    const { people } = telegram
    const heard: Incoming[] = []
    await platform.start(async event => void heard.push(event))
    const ann = people.private('ann')
    const at = await platform.reply(to({ channel: String(ann.id), private: true }), { text: '', invoice })
    const paid = await people.pay('ann', ann, Number(at.message))
    expect(paid.ok).toBe(true)
    await soon(() => heard.length).toBe(1)
    expect(heard[0]).toMatchObject({
      kind: 'paid',
      pack: 'small',
      price: 75,
      charge: paid.charge,
      member: `telegram:${ann.id}`,
    })
    await platform.refund?.(`telegram:${ann.id}`, paid.charge ?? '')
    await platform.refund?.(`telegram:${ann.id}`, paid.charge ?? '')
    expect(telegram.api.ledger.charges.get(paid.charge ?? '')?.refunded).toBe(true)
    await expect(platform.refund?.(`telegram:${ann.id}`, 'never')).rejects.toThrow('CHARGE_NOT_FOUND')
  })

  test('an old invoice with another price is not taken, nor one for a pack there is no more', async () => {
    const { people } = telegram
    await platform.start(async () => undefined)
    people.person('小明', 'zh-hans')
    const chat = people.private('小明')
    const at = await platform.reply(to({ channel: String(chat.id) }), { text: '', invoice })
    expect(await people.pay('小明', chat, Number(at.message), { amount: 1 })).toMatchObject({
      ok: false,
      error: expect.stringContaining('没有扣款'),
    })
    const gone = await platform.reply(to({ channel: String(chat.id) }), {
      text: '',
      invoice: { ...invoice, pack: 'gone' },
    })
    expect(await people.pay('小明', chat, Number(gone.message))).toMatchObject({ ok: false })
  })
})

describe('pictures', () => {
  test('beyond what Telegram hands out are refused with the size that is not', async () => {
    const { people, api } = telegram
    const heard: Incoming[] = []
    await platform.start(async event => void heard.push(event))
    const bytes = new Uint8Array(20_000_001)
    people.write('ann', people.private('ann'), { text: 'this', documents: [{ bytes, mime: 'image/png' }] })
    await soon(() => heard.length).toBe(1)
    const [event] = heard
    const image = event?.kind === 'message' ? event.images[0] : undefined
    if (!image) throw new Error('no picture')
    const signal = AbortSignal.timeout(5_000)
    await expect(platform.download(image, 30_000_000, signal)).rejects.toMatchObject({
      code: 'refusal.picture-big',
      params: { megabytes: 20 },
    })
    api.world.files.clear()
    await expect(platform.download(image, 30_000_000, signal)).rejects.toMatchObject({ code: 'failure.media-gone' })
  })
})
