import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openTelegramParts } from './testing/open.ts'

const child = fileURLToPath(new URL('./testing/intake-child.ts', import.meta.url))
const updates = 10_000
/** So that it dies some twenty times. */
const chance = 0.001

test('10,000 updates, a handler that throws, a line that breaks and a process that is killed again and again: none is lost', async () => {
  const telegram = await openTelegramParts()
  const { api, people, core, parts } = telegram
  const settings = JSON.stringify(parts.config)
  let running = true
  let kills = 0
  let process_: ChildProcess | undefined

  async function keepAlive(): Promise<void> {
    while (running) {
      process_ = spawn(process.execPath, ['--import', 'tsx', child, settings, String(chance)], { stdio: 'ignore' })
      const [, signal] = await once(process_, 'exit')
      if (signal === 'SIGKILL') kills += 1
    }
  }
  const kept = keepAlive()

  let roll = 1
  api.chaos = method => {
    roll = (roll * 48_271) % 2_147_483_647
    if (method !== 'getUpdates' || roll % 20 > 2) return undefined
    return (['drop', 'lost', 'fail'] as const)[roll % 3]
  }
  const said: number[] = []
  for (let n = 0; n < updates; n += 1) {
    const by = `p${n % 200}`
    people.write(by, people.private(by), { text: `wish ${n}` })
    if (n % 500 === 499) await new Promise(resolve => setTimeout(resolve, 400))
  }
  for (const { update_id } of api.outbox.sent) said.push(update_id)
  const dealt = async (): Promise<Set<number>> =>
    new Set((await core.redis.hkeys('dealt')).map(update => Number(update.split(':')[2])))
  const late = AbortSignal.timeout(1_000_000)
  while ((await dealt()).size < updates) {
    late.throwIfAborted()
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  const seen = await dealt()
  running = false
  process_?.kill('SIGTERM')
  await kept
  expect(said.filter(id => !seen.has(id))).toEqual([])
  expect(kills).toBeGreaterThan(5)
  expect(api.outbox.waiting).toBe(0)
  await telegram.close()
})
