import { Telegraf } from 'telegraf'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Incoming } from '../platform.ts'
import type { TelegramPlatform } from './index.ts'
import { openTelegramParts, type TelegramParts } from './testing/open.ts'

/** Nothing people say may be lost, whatever happens between Telegram and us. */

let telegram: TelegramParts
let platform: TelegramPlatform | undefined

beforeEach(async () => {
  telegram = await openTelegramParts()
  platform = undefined
})
afterEach(async () => {
  await platform?.stop()
  await telegram.close()
})

/** So many people say so many things; what they said. */
function say(count: number): string[] {
  const { people } = telegram
  return Array.from({ length: count }, (_, n) => {
    const text = `wish ${n}`
    people.write(`p${n % 40}`, people.private(`p${n % 40}`), { text })
    return text
  })
}

/** Resolves when this is so. */
async function until(so: () => boolean): Promise<void> {
  const late = AbortSignal.timeout(15_000)
  while (!so()) {
    late.throwIfAborted()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const textOf = (event: Incoming): string => (event.kind === 'message' ? event.text : event.kind)

describe('a handler that throws', () => {
  test('loses what it was given with telegraf’s own polling', async () => {
    const { api, people } = telegram
    const heard = new Set<string>()
    say(100)
    const bot = new Telegraf(api.token, { telegram: { apiRoot: api.root } })
    bot.catch(error => {
      throw error
    })
    bot.on('message', async context => {
      const text = 'text' in context.message ? context.message.text : ''
      if (text === 'wish 10') throw new Error('a bad moment')
      heard.add(text)
    })
    await expect(bot.launch()).rejects.toThrow('a bad moment')
    // A new process, and somebody else speaks: what the first one was given does not come again.
    const again = new Telegraf(api.token, { telegram: { apiRoot: api.root } })
    again.on('message', async context => void heard.add('text' in context.message ? context.message.text : ''))
    people.write('ann', people.private('ann'), { text: 'after' })
    const running = again.launch()
    await until(() => heard.has('after'))
    again.stop()
    await running
    expect(heard.has('wish 10')).toBe(false)
  })

  test('gets it again from us, until it works', async () => {
    const { api, open } = telegram
    const all = say(300)
    const heard: string[] = []
    let calls = 0
    platform = await open()
    await platform.start(async event => {
      calls += 1
      if (calls % 3 === 0) throw new Error('a bad moment')
      heard.push(textOf(event))
    })
    await until(() => heard.length >= all.length)
    expect(heard.sort()).toEqual(all.sort())
    expect(api.outbox.waiting).toBe(0)
  })
})

test('what was not dealt with before we stopped is dealt with after the next start', async () => {
  const { open } = telegram
  const all = say(20)
  let tried = 0
  const broken = await open()
  await broken.start(async () => {
    tried += 1
    throw new Error('a bad day')
  })
  await until(() => tried >= 20)
  await broken.stop()
  const heard: string[] = []
  platform = await open()
  await platform.start(async event => void heard.push(textOf(event)))
  await until(() => heard.length === all.length)
  expect(heard.sort()).toEqual(all.sort())
})

test('updates that come twice at once are handed over once, and everyone’s in order', async () => {
  const { api, people, open } = telegram
  const heard: string[] = []
  platform = await open()
  let go: () => void = () => undefined
  const gate = new Promise<void>(resolve => {
    go = resolve
  })
  await platform.start(async event => {
    await gate
    heard.push(textOf(event))
  })
  api.outbox.hold()
  for (const text of ['one', 'two', 'three']) people.write('ann', people.private('ann'), { text })
  api.outbox.release(updates => [...updates.reverse(), ...updates])
  await until(() => api.outbox.waiting === 0)
  go()
  await until(() => heard.length === 3)
  expect(heard).toEqual(['one', 'two', 'three'])
})

test('one who is slow does not hold up the others', async () => {
  const { people, open } = telegram
  const heard: string[] = []
  platform = await open()
  let go: () => void = () => undefined
  await platform.start(async event => {
    if (textOf(event) === 'slow') await new Promise<void>(resolve => (go = resolve))
    heard.push(textOf(event))
  })
  people.write('ann', people.private('ann'), { text: 'slow' })
  people.write('ann', people.private('ann'), { text: 'after it' })
  people.write('bob', people.private('bob'), { text: 'quick' })
  await until(() => heard.includes('quick'))
  expect(heard).toEqual(['quick'])
  go()
  await until(() => heard.length === 3)
  expect(heard).toEqual(['quick', 'slow', 'after it'])
})

test('while Redis is away people are still heard, and what cannot be dealt with stays with Telegram', async () => {
  const { api, redis, people, open } = telegram
  const heard: string[] = []
  let works = false
  platform = await open()
  await platform.start(async event => {
    if (!works) throw new Error('no')
    heard.push(textOf(event))
  })
  await redis.kill()
  people.write('ann', people.private('ann'), { text: 'hello?' })
  await until(() => api.outbox.waiting > 0)
  works = true
  await until(() => heard.includes('hello?'))
  await until(() => api.outbox.waiting === 0)
  await redis.restart()
})

test('polling goes on after faults of the line and of Telegram', async () => {
  const { api, open } = telegram
  const heard: string[] = []
  for (const how of ['fail', 'lost', 'drop'] as const) api.fault({ on: 'getUpdates', how })
  const all = say(5)
  platform = await open()
  await platform.start(async event => void heard.push(textOf(event)))
  await until(() => heard.length === all.length)
  expect(heard.sort()).toEqual(all)
})

describe('an album', () => {
  test('is one message, though it came as several and others spoke meanwhile', async () => {
    const { people, open } = telegram
    const heard: Incoming[] = []
    platform = await open()
    await platform.start(async event => void heard.push(event))
    const photo = Uint8Array.of(1, 2, 3)
    people.write('ann', people.private('ann'), { text: 'slowly', photos: [photo, photo] })
    people.write('bob', people.private('bob'), { text: 'hello' })
    await until(() => heard.length === 2)
    expect(heard.map(textOf)).toEqual(['hello', 'slowly'])
    expect(heard[1]).toMatchObject({ kind: 'message', images: [{ mime: 'image/jpeg' }, { mime: 'image/jpeg' }] })
  })

  test('that was not complete when we stopped is whole after the next start', async () => {
    const { api, people, open } = telegram
    const heard: Incoming[] = []
    const first = await open()
    await first.start(async event => void heard.push(event))
    api.outbox.hold()
    const photo = Uint8Array.of(1, 2, 3)
    people.write('ann', people.private('ann'), { text: 'slowly', photos: [photo, photo] })
    const [one, two] = api.outbox.sent
    if (!one || !two) throw new Error('an album has two parts')
    api.outbox.again(one)
    await until(() => api.outbox.waiting === 0)
    await first.stop()
    expect(heard).toEqual([])
    api.outbox.again(two)
    platform = await open()
    await platform.start(async event => void heard.push(event))
    await until(() => heard.length === 1)
    expect(heard[0]).toMatchObject({ text: 'slowly', images: [{}, {}] })
  })
})
