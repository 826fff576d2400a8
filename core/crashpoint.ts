import { readFileSync, unlinkSync } from 'node:fs'
import { crashConfig } from './config.ts'

const { CRASH_FILE } = crashConfig()

/**
 * A named place where the crash suite (npm run test:crash) may pull the plug. Does nothing unless CRASH_FILE names a file that says
 * "<point> self" or "<point> <process id>"; then whoever comes by the point first takes the file away and kills that process.
 */
export function crashpoint(name: string): void {
  if (!CRASH_FILE) return
  try {
    const [point, victim] = readFileSync(CRASH_FILE, 'utf8').split(' ')
    if (point !== name) return
    unlinkSync(CRASH_FILE)
    process.kill(victim === 'self' ? process.pid : Number(victim), 'SIGKILL')
  } catch (error) {
    // No file: nobody wants anything here (any more).
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
