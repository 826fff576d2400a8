import { mkdirSync } from 'node:fs'
import { workerConfig } from '../core/config.ts'
import { onStop, tellReady } from '../core/lifecycle.ts'
import { openLog } from '../core/log.ts'
import { startWorker } from './worker.ts'

/** The worker process: the parent of the one that renders. */

/** A clip of five seconds is done by then; container managers wait ten seconds before they kill. */
const drainMs = 8000

try {
  const config = workerConfig()
  mkdirSync(config.DATA_DIR, { recursive: true })
  const log = openLog(config.LOG_LEVEL, 'worker')
  const worker = await startWorker(config, { log })
  onStop(async reason => {
    log.info({ reason }, 'stopping')
    await worker.stop(drainMs)
  })
  log.info({ models: worker.models }, 'ready')
  tellReady()
} catch (error) {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n    at ')
  process.stderr.write(`threadreel worker: ${line}\n`)
  process.exit(1)
}
