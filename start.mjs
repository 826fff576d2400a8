// The start script: needs nothing but Node. It looks at what this machine has, installs what is missing (and says so), then
// runs Threadreel (`npm start`), says one thing to it (`npm run try`) or runs the tests (`npm test`).
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
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

// --- what this machine has ---------------------------------------------------------------------------------------------

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    give(`Node ${process.versions.node} is too old; 20.19 or newer is needed (https://nodejs.org).`)
}

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
    brew: ['--cask', 'chromium'],
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

/** A private Redis on the loopback with its own port and data, set to lose nothing (see README, Durability). */
async function privateRedis(folder) {
  mkdirSync(folder, { recursive: true })
  let port = 6390
  while (!(await portFree(port))) {
    const dir = spawnSync('redis-cli', ['-p', String(port), 'config', 'get', 'dir'], { encoding: 'utf8' }).stdout ?? ''
    if (dir.includes(folder)) return { url: `redis://127.0.0.1:${port}`, stop: async () => undefined }
    port += 1
  }
  const child = spawn(
    'redis-server',
    [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--maxmemory-policy',
      'noeviction',
      '--save',
      '3600 1',
      '--loglevel',
      'warning',
    ].map(String),
    { stdio: ['ignore', 'ignore', 'inherit'], detached: true },
  )
  const url = `redis://127.0.0.1:${port}`
  const early = new Promise(resolve => child.once('exit', code => resolve(code)))
  for (let tries = 0; ; tries += 1) {
    if (spawnSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' }).stdout?.includes('PONG')) break
    const ended = await Promise.race([early, new Promise(resolve => setTimeout(() => resolve(undefined), 100))])
    if (ended !== undefined || tries > 300)
      give(`the private Redis did not start (data in ${folder}); see its words above.`)
  }
  return {
    url,
    died: early,
    stop: async () => {
      child.kill('SIGTERM')
      await early
    },
  }
}

// --- processes -----------------------------------------------------------------------------------------------------------

/**
 * Runs one of our TypeScript entries in a process of its own; losing this parent tells it to stop (IPC disconnect).
 * Its log goes to stderr: stdout belongs to the answer of `npm run try`.
 */
function launch(entry, env) {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    stdio: ['ignore', 2, 2, 'ipc'],
    env,
    detached: true,
  })
  const ended = new Promise(resolve => child.once('exit', (code, signal) => resolve({ entry, code, signal })))
  const ready = new Promise(resolve => child.on('message', message => message === 'ready' && resolve(true)))
  return {
    ended,
    ready,
    stop: () => child.exitCode === null && child.kill('SIGTERM'),
    kill: () => child.exitCode === null && child.kill('SIGKILL'),
  }
}

const address = env => `http://localhost:${env.PORT || 8080}`

/** Starts Redis (if none is configured), worker and bots; resolves when a message would be answered. */
async function everything(env) {
  if (!(await portFree(Number(env.PORT || 8080))))
    give(`port ${env.PORT || 8080} is in use. Stop what uses it, or choose another: PORT=8090 npm start`)
  const data = resolve(root, env.DATA_DIR || 'data')
  const redis = env.REDIS_URL ? undefined : await privateRedis(join(data, 'redis'))
  const child = { ...env, REDIS_URL: env.REDIS_URL || redis.url }
  const parts = [launch('worker/main.ts', child), launch('bots/main.ts', child)]
  let stopping
  const stop = () => {
    stopping ??= (async () => {
      for (const part of parts) part.stop()
      const late = setTimeout(() => {
        for (const part of parts) part.kill()
      }, 20_000)
      await Promise.all(parts.map(part => part.ended))
      clearTimeout(late)
      await redis?.stop()
    })()
    return stopping
  }
  const ended = Promise.race([
    ...parts.map(part => part.ended),
    ...(redis && 'died' in redis ? [redis.died.then(code => ({ entry: 'redis-server', code }))] : []),
  ])
  const up = await Promise.race([Promise.all(parts.map(part => part.ready)).then(() => true), ended])
  if (up !== true) {
    await stop()
    give(`${up.entry} ended before it was ready (${up.signal ?? `exit ${up.code}`}); the line above says why.`)
  }
  return { stop, ended, isStopping: () => stopping !== undefined }
}

async function start(env) {
  const house = await everything(env)
  say(`ready: open ${address(env)} and say what should happen. Ctrl-C stops.`)
  const leave = async () => {
    if (house.isStopping()) return
    say('stopping: the clip in the works goes back into the queue ...')
    await house.stop()
    say('stopped. Everything is kept; npm start goes on from here.')
    process.exit(0)
  }
  process.on('SIGINT', leave)
  process.on('SIGTERM', leave)
  process.on('SIGHUP', leave)
  const lost = await house.ended
  if (house.isStopping()) return
  say(`${lost.entry} ended (${lost.signal ?? `exit ${lost.code}`}); stopping the rest.`)
  await house.stop()
  process.exit(1)
}

const answers = async url => {
  try {
    return (await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(1500) })).ok
  } catch {
    return false
  }
}

async function tryOut(env, args) {
  const url = env.THREADREEL_URL || address(env)
  const house = (await answers(url)) ? undefined : await everything({ ...env, LOG_LEVEL: env.LOG_LEVEL || 'warn' })
  const client = spawn(process.execPath, ['--import', 'tsx', 'bots/web/try.ts', ...args], {
    stdio: 'inherit',
    env: { ...env, THREADREEL_URL: url },
  })
  const forward = () => client.kill('SIGINT')
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  const code = await new Promise(resolve => client.once('exit', status => resolve(status ?? 1)))
  await house?.stop()
  process.exit(code)
}

function test(args) {
  const tiers = args.length > 0 ? args : ['unit', 'redis', 'media', 'e2e'].flatMap(tier => ['--project', tier])
  const done = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tiers], { stdio: 'inherit' })
  process.exit(done.status ?? 1)
}

checkNode()
const [mode = '--start', ...rest] = process.argv.slice(2)
if (!['--start', '--try', '--test', '--install'].includes(mode)) give(`unknown option ${mode}`)
const env = settings()
install([
  'ffmpeg',
  'font',
  ...(mode === '--test' || mode === '--install' ? ['redis', 'chromium'] : env.REDIS_URL ? [] : ['redis']),
])
packages()
if (mode === '--start') await start(env)
else if (mode === '--try') await tryOut(env, rest)
else if (mode === '--test') test(rest)
