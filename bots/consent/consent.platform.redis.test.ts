import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { audit } from '../../core/books.ts'
import { jobsOf } from '../../core/jobs.ts'
import { loginOf } from '../../core/login.ts'
import { openDiscordHouse } from '../discord/testing/house.ts'
import { labels as discordLabels, sceneIn } from '../discord/testing/scene.ts'
import type { Incoming } from '../platform.ts'
import { runBots } from '../run.ts'
import { openTelegramHouse } from '../telegram/testing/house.ts'
import { standInWorker } from '../testing/stand-in-worker.ts'
import { nextId, openWebHouse } from '../web/testing/open-web.ts'
import { openWechatParts } from '../wechat/testing/house.ts'
import type { Ears, Heard, Transport } from '../wechat/transport.ts'

/** Every platform says who posted the picture that is answered to, and lets them answer. */

const jpeg = sharp({ create: { width: 320, height: 180, channels: 3, background: '#357' } })
  .jpeg()
  .toBuffer()
const png = sharp({ create: { width: 64, height: 48, channels: 3, background: '#48c' } })
  .png()
  .toBuffer()

test('Telegram: the question answers the picture, its poster presses', async () => {
  const house = await openTelegramHouse()
  try {
    const { people } = house
    const group = people.group('Films', { bot: 'administrator' })
    const [photo] = people.write('小红', group, { photos: [await jpeg] })
    people.write('ann', group, { text: '/video it moves', replyTo: photo?.id ?? 0 })
    const asked = await people.until(group, ({ words }) => /would like to use your picture/.test(words))
    expect(asked.answers).toBe(photo?.id)
    people.press('ann', group, asked.id, 'Yes, this one (小红)')
    await people.until(group, ({ words }) => /Only 小红/.test(words))
    people.press('小红', group, asked.id, 'Yes, this one (小红)')
    await people.until(group, ({ media }) => media?.type === 'video')
    const [job] = await jobsOf(house.core, `telegram:${people.person('ann').id}`, 5)
    expect(job?.request.recipe).toMatchObject({ prompt: 'it moves', firstFrame: expect.any(String) })
    // Nobody can be asked behind whom there is no person.
    const [hidden] = people.write('boss', group, { photos: [await jpeg], anonymous: true })
    people.write('ann', group, { text: '/video it moves', replyTo: hidden?.id ?? 0 })
    await people.until(group, ({ words }) => /I cannot ask/.test(words))
    // An administrator lets everybody use everything.
    people.write('ann', group, { text: '/consent off' })
    await people.until(group, ({ words }) => /Only an administrator/.test(words))
    people.appoint('ann', group)
    people.write('ann', group, { text: '/consent off' })
    await people.until(group, ({ words }) => /everybody may use everybody’s/.test(words))
    await house.balanced()
  } finally {
    await house.close()
  }
})

test('Discord: the menu under a picture', async () => {
  const house = await openDiscordHouse()
  try {
    const { room, by } = sceneIn(house)
    const post = (who: string) => house.people.say({ by: who, in: room, text: '', images: [photo], mention: false })
    const photo = await jpeg
    const animate = (on: string) => house.people.menu({ by, on, name: 'Animate this picture' })
    animate(post('bob'))
    const asked = await house.see(room, 'would like to use your picture', 'bob')
    expect(discordLabels(asked)).toEqual(['Yes, this one (bob)', 'Always here (bob)', 'No (bob)'])
    house.people.press({ by: 'bob', on: asked.id, id: 'No (bob)' })
    await house.see(room, 'bob would rather not', by)
    const other = house.people.say({ by: 'bob', in: room, text: '', images: [await png], mention: false })
    animate(other)
    const again = await house.see(
      room,
      message => message.id !== asked.id && discordLabels(message).length === 3,
      'bob',
    )
    house.people.press({ by: 'bob', on: again.id, id: 'Always here (bob)' })
    await house.clips(room, 1)
    expect(house.worker.made.at(-1)?.request.recipe.firstFrame).toBeDefined()
    // One's own picture needs nobody's word.
    animate(post(by))
    await house.clips(room, 2)
    expect(house.server.broken).toEqual([])
    await house.balanced()
  } finally {
    await house.close()
  }
})

test('WeChat: the poster is mentioned and answers by a digit', async () => {
  const said: { text: string; mention: string | undefined }[] = []
  let hear: Ears = async () => undefined
  const bytes = await jpeg
  const everybody = ['bot', 'lin', 'hong'].map(id => ({
    id,
    name: id === 'lin' ? '小林' : id === 'hong' ? '小红' : id,
  }))
  const transport: Transport = {
    async start(ears) {
      hear = ears
      await ears({ type: 'in', self: { id: 'bot', name: 'bot' } })
      await ears({ type: 'ready' })
    },
    async text(_chat, text, mention) {
      said.push({ text, mention })
      return undefined
    },
    file: async () => undefined,
    fetch: async () => bytes,
    rooms: async () => [{ id: 'films', topic: 'films', members: everybody }],
    friends: async () => [],
    remark: async () => undefined,
    close: async () => undefined,
  }
  const house = await openWechatParts({ wechat: { connect: () => transport } })
  const { core, store, parts } = house
  const worker = await standInWorker(core, store)
  const rules = {
    ...{ operators: [], language: 'zh-CN', dailyCredits: 66, memberOpenJobs: 3, placeOpenJobs: 20, retentionDays: 30 },
    ...{ secret: 'a secret of the tests', publicUrl: 'http://localhost:8080' },
  }
  const platform = await house.open()
  const bots = await runBots({ core, store, catalogue: parts.catalogue, log: parts.log, rules, platforms: [platform] })
  try {
    const [, lin, hong] = everybody
    if (!lin || !hong) throw new Error('nobody there')
    let ids = 10_000
    const say = (who: typeof lin, text: string, more: Partial<Heard> = {}) => {
      const id = String(++ids)
      const heard: Heard = {
        ...{ id, who, room: { id: 'films', topic: 'films' }, text, picture: false, mentioned: false },
        ...more,
      }
      return hear({ type: 'heard', heard }).then(() => id)
    }
    const hears = (words: RegExp) =>
      vi.waitFor(() => expect(said.map(({ text }) => text)).toContainEqual(expect.stringMatching(words)), 20_000)
    await vi.waitUntil(async () => (await loginOf(core, 'wechat'))?.state === 'in', 20_000)
    const photo = await say(hong, '', { picture: true })
    const quote = { id: photo, who: hong, mine: false, text: '' }
    await say(lin, '视频 动起来', { mentioned: true, quote })
    await hears(/小林想用你的图片：「动起来」/)
    expect(said.at(-1)).toMatchObject({ mention: 'hong', text: expect.stringMatching(/1 可以，就这张 \(小红\) · 2/) })
    await say(hong, '1')
    await hears(/好了/)
    expect(said.at(-1)?.mention).toBe('lin')
    expect(await jobsOf(core, 'wechat:lin', 5)).toHaveLength(1)
    // WeChat does not say whose picture it is.
    await say(lin, '视频 动起来', { mentioned: true, quote: { id: photo, mine: false, text: '' } })
    await hears(/我问不到/)
    expect((await audit(core)).problems).toEqual([])
  } finally {
    await bots.stop()
    await worker.stop()
    await house.close()
  }
})

test('the web chat: the picture of the message answered to is its author’s', async () => {
  const house = await openWebHouse()
  const heard: Extract<Incoming, { kind: 'message' }>[] = []
  await house.web.start(async event => {
    if (event.kind === 'message') heard.push(event)
  })
  try {
    const [ann, bob] = [await house.person('ann'), await house.person('bob')]
    const posted = await bob.say('studio', {
      id: nextId(),
      text: 'look',
      pictures: [{ name: 'a.png', bytes: await png }],
    })
    await ann.say('studio', { id: nextId(), text: 'it moves', pictures: [], replyTo: posted.id })
    await bob.say('studio', { id: nextId(), text: 'it moves', pictures: [], replyTo: posted.id })
    const [, others, own] = heard.map(({ images }) => images[0])
    expect(others?.by).toEqual({ member: heard[0]?.member, name: 'bob' })
    expect(own?.by).toEqual(others?.by)
    if (!others) throw new Error('no picture')
    const bytes = await house.web.download(others, 1e7, AbortSignal.timeout(5_000))
    expect((await sharp(bytes).metadata()).width).toBe(64)
  } finally {
    await house.web.stop()
    await house.close()
  }
})
