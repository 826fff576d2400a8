import { z } from 'zod'
import { clipsOf } from './clips.ts'
import { consentsOf, dropConsents } from './consent.ts'
import { eraseDuets } from './duet.ts'
import { musicOf } from './edit.ts'
import { forgetInFilms } from './film/forget.ts'
import { dueFilms, filmOf, filmsWith, tellFilm } from './film/store.ts'
import { eraseIdeas, ideasOf } from './idea/store.ts'
import { eraseJobs, jobsOf } from './jobs.ts'
import { forgetProfile, profileOf } from './members.ts'
import { namesOf, type Parted, unlink } from './people.ts'
import { dropGiven, givenBy, givenOf } from './pictures.ts'
import type { MemberId } from './place.ts'
import { erasePlans } from './plans.ts'
import type { Core } from './redis.ts'
import { MediaKey, type Recipe } from './request.ts'
import { salesOf } from './sales.ts'
import type { Store } from './store.ts'
import { dropVotes, votedBy } from './votes.ts'
import { balance, statement } from './wallet.ts'

/** Everything about one person, under all their linked names: handed out on request, erased on request (GDPR articles 15, 17 and 20). */

const most = 100_000

/** All we keep about a person, as plain JSON. */
export async function exportMember(core: Core, member: MemberId): Promise<Record<string, unknown>> {
  const names = await namesOf(core, member)
  const [credits, entries, payments, jobs, clips, accounts] = await Promise.all([
    balance(core, member),
    statement(core, member, 200),
    salesOf(core, member, most),
    jobsOf(core, member, most),
    clipsOf(core, member, most),
    Promise.all(
      names.map(async name => ({
        member: name,
        profile: await profileOf(core, name),
        votes: await votedBy(core, name),
        ideas: await ideasOf(core, name),
        consents: await consentsOf(core, name),
        pictures: await givenBy(core, name),
        films: await filmsWith(core, name),
      })),
    ),
  ])
  return { member, exportedAt: new Date().toISOString(), accounts, credits, statement: entries, payments, jobs, clips }
}

/** What a member gave for a recipe: pictures, and the music of an edit. */
const givenFor = (recipe: Recipe): string[] =>
  [recipe.firstFrame, recipe.lastFrame, recipe.edit && musicOf(recipe.edit)?.sound].filter(key => key !== undefined)

/** What these recipes were given, without the pictures that somebody else posted: those may be in others' clips, too. */
async function ownOf(core: Core, names: readonly MemberId[], recipes: readonly Recipe[]): Promise<string[]> {
  const own: string[] = []
  for (const key of new Set(recipes.flatMap(givenFor))) {
    const { by = 'unknown' } = (await givenOf(core, key)) ?? {}
    if (by === 'unknown' || names.includes(by.member)) own.push(key)
  }
  return own
}

const Parked = z.object({ pictures: z.array(z.object({ key: MediaKey })) })

/** Takes back what these names asked of films whose pots are not full yet; the pictures given for it. */
async function dropWaiting(core: Core, names: readonly MemberId[]): Promise<string[]> {
  const given: string[] = []
  for (const id of await dueFilms(core, Number.MAX_SAFE_INTEGER)) {
    const { waiting = [] } = (await filmOf(core, id)) ?? {}
    for (const { update, asked } of waiting.filter(({ member }) => names.includes(member))) {
      await tellFilm(core, id, { kind: 'waited', update })
      given.push(...(Parked.safeParse(asked).data?.pictures ?? []).map(({ key }) => key))
    }
  }
  return given
}

const removeAll = async (store: Store, keys: readonly string[]): Promise<unknown> =>
  Promise.allSettled([...new Set(keys)].map(key => store.remove(key)))

/** What was left of a person. */
export interface Forgotten {
  readonly names: readonly MemberId[]
  /** Films they took part in, which do not name them any more. */
  readonly films: readonly string[]
  /** Whose wallet keeps the credits, if several names shared one: the link ends too. */
  readonly parted?: Parted
}

/**
 * Erases a person's words, pictures, clips, settings, votes and names, and what linked those. What stays: the amounts and payments in
 * the ledger under the member's id, and whether they are shut out. The pictures they gave go first, then records, then what was made;
 * media that is left if we stop half way falls to the retention sweep, and pictures of which nobody knows whose they are are used by nobody.
 */
export async function forgetMember(core: Core, store: Store, member: MemberId): Promise<Forgotten> {
  const names = await namesOf(core, member)
  const jobs = await jobsOf(core, member, most)
  const clips = await clipsOf(core, member, most)
  const given = await ownOf(core, names, [...jobs.map(job => job.request.recipe), ...clips.map(({ recipe }) => recipe)])
  // Whose a picture is stays known as long as there is one.
  await removeAll(store, [...given, ...(await Promise.all(names.map(name => givenBy(core, name)))).flat()])
  const waited: string[] = []
  await eraseJobs(core, member)
  await erasePlans(core, member)
  for (const name of names) {
    await forgetProfile(core, name)
    await dropVotes(core, name)
    await eraseIdeas(core, name)
    await eraseDuets(core, name)
    waited.push(...(await dropConsents(core, name)), ...(await dropGiven(core, name)))
  }
  waited.push(...(await dropWaiting(core, names)))
  const films = await forgetInFilms(core, names)
  await removeAll(store, [
    ...waited,
    ...clips.flatMap(({ media, poster, state }) => [media, poster, ...(state ? [state] : [])]),
  ])
  const parted = await unlink(core, member, true)
  return { names, films, ...(parted && { parted }) }
}
