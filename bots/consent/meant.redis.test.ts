import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import type { Saying, Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

/** What waits for somebody's word is what was meant when it was said, whatever the same words would mean later. */

let house: House
let plain: House
let editor: StandInWorker
beforeAll(async () => {
  house = await openHouse()
  plain = await openHouse({ can: { buttons: 0 }, noEdit: true })
  editor = await standInWorker(house.core, house.store, 'edit')
  for (const one of [house, plain]) for (const who of ['ann', 'bob', 'cho']) await one.grant(`fake:${who}`, 5000)
})
afterAll(async () => {
  await editor.stop()
  await Promise.all([house.close(), plain.close()])
})
let halls = 0
let room = ''
let at: House
beforeEach(() => {
  at = house
  room = `hall${++halls}`
})
afterEach(async () => {
  for (const one of [house, plain]) {
    await done(one)
    expect(one.fake.broken).toEqual([])
    await one.balanced()
  }
})

let pictures = 0
const picture = () => {
  pictures += 1
  const background = { r: pictures % 256, g: 120, b: 30 }
  return sharp({ create: { width: 36, height: 64, channels: 3, background } })
    .png()
    .toBuffer()
}
const say = (by: string, what: string | Saying) =>
  at.fake.say({ by, room, ...(typeof what === 'string' ? { text: what } : what) })
const shown = () => at.fake.shown(room)
const heard = (words: RegExp) =>
  at.fake.until(({ at: { channel }, message }) => channel === room && words.test(message.text), 8_000)
const jobs = (by: string) => jobsOf(at.core, `fake:${by}`, 100)
const done = (one: House = at) =>
  one.until(async () =>
    (await Promise.all(['ann', 'bob', 'cho'].map(by => openJobs(one.core, `fake:${by}`)))).every(
      open => open.length === 0,
    ),
  )
const questions = () => shown().filter(({ message }) => /would like to use your picture/.test(message.text))
/** The question of that number from 1. */
async function question(number = 1): Promise<Shown> {
  await at.until(async () => questions().length >= number, 4_000)
  return questions()[number - 1] as Shown
}
const yes = async (asked: Shown) => {
  const [first] = asked.message.buttons ?? []
  await (first ? at.fake.press(asked, first.id, 'ann') : say('ann', { text: 'yes', replyTo: asked.at }))
}
/** The next job of somebody's that was not there before. */
async function next(by: string, before: number) {
  await at.until(async () => (await jobs(by)).length > before, 4_000)
  return (await jobs(by))[0]?.request
}

/** A clip ann made of her own picture, with its code. */
async function annsClip(text = '/video it moves'): Promise<{ clip: Shown; code: string; id: string }> {
  await say('ann', { text, images: [await picture()] })
  await done()
  const clip = shown().findLast(({ message }) => message.media !== undefined) as Shown
  return { clip, code: /\((K\w+)\)/.exec(clip.message.text)?.[1] ?? '', id: (await jobs('ann'))[0]?.clip ?? '' }
}

test('new words for a clip are about that clip, however late the yes comes; the next words are about nothing', async () => {
  const { clip, id } = await annsClip()
  const before = (await jobs('bob')).length
  await at.fake.press(clip, 'Change', 'bob')
  await say('bob', 'it rains')
  const asked = await question()
  await say('bob', 'a dog dances')
  expect(await next('bob', before)).toMatchObject({ recipe: { prompt: 'a dog dances' } })
  expect(questions()).toHaveLength(1)
  await done()
  for (const key of await at.core.redis.keys('*:expect:change:*')) await at.core.redis.del(key)
  await yes(asked)
  const [firstFrame] = (await jobs('ann')).map(({ request }) => request.recipe.firstFrame)
  expect(await next('bob', before + 1)).toMatchObject({
    parent: id,
    recipe: { prompt: 'it rains', firstFrame, ratio: '9:16' },
  })
})

test('words that were a new clip do not become a change of one that is asked about since', async () => {
  const before = (await jobs('bob')).length
  await say('bob', { text: 'it rains', images: [await picture()], postedBy: 'ann' })
  const asked = await question()
  await say('bob', '/video a cat')
  await done()
  const own = shown().findLast(({ message }) => message.media !== undefined) as Shown
  await at.fake.press(own, 'Change', 'bob')
  await yes(asked)
  const made = await next('bob', before + 1)
  expect(made?.recipe).toMatchObject({ prompt: 'it rains', firstFrame: expect.stringMatching(/^pictures/) })
  expect(made).not.toHaveProperty('parent')
})

test('a digit is the choice it stood for when it was said', async () => {
  at = plain
  const { code, id } = await annsClip()
  await say('bob', `/upgrade ${code}`)
  await heard(/was made at/)
  const before = (await jobs('bob')).length
  await say('bob', '1')
  const asked = await question()
  await say('bob', '/video a dog dances')
  await done()
  await yes(asked)
  expect(await next('bob', before + 1)).toMatchObject({ parent: id, recipe: { tier: 'high', prompt: 'it moves' } })
})

test.each(['again', 'upgrade high'])('“%s” is about the clip that was meant', async words => {
  const { clip } = await annsClip()
  await at.fake.press(clip, 'Again', 'bob')
  await yes(await question())
  await done()
  const before = (await jobs('bob')).length
  await say('ann', '/consent withdraw')
  await say('bob', words)
  const asked = await question()
  await say('bob', '/video a dog dances')
  await done()
  await yes(asked)
  expect((await next('bob', before + 1))?.recipe).toMatchObject({ prompt: 'it moves' })
})

test('a shot is for the film it was said for', async () => {
  const { code } = await annsClip()
  await say('bob', '/film new First')
  const before = (await jobs('bob')).length
  await say('bob', `/shot it snows --like ${code}`)
  const asked = await question()
  await say('cho', '/film new Second')
  await yes(asked)
  const { film } = (await next('bob', before)) ?? {}
  expect(film).toBeDefined()
  const first = shown().find(({ message }) => /First/.test(message.text))
  expect(first?.message.text).toContain(film?.id ?? '?')
})

test('a picture of one’s own waits along with the request for the other one', async () => {
  const { clip } = await annsClip()
  const before = (await jobs('bob')).length
  await say('bob', { text: 'it rains --last', images: [await picture()], replyTo: clip.at })
  await yes(await question())
  const { firstFrame, lastFrame } = (await next('bob', before))?.recipe ?? {}
  const [frame] = (await jobs('ann')).map(({ request }) => request.recipe.firstFrame)
  expect(firstFrame).toBe(frame)
  expect(lastFrame).toMatch(/^pictures/)
  expect(lastFrame).not.toBe(frame)
})

test('all pictures of a poster are asked for in one question', async () => {
  const [one, two] = [await annsClip(), await annsClip('/video it thaws')]
  const before = (await jobs('bob')).length
  await say('bob', `/compare it snows --like ${one.code},${two.code}`)
  await yes(await question())
  await at.until(async () => (await jobs('bob')).length >= before + 2, 4_000)
  expect(questions()).toHaveLength(0)
})

test('so they are for the shots of a film, and it is that film that is made again', async () => {
  await say('bob', '/film new First')
  for (const text of ['/shot it moves', '/shot it thaws']) {
    await say('ann', { text, images: [await picture()] })
    await done()
    await say('bob', '/choose 1')
  }
  const before = (await jobs('bob')).length
  await say('bob', '/film again')
  const asked = await question()
  await say('cho', '/film new Second')
  await yes(asked)
  await at.until(async () => (await jobs('bob')).length >= before + 2, 4_000)
  await done()
  const made = (await jobs('bob')).toReversed().slice(before)
  expect(made.slice(0, 2).map(({ request }) => request.recipe.prompt)).toEqual(['it moves', 'it thaws'])
  expect(questions()).toHaveLength(0)
})

test('a second question to the same poster is put', async () => {
  const { clip } = await annsClip()
  const before = (await jobs('bob')).length
  await say('bob', { text: 'it rains --last', images: [await picture()], postedBy: 'ann', replyTo: clip.at })
  const first = await question()
  await yes(first)
  await at.until(async () => questions().some(({ at: { message } }) => message !== first.at.message), 4_000)
  expect(await jobs('bob')).toHaveLength(before)
  await yes(questions().at(-1) as Shown)
  const { prompt, firstFrame, lastFrame } = (await next('bob', before))?.recipe ?? {}
  expect([prompt, firstFrame === lastFrame]).toEqual(['it rains', false])
})

test('a question that was opened and not said, as in a crash, is said when the request comes again', async () => {
  const { code } = await annsClip()
  const words = { text: `/fork ${code} at night`, update: `fork-${room}` }
  at.fake.fault({ on: 'reply', how: 'gone' })
  await say('bob', words)
  expect(questions()).toEqual([])
  const answered = `${at.core.root}:answered:fake:bot:${words.update}`
  await at.until(async () => (await at.core.redis.del(answered)) === 1)
  await say('bob', words)
  const before = (await jobs('bob')).length
  await yes(await question())
  await next('bob', before)
})
