import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import defaults from '../../core/catalogue.json' with { type: 'json' }
import { openLog } from '../../core/log.ts'
import { type Core, insist, openCore } from '../../core/redis.ts'
import { freePort, startRedis, type TestRedis } from '../../core/testing/redis.ts'
import { cookieName, writeSession } from '../web/session.ts'

/** The real bots and the real worker as processes, kept alive by a supervisor, with a place where the plug can be pulled. */
export interface CrashHouse {
  readonly redis: TestRedis
  readonly core: Core
  /** Says something in a room as a member, and the same again until it is taken; resolves with the message's id. */
  say(member: string, id: string, text: string, more?: Saying): Promise<string>
  /** Presses a button of a message as a member, and the same again until it is taken or refused. */
  press(member: string, id: string, on: { room: string; message: string; button: string }): Promise<void>
  /** What a room shows to a member. */
  messages(room?: string, member?: string): Promise<RoomMessage[]>
  /** The next process to come by this point kills itself, or Redis. */
  arm(point: string, victim: 'self' | 'redis'): Promise<void>
  /** False while the plug is still waiting to be pulled. */
  pulled(): Promise<boolean>
  /** Kills, now and wherever they are: one of the bots or workers, all bots, or Redis. */
  kill(victim: Victim): Promise<void>
  close(): Promise<void>
}

export type Victim = 'bots' | 'all bots' | 'worker' | 'redis'

interface Saying {
  readonly room?: string
  /** Pictures that come with it. */
  readonly images?: readonly Uint8Array[]
  /** The message it answers. */
  readonly replyTo?: string
}

export interface RoomMessage {
  readonly id: string
  readonly root: string
  readonly by: string
  readonly text: string
  readonly buttons: readonly { readonly id: string; readonly label: string }[]
  readonly media?: unknown
  readonly mood?: string
  readonly failure?: string
}

/** Two of each: while a killed one starts again, the other one goes on. */
const copies = 2
const secret = 'a secret of the crash suite'
const lobby = 'crash'
const modelTasks = ['text-to-video', 'image-to-video', 'first-last-frame', 'extend', 'text-to-image', 'brush']
const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export async function openCrashHouse(): Promise<CrashHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-crash-'))
  const redis = await startRedis()
  const core = await openCore({ url: redis.url, log: openLog('silent', 'test') })
  const trigger = join(folder, 'crash')
  const catalogue = join(folder, 'catalogue.json')
  const testcard = {
    ...defaults.models.theatre,
    name: { en: 'test card' },
    tasks: modelTasks,
  }
  const tiny = { ...defaults.tiers, standard: { ...defaults.tiers.standard, shortSide: 180 } }
  const own = { ...defaults, tiers: tiny, defaults: { ...defaults.defaults, model: 'testcard' }, models: { testcard } }
  await writeFile(catalogue, JSON.stringify(own))
  await makeTestcard(join(folder, 'models'))

  const shared = {
    ...process.env,
    ...{ REDIS_URL: redis.url, DATA_DIR: folder, CATALOGUE: catalogue, SECRET: secret, CRASH_FILE: trigger },
    ...{ MODELS_DIR: join(folder, 'models'), MODELS: 'testcard', THREADS: '1', PLACE_OPEN_JOBS: '1000' },
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  }
  const ports = await Promise.all(Array.from({ length: copies }, freePort))
  const bots = ports.map(port => keep('bots/main.ts', { ...shared, PORT: String(port) }))
  const workers = ports.map(() => keep('worker/testing/worker-main.ts', shared))
  const kept = [...bots, ...workers]
  const watching = watchRedis(redis)
  await Promise.all(kept.map(({ ready }) => ready))

  const cookie = (member: string): string =>
    `${cookieName}=${writeSession(secret, { member: `web:${member}`, name: member })}`

  /** Asks one of the bots after the other until one answers. */
  async function ask<T>(path: string, member: string, body?: FormData | object): Promise<T> {
    const until = Date.now() + 60_000
    const sent = body instanceof FormData ? body : JSON.stringify(body)
    for (let turn = 0; ; turn++) {
      try {
        const response = await fetch(`http://127.0.0.1:${ports[turn % copies]}/api/rooms/${path}`, {
          signal: AbortSignal.timeout(10_000),
          headers: {
            ...{ cookie: cookie(member), 'x-threadreel': '1' },
            ...(!(body instanceof FormData) && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { method: 'POST', body: sent }),
        })
        if (response.ok) return (await response.json()) as T
        if (response.status < 500 && response.status !== 429)
          throw new Error(`${path}: ${response.status} ${await response.text()}`, { cause: 'answer' })
      } catch (error) {
        if (error instanceof Error && error.cause === 'answer') throw error
      }
      if (Date.now() > until) throw new Error(`nobody answered ${path} for a minute`)
      await pause(100)
    }
  }

  return {
    redis,
    core,
    async say(member, id, text, { room = lobby, images = [], replyTo } = {}) {
      const fields = { id, text, toBot: true, ...(replyTo !== undefined && { replyTo }) }
      const form = new FormData()
      for (const [name, value] of Object.entries(fields)) form.set(name, String(value))
      for (const image of images) form.append('picture', new Blob([Uint8Array.from(image)], { type: 'image/png' }))
      const said = await ask<{ message: { id: string } }>(
        `${room}/messages`,
        member,
        images.length === 0 ? fields : form,
      )
      return said.message.id
    },
    async press(member, id, { room, message, button }) {
      await ask(`${room}/messages/${message}/press`, member, { id, button })
    },
    messages: async (room = lobby, member = 'spectator1') =>
      (await ask<{ messages: RoomMessage[] }>(room, member)).messages,
    async arm(point, victim) {
      // A Redis killed a moment ago has another process id when it is back.
      await insist(() => core.redis.ping())
      await writeFile(`${trigger}.new`, `${point} ${victim === 'self' ? 'self' : redis.pid}`)
      await rename(`${trigger}.new`, trigger)
    },
    pulled: async () => !existsSync(trigger),
    async kill(victim) {
      if (victim === 'redis') {
        await insist(() => core.redis.ping())
        process.kill(redis.pid, 'SIGKILL')
        return
      }
      const among = victim === 'worker' ? workers : bots
      const some = victim === 'all bots' ? among : [among[Math.floor(Math.random() * among.length)]]
      for (const one of some) one?.kill()
    },
    async close() {
      watching.stop()
      await Promise.all(kept.map(one => one.stop()))
      await core.close()
      await redis.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Writes the testcard package; in a process, because bots do not import the worker. */
async function makeTestcard(models: string): Promise<void> {
  const code = `import { makePackage } from ${JSON.stringify(new URL('../../worker/testing/test-package.ts', import.meta.url))}
    await makePackage(${JSON.stringify(models)}, 'testcard', { tasks: ${JSON.stringify(modelTasks)} })`
  const child = spawn(process.execPath, [...execArgv, '--input-type=module', '--eval', code], { stdio: 'inherit' })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`the testcard could not be made (${status})`)
}

const execArgv = ['--import', createRequire(import.meta.url).resolve('tsx')]

/** Starts a process and starts it again whenever it dies. */
function keep(path: string, env: NodeJS.ProcessEnv): { ready: Promise<void>; kill(): void; stop(): Promise<void> } {
  let child: ChildProcess | undefined
  let stopped = false
  const start = (): Promise<void> =>
    new Promise(resolve => {
      const born = fork(file(path), { execArgv, env })
      child = born
      born.once('message', () => resolve())
      born.once('exit', () => {
        if (!stopped) setTimeout(() => void start().then(resolve), 50)
      })
    })
  return {
    ready: start(),
    kill: () => void child?.kill('SIGKILL'),
    async stop() {
      stopped = true
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Starts Redis again when it was killed, as a service manager would. */
function watchRedis(redis: TestRedis): { stop(): void } {
  let busy = false
  const alive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  const timer = setInterval(() => {
    if (busy || alive(redis.pid)) return
    busy = true
    const done = (): void => {
      busy = false
    }
    redis.restart().then(done, done)
  }, 100)
  return { stop: () => clearInterval(timer) }
}
