import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { FromChild, type Setup, type ToChild } from './protocol.ts'
import { type Ears, Person, Room, type Transport, TransportError } from './transport.ts'

/** Pauses before the process is started again: doubling from the first to the longest, in ms. */
const usualPauses = { first: 2_000, longest: 300_000 }

type Method = Extract<ToChild, { type: 'call' }>['method']

interface Call {
  readonly method: Method
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Methods after which, if no answer comes, something may have been done. */
const sends: readonly Method[] = ['text', 'file', 'remark']
/** Absent optional arguments do not survive the way as `undefined` in every serialisation. */
const given = (args: readonly unknown[]): unknown[] => args.filter(arg => arg !== undefined)

/**
 * A transport whose wechaty lives in a process of its own, which is started again with growing pauses for as long as this is open.
 * `start` does not wait for WeChat: bots must come up without it.
 */
export function openIsolated(setup: Setup, pauses = usualPauses): Transport {
  const calls = new Map<number, Call>()
  let ears: Ears = async () => undefined
  let child: ChildProcess | undefined
  let again: NodeJS.Timeout | undefined
  let counted = 0
  let deaths = 0
  let closed = false

  function launch(): void {
    const started = forkChild()
    child = started
    started.on('message', raw => hear(FromChild.parse(raw)))
    started.on('error', error => void ears({ type: 'trouble', what: error.message }))
    started.once('exit', (code, signal) => ended(started, `the WeChat process ended (${signal ?? code})`))
    started.send({ type: 'open', setup } satisfies ToChild)
  }

  function hear(message: FromChild): void {
    if (message.type === 'event') {
      if (message.event.type === 'in') deaths = 0
      if (!closed) void ears(message.event)
      return
    }
    const call = calls.get(message.number)
    calls.delete(message.number)
    if (message.type === 'answer') call?.resolve(message.value)
    else call?.reject(new TransportError(message.how, message.message, { afterMs: message.afterMs }))
  }

  function ended(which: ChildProcess, why: string): void {
    if (child !== which) return
    child = undefined
    for (const [number, { method, reject }] of calls) {
      calls.delete(number)
      reject(new TransportError(sends.includes(method) ? 'unsure' : 'later', why))
    }
    if (closed) return
    void ears({ type: 'out', reason: why })
    again = setTimeout(launch, Math.min(pauses.longest, pauses.first * 2 ** deaths))
    deaths += 1
  }

  function call(method: Method, ...args: unknown[]): Promise<unknown> {
    const to = child
    if (!to?.connected) return Promise.reject(new TransportError('later', 'the WeChat process is being started'))
    counted += 1
    const number = counted
    return new Promise((resolve, reject) => {
      calls.set(number, { method, resolve, reject })
      to.send({ type: 'call', number, method, args: given(args) } satisfies ToChild, error => {
        if (!error || !calls.delete(number)) return
        reject(new TransportError('later', error.message))
      })
    })
  }

  const idOf = (value: unknown): string | undefined => z.string().optional().parse(value)

  return {
    async start(listener) {
      ears = listener
      launch()
    },
    text: async (chat, text, mention) => idOf(await call('text', chat, text, mention)),
    file: async (chat, file) => idOf(await call('file', chat, file)),
    fetch: async (message, limit) => z.instanceof(Uint8Array).parse(await call('fetch', message, limit)),
    rooms: async () => z.array(Room).parse(await call('rooms')),
    friends: async () => z.array(Person).parse(await call('friends')),
    remark: async (person, alias) => void (await call('remark', person, alias)),
    async close() {
      closed = true
      clearTimeout(again)
      const last = child
      if (!last || last.exitCode !== null || last.signalCode !== null) return
      const gone = new Promise(resolve => last.once('exit', resolve))
      // Asked to stop, the web puppet would log out.
      last.kill('SIGKILL')
      await gone
    },
  }
}

/** From TypeScript in development, from the compiled file in an image. */
function forkChild(): ChildProcess {
  const compiled = import.meta.url.endsWith('.js')
  const file = fileURLToPath(new URL(compiled ? './child.js' : './child.ts', import.meta.url))
  const execArgv = compiled ? [] : ['--import', createRequire(import.meta.url).resolve('tsx')]
  // A group of its own: Ctrl-C in a terminal must not end it before what is being sent is sent.
  return fork(file, {
    serialization: 'advanced',
    execArgv,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}
