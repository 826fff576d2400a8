import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { audit } from '../../core/books.ts'
import { jobsOf } from '../../core/jobs.ts'
import { loginOf } from '../../core/login.ts'
import { openDiscordHouse } from '../discord/testing/house.ts'
import { sceneIn } from '../discord/testing/scene.ts'
import { runBots } from '../run.ts'
import { openTelegramHouse } from '../telegram/testing/house.ts'
import { standInWorker } from '../testing/stand-in-worker.ts'
import { openWechatParts } from '../wechat/testing/house.ts'
import type { Ears, Heard, Transport } from '../wechat/transport.ts'

/** Whoever is asked for the second picture of a shot answers as people do there. */

const jpeg = sharp({ create: { width: 320, height: 180, channels: 3, background: '#357' } })
  .jpeg()
  .toBuffer()

test('Telegram: an answer to the question, which a bot in a group is shown', async () => {
  const house = await openTelegramHouse()
  try {
    const { people } = house
    const group = people.group('Films')
    people.write('ann', group, { text: '/duet @bob from day to night', photos: [await jpeg] })
    const asked = await people.until(group, ({ words }) => /@bob, ann would like to make a shot with you/.test(words))
    people.write('cho', group, { replyTo: asked.id, photos: [await jpeg] })
    people.write('bob', group, { replyTo: asked.id, photos: [await jpeg] })
    await people.until(group, ({ media }) => media?.type === 'video')
    const jobs = await jobsOf(house.core, `telegram:${people.person('ann').id}`, 5)
    expect(jobs.map(({ request: { recipe } }) => recipe)).toEqual([
      expect.objectContaining({ prompt: 'from day to night', lastFrame: expect.any(String) }),
    ])
    await house.balanced()
  } finally {
    await house.close()
  }
})

test('Discord: a command with a mention and a picture, answered by an answer', async () => {
  const house = await openDiscordHouse()
  try {
    const { room, by } = sceneIn(house)
    const photo = await jpeg
    // Who spoke to us before is called by name.
    house.people.say({ by: 'bob', in: room, text: 'credits' })
    await house.see(room, '66 credits', 'bob')
    const { id } = house.server.world.person('bob')
    house.people.slash({ by, in: room, name: 'duet', options: { words: `<@${id}> from day to night`, picture: photo } })
    const asked = await house.see(room, 'would like to make a shot with you', by)
    expect(asked.content).toMatch(/^@bob, /)
    house.people.say({ by: 'bob', in: room, text: '', images: [photo], replyTo: asked.id })
    await house.clips(room, 1)
    expect(house.worker.made.at(-1)?.request.recipe).toMatchObject({
      prompt: 'from day to night',
      lastFrame: expect.any(String),
    })
    expect(house.server.broken).toEqual([])
    await house.balanced()
  } finally {
    await house.close()
  }
})

test('WeChat: the next picture of whoever was asked, without a word', async () => {
  const said: string[] = []
  let hear: Ears = async () => undefined
  const bytes = await jpeg
  const [bot, lin, hong, ming] = [
    { id: 'bot', name: 'bot' },
    { id: 'lin', name: '小林' },
    { id: 'hong', name: '小红' },
    { id: 'ming', name: '小明' },
  ] as const
  const transport: Transport = {
    async start(ears) {
      hear = ears
      await ears({ type: 'in', self: bot })
      await ears({ type: 'ready' })
    },
    async text(_chat, text) {
      said.push(text)
      return undefined
    },
    file: async () => undefined,
    fetch: async () => bytes,
    rooms: async () => [{ id: 'films', topic: 'films', members: [bot, lin, hong, ming] }],
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
    let ids = 20_000
    const say = (who: typeof lin | typeof hong | typeof ming, text: string, more: Partial<Heard> = {}) => {
      ids += 1
      const room = { id: 'films', topic: 'films' }
      const heard = { id: String(ids), who, room, text, picture: false, mentioned: false, ...more }
      return hear({ type: 'heard', heard })
    }
    const hears = (words: RegExp) => vi.waitFor(() => expect(said).toContainEqual(expect.stringMatching(words)), 20_000)
    await vi.waitUntil(async () => (await loginOf(core, 'wechat'))?.state === 'in', 20_000)
    await say(lin, '', { picture: true })
    await say(lin, '合拍 @小红\u2005从白天到黑夜')
    await hears(/@小红，小林 想和你合拍：「从白天到黑夜」/)
    await say(ming, '', { picture: true })
    await say(hong, '', { picture: true })
    await hears(/好了/)
    const [job, ...others] = await jobsOf(core, 'wechat:lin', 5)
    expect(others).toEqual([])
    expect(job?.request.recipe).toMatchObject({ prompt: '从白天到黑夜', lastFrame: expect.any(String) })
    expect((await audit(core)).problems).toEqual([])
  } finally {
    await bots.stop()
    await worker.stop()
    await house.close()
  }
})
