import { readFileSync } from 'node:fs'
import { loadCatalogue } from '../core/catalogue.ts'
import { type BotsConfig, botsConfig, ConfigError } from '../core/config.ts'
import { onStop, tellReady } from '../core/lifecycle.ts'
import { type Log, openLog } from '../core/log.ts'
import { startReconciler } from '../core/reconcile.ts'
import { openCore } from '../core/redis.ts'
import { openStore, type Store } from '../core/store.ts'
import type { Rules } from './bot.ts'
import { openContent } from './content.ts'
import { openIdeaEndpoint } from './idea/endpoint.ts'
import { openPlatforms } from './registry.ts'
import { loadRoleRules } from './roles.ts'
import { runBots } from './run.ts'

/** The chat side as a process: `node bots/main.js`. Ends with one line if it cannot start; SIGTERM lets everything end first. */

const rulesOf = (config: BotsConfig): Rules => ({
  operators: config.OPERATORS,
  language: config.LANGUAGE,
  dailyCredits: config.DAILY_CREDITS,
  memberOpenJobs: config.MEMBER_OPEN_JOBS,
  placeOpenJobs: config.PLACE_OPEN_JOBS,
  retentionDays: config.RETENTION_DAYS,
  secret: config.SECRET,
  publicUrl: config.PUBLIC_URL,
  ...(config.OPERATOR_PLACE && { operatorPlace: config.OPERATOR_PLACE }),
  ...(config.TERMS_FILE !== undefined && { terms: ownWords(config.TERMS_FILE) }),
  ...(config.PAY_SUPPORT !== undefined && { paySupport: config.PAY_SUPPORT }),
})

function ownWords(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`TERMS_FILE: ${error instanceof Error ? error.message : error}`)
  }
}

const hourMs = 3600 * 1000
const dayMs = 24 * hourMs

/** Throws away media older than the operator keeps it, and handed-out exports after a day. */
function keepTidy(store: Store, days: number, log: Log): () => void {
  const tidy = async (): Promise<void> => {
    const removed = await store.sweep(Date.now() - days * dayMs)
    const exports = await store.sweep(Date.now() - dayMs, key => !key.startsWith('exports/'))
    if (removed + exports > 0) log.info({ removed, exports }, 'old media removed')
  }
  const run = (): void => void tidy().catch(error => log.warn({ err: error }, 'could not remove old media'))
  run()
  const timer = setInterval(run, 6 * hourMs)
  return () => clearInterval(timer)
}

async function main(): Promise<void> {
  const config = botsConfig()
  const log = openLog(config.LOG_LEVEL, 'bots')
  const catalogue = loadCatalogue(config.CATALOGUE)
  const rules = rulesOf(config)
  const content = openContent({ blocked: config.BLOCKED_WORDS, adult: config.ADULT_WORDS }, log)
  const roles = loadRoleRules(config.ROLE_RULES)
  const store = await openStore(config)
  const core = await openCore({ url: config.REDIS_URL, log })
  const platforms = await openPlatforms({ config, core, store, catalogue, log })
  const { operatorPlace } = rules
  if (operatorPlace && !platforms.some(({ name }) => name === operatorPlace.platform))
    log.warn({ operatorPlace }, 'OPERATOR_PLACE is on a platform that is not configured: reports are not heard')
  const { IDEA_URL: url, IDEA_KEY: key, IDEA_MODEL: model = '' } = config
  const tellShots = url === undefined ? undefined : openIdeaEndpoint({ url, key, model, log })
  const bots = await runBots({
    ...{ core, store, catalogue, rules, content, roles, log, platforms },
    ...(tellShots && { tellShots }),
  })
  const stopReconciling = startReconciler(core)
  const stopTidying = keepTidy(store, config.RETENTION_DAYS, log)
  onStop(async reason => {
    log.info({ reason }, 'stopping')
    stopTidying()
    await bots.stop()
    await stopReconciling()
    await core.close()
  })
  log.info({ platforms: platforms.map(platform => platform.name) }, 'ready')
  tellReady()
}

/** What went wrong at the start, in one line a person can act on. */
function whatIsWrong(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (!(error instanceof Error)) return String(error)
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop what uses it, or set PORT to another one.`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be used by this user: set PORT to one above 1023.`
  return error.message
}

main().catch(error => {
  process.stderr.write(`Threadreel's bots could not start. ${whatIsWrong(error)}\n`)
  process.exit(1)
})
