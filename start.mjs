// The start script: needs nothing but Node. It looks at what this machine has, installs what is missing (and says so), then
// runs Threadreel (`npm start`), says one thing to it (`npm run try`) or runs the tests (`npm test`).
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
process.chdir(root)
const say = line => console.error(`threadreel: ${line}`)
const give = (line, code = 1) => {
  say(line)
  process.exit(code)
}

/** What was started here and must be stopped, the last first. */
const started = []
let stopping
const stopAll = () => {
  stopping ??= (async () => {
    for (const stop of started.reverse()) await stop()
  })()
  return stopping
}
/** `give`, after everything that was started has been stopped. */
const giveUp = async line => {
  await stopAll()
  give(line)
}

// --- what this machine has ---------------------------------------------------------------------------------------------

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    give(`Node ${process.versions.node} is too old; 20.19 or newer is needed (https://nodejs.org).`)
  if (process.platform === 'darwin' && process.arch === 'x64')
    give('ONNX Runtime has no library for Intel Macs. On Apple silicon, use the arm64 build of Node.')
}

// Homebrew's folders are in the PATH of a login shell only.
if (process.platform === 'darwin') process.env.PATH = `${process.env.PATH}:/opt/homebrew/bin:/usr/local/bin`

const runs = (command, args = ['--version']) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** True where some font can draw Chinese; macOS always brings one. */
const hasChineseFont = () =>
  process.platform === 'darwin' ||
  (spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' }).stdout ?? '').trim() !== ''

const hasChromium = () =>
  ['chromium', 'chromium-browser', 'google-chrome'].some(name => runs(name)) ||
  existsSync('/Applications/Chromium.app') ||
  existsSync('/Applications/Google Chrome.app')

const wants = {
  redis: { found: () => runs('redis-server'), apt: ['redis-server'], brew: ['redis'], what: 'Redis' },
  ffmpeg: {
    found: () => runs('ffmpeg', ['-version']) && runs('ffprobe', ['-version']),
    apt: ['ffmpeg'],
    brew: ['ffmpeg'],
    what: 'ffmpeg',
  },
  font: { found: hasChineseFont, apt: ['fonts-noto-cjk', 'fontconfig'], brew: [], what: 'a Chinese font' },
  chromium: {
    found: hasChromium,
    apt: ['chromium'],
    // The cask of Chromium itself is not signed: macOS calls it damaged.
    brew: ['--cask', 'google-chrome'],
    what: 'Chromium (for the browser tests)',
  },
}

/** Installs what is missing with apt or brew, or prints the exact commands and stops. */
function install(names) {
  const missing = names.map(name => wants[name]).filter(want => !want.found())
  if (missing.length === 0) return
  const what = missing.map(want => want.what).join(', ')
  const commands = installCommands(missing)
  if (!commands) give(`${what} is missing and neither apt-get nor brew is here. Install it, then run this again.`)
  say(`installing ${what} ...`)
  for (const [command, ...args] of commands) {
    const done = spawnSync(command, args, {
      stdio: ['inherit', 2, 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    if (done.status !== 0)
      give(`could not install ${what}. Please run:\n${commands.map(c => `  ${c.join(' ')}`).join('\n')}`)
  }
  const still = missing.filter(want => !want.found()).map(want => want.what)
  if (still.length > 0)
    give(
      `installed, but still not found: ${still.join(', ')}. Please run:\n${commands.map(c => `  ${c.join(' ')}`).join('\n')}`,
    )
}

function installCommands(missing) {
  if (process.platform === 'darwin') {
    if (!runs('brew')) return undefined
    return missing.filter(want => want.brew.length > 0).map(want => ['brew', 'install', ...want.brew])
  }
  if (!runs('apt-get')) return undefined
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  if (sudo.length > 0 && !runs('sudo', ['-n', 'true']) && !process.stdin.isTTY) {
    give(
      `these need root. Please run:\n  sudo apt-get update\n  sudo apt-get install -y --no-install-recommends ${missing.flatMap(want => want.apt).join(' ')}`,
    )
  }
  // Debian starts a system Redis when the package arrives; ours is private, so that one is not wanted.
  return [
    [...sudo, 'apt-get', 'update', '-qq'],
    [
      ...sudo,
      'env',
      'RUNLEVEL=1',
      'apt-get',
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      ...missing.flatMap(want => want.apt),
    ],
  ]
}

/** npm ci, unless node_modules is at least as new as the lockfile. */
function packages() {
  const mark = 'node_modules/.package-lock.json'
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync('package-lock.json').mtimeMs) return
  say('installing npm packages (about a minute) ...')
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 'inherit'],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: process.env.ONNXRUNTIME_NODE_INSTALL ?? 'skip' },
  })
  if (done.status !== 0) give('npm ci failed; its own words are above.')
}

// --- Redis ---------------------------------------------------------------------------------------------------------------

/** The environment with `.env` under it (what is already set wins). */
function settings() {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return { ...process.env }
}

const portFree = port =>
  new Promise(resolve => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })

/** Port of the private Redis of this data folder if it runs already, else the first free one. */
async function redisPort(folder) {
  // Redis tells where it is without links on the way.
  const real = existsSync(folder) ? realpathSync.native(folder) : folder
  for (let port = 6390; ; port += 1) {
    if (await portFree(port)) return { port, ours: false }
    const dir = spawnSync('redis-cli', ['-p', String(port), 'config', 'get', 'dir'], { encoding: 'utf8' }).stdout ?? ''
    if (dir.split('\n').includes(real)) return { port, ours: true }
  }
}

/**
 * A private Redis on the loopback with its own port and data, set to lose nothing (see README, Durability). One that an earlier
 * start left behind is taken over.
 */
async function privateRedis(folder) {
  mkdirSync(folder, { recursive: true })
  const { port, ours } = await redisPort(folder)
  const url = `redis://127.0.0.1:${port}`
  const shutdown = () => spawnSync('redis-cli', ['-p', String(port), 'shutdown'], { stdio: 'ignore' })
  if (ours) {
    started.push(async () => void shutdown())
    return { url, died: new Promise(() => undefined) }
  }
  const options = { port: String(port), bind: '127.0.0.1', loglevel: 'warning', save: '3600 1' }
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const script = ['core/redis-server.sh', folder, ...flags]
  const child = spawn('sh', script, { stdio: ['ignore', 'ignore', 'inherit'], detached: true })
  const died = new Promise(resolve => child.once('exit', code => resolve({ entry: 'redis-server', code })))
  started.push(async () => {
    child.kill('SIGTERM')
    await died
  })
  for (let tries = 0; ; tries += 1) {
    if (spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout?.includes('PONG')) break
    const pause = new Promise(resolve => setTimeout(() => resolve(undefined), 100))
    if ((await Promise.race([died, pause])) !== undefined || tries > 600)
      await giveUp(`the private Redis did not start (data in ${folder}); see its words above.`)
  }
  return { url, died }
}

// --- processes -----------------------------------------------------------------------------------------------------------

/**
 * Runs one of our TypeScript entries in a process of its own; losing this parent tells it to stop (IPC disconnect).
 * Its log goes to stderr: stdout belongs to the answer of `npm run try`.
 */
function launch(entry, env) {
  const args = ['--import', 'tsx', entry]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 2, 2, 'ipc'], env, detached: true })
  const ended = new Promise(resolve => child.once('exit', (code, signal) => resolve({ entry, code, signal })))
  const ready = new Promise(resolve => child.on('message', message => message === 'ready' && resolve(true)))
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(late)
  }
  return { ended, ready, stop }
}

const address = env => `http://localhost:${env.PORT || 8080}`
const redisFolder = env => join(resolve(root, env.DATA_DIR || 'data'), 'redis')

/** Starts Redis (if none is configured), worker and bots; resolves when a message would be answered. */
async function everything(env) {
  if (!(await portFree(Number(env.PORT || 8080))))
    give(`port ${env.PORT || 8080} is in use. Stop what uses it, or choose another: PORT=8090 npm start`)
  const redis = env.REDIS_URL ? undefined : await privateRedis(redisFolder(env))
  const childEnv = { ...env, REDIS_URL: env.REDIS_URL || redis.url }
  const parts = ['worker/main.ts', 'bots/main.ts'].map(entry => launch(entry, childEnv))
  started.push(async () => void (await Promise.all(parts.map(part => part.stop()))))
  const ended = Promise.race([...parts.map(part => part.ended), ...(redis ? [redis.died] : [])])
  const up = await Promise.race([Promise.all(parts.map(part => part.ready)).then(() => true), ended])
  if (up !== true && !stopping)
    await giveUp(`${up.entry} ended before it was ready (${up.signal ?? `exit ${up.code}`}); the line above says why.`)
  return { ended }
}

/** Ctrl-C, a closed terminal or a service manager's stop: everything ends in order, data stays. */
function leaveOn(signals) {
  for (const signal of signals)
    process.on(signal, async () => {
      if (stopping) return
      say('stopping: a clip in the works goes back into the queue ...')
      await stopAll()
      say('stopped. Everything is kept; npm start goes on from here.')
      process.exit(0)
    })
}

async function start(env) {
  leaveOn(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const house = await everything(env)
  if (!stopping) say(`ready: open ${address(env)} and say what should happen. Ctrl-C stops.`)
  const lost = await house.ended
  if (!stopping) await giveUp(`${lost.entry} ended (${lost.signal ?? `exit ${lost.code}`}); stopped the rest.`)
}

const answers = async url => {
  try {
    return (await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(1500) })).ok
  } catch {
    return false
  }
}

/** Runs one of our TypeScript entries in the foreground; resolves with its exit code. */
function foreground(entry, args, env) {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise(resolve => child.once('exit', code => resolve(code ?? 1)))
}

async function tryOut(env, args) {
  const url = env.THREADREEL_URL || address(env)
  if (!(await answers(url))) await everything({ ...env, LOG_LEVEL: env.LOG_LEVEL || 'warn' })
  const code = await foreground('bots/web/try.ts', args, { ...env, THREADREEL_URL: url })
  await stopAll()
  process.exit(code)
}

/** The balance sheet of the Redis that `npm start` uses, running or not. */
async function books(env) {
  let url = env.REDIS_URL
  if (!url) {
    const { port, ours } = await redisPort(redisFolder(env))
    url = ours ? `redis://127.0.0.1:${port}` : (await privateRedis(redisFolder(env))).url
  }
  const code = await foreground('core/books-cli.ts', [], { ...env, REDIS_URL: url })
  await stopAll()
  process.exit(code)
}

function test(args) {
  const tiers = args.length > 0 ? args : ['unit', 'redis', 'media', 'e2e'].flatMap(tier => ['--project', tier])
  // A shared CI machine may stall for seconds; what fails twice has failed.
  const patience = process.env.CI ? ['--retry=1'] : []
  const run = ['node_modules/vitest/vitest.mjs', 'run', ...tiers, ...patience]
  const done = spawnSync(process.execPath, run, { stdio: 'inherit' })
  process.exit(done.status ?? 1)
}

const modes = {
  '--start': { needs: ['redis', 'ffmpeg', 'font'], run: start },
  '--try': { needs: ['redis', 'ffmpeg', 'font'], run: tryOut },
  '--books': { needs: ['redis'], run: books },
  '--test': { needs: ['redis', 'ffmpeg', 'font', 'chromium'], run: (_, args) => test(args) },
  '--install': { needs: ['redis', 'ffmpeg', 'font', 'chromium'], run: () => undefined },
}

checkNode()
const [name = '--start', ...rest] = process.argv.slice(2)
const mode = modes[name]
if (!mode) give(`unknown option ${name}; there are ${Object.keys(modes).join(', ')}`)
const env = settings()
// Tests start a Redis of their own, whatever is configured.
const ownRedis = env.REDIS_URL && !mode.needs.includes('chromium') ? 'redis' : undefined
install(mode.needs.filter(need => need !== ownRedis))
packages()
await mode.run(env, rest)
