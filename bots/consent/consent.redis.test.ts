import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { filmsAt } from '../../core/film/store.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { exportMember } from '../../core/personal.ts'
import { balance } from '../../core/wallet.ts'
import { labels, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { Parked } from './parked.ts'

/** Somebody wants to use a picture that somebody else posted: everything but the rendering is real. */

let house: House
beforeAll(async () => {
  house = await openHouse()
  await house.grant('fake:bob', 1000)
})
afterAll(async () => {
  await house.close()
})
afterEach(async () => {
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

let pictures = 0
/** A picture that was never seen before. */
const picture = () => {
  pictures += 1
  const background = { r: pictures % 256, g: 90, b: 200 }
  return sharp({ create: { width: 64, height: 36, channels: 3, background } })
    .png()
    .toBuffer()
}
let rooms = 0
const newRoom = () => `room-${++rooms}`
const animate = (room: string, image: Uint8Array, more = {}) =>
  house.fake.say({ by: 'bob', room, text: '/video it moves', images: [image], postedBy: 'ann', ...more })
const heard = (room: string, words: string | RegExp): Promise<Shown> =>
  house.fake.until(shown => shown.at.channel === room && shown.message.text.match(words) !== null)
const met = new Set<string | undefined>()
/** The next question that nobody looked at yet. */
async function questionIn(room: string): Promise<Shown> {
  const asks = ({ at, message: { text } }: Shown) => at.channel === room && /would like to use your picture/.test(text)
  const found = await house.fake.until(shown => asks(shown) && !met.has(shown.at.message))
  met.add(found.at.message)
  return found
}
const jobs = (by = 'bob') => jobsOf(house.core, `fake:${by}`, 50)
const done = () => house.until(async () => (await openJobs(house.core, 'fake:bob')).length === 0)

describe('a picture of somebody else’s', () => {
  test('is used once its poster said yes; nothing is held before, and a restart forgets nothing', async () => {
    const room = newRoom()
    const before = (await jobs()).length
    await animate(room, await picture())
    const asked = await questionIn(room)
    expect(asked.message.text).toMatch(/^ann, bob would like to use your picture: “it moves”/)
    expect(asked.answers).toMatch(/^p/)
    expect(labels(asked)).toEqual(['Yes, this one (ann)', 'Always here (ann)', 'No (ann)'])
    expect(await balance(house.core, 'fake:bob')).toMatchObject({ held: 0 })
    expect(await jobs()).toHaveLength(before)
    await house.restart()
    await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
    const clip = await house.fake.until(shown => shown.at.channel === room && shown.message.media !== undefined)
    expect(clip.message.text).toMatch(/is ready/)
    expect((await heard(room, 'ann said yes.')).at).toEqual(asked.at)
    const [job] = await jobs()
    expect(job?.request).toMatchObject({
      member: 'fake:bob',
      recipe: { prompt: 'it moves', firstFrame: expect.stringMatching(/^pictures/) },
    })
    await done()
  })

  test('is asked for as well where the clip only ends on it, and then ends there', async () => {
    const room = newRoom()
    await animate(room, await picture(), { text: '/video it moves --last' })
    await house.fake.press(await questionIn(room), 'Yes, this one (ann)', 'ann')
    await house.fake.until(shown => shown.at.channel === room && shown.message.media !== undefined)
    const recipe = (await jobs())[0]?.request.recipe
    expect(recipe).toMatchObject({ prompt: 'it moves', lastFrame: expect.stringMatching(/^pictures/) })
    expect(recipe?.firstFrame).toBeUndefined()
    await done()
  })

  test('may be answered by its poster alone, once', async () => {
    const room = newRoom()
    await animate(room, await picture())
    const asked = await questionIn(room)
    const before = (await jobs()).length
    await house.fake.press(asked, 'Yes, this one (ann)', 'bob')
    await heard(room, /Only ann, who posted the picture/)
    expect(await jobs()).toHaveLength(before)
    await house.fake.press(asked, 'No (ann)', 'ann')
    const told = await heard(room, /ann would rather not/)
    expect(told.answers).toMatch(/^m/)
    const { buttons } = (await heard(room, 'ann said no.')).message
    expect(buttons).toBeUndefined()
    await house.fake.press(asked.at, asked.message.buttons?.[0]?.id ?? '', 'ann')
    await heard(room, /This question is answered or over/)
    expect(await jobs()).toHaveLength(before)
  })

  test('is not answered by words that come again, as after a crash, and answered another question', async () => {
    const room = newRoom()
    await animate(room, await picture())
    await questionIn(room)
    const words = { by: 'ann', room, text: 'no', update: `no-${room}` }
    await house.fake.say(words)
    await heard(room, 'ann said no.')
    await animate(room, await picture())
    const asked = await questionIn(room)
    expect(await house.core.redis.del(`${house.core.root}:answered:fake:bot:${words.update}`)).toBe(1)
    await house.fake.say(words)
    await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
    await heard(room, 'ann said yes.')
    await done()
  })

  test('is answered by words under the question, or under nothing; not by what is said to another message', async () => {
    const room = newRoom()
    await animate(room, await picture())
    const other = await questionIn(room)
    await animate(room, await picture())
    const asked = await questionIn(room)
    const before = (await jobs()).length
    await house.fake.say({ by: 'ann', room, text: 'credits' })
    const elsewhere = house.fake.shown(room).at(-1) as Shown
    await house.fake.say({ by: 'ann', room, text: 'ok', replyTo: elsewhere.at })
    expect(house.fake.shown(room).find(shown => shown.at.message === elsewhere.at.message)?.edits).toBe(0)
    expect(await jobs()).toHaveLength(before)
    await house.fake.say({ by: 'ann', room, text: 'no', replyTo: other.at })
    expect((await heard(room, 'ann said no.')).at).toEqual(other.at)
    await house.fake.say({ by: 'ann', room, text: 'ok' })
    expect((await heard(room, 'ann said yes.')).at).toEqual(asked.at)
    await done()
    expect(await jobs()).toHaveLength(before + 1)
  })

  test('is asked for once: a yes is remembered for that picture, a no as well', async () => {
    const room = newRoom()
    const [one, two] = [await picture(), await picture()]
    await animate(room, one)
    await house.fake.press(await questionIn(room), 'Yes, this one (ann)', 'ann')
    await heard(room, /is ready/)
    const before = house.fake.shown(room).length
    await animate(room, one, { by: 'cho' })
    await house.until(async () => (await jobs('cho')).length === 1)
    await animate(room, two)
    const asked = await questionIn(room)
    await house.fake.press(asked, 'No (ann)', 'ann')
    await heard(room, /would rather not/)
    await animate(room, two)
    await house.until(
      async () => house.fake.shown(room).filter(s => /would rather not/.test(s.message.text)).length === 2,
    )
    await heard(room, 'ann said no.')
    expect(house.fake.shown(room).filter(s => /would like to use/.test(s.message.text))).toHaveLength(0)
    expect(before).toBeGreaterThan(1)
    await done()
  })

  test('needs no more questions where its poster said always; until that is taken back', async () => {
    const room = newRoom()
    await animate(room, await picture())
    await house.fake.press(await questionIn(room), 'Always here (ann)', 'ann')
    await heard(room, /is ready/)
    const count = (await jobs()).length
    await animate(room, await picture())
    await house.until(async () => (await jobs()).length === count + 1)
    const kept = await exportMember(house.core, 'fake:ann')
    expect(JSON.stringify(kept['accounts'])).toContain(`${room} *`)
    await house.fake.say({ by: 'ann', room, text: '/consent withdraw' })
    await heard(room, /Nobody here may use your pictures/)
    await animate(room, await picture())
    await questionIn(room)
    // Elsewhere it never counted.
    const other = newRoom()
    await animate(other, await picture())
    await questionIn(other)
    await done()
  })

  test('is not used where nobody can be asked; one’s own and forwarded ones are', async () => {
    const room = newRoom()
    await animate(room, await picture(), { postedBy: 'unknown' })
    await heard(room, /I cannot ask whoever posted that picture/)
    await animate(room, await picture(), { postedBy: 'bob' })
    await heard(room, /is ready/)
    await done()
  })

  test('costs nothing if the asker cannot pay when the yes comes', async () => {
    const room = newRoom()
    await animate(room, await picture(), { by: 'poor', text: '/video it moves --seconds 60 --tier high' })
    await house.fake.press(await questionIn(room), 'Yes, this one (ann)', 'ann')
    const told = await heard(room, /credits/)
    expect(told.message.quiet).toBe('fake:poor')
    expect(await balance(house.core, 'fake:poor')).toMatchObject({ held: 0 })
  })

  test('comes with a brush and as a shot of a film, too', async () => {
    const room = newRoom()
    await animate(room, await picture(), { text: '/brush' })
    await house.fake.press(await questionIn(room), 'Yes, this one (ann)', 'ann')
    const grid = await heard(room, /Say what moves/)
    expect(grid.message.media?.kind).toBe('image')
    await house.fake.say({ by: 'bob', room, text: '/film new Together' })
    await animate(room, await picture(), { text: '/shot it moves' })
    await house.fake.press(await questionIn(room), 'Yes, this one (ann)', 'ann')
    await heard(room, /take 1 by bob/)
    await done()
  })

  test('of one who is asked too much is not asked for again', async () => {
    const room = newRoom()
    for (let i = 0; i < 6; i++) await animate(room, await picture(), { postedBy: 'dora' })
    await heard(room, /dora has several of these questions open/)
    expect(house.fake.shown(room).filter(s => /would like to use/.test(s.message.text))).toHaveLength(5)
  })
})

test('who is forgotten asks for nothing any more: neither pictures nor what waits for a pot', async () => {
  const room = newRoom()
  await house.grant('fake:gus', 100)
  await animate(room, await picture(), { by: 'gus' })
  const asked = await heard(room, /gus would like to use your picture/)
  await house.fake.say({ by: 'bob', room, text: '/film new Pot --pot 30' })
  await house.fake.say({ by: 'gus', room, text: '/shot it rains', images: [await picture()] })
  await heard(room, /waits for the pot/)
  const waiting = async () => (await filmsAt(house.core, asked.at))[0]?.waiting ?? []
  const [parked] = await waiting()
  const key = Parked.parse(parked?.asked).pictures[0]?.key ?? ''
  expect(await house.store.has(key)).toBe(true)
  await house.fake.say({ by: 'gus', text: 'forget yes' })
  expect(await waiting()).toEqual([])
  expect(await house.store.has(key)).toBe(false)
  await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
  await heard(room, /This question is answered or over/)
  expect(await jobs('gus')).toEqual([])
})

describe('a place', () => {
  test('may do without questions, or forbid; only who looks after it may say so', async () => {
    const room = newRoom()
    await house.fake.say({ by: 'bob', room, text: '/consent' })
    await heard(room, /Whoever posted a picture is asked/)
    await house.fake.say({ by: 'bob', room, text: '/consent off' })
    await heard(room, /Only an administrator/)
    await house.fake.say({ by: 'bob', room, text: '/consent banana' })
    await heard(room, /Say “consent ask”/)
    await house.fake.say({ by: 'chief', room, text: '图片授权 不问', locale: 'zh-CN', manages: true })
    await heard(room, /大家可以互相使用图片/)
    await house.fake.say({ by: 'ann', room, text: '/consent withdraw' })
    expect(house.fake.shown(room).at(-1)?.message.text).toMatch(/^Here everybody may use/)
    await animate(room, await picture(), { postedBy: 'unknown' })
    await heard(room, /is ready/)
    await house.fake.say({ by: 'boss', room, text: '/consent deny' })
    await heard(room, /their own pictures only\.$/)
    await animate(room, await picture())
    await heard(room, /Post one of your own/)
    await house.fake.say({ by: 'bob', text: '/consent' })
    await heard('dm-bob', /only you and me/)
    await done()
  })
})

test('where there are no buttons the poster answers by a digit or a word', async () => {
  const plain = await openHouse({ can: { buttons: 0 }, noEdit: true })
  const say = (by: string, text: string, more = {}) =>
    plain.fake.say({ by, room: 'r', text, locale: 'zh-CN', addressed: true, ...more })
  try {
    await say('bob', '视频 动起来', { images: [await picture()], postedBy: 'ann' })
    const asked = await plain.fake.until(({ message }) => /想用你的图片/.test(message.text))
    expect(asked.message.text).toMatch(/1 可以，就这张 \(ann\) · 2 在这里都可以 \(ann\) · 3 不行 \(ann\)$/)
    await say('bob', '1')
    expect(await jobsOf(plain.core, 'fake:bob', 9)).toHaveLength(0)
    await say('ann', '1')
    await plain.until(async () => (await jobsOf(plain.core, 'fake:bob', 9)).length === 1)
    await say('bob', '视频 动起来', { images: [await picture()], postedBy: 'cho' })
    await say('cho', '不行')
    await plain.fake.until(({ message }) => /cho不想让人用/.test(message.text))
    await plain.until(async () => (await openJobs(plain.core, 'fake:bob')).length === 0)
    expect(plain.fake.broken).toEqual([])
  } finally {
    await plain.close()
  }
})
