import { createHmac } from 'node:crypto'

/** What Telegram gives a page it opens, signed as Telegram signs it. */
export function signedInitData(token: string, fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  const secret = createHmac('sha256', 'WebAppData').update(token).digest()
  const hash = createHmac('sha256', secret).update(lines.sort().join('\n')).digest('hex')
  return new URLSearchParams({ ...fields, hash }).toString()
}
