import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import defaults from '../../../core/catalogue.json' with { type: 'json' }
import { freePort, startRedis, type TestRedis } from '../../../core/testing/redis.ts'

/** Redis, bots and worker as processes of their own, as `npm start` runs them, and people with browsers. */
export interface E2eHouse {
  readonly url: string
  readonly redis: TestRedis
  /** A person in a room: a browser of their own. */
  enter(room: string, who: { name: string } & BrowserContextOptions): Promise<Person>
  /** Pulls the plug on everything at once. */
  killAll(): Promise<void>
  /** Starts everything again on the same data. */
  startAll(): Promise<void>
  close(): Promise<void>
}

export interface Person {
  readonly page: Page
  /** Types it and sends it; says the name when asked. */
  say(words: string): Promise<void>
}

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

const chromiums = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The Chromium of this machine. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiums.find(path => existsSync(path)) ?? 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })

/** Small clips are quick; "high" stays large enough to be caught in the middle. */
const catalogue = {
  ...defaults,
  tiers: {
    ...defaults.tiers,
    standard: { ...defaults.tiers.standard, shortSide: 180 },
    high: { ...defaults.tiers.high, shortSide: 432, videoPer5Seconds: 20 },
  },
}

/** `small`: clips of 320x180, for tests; else as the catalogue says. */
export async function openE2eHouse({ small = true } = {}): Promise<E2eHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'threadreel-e2e-'))
  const redis = await startRedis()
  const port = await freePort()
  const own = join(folder, 'catalogue.json')
  await writeFile(own, JSON.stringify(small ? catalogue : defaults))
  const env = {
    ...process.env,
    ...{ REDIS_URL: redis.url, DATA_DIR: folder, CATALOGUE: own, PORT: String(port), HOST: '127.0.0.1' },
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  }
  let parts: ChildProcess[] = []

  async function launch(entry: string): Promise<void> {
    const child = fork(file(entry), {
      env,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    parts.push(child)
    const ready = new Promise(resolve => child.on('message', message => message === 'ready' && resolve(true)))
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${entry} ended with ${code} before it was ready`)
    })
    ended.catch(() => undefined)
    await Promise.race([ready, ended])
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const gone = parts.filter(child => child.exitCode === null && child.signalCode === null)
    await Promise.all(
      gone.map(child => {
        const ended = once(child, 'exit')
        child.kill(signal)
        return ended
      }),
    )
    parts = []
  }

  async function startParts(): Promise<void> {
    await Promise.all(['worker/main.ts', 'bots/main.ts'].map(launch))
  }

  const browser = await openBrowser()
  async function close(): Promise<void> {
    await browser.close()
    await end('SIGTERM')
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  }

  await startParts().catch(async error => {
    await close()
    throw error
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    redis,
    async enter(room, { name, ...options }) {
      const context = await browser.newContext({ locale: 'en-US', ...options })
      const page = await context.newPage()
      await page.goto(`${url}/r/${encodeURIComponent(room)}`)
      const say = async (words: string): Promise<void> => {
        await page.fill('#words', words)
        await page.press('#words', 'Enter')
        const asked = page.locator('dialog[open] input[name=name]')
        const sent = page.locator('#words:placeholder-shown')
        await asked.or(sent).first().waitFor()
        if (!(await asked.isVisible())) return
        await asked.fill(name)
        await asked.press('Enter')
        await asked.waitFor({ state: 'hidden' })
      }
      return { page, say }
    },
    async killAll() {
      await Promise.all([end('SIGKILL'), redis.kill()])
    },
    async startAll() {
      await redis.restart()
      await startParts()
    },
    close,
  }
}
