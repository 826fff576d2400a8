import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPace } from './pace.ts'

/** Simulated time: what goes out in half an hour when everybody wants something at once. */

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const minute = 60_000
/** Most moments of these that lie in any stretch of a minute. */
const most = (at: readonly number[]): number =>
  Math.max(0, ...at.map(start => at.filter(moment => moment >= start && moment < start + minute).length))

test('half an hour of people who all want something: the caps hold, nobody is forgotten, no two at once', async () => {
  const perMinute = 20
  const pace = openPace({ perMinute })
  const sent: { chat: string; n: number; at: number }[] = []
  const chats = ['one', 'two', 'three', 'four', 'five']
  const asked: Promise<unknown>[] = []
  for (let n = 0; n < 100; n++)
    for (const chat of chats) asked.push(pace.run(chat, async () => void sent.push({ chat, n, at: Date.now() })))
  await vi.advanceTimersByTimeAsync(30 * minute)
  await Promise.all(asked)

  expect(sent).toHaveLength(500)
  expect(most(sent.map(({ at }) => at))).toBeLessThanOrEqual(perMinute)
  for (const chat of chats) {
    const here = sent.filter(one => one.chat === chat)
    expect(most(here.map(({ at }) => at))).toBeLessThanOrEqual(perMinute / 2)
    expect(here.map(({ n }) => n)).toEqual([...Array(100).keys()])
  }
  const gaps = sent.slice(1).map(({ at }, n) => at - (sent[n]?.at ?? 0))
  expect(new Set(gaps).size).toBeGreaterThan(100)
  expect(Math.max(...sent.map(({ at }) => at)) - (sent[0]?.at ?? 0)).toBeLessThan(30 * minute)
})

test('one chat alone gets half of it', async () => {
  const pace = openPace({ perMinute: 20 })
  const sent: number[] = []
  const asked = Array.from({ length: 40 }, () => pace.run('one', async () => void sent.push(Date.now())))
  await vi.advanceTimersByTimeAsync(10 * minute)
  await Promise.all(asked)
  expect(most(sent)).toBe(10)
})

test('a quiet bot answers within seconds, but never at once', async () => {
  const pace = openPace({ perMinute: 20 })
  const from = Date.now()
  const said = pace.run('one', async () => Date.now())
  await vi.advanceTimersByTimeAsync(minute)
  const after = (await said) - from
  expect(after).toBeGreaterThanOrEqual(800)
  expect(after).toBeLessThanOrEqual(3_000)
})

test('told to be quiet it is quiet, everywhere', async () => {
  const pace = openPace({ perMinute: 20 })
  pace.pause(2 * minute)
  const said = ['one', 'two'].map(chat => pace.run(chat, async () => Date.now()))
  const from = Date.now()
  await vi.advanceTimersByTimeAsync(5 * minute)
  for (const at of await Promise.all(said)) expect(at - from).toBeGreaterThanOrEqual(2 * minute)
})

test('stopped, it rejects what waits', async () => {
  const pace = openPace({ perMinute: 1 })
  const first = pace.run('one', async () => 'said')
  const second = pace.run('one', async () => 'not said').catch((error: Error) => error.message)
  await vi.advanceTimersByTimeAsync(10_000)
  pace.stop()
  expect(await first).toBe('said')
  expect(await second).toMatch(/being left/)
})
