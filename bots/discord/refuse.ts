import type { Failure } from '../../core/errors.ts'
import { profileOf } from '../../core/members.ts'
import type { Core } from '../../core/redis.ts'
import type { Outgoing } from '../platform.ts'
import { refusalMessage } from '../present.ts'
import type { Permission } from './room.ts'

/** A refusal of the adapter's own, in the member's language where that can be known. */
export async function refusalFor(
  core: Core,
  { member, locale, fallback }: { member: string; locale?: string | undefined; fallback: string },
  failure: Failure,
): Promise<Outgoing> {
  const profile = await profileOf(core, member).catch(() => undefined)
  return refusalMessage(profile?.language ?? locale ?? profile?.locale ?? fallback, failure, member)
}

export const missingFailure = (missing: readonly Permission[]): Failure => ({
  code: 'refusal.permissions',
  params: { permissions: missing.join(', ') },
})
