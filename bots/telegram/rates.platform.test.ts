import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLog } from '../../core/log.ts'
import { writeMenus } from './menu.ts'
import { openRoad, type Road, talk } from './testing/road.ts'
import { Sent } from './wire.ts'

const second = 1000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

// Half an hour of it: rates.slow.test.ts.
test('at 25 messages a second we never cause a 429, and never call before a wait is over', async () => {
  const { wanted, said, fast, early } = await talk(3)
  expect({ said, fast, early }).toEqual({ said: wanted, fast: [], early: [] })
})

test('when several chats at a time are told to wait, everybody waits', async () => {
  const road = openRoad()
  const say = (chat: number) => road.calls.seen(chat, 'sendMessage', { chat_id: chat }, Sent).catch(error => error)
  road.impose(20, 1)
  road.impose(20, 2)
  const slowed = Promise.all([say(1), say(2)])
  await vi.advanceTimersByTimeAsync(second)
  for (const error of await slowed) expect(error).toMatchObject({ name: 'RetryLater', afterMs: 20_000 })
  const third = say(3)
  await vi.advanceTimersByTimeAsync(18 * second)
  expect(road.answered).toBe(0)
  await vi.advanceTimersByTimeAsync(3 * second)
  expect(await third).toMatchObject({ message_id: 1 })
})

/** When each of these has its answer, in ms from now, though the menus are told to wait. */
async function meanwhile(road: Road, chats: readonly number[]): Promise<number[]> {
  const began = Date.now()
  const say = (chat: number) => road.calls.seen(chat, 'sendMessage', { chat_id: chat }, Sent)
  const work = [
    road.calls.aside('answerPreCheckoutQuery', { pre_checkout_query_id: '1' }),
    road.calls.aside('answerInlineQuery', { inline_query_id: '1', results: [] }),
    ...chats.map(say),
  ]
  const took = Promise.all(work.map(one => one.then(() => Date.now() - began)))
  await vi.advanceTimersByTimeAsync(90 * second)
  return took
}

test('a command menu that is told to wait keeps nobody else waiting, and all menus are written afterwards', async () => {
  const road = openRoad()
  const written = () => road.called.filter(method => method === 'setMyCommands').length
  road.impose(60, 'setMyCommands')
  const menus = writeMenus(road.calls, ['telegram:77'], openLog('silent', 'test'), new AbortController().signal)
  await vi.advanceTimersByTimeAsync(2 * second)
  expect(written()).toBe(1)
  const before = road.called.length
  await vi.advanceTimersByTimeAsync(50 * second)
  expect(road.called.length).toBe(before)
  expect(Math.max(...(await meanwhile(road, [1, 77])))).toBeLessThan(second)
  await menus
  // One that had to come again; three kinds of menu in two languages.
  expect(written()).toBe(1 + 6)
  expect(road.early).toEqual([])
})

test('a menu of one chat that is told to wait closes this chat alone, whatever chat is slow at the same time', async () => {
  const road = openRoad()
  road.impose(60, 77)
  const menus = writeMenus(road.calls, ['telegram:77'], openLog('silent', 'test'), new AbortController().signal)
  await vi.advanceTimersByTimeAsync(5 * second)
  road.impose(60, 5)
  const slow = road.calls.seen(5, 'sendMessage', { chat_id: 5 }, Sent).catch(error => error)
  await vi.advanceTimersByTimeAsync(second)
  expect(await slow).toMatchObject({ name: 'RetryLater' })
  const [checkout = 0, inline = 0, other = 0, own = 0] = await meanwhile(road, [1, 77])
  expect(Math.max(checkout, inline, other)).toBeLessThan(second)
  expect(own).toBeGreaterThan(50 * second)
  await menus
  expect(road.early).toEqual([])
})

test('who stops the bot writes no more menus', async () => {
  const road = openRoad()
  road.impose(60, 'setMyCommands')
  const stop = new AbortController()
  const menus = writeMenus(road.calls, [], openLog('silent', 'test'), stop.signal)
  await vi.advanceTimersByTimeAsync(2 * second)
  stop.abort()
  await menus
  const before = road.called.length
  await vi.advanceTimersByTimeAsync(100 * second)
  expect(road.called.length).toBe(before)
})

test('while five hundred chats wait for their clip, a checkout is answered within half a second', async () => {
  const road = openRoad()
  const clips = Array.from({ length: 500 }, (_, n) => road.calls.seen(n + 1, 'sendVideo', { chat_id: n + 1 }, Sent))
  await vi.advanceTimersByTimeAsync(second)
  const asked = Date.now()
  const answered = road.calls.aside('answerPreCheckoutQuery', { pre_checkout_query_id: '1' }).then(() => Date.now())
  await vi.advanceTimersByTimeAsync(10 * second)
  expect((await answered) - asked).toBeLessThan(500)
  expect(road.answered).toBeLessThan(400)
  await vi.advanceTimersByTimeAsync(30 * second)
  await Promise.all(clips)
  expect({ fast: road.fast, early: road.early }).toEqual({ fast: [], early: [] })
})
