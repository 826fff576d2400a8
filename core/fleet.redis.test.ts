import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { alive, announce, knownSpeeds, learnSpeed, type News, retire } from './fleet.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'

let server: TestRedis
let core: { redis: Redis; root: string }
beforeAll(async () => {
  server = await startRedis()
  core = { redis: new Redis(server.url), root: '{test}' }
})
afterAll(async () => {
  core.redis.disconnect()
  await server.stop()
})
beforeEach(() => core.redis.flushall())

const news = (worker: string, speed?: number): News & { ttlMs: number } => ({
  worker,
  slots: 2,
  ttlMs: 60_000,
  models: [
    {
      id: 'theatre',
      tasks: ['text-to-video'],
      tiers: ['standard'],
      speeds: speed === undefined ? {} : { standard: speed },
    },
  ],
})

describe('the fleet', () => {
  it('adds up what workers serve', async () => {
    expect(await alive(core)).toEqual(new Map())
    await announce(core, news('a', 1))
    await announce(core, news('b', 3))
    await announce(core, news('c'))
    await announce(core, {
      worker: 'd',
      slots: 1,
      ttlMs: 60_000,
      models: [{ id: 'wan', tasks: ['extend'], tiers: ['high'], speeds: {} }],
    })
    const models = await alive(core)
    expect(models.get('theatre')).toEqual({
      id: 'theatre',
      workers: 3,
      slots: 6,
      tasks: ['text-to-video'],
      tiers: ['standard'],
      speeds: { standard: 2 },
    })
    expect(models.get('wan')).toMatchObject({ workers: 1, slots: 1 })
  })

  it('forgets a worker that says nothing more, and one that says goodbye', async () => {
    await announce(core, news('a'))
    await announce(core, { ...news('b'), ttlMs: -1 })
    expect((await alive(core)).get('theatre')?.workers).toBe(1)
    expect(await core.redis.hkeys('{test}:fleet')).toEqual(['a'])
    await retire(core, 'a')
    expect((await alive(core)).size).toBe(0)
  })

  it('keeps a moving average of speeds per machine', async () => {
    expect(await knownSpeeds(core, 'box', 'theatre')).toEqual({})
    expect(await learnSpeed(core, 'box', 'theatre', 'standard', 2)).toBe(2)
    expect(await learnSpeed(core, 'box', 'theatre', 'standard', 4)).toBe(2.5)
    expect(await learnSpeed(core, 'other', 'theatre', 'standard', 9)).toBe(9)
    expect(await knownSpeeds(core, 'box', 'theatre')).toEqual({ standard: 2.5 })
  })
})
