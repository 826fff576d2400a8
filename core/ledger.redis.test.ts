import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from './log.ts'
import { type Core, libraryText, openCore } from './redis.ts'
import { agree } from './testing/against-model.ts'
import { faults } from './testing/faults.ts'
import { startRedis, type TestRedis } from './testing/redis.ts'
import { type Step, steps } from './testing/steps.ts'

let server: TestRedis
let core: Core
let books = 0
const newRoot = (): string => `{threadreel}:t${books++}`

beforeAll(async () => {
  server = await startRedis()
  core = await openCore({ url: server.url, log: openLog('silent', 'test') })
})
afterAll(async () => {
  await core.close()
  await server.stop()
})

const random = (options: fc.Parameters<[Step[]]>) =>
  fc.check(
    fc.asyncProperty(steps, async sequence => {
      await agree(core, sequence, newRoot())
    }),
    options,
  )

describe('the library', () => {
  it('does what the model does, in every random sequence', async () => {
    const { failed, counterexample, errorInstance, seed, counterexamplePath, numRuns } = await random({
      numRuns: 1000,
      interruptAfterTimeLimit: 20_000,
    })
    if (failed) console.error({ seed, path: counterexamplePath, sequence: JSON.stringify(counterexample) })
    expect(errorInstance).toBeNull()
    expect(numRuns).toBeGreaterThan(100)
  })
})

describe('the property can fail: a library with', () => {
  afterAll(async () => {
    await core.redis.call('FUNCTION', 'LOAD', 'REPLACE', libraryText())
  })

  it.each(faults)('$name is caught', async ({ find, replace }) => {
    const text = libraryText()
    expect(text.split(find).length - 1).toBe(1)
    await core.redis.call('FUNCTION', 'LOAD', 'REPLACE', text.replace(find, replace))
    const { failed } = await random({ numRuns: 10_000, seed: 1, endOnFailure: true })
    await core.redis.flushall()
    expect(failed).toBe(true)
  })
})
