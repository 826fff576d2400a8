import { afterEach, expect, test } from 'vitest'
import { openLog } from '../../core/log.ts'
import { type Line, openLine } from './line.ts'
import { type DiscordServer, openDiscordServer } from './testing/server.ts'

/** The line alone, on a Discord that asks for patience. */

const pauseMs = 1_500
let server: DiscordServer
let line: Line
afterEach(async () => {
  await line.hangUp()
  await server.close()
})

/** A line that was told that all must wait, longer than its calls do or may take. */
async function shutLine(): Promise<void> {
  server = await openDiscordServer()
  const log = openLog('silent', 'test')
  line = openLine({ token: server.token, api: server.api, shards: 'auto', log, patienceMs: 100, timeoutMs: 400 })
  server.fault({ on: 'GET /users/@me', how: 'later', ms: pauseMs, global: true })
  await expect(line.call('GET', '/users/@me')).rejects.toMatchObject({ name: 'RetryLater' })
}

test('who connects while all must wait is connected afterwards, and calls nothing before', async () => {
  await shutLine()
  const asked = Date.now()
  await line.listen(() => undefined)
  expect(Date.now() - asked).toBeGreaterThan(pauseMs - 200)
  await expect.poll(() => line.connected(), { timeout: 5_000 }).toBe(true)
  expect(server.broken).toEqual([])
})

test('hanging up ends that wait, and nothing is called any more', async () => {
  await shutLine()
  const connecting = line.listen(() => undefined).catch(error => error)
  const asked = Date.now()
  await line.hangUp()
  expect(await connecting).toBeInstanceOf(Error)
  expect(Date.now() - asked).toBeLessThan(pauseMs / 2)
  expect(server.calls.get('GET /gateway/bot')).toBeUndefined()
})
