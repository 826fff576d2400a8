import { parentPort, workerData } from 'node:worker_threads'
import { failureOf, UserError } from '../../../core/errors.ts'
import { openSession, type SessionOptions } from '../../onnx/session.ts'
import { type Chunk, type DecodeOrder, decodeLatents } from './vae.ts'

/** The thread that decodes: a run blocks the thread it is in, and frames must reach the encoder meanwhile. Started by decoder.ts. */

/** What the thread is started with. */
export interface DecoderStart {
  readonly file: string
  readonly options: SessionOptions
}

/** What it is told. */
export type ToDecoder =
  | { readonly kind: 'decode'; readonly ticket: number; readonly order: DecodeOrder }
  /** One chunk was taken: another one may be made. */
  | { readonly kind: 'more'; readonly ticket: number }
  | { readonly kind: 'stop'; readonly ticket: number }
  | { readonly kind: 'close' }

/** What it answers. */
export type FromDecoder =
  | { readonly kind: 'ready'; readonly provider: string }
  | { readonly kind: 'chunk'; readonly ticket: number; readonly chunk: Chunk; readonly seconds: number }
  | { readonly kind: 'done'; readonly ticket: number }
  | { readonly kind: 'failed'; readonly ticket: number | undefined; readonly trouble: Trouble }

/** An error on its way between threads. */
export type Trouble =
  | { readonly code: string; readonly params: Record<string, string | number> }
  | { readonly message: string }

/** Chunks that may wait to be taken. */
const ahead = 2

const port = parentPort
if (port) {
  const say = (answer: FromDecoder, move: ArrayBuffer[] = []) => port.postMessage(answer, move)
  const fail = (ticket: number | undefined, error: unknown) =>
    say({
      kind: 'failed',
      ticket,
      trouble:
        error instanceof UserError
          ? failureOf(error)
          : { message: error instanceof Error ? error.message : String(error) },
    })
  const { file, options } = workerData as DecoderStart
  const opened = openSession(file, options)
  opened.then(
    ({ provider }) => say({ kind: 'ready', provider }),
    error => fail(undefined, error),
  )
  let current = -1
  /** Orders up to this one were called off. */
  let stopped = -1
  let credit = 0
  let wake: (() => void) | undefined

  const decode = async (ticket: number, order: DecodeOrder): Promise<void> => {
    const session = await opened
    let from = performance.now()
    for await (const chunk of decodeLatents(session, order)) {
      const seconds = (performance.now() - from) / 1000
      const { rgb, pixels } = chunk
      const move = [rgb, ...(pixels ? [pixels] : [])].map(array => array.buffer as ArrayBuffer)
      say({ kind: 'chunk', ticket, chunk, seconds }, move)
      credit--
      // A run lets no messages in: give them a chance.
      await new Promise(resolve => setImmediate(resolve))
      while (ticket > stopped && credit <= 0)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      if (ticket <= stopped) return
      from = performance.now()
    }
    say({ kind: 'done', ticket })
  }

  // Orders wait for each other; what is told meanwhile counts at once.
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: ToDecoder) => {
    if (message.kind === 'decode') {
      const { ticket, order } = message
      last = last.then(async () => {
        if (ticket <= stopped) return
        current = ticket
        credit = ahead
        await decode(ticket, order).catch(error => fail(ticket, error))
      })
    } else if (message.kind === 'more') {
      if (message.ticket === current) credit++
    } else {
      stopped = message.kind === 'stop' ? message.ticket : Number.POSITIVE_INFINITY
      if (message.kind === 'close')
        last = last.then(async () => {
          await (await opened.catch(() => undefined))?.release()
          port.close()
        })
    }
    wake?.()
  })
}
