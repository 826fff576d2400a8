import { workerConfig } from '../../core/config.ts'
import { onStop, tellReady } from '../../core/lifecycle.ts'
import { openLog } from '../../core/log.ts'
import { startWorker } from '../worker.ts'
import { testFamilies } from './test-package.ts'

/** worker/main.ts that knows the testcard; forked by tests that kill it. */

const config = workerConfig()
const worker = await startWorker(config, { log: openLog(config.LOG_LEVEL, 'worker'), families: testFamilies })
onStop(() => worker.stop())
tellReady()
