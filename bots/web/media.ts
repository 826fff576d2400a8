import type { FastifyReply, FastifyRequest } from 'fastify'
import { verifyLink } from '../../core/links.ts'
import { type ByteRange, type Store, typeOf } from '../../core/store.ts'

/** `bytes=0-99`, `bytes=100-`, `bytes=-100` of so many bytes; 'none' = send all, 'unsatisfiable' = 416. Several ranges at once are not served. */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | 'unsatisfiable' {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (from === '' && to === '') return 'none'
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (from !== '' && to !== '' && Number(to) < start) return 'none'
  return start >= size || end < start ? 'unsatisfiable' : { start, end }
}

const bucketSeconds = 3600

/** Sends what a signed link names, or the part of it that was asked for; buckets send their own. */
export async function sendMedia(
  request: FastifyRequest,
  reply: FastifyReply,
  { store, secret }: { store: Store; secret: string },
): Promise<FastifyReply> {
  const [link = ''] = request.url.split('&dl=')
  const key = verifyLink(secret, link)
  if (!key || !(await store.has(key)))
    return reply
      .code(key ? 410 : 403)
      .type('text/plain')
      .send('This link is over.')
  const elsewhere = await store.link(key, bucketSeconds)
  if (elsewhere !== undefined) return reply.redirect(elsewhere, 302)
  const size = await store.size(key)
  const range = rangeOf(request.headers.range, size)
  reply
    .header('accept-ranges', 'bytes')
    .header('cache-control', key.startsWith('exports/') ? 'no-store' : 'private, max-age=86400, immutable')
    .header(
      'content-security-policy',
      "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'",
    )
    .type(typeOf(key))
  if (key.startsWith('exports/') || request.url.includes('&dl='))
    reply.header('content-disposition', `attachment; filename="${fileName(request.url, key)}"`)
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${size}`).send()
  if (range === 'none') {
    reply.header('content-length', size)
    return request.method === 'HEAD' ? reply.send() : reply.send(await store.stream(key))
  }
  reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`)
  reply.header('content-length', range.end - range.start + 1)
  return request.method === 'HEAD' ? reply.send() : reply.send(await store.stream(key, range))
}

/** The name a download is saved under: what the page asked for if it is a plain one. */
function fileName(url: string, key: string): string {
  const asked = /&dl=([A-Za-z0-9._-]{1,80})$/.exec(url)?.[1]
  return asked ?? `threadreel-${key.slice(key.lastIndexOf('/') + 1)}`
}
