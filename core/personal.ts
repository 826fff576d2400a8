import { clipsOf } from './clips.ts'
import { eraseJobs, jobsOf } from './jobs.ts'
import { forgetProfile, profileOf } from './members.ts'
import type { MemberId, Place } from './place.ts'
import type { Core } from './redis.ts'
import type { Recipe } from './request.ts'
import type { Store } from './store.ts'
import { balance, statement } from './wallet.ts'

/** Everything about one member: handed out on request, erased on request (GDPR articles 15, 17 and 20). */

const most = 100_000

/** All we keep about a member, as plain JSON. */
export async function exportMember(core: Core, member: MemberId): Promise<Record<string, unknown>> {
  const [profile, credits, entries, jobs, clips] = await Promise.all([
    profileOf(core, member),
    balance(core, member),
    statement(core, member, 200),
    jobsOf(core, member, most),
    clipsOf(core, member, most),
  ])
  return { member, exportedAt: new Date().toISOString(), profile, credits, statement: entries, jobs, clips }
}

const picturesOf = (recipe: Recipe): string[] => [recipe.firstFrame, recipe.lastFrame].filter(key => key !== undefined)

/**
 * Erases a member's words, pictures, clips, settings and name. What stays: the amounts in the ledger under the member's id, and
 * whether they are shut out. Records go first; media that is left if we stop half way falls to the retention sweep.
 */
export async function forgetMember(
  core: Core,
  store: Store,
  { member, place }: { member: MemberId; place: Place },
): Promise<void> {
  const jobs = await jobsOf(core, member, most)
  const clips = await clipsOf(core, member, most)
  await eraseJobs(core, member)
  await forgetProfile(core, member, place)
  const files = new Set([
    ...jobs.flatMap(job => picturesOf(job.request.recipe)),
    ...clips.flatMap(({ media, poster, state, recipe }) => [
      media,
      poster,
      ...(state ? [state] : []),
      ...picturesOf(recipe),
    ]),
  ])
  await Promise.allSettled([...files].map(key => store.remove(key)))
}
