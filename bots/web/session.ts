import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { MemberId } from '../../core/place.ts'

/** Who somebody is: no account, only a name they picked and an id of ours, in a cookie nobody else can make. */
export interface Session {
  readonly member: MemberId
  readonly name: string
}

export const cookieName = 'threadreel'

/** Letters of an id: no look-alikes, so that an operator can read it out. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A new member's id. */
export const newMember = (): MemberId =>
  `web:${Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')}`

const signature = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(`session\n${body}`).digest('base64url')

/** Value of the cookie: `<id>.<name>.<signature>`, the name in base64url. */
export function writeSession(secret: string, { member, name }: Session): string {
  const body = `${member.slice('web:'.length)}.${Buffer.from(name).toString('base64url')}`
  return `${body}.${signature(secret, body)}`
}

/** The session of a cookie's value; undefined if it is forged, altered or none. */
export function readSession(secret: string, value: string | undefined): Session | undefined {
  const [, body = '', id = '', name = '', given = ''] =
    /^(([a-z0-9]{10})\.([A-Za-z0-9_-]{1,200}))\.([A-Za-z0-9_-]{43})$/.exec(value ?? '') ?? []
  if (given === '') return undefined
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(signature(secret, body)))) return undefined
  return { member: `web:${id}`, name: Buffer.from(name, 'base64url').toString() }
}

/** One cookie of a Cookie header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

const maxAgeSeconds = 400 * 24 * 3600

/** A Set-Cookie header for our own use only: no script reads it, no other site sends it along with a request that does something. */
export const setCookie = (name: string, value: string, secure: boolean): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`

/** A picked name as it is kept: no control or direction characters, single blanks, at most 24 characters; '' if nothing is left. */
export function cleanName(name: string): string {
  const line = name
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
  const shown = [...new Intl.Segmenter().segment(line.slice(0, 200))].slice(0, 24).map(({ segment }) => segment)
  return shown.join('').slice(0, 48).trim()
}
