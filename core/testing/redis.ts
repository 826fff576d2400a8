import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'

/** A port nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

export interface TestRedis {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly pid: number
  /** SIGKILL, as a power switch would; the data folder stays. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** A real, private redis-server, started by the script that the product starts its own with. */
export async function startRedis(options: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-redis-'))
  const url = `redis://127.0.0.1:${port}`
  let child = await launch(port, folder, options)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return {
    url,
    port,
    folder,
    get pid() {
      return child.pid ?? -1
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGKILL')
      child = await launch(port, folder, options)
    },
    async stop() {
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const script = fileURLToPath(new URL('../redis-server.sh', import.meta.url))

async function launch(port: number, folder: string, options: readonly string[]) {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options]
  const child = spawn('sh', [script, folder, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const probe = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 20 })
  probe.on('error', () => undefined)
  try {
    await Promise.race([
      probe
        .connect()
        .catch(() => undefined)
        .then(() => probe.ping()),
      once(child, 'exit').then(([code]) => {
        throw new Error(`redis-server ended with ${code}`)
      }),
    ])
  } finally {
    probe.disconnect()
  }
  return child
}
