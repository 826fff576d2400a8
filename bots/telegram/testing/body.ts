import type { IncomingMessage } from 'node:http'

/** What a call to the Bot API brings. */
export interface Received {
  readonly fields: Record<string, unknown>
  readonly parts: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly name: string }>
}

/** A JSON or multipart body. Rejects if whoever speaks dies meanwhile. */
export async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/'))
    return { fields: body.length === 0 ? {} : JSON.parse(body.toString()), parts: new Map() }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const parts = new Map<string, { bytes: Uint8Array; name: string }>()
  const read: Record<string, unknown> = {}
  for (const [name, value] of form) {
    if (typeof value !== 'string')
      parts.set(name, { bytes: new Uint8Array(await value.arrayBuffer()), name: value.name })
    // telegraf repeats the method's name in the body.
    else if (name !== 'method') read[name] = value
  }
  return { fields: read, parts }
}
