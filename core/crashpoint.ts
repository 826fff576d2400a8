import { appendFileSync } from 'node:fs'
import { crashConfig } from './config.ts'

const { CRASH_AT, CRASH_MARK } = crashConfig()

/**
 * A named place where the crash suite (npm run test:crash) may kill this process as a power switch would. Does nothing unless
 * CRASH_AT names it; a file in CRASH_MARK makes it happen once only.
 */
export function crashpoint(name: string): void {
  if (CRASH_AT !== name) return
  if (CRASH_MARK) {
    try {
      appendFileSync(CRASH_MARK, name, { flag: 'ax' })
    } catch {
      return
    }
  }
  process.kill(process.pid, 'SIGKILL')
}
