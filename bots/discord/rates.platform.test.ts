import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { channelId, openRoad, talk } from './testing/road.ts'

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

test('when Discord wants all of us to wait, everybody waits', async () => {
  const road = openRoad()
  const say = (channel: string) =>
    road.line.call('POST', `/channels/${channel}/messages`, { body: { content: 'hello' } }).catch(error => error)
  road.impose(20 * second, channelId(1), true)
  const told = say(channelId(1))
  await vi.advanceTimersByTimeAsync(second)
  expect(await told).toMatchObject({ name: 'RetryLater' })
  const other = say(channelId(2))
  await vi.advanceTimersByTimeAsync(17 * second)
  expect(road.answered).toBe(0)
  await vi.advanceTimersByTimeAsync(5 * second)
  expect(await other).toEqual({ id: '1' })
  expect(road.early).toEqual([])
})

test('who has passed every check and only waits for the gate waits for that as well', async () => {
  const road = openRoad()
  road.impose(5 * second, channelId(1), true)
  const calls = Array.from({ length: 49 }, (_, n) =>
    road.line
      .call('POST', `/channels/${channelId(n + 1)}/messages`, { body: { content: 'hello' } })
      .catch(error => error),
  )
  await vi.advanceTimersByTimeAsync(30 * second)
  await Promise.all(calls)
  expect(road.answered).toBe(49)
  expect(road.early).toEqual([])
})
