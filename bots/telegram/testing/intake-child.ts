import { openLog } from '../../../core/log.ts'
import { openCore } from '../../../core/redis.ts'
import type { AdapterParts } from '../../adapter.ts'
import { openTelegram } from '../index.ts'

/**
 * The adapter as a process that deals with updates by noting them in Redis, throws now and then, and dies at any moment it likes.
 * Arguments: the configuration as JSON, and the chance of dying at each update.
 */

const [, , settings = '{}', chance = '0'] = process.argv
const config = JSON.parse(settings) as AdapterParts['config']
const log = openLog('silent', 'test')
const core = await openCore({ url: config.REDIS_URL, log })
const unused = {} as Pick<AdapterParts, 'store' | 'catalogue'>
const telegram = await openTelegram({ config, core, log, ...unused }, { againMs: 5 })

/** A power cut: nothing is said, closed or flushed. */
const perhapsDie = (): void => {
  if (Math.random() < Number(chance)) process.kill(process.pid, 'SIGKILL')
}

await telegram.start(async event => {
  perhapsDie()
  if (Math.random() < 0.1) throw new Error('a bad moment')
  await core.redis.hincrby('dealt', event.update, 1)
  perhapsDie()
  if (Math.random() < 0.05) throw new Error('a bad moment, too late')
})
process.on('SIGTERM', () => {
  void telegram.stop().then(() => process.exit(0))
})
