import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Language, pickLanguage } from '../../core/i18n.ts'
import { cookieName, cookieOf, readSession, type Session } from './session.ts'

/** Headers of everything we answer, and the check that a request that does something comes from our own page. */

/** `remote`: media may come from a bucket on another host. */
export function securityHeaders(remote: boolean): Record<string, string> {
  const media = remote ? "'self' blob: https:" : "'self' blob:"
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `img-src ${media} data:`,
      `media-src ${media}`,
      "connect-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
}

/**
 * True if this request may change something: browsers say where it comes from, and a header of our own cannot be set by
 * another site's form. (The cookie is SameSite=Lax besides.) Behind a proxy the Host header may be another than the one in the
 * address bar; then the origin is that of PUBLIC_URL.
 */
export function isOurs(request: FastifyRequest, publicUrl: string): boolean {
  if (request.headers['x-threadreel'] !== '1') return false
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin } = request.headers
  if (origin === undefined) return true
  const host = hostOf(origin)
  return host !== undefined && (host === request.headers.host || host === hostOf(publicUrl))
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/** Language of the page: what was chosen in it, else the browser's, else the operator's. */
export function languageOf(request: FastifyRequest, fallback: string): Language {
  const asked = (request.headers['accept-language'] ?? '').split(',').map(tag => tag.split(';')[0]?.trim())
  return pickLanguage(cookieOf(request.headers.cookie, 'lang'), ...asked, fallback)
}

export const refuse = (reply: FastifyReply, status: number, code: string, message: string): FastifyReply =>
  reply.code(status).send({ error: { code, message } })

/** Who asks. */
export const sessionOf = (request: FastifyRequest, secret: string): Session | undefined =>
  readSession(secret, cookieOf(request.headers.cookie, cookieName))
