import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openLog } from './log.ts'
import { type Core, openCore } from './redis.ts'
import { agree } from './testing/against-model.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { steps } from './testing/steps.ts'

const sequences = 20_000

let server: TestRedis
let core: Core

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

it(`agrees with the model in ${sequences} random sequences`, async () => {
  let done = 0
  let calls = 0
  const property = fc.asyncProperty(steps, async sequence => {
    calls += await agree(core, sequence, `{threadreel}:s${done++}`)
    if (done % 1000 === 0) await core.redis.flushall()
  })
  const started = Date.now()
  const { failed, counterexample, errorInstance, seed, counterexamplePath } = await fc.check(property, {
    numRuns: sequences,
  })
  if (failed) console.error({ seed, path: counterexamplePath, sequence: JSON.stringify(counterexample) })
  expect(errorInstance).toBeNull()
  console.log(JSON.stringify({ sequences: done, calls, violations: 0, seconds: (Date.now() - started) / 1000, seed }))
})
