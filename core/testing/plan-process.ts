import { openLog } from '../log.ts'
import { advanceAll, openPlan } from '../plans.ts'
import { openCore } from '../redis.ts'
import { planFor, workAll } from './plans.ts'

/** Begins a plan and sees it to its end; forked by tests that kill it on the way (core/crashpoint.ts). Arguments: Redis, update, what fails. */

const [url = '', update = '', failing = ''] = process.argv.slice(2)
const core = await openCore({ url, log: openLog('silent', 'test') })
await openPlan(core, planFor(update), { daily: 0 })
let failed = failing === ''
await workAll(core, ({ request }) => {
  if (failed || String(request.part?.step) !== failing || request.part?.triesLeft === 0) return undefined
  failed = true
  return 'failure.crashed'
})
await advanceAll(core)
await core.close()
