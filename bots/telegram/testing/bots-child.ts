import { loadCatalogue } from '../../../core/catalogue.ts'
import type { BotsConfig } from '../../../core/config.ts'
import { openLog } from '../../../core/log.ts'
import { startReconciler } from '../../../core/reconcile.ts'
import { openCore } from '../../../core/redis.ts'
import { openStore } from '../../../core/store.ts'
import { runBots } from '../../run.ts'
import { openTelegram } from '../index.ts'
import { quick } from './open.ts'

/** The chat side on Telegram as a process of its own, at a test's pace. Argument: the configuration as JSON. */

const config = JSON.parse(process.argv[2] ?? '{}') as BotsConfig
const log = openLog('silent', 'test')
const catalogue = loadCatalogue()
const core = await openCore({ url: config.REDIS_URL, log })
const store = await openStore(config)
const telegram = await openTelegram({ config, core, store, catalogue, log }, quick)
const rules = {
  operators: [],
  language: 'en',
  dailyCredits: 0,
  memberOpenJobs: 1_000,
  placeOpenJobs: 1_000,
  retentionDays: 30,
  secret: config.SECRET,
  publicUrl: config.PUBLIC_URL,
}
const bots = await runBots({ core, store, catalogue, rules, log, platforms: [telegram], dispatchEveryMs: 200 })
const stopReconciling = startReconciler(core)
process.on('SIGTERM', () => {
  void bots
    .stop()
    .then(stopReconciling)
    .then(() => core.close())
    .then(() => process.exit(0))
})
