import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { questionOf } from '../../core/consent.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { ban, unban } from '../../core/members.ts'
import { exportMember } from '../../core/personal.ts'
import { labels, type Saying, type Shown } from '../testing/fake-platform.ts'
import { type House, openHouse } from '../testing/house.ts'
import { type StandInWorker, standInWorker } from '../testing/stand-in-worker.ts'

/** A clip carries its pictures along into everything that is made from it: whoever posted them is asked then, too. */

let house: House
let editor: StandInWorker
beforeAll(async () => {
  house = await openHouse({ other: {} })
  editor = await standInWorker(house.core, house.store, 'edit')
  for (const who of ['ann', 'bob', 'cho']) await house.grant(`fake:${who}`, 5000)
})
afterAll(async () => {
  await editor.stop()
  await house.close()
})
let room = ''
beforeEach(() => {
  room = `hall${++halls}`
})
afterEach(async () => {
  await done()
  expect(house.fake.broken).toEqual([])
  await house.balanced()
})

let halls = 0
let pictures = 0
const picture = () => {
  pictures += 1
  const background = { r: pictures % 256, g: 20, b: 90 }
  return sharp({ create: { width: 64, height: 36, channels: 3, background } })
    .png()
    .toBuffer()
}
const say = (by: string, what: string | Saying) =>
  house.fake.say({ by, room, ...(typeof what === 'string' ? { text: what } : what) })
const shown = () => house.fake.shown(room)
const heard = (words: RegExp) =>
  house.fake.until(({ at, message }) => at.channel === room && words.test(message.text), 8_000)
const jobs = (by: string) => jobsOf(house.core, `fake:${by}`, 100)
const done = () =>
  house.until(async () =>
    (await Promise.all(['ann', 'bob', 'cho'].map(by => openJobs(house.core, `fake:${by}`)))).every(
      open => open.length === 0,
    ),
  )
const questions = () => shown().filter(({ message }) => /would like to use your picture/.test(message.text))
const question = async (): Promise<Shown> => {
  await house.until(async () => questions().length > 0, 4_000)
  return questions().at(-1) as Shown
}
const yes = async () => house.fake.press(await question(), 'Yes, this one (ann)', 'ann')

/** A clip ann made of her own picture, with its code. */
async function annsClip(text = '/video it moves'): Promise<{ clip: Shown; code: string }> {
  await say('ann', { text, images: [await picture()] })
  await done()
  const clip = shown().findLast(({ message }) => message.media !== undefined) as Shown
  return { clip, code: /\((K\w+)\)/.exec(clip.message.text)?.[1] ?? '' }
}

describe('whoever posted a picture is asked when a clip made of it is used', () => {
  const roads: readonly [string, (made: { clip: Shown; code: string }) => Promise<void>][] = [
    ['again, pressed', ({ clip }) => house.fake.press(clip, 'Again', 'bob')],
    ['again, in answer', ({ clip }) => say('bob', { text: '/again', replyTo: clip.at })],
    ['change, in answer', ({ clip }) => say('bob', { text: 'it rains', replyTo: clip.at })],
    ['upgrade', ({ code }) => say('bob', `/upgrade ${code} high`)],
    ['fork', ({ code }) => say('bob', `/fork ${code} at night`)],
    ['--like', ({ code }) => say('bob', `/video it snows --like ${code}`)],
    ['a long one', ({ code }) => say('bob', `/video it snows --like ${code} --seconds 15`)],
    [
      'compare, in answer',
      ({ clip }) => say('bob', { text: '/compare it snows --tier standard,high', replyTo: clip.at }),
    ],
    ['compare --like', ({ code }) => say('bob', `/compare it snows --like ${code} --tier standard,high`)],
    [
      'a shot',
      async ({ code }) => {
        await say('bob', '/film new Together')
        await say('bob', `/shot it snows --like ${code}`)
      },
    ],
  ]
  test.each(roads)('%s', async (_, road) => {
    const made = await annsClip()
    const before = (await jobs('bob')).length
    await road(made)
    const asked = await question()
    expect(asked.answers).toBeDefined()
    expect(labels(asked)).toEqual(['Yes, this one (ann)', 'Always here (ann)', 'No (ann)'])
    expect(await jobs('bob')).toHaveLength(before)
    await house.restart()
    await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
    await house.until(async () => (await jobs('bob')).length > before)
    const [job] = (await jobs('bob')).toReversed().slice(before)
    const [frame] = (await jobs('ann')).map(({ request }) => request.recipe.firstFrame)
    expect(job?.request.recipe.firstFrame).toBe(frame)
  })

  test('and is not asked twice: not for the same room, nor by whoever has their word', async () => {
    const { clip, code } = await annsClip()
    await house.fake.press(clip, 'Again', 'bob')
    await yes()
    await done()
    const count = (await jobs('bob')).length
    await house.fake.press(clip, 'Again', 'bob')
    await house.fake.press(clip, 'Again', 'cho')
    await house.until(async () => (await jobs('bob')).length === count + 1)
    // Elsewhere ann's word to bob holds, for cho it does not.
    await house.fake.say({ by: 'bob', text: '/again' })
    await house.until(async () => (await jobs('bob')).length === count + 2)
    const chos = (await jobs('cho')).length
    await house.fake.say({ by: 'cho', text: `/upgrade ${code} high` })
    await house.fake.until(({ at, message }) => at.channel === 'dm-cho' && /posted in another room/.test(message.text))
    await house.fake.say({ by: 'cho', text: `/fork ${code} at night` })
    await house.fake.until(({ at, message }) => at.channel === 'dm-cho' && /so they were left out/.test(message.text))
    expect((await jobs('cho'))[0]?.request.recipe.firstFrame).toBeUndefined()
    expect(await jobs('cho')).toHaveLength(chos + 1)
    expect(questions()).toHaveLength(0)
    await say('ann', '/consent withdraw')
    await house.fake.press(clip, 'Again', 'bob')
    expect((await question()).message.text).toMatch(/^ann, bob would like/)
  })

  test('in the thread where they posted it; whoever asks in another one is told', async () => {
    await say('ann', { text: '/video it moves', images: [await picture()], thread: 'one' })
    await done()
    const clip = await heard(/is ready/)
    const code = /\((K\w+)\)/.exec(clip.message.text)?.[1] ?? ''
    await say('bob', { text: `/fork ${code} at night`, thread: 'two' })
    expect((await question()).at.thread).toBe('one')
    expect((await heard(/I have asked ann/)).at.thread).toBe('two')
    await yes()
    await house.until(async () => (await jobs('bob'))[0]?.request.place.thread === 'two')
  })

  test('a shot of a film elsewhere comes without them, and says so; one with them begins there', async () => {
    const { code } = await annsClip()
    room = `hall${++halls}`
    await say('bob', '/film new Elsewhere')
    await say('bob', `/shot it snows --like ${code}`)
    await heard(/is in.*so they were left out/s)
    await done()
    expect((await jobs('bob'))[0]?.request.recipe).not.toHaveProperty('firstFrame')
    await say('bob', '/choose 1')
    await say('ann', `/shot it thaws --like ${code}`)
    await done()
    const { recipe, film } = (await jobs('ann'))[0]?.request ?? {}
    expect([film?.prompt, recipe?.continues]).toEqual(['it thaws', undefined])
    expect(recipe?.firstFrame).toMatch(/^pictures/)
  })

  test('a place that shares everything shares what was posted there, and nothing from elsewhere', async () => {
    const { clip, code } = await annsClip()
    await say('boss', '/consent off')
    await house.fake.press(clip, 'Again', 'bob')
    await done()
    expect((await jobs('bob'))[0]?.request.recipe.firstFrame).toMatch(/^pictures/)
    await say('boss', '/consent deny')
    await house.fake.press(clip, 'Again', 'bob')
    await heard(/their own pictures only/)
    room = `hall${++halls}`
    await say('boss', '/consent off')
    await say('bob', `/upgrade ${code} high`)
    await heard(/posted in another room/)
  })

  test('what goes on from a clip needs nobody’s word: it begins with the clip', async () => {
    const { clip } = await annsClip()
    const before = (await jobs('bob')).length
    await house.fake.press(clip, '+5 s', 'bob')
    await house.until(async () => (await jobs('bob')).length > before)
    await done()
    expect(questions()).toHaveLength(0)
  })

  test('both of a duet are asked by others; the one who asked for it is not', async () => {
    await say('ann', { text: '/duet @bob hello', images: [await picture()] })
    await say('bob', { images: [await picture()], replyTo: (shown().at(-1) as Shown).at })
    await heard(/is ready/)
    await done()
    const clip = shown().findLast(({ message }) => message.media !== undefined) as Shown
    const anns = (await jobs('ann')).length
    await house.fake.press(clip, 'Again', 'ann')
    await house.until(async () => (await jobs('ann')).length === anns + 1)
    const chos = (await jobs('cho')).length
    await house.fake.press(clip, 'Again', 'cho')
    await yes()
    const second = await heard(/^bob, cho would like to use your picture/)
    expect(await jobs('cho')).toHaveLength(chos)
    await house.fake.press(second, 'Yes, this one (bob)', 'bob')
    await house.until(async () => (await jobs('cho')).length === chos + 1)
  })

  test('a duet is made where everybody may use their own pictures only: both give theirs', async () => {
    await say('boss', '/consent deny')
    await say('ann', { text: '/duet @bob hello', images: [await picture()] })
    await say('bob', { images: [await picture()], replyTo: (shown().at(-1) as Shown).at })
    await heard(/is ready/)
  })

  test('a no to one takes nothing from whom it was given in person', async () => {
    await say('ann', { text: '/duet @bob hello', images: [await picture()] })
    await say('bob', { images: [await picture()], replyTo: (shown().at(-1) as Shown).at })
    await heard(/is ready/)
    await done()
    const clip = shown().findLast(({ message }) => message.media !== undefined) as Shown
    const anns = (await jobs('ann')).length
    await house.fake.press(clip, 'Again', 'cho')
    await yes()
    await house.fake.press(await heard(/^bob, cho would like to use your picture/), 'No (bob)', 'bob')
    await heard(/^cho, bob would rather not|bob would rather not/)
    await house.fake.press(clip, 'Again', 'ann')
    await house.until(async () => (await jobs('ann')).length === anns + 1, 4_000)
  })

  test('of a yes and a no to the same one the last word counts', async () => {
    const { clip } = await annsClip()
    await house.fake.press(clip, 'Again', 'bob')
    const first = await question()
    await say('bob', { text: 'it rains', replyTo: clip.at })
    await house.until(async () => questions().length === 2, 4_000)
    const second = questions().at(-1) as Shown
    const before = (await jobs('bob')).length
    await house.fake.press(first, 'Yes, this one (ann)', 'ann')
    await house.until(async () => (await jobs('bob')).length === before + 1)
    await house.fake.press(second, 'No (ann)', 'ann')
    await heard(/ann would rather not/)
    const told = shown().length
    await house.fake.press(clip, 'Again', 'bob')
    await house.until(async () => shown().length > told)
    expect(await jobs('bob')).toHaveLength(before + 1)
  })

  test('a picture that drafts were made of is asked for when one of them is animated, and when that is made again', async () => {
    const { clip } = await annsClip()
    await say('ann', { text: '/drafts', replyTo: clip.at })
    await done()
    const draft = (await jobs('ann')).find(({ request }) => request.recipe.kind === 'image')?.clip
    const before = (await jobs('bob')).length
    await house.fake.press(clip, `animate:${draft}`, 'bob')
    await yes()
    await house.until(async () => (await jobs('bob')).length === before + 1)
    await done()
    const bobs = shown().findLast(({ message }) => message.media !== undefined) as Shown
    await say('ann', '/consent withdraw')
    await house.fake.press(bobs, 'Again', 'cho')
    expect((await question()).message.text).toMatch(/^ann, cho would like/)
    expect((await jobs('bob'))[0]?.request.recipe.firstFrame).toMatch(/^pictures.*png$/)
  })

  test('a brush picture is its poster’s too', async () => {
    await say('ann', { text: '/brush', images: [await picture()] })
    await say('ann', '/brush cat C4>G2')
    await done()
    const clip = shown().findLast(({ message }) => message.media?.kind === 'video') as Shown
    await house.fake.press(clip, 'Again', 'bob')
    await yes()
    await house.until(async () => (await jobs('bob'))[0]?.request.recipe.strokes !== undefined)
  })

  test('a yes that is taken back while the request waits for something else counts no more', async () => {
    await say('bob', '/film new Pot --pot')
    await say('bob', { text: '/shot it moves', images: [await picture()], postedBy: 'ann' })
    await yes()
    await heard(/waits for the pot/)
    await say('ann', '/consent withdraw')
    await say('cho', '/chip 50')
    await heard(/ann has taken the yes for that picture back/)
    await say('ann', { text: '/duet @cho hello', images: [await picture()], postedBy: 'bob' })
    const asked = await heard(/^bob, ann would like to use your picture/)
    await house.fake.press(asked, 'Yes, this one (bob)', 'bob')
    const duet = await heard(/make a shot with you/)
    await say('bob', '/consent withdraw')
    await say('cho', { images: [await picture()], replyTo: duet.at })
    await heard(/bob has taken the yes for that picture back/)
  })

  test('the final of a take is its member’s, whoever chooses it', async () => {
    await say('bob', '/film new Together --final high')
    await say('ann', { text: '/shot it moves', images: [await picture()] })
    await done()
    await say('bob', '/choose 1')
    await house.until(async () =>
      (await jobs('bob')).some(({ request: { film, recipe } }) => film?.shot === 1 && recipe.tier === 'high'),
    )
    expect(questions()).toHaveLength(0)
  })
})

describe('a question', () => {
  const overdue = async () => {
    const key = `${house.core.root}:consent-questions`
    for (const id of await house.core.redis.zrange(key, '0', '-1')) await house.core.redis.zadd(key, 1, id)
  }

  test('that nobody answers ends with one sentence to whoever asked, also if we were away', async () => {
    const { clip } = await annsClip()
    await house.fake.press(clip, 'Again', 'bob')
    const asked = await question()
    await house.stopBots()
    await overdue()
    await house.startBots()
    const told = await heard(/no answer came about the picture/)
    expect(told.message.text).toMatch(/^bob, /)
    expect(shown().filter(({ message }) => /no answer came/.test(message.text))).toHaveLength(1)
    const before = (await jobs('bob')).length
    await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
    await heard(/This question is answered or over/)
    expect(await jobs('bob')).toHaveLength(before)
  })

  test('keeps its pictures no longer than it is open', async () => {
    await say('bob', { text: '/video it moves', images: [await picture()], postedBy: 'ann' })
    await question()
    const [id = ''] = await house.core.redis.zrange(`${house.core.root}:consent-questions`, '0', '-1')
    const [key = ''] = (await questionOf(house.core, id))?.kept ?? []
    expect(await house.store.has(key)).toBe(true)
    await overdue()
    await heard(/no answer came/)
    await house.until(async () => !(await house.store.has(key)))
  })

  test('is not put to who is banned, nor for who was banned meanwhile', async () => {
    const { clip } = await annsClip()
    await house.fake.press(clip, 'Again', 'cho')
    const asked = await question()
    await ban(house.core, 'fake:cho', 'test')
    const chos = (await jobs('cho')).length
    await house.fake.press(asked, 'Yes, this one (ann)', 'ann')
    await heard(/ann said yes/)
    expect(await jobs('cho')).toHaveLength(chos)
    await ban(house.core, 'fake:ann', 'test')
    room = `hall${++halls}`
    await say('bob', { text: '/video it moves', images: [await picture()], postedBy: 'ann' })
    await heard(/I cannot ask whoever posted that picture/)
    for (const who of ['fake:ann', 'fake:cho']) await unban(house.core, who)
  })
})

test('who is forgotten takes their pictures along, out of others’ clips as well', async () => {
  await house.grant('fake:dan', 500)
  await say('dan', { text: '/video it moves', images: [await picture()] })
  await house.until(async () => (await openJobs(house.core, 'fake:dan')).length === 0)
  const clip = shown().findLast(({ message }) => message.media !== undefined) as Shown
  await house.fake.press(clip, 'Again', 'bob')
  const asked = await heard(/^dan, bob would like/)
  await house.fake.press(asked, 'Yes, this one (dan)', 'dan')
  await house.until(async () => (await jobs('bob'))[0]?.state === 'delivered')
  const bobs = shown().findLast(({ message }) => message.media !== undefined) as Shown
  const key = (await jobs('bob'))[0]?.request.recipe.firstFrame ?? ''
  expect(await house.store.has(key)).toBe(true)
  await say('cho', { text: '/video it moves', images: [await picture()], postedBy: 'dan' })
  await heard(/^dan, cho would like/)
  expect(JSON.stringify((await exportMember(house.core, 'fake:dan'))['accounts'])).toContain(key)
  await house.fake.say({ by: 'dan', text: 'forget yes' })
  expect(await house.store.has(key)).toBe(false)
  await heard(/^cho, no answer came about the picture/)
  await house.fake.press(bobs, 'Again', 'bob')
  await heard(/picture that was made with is not kept any more/)
})

test('a picture of which nobody knows whose it is is used by nobody', async () => {
  const { clip } = await annsClip()
  const key = (await jobs('ann'))[0]?.request.recipe.firstFrame ?? ''
  expect(await house.core.redis.del(`${house.core.root}:picture:${key}`)).toBe(1)
  await say('boss', '/consent off')
  const before = (await jobs('bob')).length
  await house.fake.press(clip, 'Again', 'bob')
  await heard(/picture that was made with is not kept any more/)
  expect(await jobs('bob')).toHaveLength(before)
})

test('who is forgotten takes their pictures along also where the store fails; until they are gone it is known whose they are', async () => {
  await house.grant('fake:eve', 500)
  await say('eve', { text: '/video it moves', images: [await picture()] })
  await house.until(async () => (await openJobs(house.core, 'fake:eve')).length === 0)
  const [job] = await jobs('eve')
  await say('bob', { text: 'it snows', replyTo: (shown().findLast(({ message }) => message.media) as Shown).at })
  await house.fake.press(await heard(/^eve, bob would like/), 'Yes, this one (eve)', 'eve')
  await house.until(async () => (await jobs('bob'))[0]?.state === 'delivered')
  const bobs = shown().findLast(({ message }) => message.media !== undefined) as Shown
  const key = job?.request.recipe.firstFrame ?? ''
  const known: (string | null)[] = []
  const removing = vi.spyOn(house.store, 'remove').mockImplementation(async gone => {
    if (gone === key) known.push(await house.core.redis.get(`${house.core.root}:picture:${key}`))
    throw new Error('broken for the test')
  })
  await house.fake.say({ by: 'eve', text: 'forget yes' })
  removing.mockRestore()
  expect(known[0]).toContain('fake:eve')
  expect(await house.store.has(key)).toBe(true)
  await house.fake.press(bobs, 'Again', 'bob')
  await heard(/picture that was made with is not kept any more/)
})
