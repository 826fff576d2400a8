import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLog } from '../../core/log.ts'
import { type Core, openCore } from '../../core/redis.ts'
import { startRedis, type TestRedis } from '../../core/testing/redis.ts'
import { takeTurns } from './turn.ts'

/** One account, one process at a time. */

let redis: TestRedis
let core: Core
beforeAll(async () => {
  redis = await startRedis()
  core = await openCore({ url: redis.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await redis.stop()
})

const key = (): string => `${core.root}:wechat:turn`
const noted = (name: string, log: string[]) =>
  takeTurns({ core, everyMs: 50, gained: () => void log.push(`${name} in`), lost: () => void log.push(`${name} out`) })

test('the first one has it, the next one gets it when it is given back', async () => {
  const log: string[] = []
  const first = noted('first', log)
  await vi.waitFor(() => expect(first.mine).toBe(true))
  const second = noted('second', log)
  await new Promise(later => setTimeout(later, 300))
  expect([first.mine, second.mine]).toEqual([true, false])
  await first.release()
  await vi.waitFor(() => expect(second.mine).toBe(true))
  expect(log).toEqual(['first in', 'second in'])
  await second.release()
  expect(await core.redis.exists(key())).toBe(0)
})

test('one that is given back while it is being taken is free at once', async () => {
  const first = noted('first', [])
  await first.release()
  expect(first.mine).toBe(false)
  expect(await core.redis.exists(key())).toBe(0)
})

test('a turn that runs out just when it is looked at is not lost', async () => {
  const log: string[] = []
  const only = noted('only', log)
  await vi.waitFor(() => expect(only.mine).toBe(true))
  const get = vi.spyOn(core.redis, 'get').mockImplementationOnce(async () => {
    await core.redis.del(key())
    return null
  })
  await vi.waitFor(() => expect(get.mock.calls.length).toBeGreaterThan(1))
  get.mockRestore()
  expect(log).toEqual(['only in'])
  await only.release()
})

test('one that died loses it after a while; who lost it says so and lets go', async () => {
  const log: string[] = []
  await core.redis.set(key(), 'somebody who died', 'PX', 150)
  const next = noted('next', log)
  await vi.waitFor(() => expect(next.mine).toBe(true))
  await core.redis.set(key(), 'somebody else', 'PX', 60_000)
  await vi.waitFor(() => expect(next.mine).toBe(false))
  expect(log).toEqual(['next in', 'next out'])
  await next.release()
  expect(await core.redis.get(key())).toBe('somebody else')
  await core.redis.del(key())
})

test('while Redis is away it stays with whoever has it', async () => {
  const log: string[] = []
  const only = noted('only', log)
  await vi.waitFor(() => expect(only.mine).toBe(true))
  await redis.kill()
  await new Promise(later => setTimeout(later, 400))
  expect(only.mine).toBe(true)
  await redis.restart()
  await vi.waitFor(async () => expect(await core.redis.get(key())).not.toBeNull(), { timeout: 5_000 })
  expect(log).toEqual(['only in'])
  await only.release()
})
