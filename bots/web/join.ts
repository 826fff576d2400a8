import { createHmac } from 'node:crypto'
import { BlockList, isIPv4 } from 'node:net'
import type { BotsConfig } from '../../core/config.ts'
import type { Core } from '../../core/redis.ts'
import { today } from '../bot.ts'

/** Every new member has free credits each day, so an address may not become a new one without end by dropping its cookie. */

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whose an address is: an IPv4 address, or the /64 network one household gets of IPv6 (RFC 6177); undefined = this machine. */
export function networkOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (loopback.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6')) return undefined
  if (isIPv4(plain)) return plain
  const [head = '', tail = ''] = plain.toLowerCase().split('::')
  const groups = head.split(':').filter(Boolean)
  const missing = 8 - groups.length - tail.split(':').filter(Boolean).length
  if (plain.includes('::')) groups.push(...Array<string>(Math.max(0, missing)).fill('0'), ...tail.split(':'))
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group || '0', 16).toString(16))
    .join(':')
}

const keepSeconds = 2 * 24 * 3600

/** True, and counted, if somebody at this address may become a new member today. The address itself is not kept. */
export async function mayJoin(
  core: Core,
  { NEW_MEMBERS_PER_DAY: most, SECRET: secret }: Pick<BotsConfig, 'NEW_MEMBERS_PER_DAY' | 'SECRET'>,
  address: string,
): Promise<boolean> {
  const network = networkOf(address)
  if (most === 0 || network === undefined) return true
  const who = createHmac('sha256', secret).update(`network\n${network}`).digest('base64url').slice(0, 22)
  const key = `${core.root}:web-new:${today()}:${who}`
  const answers = await core.redis.multi().incr(key).expire(key, keepSeconds).exec()
  const [error, count] = answers?.[0] ?? []
  if (error) throw error
  return Number(count) <= most
}
