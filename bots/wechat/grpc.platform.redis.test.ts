import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { clipsOf } from '../../core/clips.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { loginOf } from '../../core/login.ts'
import { balance } from '../../core/wallet.ts'
import { openWechatHouse, type WechatHouse } from './testing/house.ts'
import type { Shown } from './testing/world.ts'

/**
 * As in production: wechaty in a process of its own, its puppet service client, real gRPC, wechaty's own server with a puppet behind
 * it. What dies here is started again, and the bots never notice more than a pause.
 */

// A process that loads wechaty takes seconds to start, on a busy machine many.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let house: WechatHouse
const lin = '小林'
const film = '电影群'
const codes: string[] = []

beforeAll(async () => {
  house = await openWechatHouse({
    ...{ service: true, stable: true, rules: { tellsIds: true } },
    wechat: { draw: code => void codes.push(code) },
    conduct: { dailyCredits: 1_000, memberOpenJobs: 9 },
  })
  house.world.room(film, [lin, '小红'])
  house.world.person(lin)
})
afterAll(() => house.close())
beforeEach(() => {
  house.worker.go()
  house.world.servers.sent.length = 0
})
afterEach(async () => {
  expect(house.world.servers.broken).toEqual([])
  await house.balanced()
})

const member = `wechat:wxid_${Buffer.from(lin).toString('hex')}`
const toBot = (text: string): string => house.world.say({ by: lin, room: film, text, mention: true })
const seen = (text: RegExp): Promise<Shown> => house.world.until(shown => text.test(shown.text), 60_000)
const files = (): Shown[] => house.world.shown(film).filter(shown => shown.file)
const over = () => house.until(async () => (await openJobs(house.core, member)).length === 0, 60_000)
/** The process that runs wechaty, if it does. */
function wechatProcess(): number | undefined {
  const found = spawnSync('pgrep', ['-P', String(process.pid), '-f', 'wechat/child'], { encoding: 'utf8' })
  const pid = Number(found.stdout.split('\n')[0])
  return pid > 0 ? pid : undefined
}
const isIn = () => house.until(async () => (await loginOf(house.core, 'wechat'))?.state === 'in', 60_000)
const isOut = () => house.until(async () => (await loginOf(house.core, 'wechat'))?.state !== 'in', 60_000)

test('from the code to the first clip', async () => {
  await house.world.logout()
  await isOut()
  house.world.scan('https://login.weixin.qq.com/l/abcdef')
  await house.until(async () => (await loginOf(house.core, 'wechat'))?.state === 'scan')
  expect(await loginOf(house.core, 'wechat')).toEqual({ state: 'scan', qr: 'https://login.weixin.qq.com/l/abcdef' })
  expect(codes.at(-1)?.split('\n').length).toBeGreaterThan(10)
  await house.world.login()
  await isIn()
  toBot('一只猫')
  const words = await seen(/好了/)
  expect(words.mention).toBe(lin)
  expect(files()[0]?.file?.bytes).toHaveLength(64)
  await over()
  house.world.say({ by: lin, room: film, text: '晚上', quote: { shown: words, how: 'id' } })
  await house.until(async () => (await clipsOf(house.core, member, 9)).length === 2)
  const [changed, first] = await clipsOf(house.core, member, 2)
  expect(changed?.recipe).toMatchObject({ prompt: '晚上', seed: first?.recipe.seed })
  await over()
})

test('pictures come over the line', async () => {
  const bytes = await sharp({ create: { width: 300, height: 500, channels: 3, background: '#8899aa' } })
    .jpeg()
    .toBuffer()
  house.world.picture({ by: lin, room: film, bytes })
  toBot('动起来')
  await seen(/好了/)
  expect((await clipsOf(house.core, member, 1))[0]?.recipe).toMatchObject({ ratio: '9:16' })
  await over()
})

test('a file of any size arrives as it is', async () => {
  const [asked] = await jobsOf(house.core, member, 1)
  if (!asked) throw new Error('nobody asked')
  for (const size of [1, 20_000, 21_000, 9_000_000]) {
    const bytes = randomBytes(size)
    const key = await house.store.put('clips', 'mp4', bytes)
    const media = { key, kind: 'video', name: `${size}.mp4`, bytes: size, width: 1280, height: 720 } as const
    await house.platform().reply(asked.request.place, { text: `${size} bytes`, media })
    expect(Buffer.from(files().at(-1)?.file?.bytes ?? []).equals(bytes)).toBe(true)
  }
})

test('the process is killed in the middle: the clip comes once it is back', async () => {
  house.worker.hold()
  toBot('一只猫')
  await seen(/收到/)
  const before = wechatProcess()
  if (before === undefined) throw new Error('wechaty has no process of its own')
  process.kill(before, 'SIGKILL')
  await isOut()
  house.worker.go()
  await seen(/好了/)
  expect(wechatProcess()).not.toBe(before)
  await over()
  expect(files()).toHaveLength(1)
})

test('a message that cannot be read is left out; when there are more and more of them wechaty is started anew', async () => {
  const before = wechatProcess()
  house.world.repeat('no-such-message')
  toBot('余额')
  await seen(/灵感值/)
  for (const id of ['none', 'no-other', 'nor-this']) house.world.repeat(id)
  await isOut()
  await isIn()
  expect(wechatProcess()).not.toBe(before)
  house.world.servers.sent.length = 0
  toBot('余额')
  await seen(/灵感值/)
})

test('what wechaty throws where nobody can catch it ends its process and nothing else', async () => {
  house.gateway?.babble()
  await isOut()
  await isIn()
  toBot('一只猫')
  await seen(/好了/)
  await over()
})

test('the service goes away and comes back', async () => {
  house.worker.hold()
  toBot('一只猫')
  await seen(/收到/)
  await house.gateway?.down()
  await isOut()
  house.worker.go()
  await house.until(async () => (await jobsOf(house.core, member, 1))[0]?.clip !== undefined)
  await house.gateway?.up()
  await seen(/好了/)
  await over()
  expect(files()).toHaveLength(1)
})

test('a lost answer shows a file twice at most, though the client of the service would send it again by itself', async () => {
  house.world.servers.faults.push({ on: 'file', how: 'drop' })
  toBot('一只猫')
  await seen(/好了/)
  await over()
  expect(files()).toHaveLength(2)
  expect((await balance(house.core, member)).held).toBe(0)
})
