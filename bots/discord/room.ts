import type { Channel } from 'discord.js'
import { permissions } from '../describe.ts'

/** A channel as the bot sees it. Pure. */
export interface Room {
  /** The channel a thread is in; absent = no thread. */
  readonly parent?: string
  readonly adult: boolean
  readonly missing: readonly Permission[]
  /** Largest file by the server's boost level, where it is above the default. */
  readonly uploadBytes?: number
}

export type Permission = (typeof permissions)[number]

/** Discord's permission flags. */
const administrator = 1n << 3n
const bits: Record<Permission, bigint> = {
  'view-channel': 1n << 10n,
  'send-messages': 1n << 11n,
  'send-in-threads': 1n << 38n,
  'attach-files': 1n << 15n,
}

/** What we need to answer with a clip, and a set of permissions does not give. */
export function missingFrom(set: bigint, inThread: boolean): Permission[] {
  if ((set & administrator) !== 0n) return []
  const needed = permissions.filter(name => name !== (inThread ? 'send-messages' : 'send-in-threads'))
  return needed.filter(name => (set & bits[name]) === 0n)
}

/** Largest file at a server's boost level, in bytes (Discord's server boosting FAQ). */
const boosted: Record<number, number> = { 2: 50 * 1024 * 1024, 3: 100 * 1024 * 1024 }

export function roomOf(channel: Channel): Room {
  if (channel.isDMBased()) return { adult: false, missing: [] }
  const owner = channel.isThread() ? channel.parent : channel
  const me = channel.guild.members.me
  const uploadBytes = boosted[channel.guild.premiumTier]
  return {
    adult: owner !== null && 'nsfw' in owner && owner.nsfw,
    missing: me ? missingFrom(channel.permissionsFor(me).bitfield, channel.isThread()) : [],
    ...(channel.isThread() && channel.parentId !== null && { parent: channel.parentId }),
    ...(uploadBytes !== undefined && { uploadBytes }),
  }
}
