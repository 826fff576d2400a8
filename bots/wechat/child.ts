import { z } from 'zod'
import { type FromChild, type Setup, ToChild } from './protocol.ts'
import { TransportError } from './transport.ts'
import { openWechaty, type WechatyTransport } from './wechaty.ts'

/**
 * The forked process in which wechaty runs. What it throws where nobody can catch it ends here: a rejection is told, and survived if
 * the puppet still answers; an exception ends this process and the parent starts it anew. The login outlives it in the session file.
 */

const say = (message: FromChild, done?: () => void): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => done?.())
  else done?.()
}
const trouble = (what: string, done?: () => void): void =>
  say({ type: 'event', event: { type: 'trouble', what: what.slice(0, 500) } }, done)
const end = (why: unknown): void => trouble(String(why), () => process.exit(1))

// Only the parent decides when this ends. Without a parent there is nobody to listen for.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.exit(0))
process.on('unhandledRejection', reason => {
  trouble(`stray rejection: ${String(reason)}`)
  transport?.check().catch(end)
})
process.on('uncaughtException', error => end(`stray exception: ${error.stack ?? error.message}`))

let transport: WechatyTransport | undefined

async function open(setup: Setup): Promise<void> {
  transport = openWechaty(setup)
  await transport.start(async event => {
    say({ type: 'event', event })
    if (event.type === 'dead') end(event.why)
  })
}

const Text = z.tuple([z.string(), z.string(), z.string().optional()])
const File = z.tuple([z.string(), z.object({ name: z.string(), bytes: z.instanceof(Uint8Array) })])
const Fetch = z.tuple([z.string(), z.number()])
const Remark = z.tuple([z.string(), z.string()])

async function call(method: Extract<ToChild, { type: 'call' }>['method'], args: unknown[]): Promise<unknown> {
  if (!transport) throw new TransportError('later', 'not open yet')
  switch (method) {
    case 'text':
      return transport.text(...Text.parse(args))
    case 'file':
      return transport.file(...File.parse(args))
    case 'fetch':
      return transport.fetch(...Fetch.parse(args))
    case 'rooms':
      return transport.rooms()
    case 'friends':
      return transport.friends()
    case 'remark':
      return transport.remark(...Remark.parse(args))
  }
}

async function answer({ number, method, args }: Extract<ToChild, { type: 'call' }>): Promise<void> {
  try {
    say({ type: 'answer', number, value: await call(method, args) })
  } catch (error) {
    const known = error instanceof TransportError ? error : new TransportError('unsure', String(error))
    say({ type: 'failed', number, how: known.how, message: known.message, afterMs: known.afterMs })
  }
}

process.on('message', raw => {
  const message = ToChild.parse(raw)
  if (message.type === 'open') open(message.setup).catch(end)
  else void answer(message)
})
