import { UserError } from '../../core/errors.ts'
import type { Attachment } from '../platform.ts'

/** Where Discord keeps files. */
const fileHosts = /(?:^|\.)discord(?:app)?\.(?:com|net)$/

/** Bytes of an attachment, never more than `limit`. Its address is Discord's (or of the API we talk to), and ends after a day. */
export async function download(
  image: Attachment,
  { limit, signal, api }: { limit: number; signal: AbortSignal; api: string },
): Promise<Uint8Array> {
  const tooBig = (): UserError => new UserError('refusal.picture-big', { megabytes: Math.floor(limit / 2 ** 20) })
  const address = new URL(image.id)
  if (!fileHosts.test(address.hostname) && address.host !== new URL(api).host)
    throw new Error(`not one of Discord's files: ${address.host}`)
  if (image.bytes > limit) throw tooBig()
  const answer = await fetch(address, { signal, redirect: 'error' })
  if ([401, 403, 404, 410].includes(answer.status)) throw new UserError('refusal.picture-broken')
  if (!answer.ok || !answer.body) throw new Error(`Discord gave ${answer.status} for a file`)
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of answer.body) {
    bytes += part.byteLength
    if (bytes > limit) throw tooBig()
    parts.push(part)
  }
  return Buffer.concat(parts)
}
