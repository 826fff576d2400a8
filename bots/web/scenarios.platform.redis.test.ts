import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { jobsOf } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import type { Heard } from './client.ts'
import { type ChatHouse, openChatHouse } from './testing/chat-house.ts'
import { nextId } from './testing/open-web.ts'

/** What people in rooms of the web chat see, over real HTTP: the real conversation and Redis. (In a browser: web.e2e.test.ts.) */

let house: ChatHouse
let turn = 0
/** Somebody new, in a room of their own, for each test. */
let ann: string
let room: string

beforeAll(async () => {
  house = await openChatHouse()
})
afterAll(() => house.close())
beforeEach(() => {
  turn += 1
  ann = `Ann ${turn}`
  room = `studio-${turn}`
})
afterEach(async () => {
  house.worker.go()
  house.worker.bytes = 64
  await house.balanced()
})

const jobs = async (by = ann) => jobsOf(house.core, await house.member(by), 10)
const left = async (by = ann) => balance(house.core, await house.member(by))
const isClip = ({ media }: Heard): boolean => media !== undefined
const says =
  (text: string) =>
  (message: Heard): boolean =>
    message.text.includes(text)
const clip = (by = ann): Promise<Heard> => house.see(room, by, isClip)
const clips = async (count: number): Promise<Heard[]> => {
  await vi.waitUntil(async () => (await house.shown(room, ann)).filter(isClip).length >= count, { timeout: 20_000 })
  return (await house.shown(room, ann)).filter(isClip)
}
const picture = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer()

describe('a request', () => {
  test('is one message, which says how it stands and becomes the clip, in its thread', async () => {
    house.worker.hold()
    const asked = await house.say(ann, room, 'a cat chasing a butterfly')
    const status = await house.see(room, ann, says('is in'))
    expect(status).toMatchObject({ answers: asked.id, root: asked.root, mood: 'working' })
    await house.see(room, ann, ({ progress = 0 }) => progress > 0)
    house.worker.go()
    const done = await clip()
    expect(done.id).toBe(status.id)
    expect(done.text).toContain('46 credits left')
    expect(await house.shown(room, ann)).toHaveLength(1)
    expect(done.buttons.map(({ label }) => label)).toEqual(expect.arrayContaining(['Again', 'Change', '+5 s']))
  })

  test('in a thread is answered there, and everybody in the room sees it', async () => {
    await house.say(ann, room, 'a cat')
    const first = await clip()
    await house.say('Bob', room, 'at night', { to: first })
    const [, changed] = await clips(2)
    expect(changed?.root).toBe(first.root)
    expect((await jobs('Bob'))[0]?.request.recipe).toMatchObject({ prompt: 'at night' })
    expect((await house.shown(room, 'Bob')).filter(isClip)).toHaveLength(2)
  })

  test('with two pictures begins and ends with them; with three it is refused', async () => {
    const pictures = [await picture('#a33'), await picture('#33a')]
    await house.say(ann, room, 'slowly', { pictures })
    await clip()
    const [job] = await jobs()
    expect(job?.request.recipe).toMatchObject({ firstFrame: expect.any(String), lastFrame: expect.any(String) })
    await house.say(ann, room, 'slowly', { pictures: [...pictures, await picture('#3a3')] }).catch(() => undefined)
    expect(await jobs()).toHaveLength(1)
  })
})

describe('a picture to end on', () => {
  const said = async () => (await jobs())[0]?.request.recipe

  test('is the last frame, and no first one; answered by “尾帧”, a clip turns round', async () => {
    await house.say(ann, room, 'a cat runs home --last', { pictures: [await picture('#a33')] })
    await clip()
    const recipe = await said()
    expect(recipe).toMatchObject({ prompt: 'a cat runs home', lastFrame: expect.any(String), ratio: '4:3' })
    expect(recipe?.firstFrame).toBeUndefined()
    await house.say(ann, room, 'it waves', { pictures: [await picture('#3a3')] })
    const [, begun] = await clips(2)
    if (!begun) throw new Error('no clip')
    const { firstFrame } = (await said()) ?? {}
    expect(firstFrame).toBeDefined()
    await house.say(ann, room, '它挥手，尾帧', { to: begun })
    await clips(3)
    expect(await said()).toMatchObject({ prompt: '它挥手', lastFrame: firstFrame })
    expect((await said())?.firstFrame).toBeUndefined()
  })

  test('has to be there, and what happens before it has to be said', async () => {
    await house.say(ann, room, 'a cat runs home --last')
    await house.see(room, ann, says('Send the picture the clip should end on'))
    await house.say(ann, room, '--last', { pictures: [await picture('#33a')] })
    await house.see(room, ann, says('Say what should happen before that picture'))
    expect(await jobs()).toEqual([])
  })
})

describe('buttons', () => {
  test('cancel is its owner’s alone; the message says so, the credits are back', async () => {
    house.worker.hold()
    await house.say(ann, room, 'a cat')
    const status = await house.see(room, ann, ({ buttons }) => buttons.some(({ label }) => label.startsWith('Cancel')))
    expect((await house.shown(room, 'Bob'))[0]?.buttons).toEqual([])
    const [cancel] = status.buttons
    await (await house.person('Bob')).press(room, status.id, cancel?.id ?? '', nextId()).catch(() => undefined)
    expect((await jobs())[0]?.cancelling).toBe(false)
    await house.press(ann, room, status, 'Cancel')
    await house.see(room, ann, says('is cancelled'))
    expect(await left()).toEqual({ available: 66, held: 0 })
  })

  test('change: the next words are the new ones; again, after a restart, under an old message', async () => {
    await house.say(ann, room, 'a cat')
    const first = await clip()
    await house.press(ann, room, first, 'Change')
    await house.see(room, ann, says('What should it be instead'))
    await house.say(ann, room, 'a white cat')
    await clips(2)
    const [changed, original] = await jobs()
    expect(changed?.request.recipe).toMatchObject({ prompt: 'a white cat', seed: original?.request.recipe.seed })
    await house.restart()
    await house.press(ann, room, first, 'Again')
    await clips(3)
  })
})

describe('refusals, for one pair of eyes', () => {
  test('too few credits: one sentence, nothing is held', async () => {
    await house.say(ann, room, 'a cat --seconds 30')
    await house.see(room, ann, says('This costs 120 credits and you have 66'))
    expect(await house.shown(room, 'Bob')).toEqual([])
    expect(await left()).toEqual({ available: 66, held: 0 })
  })

  test('what has no words, or is no command of ours', async () => {
    await house.say(ann, room, '/vidoe a cat')
    await house.see(room, ann, says('Did you mean'))
    await house.say(ann, room, '🎬🎬')
    await house.see(room, ann, says('signs and emoji alone'))
    expect(await jobs()).toEqual([])
  })
})

test('a clip too large for the page is a link', async () => {
  house.worker.bytes = 200 * 1024 * 1024
  await house.say(ann, room, 'a whale')
  const linked = await house.see(room, ann, says('too large for this chat'))
  expect(linked.media).toBeUndefined()
})

describe('whatever happens', () => {
  test('a restart in the middle: the same message becomes the clip, once', async () => {
    house.worker.hold()
    await house.say(ann, room, 'a cat')
    const status = await house.see(room, ann, says('is in'))
    await vi.waitUntil(async () => (await jobs())[0]?.status !== undefined)
    await house.stopBots()
    house.worker.go()
    await house.startBots()
    expect((await clip()).id).toBe(status.id)
    expect(await house.shown(room, ann)).toHaveLength(1)
    await vi.waitUntil(async () => (await left()).held === 0)
    expect(await left()).toEqual({ available: 46, held: 0 })
  })

  test('what is sent again because its answer was lost, and in any order, is one job each', async () => {
    const client = await house.person(ann)
    const sayings = ['a cat', 'a dog'].map(text => ({ id: nextId(), text, pictures: [] }))
    const order = [...sayings.toReversed(), ...sayings, ...sayings.toReversed()]
    await Promise.all(order.map(saying => client.say(room, saying)))
    await clips(2)
    for (const saying of sayings) await client.say(room, saying)
    await house.say(ann, room, 'help')
    await house.see(room, ann, says('Commands:'))
    expect(await jobs()).toHaveLength(2)
    expect((await house.shown(room, ann)).filter(isClip)).toHaveLength(2)
  })

  test('who loses the line hears what was missed', async () => {
    const client = await house.person(ann)
    const from = await client.reached(room)
    const ending = new AbortController()
    const before: string[] = []
    await house.say(ann, room, 'a cat')
    for await (const { id } of client.hear(room, from, ending.signal)) {
      before.push(id)
      break
    }
    const done = await clip()
    const heard: Heard[] = []
    for await (const message of client.hear(room, from, ending.signal)) {
      heard.push(message)
      if (message.media) break
    }
    ending.abort()
    expect(before).toHaveLength(1)
    expect(heard.at(-1)?.id).toBe(done.id)
  })
})

test('the language is the browser’s until another one is chosen', async () => {
  await house.person(ann, 'zh-CN')
  await house.say(ann, room, '一只猫追蝴蝶')
  const done = await clip()
  expect(done.buttons.map(({ label }) => label)).toContain('再来')
  await house.say(ann, room, '/settings language english')
  await house.see(room, ann, says('Noted.'))
  await house.say(ann, room, 'credits')
  await house.see(room, ann, says('You have 46 credits.'))
})
