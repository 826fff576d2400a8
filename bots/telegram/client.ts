import { readFile } from 'node:fs/promises'
import { Telegram, TelegramError } from 'telegraf'
import type { z } from 'zod'

/** The only importer of telegraf: its client speaks HTTP for us. Polling, pacing and what an error means are ours. */

export const cloudRoot = 'https://api.telegram.org'

/** A file in a call: its name and its bytes, opened when the call is made. */
export interface Upload {
  readonly name: string
  open(): Promise<Uint8Array | NodeJS.ReadableStream>
}

interface CallOptions {
  readonly signal?: AbortSignal
  /** How long the answer may take, in ms. */
  readonly patienceMs?: number
  /** Files by the name under which the payload refers to them: `attach://<name>`. */
  readonly files?: Readonly<Record<string, Upload>>
}

export interface Client {
  /** The Bot API's answer to a method. Throws ApiError for what it refuses; any other error means that we do not know. */
  call<T>(method: string, payload: object, answer: z.ZodType<T>, options?: CallOptions): Promise<T>
  /** Bytes of a file by the path `getFile` gave. */
  fetchFile(path: string, signal: AbortSignal): Promise<Uint8Array>
}

/** Bot API refused a call. The payload is left out on purpose: it may be megabytes. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** As HTTP's; 429 comes with `retryAfterMs`. */
  readonly code: number
  readonly description: string
  readonly retryAfterMs: number | undefined
  /** The group has become a supergroup with this id. */
  readonly movedTo: number | undefined

  constructor(
    method: string,
    code: number,
    description: string,
    { retry_after, migrate_to_chat_id }: { retry_after?: number; migrate_to_chat_id?: number } = {},
  ) {
    super(`${method}: ${code} ${description}`)
    this.code = code
    this.description = description
    this.retryAfterMs = retry_after === undefined ? undefined : retry_after * 1000
    this.movedTo = migrate_to_chat_id
  }
}

/** How long an answer may take unless a call says so, in ms. */
export const usualPatienceMs = 30_000

export function openClient(token: string, root = cloudRoot): Client {
  const base = root.endsWith('/') ? root : `${root}/`
  const telegram = new Telegram(token, { apiRoot: base, webhookReply: false })
  const call = telegram.callApi.bind(telegram) as unknown as (
    method: string,
    payload: object,
    options: { signal: AbortSignal },
  ) => Promise<unknown>
  const hidden = (text: string): string => text.replaceAll(token, '<token>')

  return {
    async call(method, payload, answer, { signal, patienceMs = usualPatienceMs, files } = {}) {
      const patience = AbortSignal.timeout(patienceMs)
      const until = signal ? AbortSignal.any([signal, patience]) : patience
      const body = files ? await withFiles(payload, files) : payload
      try {
        return answer.parse(await call(method, body, { signal: until }))
      } catch (error) {
        signal?.throwIfAborted()
        if (error instanceof TelegramError) throw new ApiError(method, error.code, error.description, error.parameters)
        const why = patience.aborted ? `no answer in ${patienceMs} ms` : String(error)
        throw new Error(hidden(`${method}: ${why}`))
      }
    },
    async fetchFile(path, signal) {
      // A Bot API server of one's own that runs with --local names files on its disk.
      if (path.startsWith('/')) return readFile(path, { signal })
      const answer = await fetch(new URL(`file/bot${token}/${path}`, base), { signal }).catch(error => {
        signal.throwIfAborted()
        throw new Error(hidden(`file: ${error}`))
      })
      if (!answer.ok) throw new ApiError('file', answer.status, answer.statusText)
      return new Uint8Array(await answer.arrayBuffer())
    },
  }
}

/** A payload for a multipart body: telegraf drops objects from those, so they travel as the JSON Bot API takes there as well. */
async function withFiles(payload: object, files: Readonly<Record<string, Upload>>): Promise<object> {
  const fields = Object.entries(payload).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  ])
  const parts = Object.entries(files).map(async ([name, { name: filename, open }]) => {
    const source = await open()
    return [name, { source: source instanceof Uint8Array ? Buffer.from(source) : source, filename }]
  })
  return Object.fromEntries([...fields, ...(await Promise.all(parts))])
}
