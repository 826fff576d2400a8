import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clipsOf } from '../../core/clips.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { balance } from '../../core/wallet.ts'
import { openWechatHouse, type WechatHouse } from './testing/house.ts'
import type { Saying, Shown } from './testing/world.ts'

/** Logins that end and give everybody new ids, and bots that are restarted: nothing is lost, nobody loses a wallet, nothing is paid twice. */

let house: WechatHouse
beforeAll(async () => {
  house = await openWechatHouse()
})
afterAll(() => house.close())

let round = 0
let lin = ''
let film = ''
beforeEach(() => {
  round += 1
  lin = `小林${round}`
  film = `电影群${round}`
  house.world.person(lin, { friend: true })
  house.world.room(film, [lin, `小红${round}`, `老王${round}`, `阿明${round}`])
})
afterEach(async () => {
  house.worker.go()
  expect(house.world.servers.broken).toEqual([])
  await house.balanced()
})

const say = (text: string, more: Partial<Saying> = {}): string => house.world.say({ by: lin, text, ...more })
const toBot = (text: string, by = lin): string => say(text, { by, room: film, mention: true })
const seen = (text: RegExp, where = lin): Promise<Shown> =>
  house.world.until(one => one.where === where && text.test(one.text), 40_000)
const count = (text: RegExp, where = lin): number => house.world.shown(where).filter(one => text.test(one.text)).length
const times = (text: RegExp, n: number, where = lin) => house.until(() => count(text, where) >= n)
const files = (where = lin): Shown[] => house.world.shown(where).filter(one => one.file)
async function memberOf(name = lin): Promise<string> {
  for (const key of await house.core.redis.keys(`${house.core.root}:wechat:ids:*`)) {
    const found = await house.core.redis.hget(key, house.world.idOf(name))
    if (found !== null) return `wechat:${found}`
  }
  throw new Error(`${name} never spoke`)
}
const over = (member: string) => house.until(async () => (await openJobs(house.core, member)).length === 0)
const credits = (member: string) => balance(house.core, member)
const photo = (): Promise<Uint8Array> =>
  sharp({ create: { width: 300, height: 500, channels: 3, background: '#8899aa' } })
    .jpeg()
    .toBuffer()

describe('a new login', () => {
  test('a friend has the same wallet, under the remark that the bot gave', async () => {
    say('一只猫')
    await seen(/还剩 46 灵感值/)
    const member = await memberOf()
    await over(member)
    await house.world.relogin()
    say('余额')
    await seen(/你有 46 灵感值/)
    expect(await memberOf()).toBe(member)
  })

  test('a member of a room who is no friend has it too, by name and room', async () => {
    const hong = `小红${round}`
    toBot('一只猫', hong)
    await seen(/好了/, film)
    const member = await memberOf(hong)
    await over(member)
    await house.world.relogin()
    say('余额', { by: hong, room: film })
    await seen(/你有 46 灵感值/, film)
    expect(await memberOf(hong)).toBe(member)
  })

  test('logged out in the middle: the clip finds the room and who asked, under their new ids', async () => {
    const hong = `小红${round}`
    house.worker.hold()
    toBot('一只猫', hong)
    await seen(/收到/, film)
    const member = await memberOf(hong)
    await house.world.logout()
    house.worker.go()
    await house.until(async () => (await jobsOf(house.core, member, 1))[0]?.state !== 'running')
    await house.world.login()
    const words = await seen(/好了/, film)
    expect(words.mention).toBe(hong)
    await over(member)
    expect(files(film)).toHaveLength(1)
    expect(await credits(member)).toEqual({ available: 46, held: 0 })
  })

  test('a quotation of what was said before it still says which', async () => {
    toBot('一只猫')
    const words = await seen(/好了/, film)
    const member = await memberOf()
    await over(member)
    await house.world.relogin()
    say('晚上', { room: film, quote: { shown: words, how: 'words' } })
    await times(/好了/, 2, film)
    const [changed, first] = await clipsOf(house.core, member, 2)
    expect(changed?.recipe).toMatchObject({ prompt: '晚上', seed: first?.recipe.seed })
    await over(member)
  })
})

describe('a restart', () => {
  test('in the middle of a job: the clip comes once, and is paid once', async () => {
    house.worker.hold()
    toBot('一只猫')
    await seen(/收到/, film)
    const member = await memberOf()
    await house.stopBots()
    house.worker.go()
    await house.until(async () => (await jobsOf(house.core, member, 1))[0]?.state === 'rendered')
    await house.startBots()
    await seen(/好了/, film)
    await over(member)
    expect(files(film)).toHaveLength(1)
    expect(count(/收到/, film)).toBe(1)
    expect(await credits(member)).toEqual({ available: 46, held: 0 })
  })

  test('between the video and the words under it: the video is not sent again', async () => {
    house.worker.hold()
    say('一只猫')
    await seen(/收到/)
    const member = await memberOf()
    house.world.servers.faults.push({ on: 'text', how: 'refuse' })
    house.worker.go()
    await house.until(() => files().length === 1)
    await house.restart()
    await seen(/好了/)
    await over(member)
    expect(files()).toHaveLength(1)
    expect(await credits(member)).toEqual({ available: 46, held: 0 })
  })

  test('between the pictures and their words', async () => {
    say('余额')
    await seen(/你有 66 灵感值/)
    house.world.picture({ by: lin, bytes: await photo() })
    house.world.picture({ by: lin, bytes: await photo() })
    await house.until(async () => (await house.core.redis.keys(`${house.core.root}:wechat:picture:*`)).length >= 2)
    await house.restart()
    say('从白天变到黑夜')
    await seen(/好了/)
    const member = await memberOf()
    const [made] = await clipsOf(house.core, member, 1)
    expect(made?.recipe.firstFrame).toMatch(/^pictures\//)
    expect(made?.recipe.lastFrame).toMatch(/^pictures\//)
    await over(member)
  })

  test('between a choice and its digit, and after a message that comes again', async () => {
    const first = say('一只猫')
    await seen(/好了/)
    const member = await memberOf()
    await over(member)
    await house.restart()
    say('1')
    await times(/好了/, 2)
    await over(member)
    expect(await jobsOf(house.core, member, 9)).toHaveLength(2)
    expect(first).not.toBe('')
  })

  test('the login is kept: nobody has to scan again', async () => {
    const self = house.world.servers.self
    await house.restart()
    expect(house.world.servers.self).toBe(self)
    say('余额')
    await seen(/你有 66 灵感值/)
  })
})

test('two processes: one is on WeChat, the other takes over when it goes', async () => {
  const waiting = await house.open()
  await waiting.start(async () => undefined)
  say('余额')
  await seen(/你有 66 灵感值/)
  await expect(
    waiting.reply({ platform: 'wechat', channel: (await memberOf()).slice(7), private: true }, { text: '二' }),
  ).rejects.toMatchObject({ name: 'RetryLater' })
  await waiting.stop()
  await waiting.close()
  expect(count(/二/)).toBe(0)
})
