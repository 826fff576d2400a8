import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRoad, talk } from './testing/road.ts'
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
