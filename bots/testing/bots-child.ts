import { loadCatalogue } from '../../core/catalogue.ts'
import type { BotsConfig } from '../../core/config.ts'
import { openLog } from '../../core/log.ts'
import { startReconciler } from '../../core/reconcile.ts'
import { openCore } from '../../core/redis.ts'
import { openStore } from '../../core/store.ts'
import type { AdapterParts } from '../adapter.ts'
import type { Pace } from '../discord/index.ts'
import type { Platform } from '../platform.ts'
import { runBots } from '../run.ts'
import type { Timing } from '../telegram/index.ts'
import type { Setup } from '../wechat/protocol.ts'

/** What the process is to do, as JSON in its first argument. */
export interface Errand {
  readonly config: BotsConfig
  readonly on: { readonly telegram: Timing } | { readonly discord: Pace } | { readonly wechat: Setup }
}

/** The chat side on one platform as a process of its own, at a test's pace, so that it can be killed; loads what it needs only. */
async function open(parts: AdapterParts, on: Errand['on']): Promise<Platform> {
  if ('telegram' in on) return (await import('../telegram/index.ts')).openTelegram(parts, on.telegram)
  if ('discord' in on) return (await import('../discord/index.ts')).openDiscord(parts, on.discord)
  const [{ openWechat }, { openIsolated }] = await Promise.all([
    import('../wechat/index.ts'),
    import('../wechat/isolated.ts'),
  ])
  const connect = () => openIsolated(on.wechat, { first: 200, longest: 2_000 })
  const pace = { jitterMs: [0, 1] as const, minuteMs: 1_000, lookEveryMs: 50, turnMs: 100, draw: () => undefined }
  return openWechat(parts, { connect, ...pace })
}

const { config, on } = JSON.parse(process.argv[2] ?? '{}') as Errand
const log = openLog((process.env['TEST_LOG'] as 'silent' | undefined) ?? 'silent', 'bots')
const catalogue = loadCatalogue()
const core = await openCore({ url: config.REDIS_URL, log })
const store = await openStore(config)
const platform = await open({ config, core, store, catalogue, log }, on)
const rules = {
  operators: [],
  language: 'en',
  dailyCredits: 0,
  memberOpenJobs: 10,
  placeOpenJobs: 10,
  retentionDays: 30,
  secret: config.SECRET,
  publicUrl: 'https://clips.example.org',
}
const bots = await runBots({ core, store, catalogue, rules, log, platforms: [platform], dispatchEveryMs: 200 })
const stopReconciling = startReconciler(core, { everyMs: 2_000 })
// Whoever started us is gone: so are we.
process.once('disconnect', () => process.exit(1))
process.on('SIGTERM', () => {
  void bots
    .stop()
    .then(stopReconciling)
    .then(() => core.close())
    .finally(() => process.exit(0))
})
