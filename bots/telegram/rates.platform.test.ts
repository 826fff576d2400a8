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
