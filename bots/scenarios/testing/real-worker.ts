import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The worker as it is in production, in a process of its own: the theatre, its edits, and whatever breaks there. */
export async function startWorker(settings: Readonly<Record<string, string>>): Promise<{ stop(): Promise<void> }> {
  const entry = fileURLToPath(new URL('../../../worker/main.ts', import.meta.url))
  const env = { ...process.env, ...settings, LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent' }
  const child = fork(entry, { env, execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ready = new Promise<true>(resolve => child.on('message', message => message === 'ready' && resolve(true)))
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the worker ended with ${code} before it was ready`)
  })
  ended.catch(() => undefined)
  await Promise.race([ready, ended])
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
