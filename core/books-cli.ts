import { audit } from './books.ts'
import { sharedConfig } from './config.ts'
import { openLog } from './log.ts'
import { openCore } from './redis.ts'

/** `npm run books`: the balance sheet. Last line `books balance`, or the first difference and exit code 1. */

async function main(): Promise<number> {
  const { REDIS_URL, LOG_LEVEL } = sharedConfig()
  const core = await openCore({ url: REDIS_URL, log: openLog(LOG_LEVEL, 'books') })
  try {
    const { sheet, rows, problems } = await audit(core)
    const line = (name: string, credits: number): string => `${name.padEnd(28)}${String(credits).padStart(12)}`
    const lines = [
      line('issued', sheet.issued),
      line('sold', sheet.sold),
      line('  available in wallets', sheet.available),
      line('  held for open jobs', sheet.held),
      line('  captured (delivered clips)', sheet.revenue),
      line('  expired free credits', sheet.expired),
      line('journal rows', rows),
      ...problems.slice(1),
      problems[0] ?? 'books balance',
    ]
    console.log(lines.join('\n'))
    return problems.length > 0 ? 1 : 0
  } finally {
    await core.close()
  }
}

main().then(
  code => {
    process.exitCode = code
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  },
)
