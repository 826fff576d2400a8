import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Failure, UserError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Stage } from './pipelines/pipeline.ts'
import { FromChild, type Made, type Order, type Setup, type ToChild } from './protocol.ts'

/** The child ended in the middle of a render: out of memory, a fault in native code, or somebody killed it. */
export class ChildDied extends Error {
  override readonly name = 'ChildDied'
}

/** Something nobody expected went wrong in the child; the trouble is in its log. */
export class RenderFault extends Error {
  override readonly name = 'RenderFault'
  readonly failure: Failure
  constructor(failure: Failure, trouble: string) {
    super(trouble)
    this.failure = failure
  }
}

interface RenderOptions {
  readonly signal: AbortSignal
  onProgress(stage: Stage, done: number): void
}

/** Renders in a forked process, one order at a time. */
export interface Renderer {
  /** Loads a model ahead of its first order. Throws an Error with the reason if it cannot be loaded. */
  warm(model: string): Promise<void>
  /** Rejects with the signal's reason, a UserError, RenderFault or ChildDied; the next order gets a fresh child if need be. */
  render(order: Order, options: RenderOptions): Promise<Made>
  /** Process id of the child; undefined while there is none. */
  readonly pid: number | undefined
  close(): Promise<void>
}

export interface RendererOptions {
  /** How long an aborted child may take to stop by itself, in milliseconds. */
  readonly graceMs?: number
  /** How long a render may go without any progress, in milliseconds. */
  readonly stallMs?: number
  readonly log?: Log
}

const scratchPrefix = 'threadreel-worker-'

/** Sets up rendering; the child starts with the first order. */
export async function openRenderer(setup: Omit<Setup, 'scratch'>, options: RendererOptions = {}): Promise<Renderer> {
  const { graceMs = 1500, stallMs = 600_000, log } = options
  await sweepScratch()
  const scratch = await mkdtemp(join(tmpdir(), `${scratchPrefix}${process.pid}-`))
  let child: Promise<ChildProcess> | undefined
  let pid: number | undefined
  let number = 0

  function ensureChild(): Promise<ChildProcess> {
    child ??= start()
    return child
  }

  async function start(): Promise<ChildProcess> {
    const started = forkChild()
    pid = started.pid
    started.once('exit', (code, signal) => {
      if (pid === started.pid) {
        child = undefined
        pid = undefined
      }
      log?.debug({ code, signal }, 'render process ended')
    })
    started.on('message', raw => {
      const { success, data } = FromChild.safeParse(raw)
      if (success && data.type === 'note') log?.info(data.text)
    })
    send(started, { type: 'setup', setup: { ...setup, scratch } })
    await answer(started, message => (message.type === 'ready' ? true : undefined))
    return started
  }

  async function render(order: Order, { signal, onProgress }: RenderOptions): Promise<Made> {
    signal.throwIfAborted()
    const worker = await ensureChild()
    signal.throwIfAborted()
    number++
    const mine = number
    let killer: NodeJS.Timeout | undefined
    let watch: NodeJS.Timeout | undefined
    const kill = () => killGroup(worker)
    const abort = () => {
      send(worker, { type: 'abort', number: mine })
      killer = setTimeout(kill, graceMs)
    }
    const alive = () => {
      clearTimeout(watch)
      watch = setTimeout(kill, stallMs)
    }
    signal.addEventListener('abort', abort, { once: true })
    alive()
    send(worker, { type: 'render', number: mine, order })
    try {
      return await answer(worker, message => {
        if (!('number' in message) || message.number !== mine) return undefined
        if (message.type === 'made') return message.made
        if (message.type === 'failed') throw errorOf(message)
        alive()
        if (!signal.aborted) onProgress(message.stage, message.done)
        return undefined
      })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      clearTimeout(killer)
      clearTimeout(watch)
    }
  }

  return {
    get pid() {
      return pid
    },
    async warm(model) {
      const worker = await ensureChild()
      send(worker, { type: 'warm', model })
      await answer(worker, message => {
        if (message.type !== 'warmed' || message.model !== model) return undefined
        if (message.trouble !== undefined) throw new Error(message.trouble)
        return true
      })
    },
    render,
    async close() {
      const last = await child?.catch(() => undefined)
      if (last && last.exitCode === null && last.signalCode === null) {
        const gone = once(last, 'exit')
        killGroup(last)
        await gone
      }
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

const errorOf = (message: Extract<FromChild, { type: 'failed' }>): Error =>
  message.trouble === undefined
    ? new UserError(message.failure.code, message.failure.params)
    : new RenderFault(message.failure, message.trouble)

function send(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message)
}

/** The first value that `pick` finds in what the child says; rejects when `pick` throws or the child ends. */
function answer<T>(child: ChildProcess, pick: (message: FromChild) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      end()
    }
    const onMessage = (raw: unknown) => {
      try {
        const value = pick(FromChild.parse(raw))
        if (value !== undefined) settle(() => resolve(value))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    const onExit = (code: number | null, signal: string | null) =>
      settle(() => reject(new ChildDied(`the render process ended (${signal ?? code})`)))
    child.on('message', onMessage)
    child.on('exit', onExit)
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
  })
}

/** From TypeScript in development, from the compiled file in an image. */
function forkChild(): ChildProcess {
  const compiled = import.meta.url.endsWith('.js')
  const file = fileURLToPath(new URL(compiled ? './child.js' : './child.ts', import.meta.url))
  const execArgv = compiled ? [] : ['--import', createRequire(import.meta.url).resolve('tsx')]
  // A group of its own: Ctrl-C in a terminal must end neither the render nor its ffmpeg before the parent says so.
  return fork(file, {
    serialization: 'advanced',
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}

/** Kills a child with its ffmpeg; harmless if it has ended. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Removes what workers that are gone have left behind. */
async function sweepScratch(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${scratchPrefix}(\\d+)-`).exec(name)?.[1]
    if (owner && !isAlive(Number(owner))) await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
