import { Worker } from 'node:worker_threads'
import { UserError } from '../../../core/errors.ts'
import type { SessionOptions } from '../../onnx/session.ts'
import type { DecoderStart, FromDecoder, ToDecoder, Trouble } from './decoder-thread.ts'
import type { Chunk, DecodeOrder } from './vae.ts'

/** The autoencoder's decoder on a thread of its own. */
export interface Decoder {
  /** What it runs on. */
  readonly provider: string
  /** Seconds it spent decoding since it was opened. */
  readonly seconds: number
  /**
   * Frames of a clip, chunk by chunk, up to two chunks ahead of whoever takes them. One clip at a time. Leaving the iteration stops it
   * after the chunk in the works. Throws UserError `failure.not-a-number`, or an Error with what ONNX Runtime said.
   */
  decode(order: DecodeOrder): AsyncGenerator<Chunk>
  /** Frees the memory once the chunk in the works is done. */
  close(): Promise<void>
}

/** Loads the graph in a new thread. Throws an Error with the reason. */
export async function openDecoder(file: string, options: SessionOptions): Promise<Decoder> {
  const script = import.meta.url.endsWith('.ts') ? './decoder-boot.mjs' : './decoder-thread.js'
  const thread = new Worker(new URL(script, import.meta.url), { workerData: { file, options } satisfies DecoderStart })
  const tell = (message: ToDecoder) => thread.postMessage(message)
  const waiting: FromDecoder[] = []
  let heard: (() => void) | undefined
  let broken: Error | undefined
  const ended = new Promise<void>(resolve => thread.once('exit', () => resolve()))
  const fail = (error: Error) => {
    broken ??= error
    heard?.()
  }
  thread.on('error', fail)
  void ended.then(() => fail(new Error('the decoding thread ended')))
  thread.on('message', (answer: FromDecoder) => {
    waiting.push(answer)
    heard?.()
  })
  const next = async (): Promise<FromDecoder> => {
    for (;;) {
      const answer = waiting.shift()
      if (answer) return answer
      if (broken) throw broken
      await new Promise<void>(resolve => {
        heard = resolve
      })
    }
  }

  const first = await next()
  if (first.kind !== 'ready') {
    await close()
    throw first.kind === 'failed' ? errorOf(first.trouble) : new Error('the decoding thread did not answer')
  }
  let ticket = 0
  let seconds = 0
  let busy = false

  async function close(): Promise<void> {
    if (!broken) tell({ kind: 'close' })
    await ended
  }

  return {
    provider: first.provider,
    get seconds() {
      return seconds
    },
    async *decode(order) {
      if (busy) throw new Error('the decoder has another clip')
      busy = true
      const mine = ++ticket
      tell({ kind: 'decode', ticket: mine, order })
      let done = false
      try {
        for (;;) {
          const answer = await next()
          if (answer.kind === 'ready' || answer.ticket !== mine) continue
          if (answer.kind === 'failed') {
            done = true
            throw errorOf(answer.trouble)
          }
          if (answer.kind === 'done') {
            done = true
            return
          }
          seconds += answer.seconds
          yield answer.chunk
          tell({ kind: 'more', ticket: mine })
        }
      } finally {
        if (!done && !broken) tell({ kind: 'stop', ticket: mine })
        busy = false
      }
    },
    close,
  }
}

const errorOf = (trouble: Trouble): Error =>
  'code' in trouble ? new UserError(trouble.code, trouble.params) : new Error(trouble.message)
