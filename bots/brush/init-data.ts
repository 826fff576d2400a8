import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/**
 * What Telegram says of whoever opened a page inside it, and the check that Telegram said it
 * (https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app). Pure.
 */

const User = z.object({ id: z.number().int() })

/** How old what was said may be: a page is opened and drawn on within a day. */
const freshSeconds = 24 * 3600

export interface OpenedBy {
  /** Telegram's id of the person. */
  readonly user: number
  /** What stood behind `startapp=`, if the page was opened by such a link. */
  readonly start?: string
}

/** Who opened the page; undefined if it is forged, altered, too old, or says nothing of a person. */
export function readInitData(token: string, initData: string, now = Date.now()): OpenedBy | undefined {
  if (initData.length > 4096) return undefined
  const fields = [...new URLSearchParams(initData)]
  const said = new Map(fields)
  // The same name twice would let one value be signed and another one be read.
  if (said.size !== fields.length) return undefined
  const given = Buffer.from(said.get('hash') ?? '')
  said.delete('hash')
  const lines = [...said].map(([name, value]) => `${name}=${value}`).sort()
  const secret = createHmac('sha256', 'WebAppData').update(token).digest()
  const right = Buffer.from(createHmac('sha256', secret).update(lines.join('\n')).digest('hex'))
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  const age = now / 1000 - Number(said.get('auth_date'))
  if (!(age < freshSeconds && age > -300)) return undefined
  const user = User.safeParse(parsed(said.get('user')))
  const start = said.get('start_param')
  return user.success ? { user: user.data.id, ...(start !== undefined && { start }) } : undefined
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
