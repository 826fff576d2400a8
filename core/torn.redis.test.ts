import { copyFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { audit } from './books.ts'
import { cancel, claim, delivering, rendered, settle } from './jobs.ts'
import { openLog } from './log.ts'
import { reconcileOnce } from './reconcile.ts'
import { type Core, insist, openCore } from './redis.ts'
import { clipFor, messageAt, ticketFor } from './testing/jobs.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'

let server: TestRedis
let core: Core
const cuts = 12

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

/** Some jobs in every stage of their life. */
async function live(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const { job } = await ticketFor(core, { member: `web:m${i % 9}`, daily: 500 })
    if (i % 5 === 0) await cancel(core, { job, by: `web:m${i % 9}` })
    if (i % 5 < 2) continue
    const claimed = await claim(core, { job, worker: 'w', leaseMs: 1 })
    if (i % 5 === 2 || !claimed) continue
    await rendered(core, { job, epoch: 1, clip: clipFor(claimed.job) })
    await delivering(core, { job })
    if (i % 5 === 4) await settle(core, { job, place: messageAt(job) })
  }
}

/** The file that Redis appends to. */
async function appended(): Promise<string> {
  const folder = join(server.folder, 'appendonlydir')
  return join(folder, (await readdir(folder)).find(name => name.endsWith('.incr.aof')) ?? '')
}

it(`an append-only file torn at ${cuts} random places still holds balanced books, and every job in them can go on`, async () => {
  await live()
  await server.kill()
  const file = await appended()
  await copyFile(file, join(server.folder, 'whole'))
  const { size } = await stat(file)
  let rows = 0
  for (let cut = 0; cut < cuts; cut++) {
    await copyFile(join(server.folder, 'whole'), file)
    await truncate(file, Math.floor(size * (0.2 + 0.8 * Math.random())))
    await server.restart()
    await insist(() => core.redis.ping())
    const before = await audit(core)
    expect(before.problems).toEqual([])
    rows = Math.max(rows, before.rows)
    await reconcileOnce(core, { grace: -1 })
    expect((await audit(core)).problems).toEqual([])
    // What Redis left of a torn transaction would come alive now, with the writes of the reconciler behind it.
    await server.restart()
    await insist(() => core.redis.ping())
    expect((await audit(core)).problems).toEqual([])
    await server.kill()
  }
  await server.restart()
  await insist(() => core.redis.ping())
  expect(rows).toBeGreaterThan(40)
})

it('one that is damaged anywhere else is left as it is, and Redis does not start on it', async () => {
  await live()
  await server.kill()
  const file = await appended()
  const whole = await readFile(file)
  const damaged = Buffer.from(whole)
  damaged.write('!', whole.indexOf('\r\n*', Math.floor(whole.length / 3)) + 2)
  await writeFile(file, damaged)
  await expect(server.restart()).rejects.toThrow('redis-server ended with 1')
  expect((await readFile(file)).equals(damaged)).toBe(true)
  await writeFile(file, whole)
  await server.restart()
  await insist(() => core.redis.ping())
  expect((await audit(core)).problems).toEqual([])
})
