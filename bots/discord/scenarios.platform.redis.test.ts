import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordHouse, openDiscordHouse } from './testing/house.ts'
import { labels, sceneIn } from './testing/scene.ts'
import { textOf } from './testing/shown.ts'
import { channelType } from './testing/world.ts'

/** What members see, from the command to the clip: the real conversation, client and Redis. */

let house: DiscordHouse
let picture: Buffer
beforeAll(async () => {
  house = await openDiscordHouse()
  picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#48c' } })
    .png()
    .toBuffer()
})
afterAll(() => house.close())
afterEach(() => {
  house.worker.go()
  expect(house.server.broken.splice(0)).toEqual([])
})

describe('asking', () => {
  test('by a command: one message, which is place in line, progress, and then the clip', async () => {
    const { room, by } = sceneIn(house)
    house.worker.hold()
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat', ratio: '9:16', seconds: 10 } })
    const status = await house.see(room, 'is in:', by)
    expect(textOf(status)).toContain('10 s, 9:16, standard')
    expect(textOf(status)).toContain('▱')
    expect(status.only).toBeUndefined()
    house.worker.go()
    const [clip, ...others] = await house.clips(room, 1)
    expect(others).toEqual([])
    expect(clip?.id).toBe(status.id)
    expect(textOf(status)).toMatch(/is ready: 10 s, 9:16, standard\.\n26 credits left\./)
    expect(labels(status).slice(0, 3)).toEqual(['Again', 'Change', '+5 s'])
    await house.balanced()
  })

  test('in a private chat, without a mention', async () => {
    const dm = house.server.world.dm('dora')
    house.people.say({ by: 'dora', in: dm, text: '一只猫 竖屏' })
    const [clip] = await house.clips(dm, 1)
    expect(house.worker.made.at(-1)?.request).toMatchObject({ place: { private: true }, recipe: { ratio: '9:16' } })
    expect(clip?.answers).toBeDefined()
  })

  test('by a mention: the answer quotes it, the pictures are first and last frame', async () => {
    const { room, by } = sceneIn(house)
    const asked = house.people.say({ by, in: room, text: 'they dance', images: [picture, picture] })
    const [clip] = await house.clips(room, 1)
    expect(clip?.answers).toBe(asked)
    const { recipe } = house.worker.made.at(-1)?.request ?? {}
    expect(recipe).toMatchObject({ prompt: 'they dance', ratio: '4:3' })
    expect(recipe?.firstFrame).toBeDefined()
    expect(recipe?.lastFrame).toBeDefined()
  })

  test('what does not mean us costs nothing', async () => {
    const { room, by } = sceneIn(house)
    const before = house.platform().events.length
    house.people.say({ by, in: room, text: 'a cat', mention: false })
    await house.platform().handled(house.people.say({ by, in: room, text: 'thanks' }))
    expect(house.platform().events).toHaveLength(before + 1)
    expect(house.shown(room, by)).toEqual([])
  })

  test.each([
    ['a thread', channelType.text],
    ['a forum post', channelType.forum],
  ])('in %s: the answer stands there', async (_, type) => {
    const { room: parent } = sceneIn(house, { type })
    const { room: thread, by } = sceneIn(house, { type: channelType.thread, parent })
    house.people.say({ by, in: thread, text: 'a dog runs' })
    house.people.slash({ by, in: thread, name: 'image', options: { words: 'a dog' } })
    await house.clips(thread, 2)
    expect(house.shown(parent, by)).toEqual([])
    expect(house.worker.made.at(-1)?.request.place).toMatchObject({ channel: parent.id, thread: thread.id })
  })

  test('with pictures in the fields of the command', async () => {
    const { room, by } = sceneIn(house)
    const options = { picture, 'last-picture': picture, words: 'it moves' }
    house.people.slash({ by, in: room, name: 'video', options })
    await house.clips(room, 1)
    expect(house.worker.made.at(-1)?.request.recipe.lastFrame).toBeDefined()
  })

  test('with a last picture alone, which is where the clip ends', async () => {
    const { room, by } = sceneIn(house)
    const options = { 'last-picture': picture, words: 'a cat runs home' }
    house.people.slash({ by, in: room, name: 'video', options })
    await house.clips(room, 1)
    const recipe = house.worker.made.at(-1)?.request.recipe
    expect(recipe).toMatchObject({ prompt: 'a cat runs home', lastFrame: expect.any(String) })
    expect(recipe?.firstFrame).toBeUndefined()
  })
})

describe('going on from a clip', () => {
  async function clipIn(more: Parameters<typeof sceneIn>[1] = {}) {
    const scene = sceneIn(house, more)
    house.people.slash({ by: scene.by, in: scene.room, name: 'video', options: { words: 'a red ball' } })
    const [clip] = await house.clips(scene.room, 1)
    if (!clip) throw new Error('no clip')
    return { ...scene, clip }
  }

  test('"change" opens a window with the words, and what is written there is made', async () => {
    const { room, by, clip } = await clipIn()
    const window = house.people.press({ by, on: clip.id, id: 'Change' })
    await house.until(() => window.modal !== undefined)
    expect(window.modal?.components[0]?.component.value).toBe('a red ball')
    house.people.fill(window, 'a blue ball')
    await house.clips(room, 2)
    expect(house.worker.made.at(-1)?.request.recipe.prompt).toBe('a blue ball')
  })

  test('an answer to the clip changes it', async () => {
    const { room, by, clip } = await clipIn()
    house.people.say({ by, in: room, text: 'a green ball', replyTo: clip.id, mention: false })
    const [, changed] = await house.clips(room, 2)
    expect(changed?.answers).toBeDefined()
    expect(house.worker.made.at(-1)?.request.recipe).toMatchObject({ prompt: 'a green ball' })
  })

  test('others may press: the new clip is theirs and stands under the old one', async () => {
    const { room, clip } = await clipIn()
    house.people.press({ by: 'guest', on: clip.id, id: 'Again' })
    const all = await house.clips(room, 2)
    expect(all[1]?.answers).toBe(clip.id)
    expect(house.worker.made.at(-1)?.request.member).toBe(`discord:${house.server.world.person('guest').id}`)
  })

  test('menus of messages: extend and remix a clip, animate anybody’s picture', async () => {
    const { room, by, clip } = await clipIn()
    house.people.menu({ by, on: clip.id, name: 'Extend this clip' })
    await house.clips(room, 2)
    expect(house.worker.made.at(-1)?.request.recipe.continues).toBeDefined()
    const window = house.people.menu({ by, on: clip.id, name: 'Remix' })
    await house.until(() => window.modal !== undefined)
    house.people.fill(window, 'a purple ball')
    await house.clips(room, 3)
    expect(house.worker.made.at(-1)?.request.recipe.prompt).toBe('a purple ball')
    const theirs = house.people.say({ by: 'guest', in: room, text: 'look', images: [picture], mention: false })
    house.people.menu({ by: 'animator', on: theirs, name: 'Animate this picture' })
    const asked = await house.see(room, 'would like to use your picture', 'guest')
    house.people.press({ by: 'guest', on: asked.id, id: 'Yes, this one (guest)' })
    await house.clips(room, 4)
    expect(house.worker.made.at(-1)?.request.recipe.firstFrame).toBeDefined()
  })

  test('menus on what is no clip and no picture say so to the member alone', async () => {
    const { room, by } = sceneIn(house)
    const words = house.people.say({ by: 'guest', in: room, text: 'just words', mention: false })
    house.people.menu({ by, on: words, name: 'Extend this clip' })
    expect((await house.see(room, 'not one of my clips', by)).only).toBeDefined()
    house.people.menu({ by, on: words, name: 'Animate this picture' })
    await house.see(room, 'no picture in that message', by)
  })

  test('a command can name the clip, chosen from a list of one’s own', async () => {
    const { room, by } = await clipIn()
    const slash = { by, in: room, name: 'extend' }
    const typing = house.people.type({ ...slash, option: 'clip', typed: 'red' })
    await house.until(() => typing.choices !== undefined)
    const [choice] = typing.choices ?? []
    expect(choice?.name).toMatch(/^#\d+ a red ball/)
    house.people.slash({ ...slash, options: { clip: choice?.value ?? '', words: 'it bounces' } })
    await house.clips(room, 2)
    expect(house.worker.made.at(-1)?.request.recipe).toMatchObject({ prompt: 'it bounces' })
    house.people.slash({ ...slash, options: { clip: '9999' } })
    expect((await house.see(room, 'no such job', by)).only).toBeDefined()
  })
})

describe('what only the member sees', () => {
  test('credits, and why something cannot be made', async () => {
    const { room, by } = sceneIn(house)
    house.people.slash({ by, in: room, name: 'credits' })
    const credits = await house.see(room, 'You have 66 credits', by)
    expect(credits.only).toBe(house.server.world.person(by).id)
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat --ar 5:9' } })
    expect((await house.see(room, '--ar cannot be', by)).only).toBeDefined()
    expect(house.shown(room, 'somebody else')).toEqual([])
  })

  test('no credits: a sentence, nothing is held', async () => {
    const { room, by } = sceneIn(house)
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat', seconds: 30 } })
    const refusal = await house.see(room, 'This costs 120 credits and you have 66', by)
    expect(refusal.only).toBeDefined()
    expect(await house.left(by)).toMatchObject({ available: 66, held: 0 })
  })

  test('an open "thinking" gives way to a hidden refusal', async () => {
    const { room, by } = sceneIn(house)
    const text = await house.store.put('exports', 'json', Buffer.from('{"not":"a picture"}'))
    const bytes = await house.store.get(text)
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat', picture: bytes } })
    const refusal = await house.see(room, 'JPEG, PNG and WebP', by)
    expect(refusal.only).toBeDefined()
    expect(house.shown(room, 'somebody else')).toEqual([])
  })
})

test('cancelling: the button stops it, the message says so, the credits are back', async () => {
  const { room, by } = sceneIn(house)
  house.worker.hold()
  house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat' } })
  const status = await house.see(room, one => labels(one).some(label => label.startsWith('Cancel')), by)
  const [cancel = ''] = labels(status)
  house.people.press({ by: 'stranger', on: status.id, id: cancel })
  expect((await house.see(room, 'Only the one who asked', 'stranger')).only).toBeDefined()
  house.people.press({ by, on: status.id, id: cancel })
  await house.see(room, 'Back in your wallet: 20 credits', by)
  expect(await house.left(by)).toMatchObject({ available: 66, held: 0 })
  expect(house.shown(room, by)).toHaveLength(1)
})

test('languages: the client’s, until the member chooses another', async () => {
  const { room, by } = sceneIn(house)
  house.server.world.person(by).locale = 'zh-TW'
  house.people.slash({ by, in: room, name: 'credits' })
  await house.see(room, '灵感值', by)
  house.people.slash({ by, in: room, name: 'settings', options: { setting: 'language English' } })
  await house.see(room, 'Noted.', by)
  house.people.slash({ by, in: room, name: 'help' })
  await house.see(room, 'Tell me what should happen', by)
})

test('a clip too large for the place becomes a link', async () => {
  const { room, by } = sceneIn(house)
  house.worker.bytes = 300 * 1024 * 1024
  house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat' } })
  const linked = await house.see(room, 'too large for this chat', by)
  house.worker.bytes = 64
  expect(textOf(linked)).toContain('Open: http://localhost:8080/')
  expect(linked.files).toEqual([])
  await house.balanced()
})
