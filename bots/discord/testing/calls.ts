import type { ServerResponse } from 'node:http'
import { z } from 'zod'
import type { File, World } from './world.ts'

/** HTTP as Discord speaks it: bodies in, answers and errors out. */

/** An answer that is an error, with Discord's code. */
export class Wrong extends Error {
  readonly status: number
  readonly code: number
  /** The client is to blame: it could have known. */
  readonly blame: boolean
  constructor(status: number, code: number, message: string, blame = false) {
    super(message)
    this.status = status
    this.code = code
    this.blame = blame
  }
}

export const wrong = {
  channel: () => new Wrong(404, 10003, 'Unknown Channel'),
  message: () => new Wrong(404, 10008, 'Unknown Message'),
  webhook: () => new Wrong(404, 10015, 'Unknown Webhook'),
  user: () => new Wrong(404, 10013, 'Unknown User'),
  interaction: (blame: boolean) => new Wrong(404, 10062, 'Unknown interaction', blame),
  tooLarge: () => new Wrong(413, 40005, 'Request entity too large', true),
  answered: () => new Wrong(400, 40060, 'Interaction has already been acknowledged.'),
  access: () => new Wrong(403, 50001, 'Missing Access'),
  author: () => new Wrong(403, 50005, 'Cannot edit a message authored by another user', true),
  empty: () => new Wrong(400, 50006, 'Cannot send an empty message', true),
  closed: () => new Wrong(403, 50007, 'Cannot send messages to this user'),
  permissions: () => new Wrong(403, 50013, 'Missing Permissions'),
  token: () => new Wrong(401, 50027, 'Invalid Webhook Token'),
  form: (what: string) => new Wrong(400, 50035, `Invalid Form Body\n${what}`, true),
  archived: () => new Wrong(400, 50083, 'Thread is archived'),
  locked: () => new Wrong(403, 160005, 'Thread is locked'),
  quote: () => new Wrong(400, 160002, 'Cannot reply without permission to read message history'),
  route: (route: string) => new Wrong(404, 0, `404: Not Found ${route}`, true),
  unauthorized: () => new Wrong(401, 0, '401: Unauthorized'),
} as const

/** One call, read. */
export interface Call {
  readonly method: string
  /** "/channels/:id/messages" */
  readonly shape: string
  /** Ids and tokens in it, in order. */
  readonly ids: readonly string[]
  readonly query: URLSearchParams
  readonly body: unknown
  readonly files: readonly (File & { readonly bytes: Uint8Array })[]
}

/** The body of a request: JSON, or files with JSON beside them. */
export async function bodyOf(type: string, bytes: Buffer, world: World): Promise<Pick<Call, 'body' | 'files'>> {
  if (bytes.length === 0) return { body: undefined, files: [] }
  if (type.startsWith('application/json')) return { body: JSON.parse(String(bytes)), files: [] }
  if (!type.startsWith('multipart/form-data')) throw wrong.form(`content type ${type}`)
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const files: (File & { bytes: Uint8Array })[] = []
  let body: unknown
  for (const [name, value] of form) {
    if (name === 'payload_json') body = JSON.parse(String(value))
    else if (/^files\[\d+\]$/.test(name) && typeof value === 'object')
      files.push({
        ...{ id: world.id(), filename: value.name, size: value.size, type: value.type },
        bytes: new Uint8Array(await value.arrayBuffer()),
      })
    else throw wrong.form(`part ${name}`)
  }
  return { body, files }
}

/** A body of this form, or Discord's refusal. */
export function formed<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  throw wrong.form(z.prettifyError(read.error))
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The route of a path, and what stands in it: "/channels/123/messages" -> "/channels/:id/messages". */
export function shapeOf(path: string): { shape: string; ids: string[] } {
  const ids: string[] = []
  const parts = path.split('/').map((part, at, all) => {
    const before = all[at - 1] ?? ''
    const second = all[at - 2] ?? ''
    const token = (second === 'webhooks' || second === 'interactions') && /^\d+$/.test(before)
    if (!token && !/^\d{15,20}$/.test(part)) return part
    ids.push(part)
    return token ? ':token' : ':id'
  })
  return { shape: parts.join('/'), ids }
}
