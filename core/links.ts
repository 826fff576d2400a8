import { createHmac, timingSafeEqual } from 'node:crypto'
import { MediaKey } from './request.ts'

/** Signed links to media that end by themselves: `<base>/media/<key>?e=<Unix seconds>&s=<signature>`. */

const signature = (secret: string, key: MediaKey, ends: number): string =>
  createHmac('sha256', secret).update(`media\n${key}\n${ends}`).digest('base64url')

/** Path and query of a link to a stored thing, good until `ends` (Unix milliseconds). */
export function signLink(secret: string, key: MediaKey, ends: number): string {
  const seconds = Math.ceil(ends / 1000)
  return `/media/${MediaKey.parse(key)}?e=${seconds}&s=${signature(secret, key, seconds)}`
}

/** The key a link gives access to at this moment; undefined if it is forged, altered or over. */
export function verifyLink(secret: string, pathAndQuery: string, now = Date.now()): MediaKey | undefined {
  const [, path, ends, given] = /^\/media\/([^?]+)\?e=(\d{1,12})&s=([A-Za-z0-9_-]{43})$/.exec(pathAndQuery) ?? []
  const key = MediaKey.safeParse(path)
  if (!given || !key.success || Number(ends) * 1000 < now) return undefined
  // Compared as text: base64url has spare bits in its last letter, and only the one true spelling counts.
  const right = signature(secret, key.data, Number(ends))
  return timingSafeEqual(Buffer.from(given), Buffer.from(right)) ? key.data : undefined
}

/** Path and query of the page that shows a clip (bots/web/share.ts): who has a link to the clip's file may see its page. */
export const signShare = (secret: string, clip: { id: string; media: MediaKey }, ends: number): string =>
  signLink(secret, clip.media, ends).replace(/^[^?]+/, `/c/${clip.id}`)

const pageSignature = (secret: string, name: string, ends: number): string =>
  createHmac('sha256', secret).update(`page\n${name}\n${ends}`).digest('base64url')

/** Path and query of a page for the operator's eyes, good until `ends` (Unix milliseconds). */
export function signPage(secret: string, name: string, ends: number): string {
  const seconds = Math.ceil(ends / 1000)
  return `/operator/${name}?e=${seconds}&s=${pageSignature(secret, name, seconds)}`
}

/** The page a link opens at this moment; undefined if it is forged, altered or over. */
export function verifyPage(secret: string, pathAndQuery: string, now = Date.now()): string | undefined {
  const [, name, ends, given] =
    /^\/operator\/([a-z]{1,32})\?e=(\d{1,12})&s=([A-Za-z0-9_-]{43})$/.exec(pathAndQuery) ?? []
  if (!name || !given || Number(ends) * 1000 < now) return undefined
  return timingSafeEqual(Buffer.from(given), Buffer.from(pageSignature(secret, name, Number(ends)))) ? name : undefined
}
