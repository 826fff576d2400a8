import { expect } from 'vitest'
import { getClip } from '../../../core/clips.ts'
import { t } from '../../../core/i18n.ts'
import { getJob, jobsOf } from '../../../core/jobs.ts'
import { after, cast, line } from './acts.ts'
import type { ScenarioHouse } from './house.ts'
import type { Chat, Person } from './person.ts'

const words = { en: 'a cat chasing a butterfly', 'zh-CN': '一只猫追着蝴蝶' } as const

/** Recipes somebody's jobs had, oldest first. */
export const recipesOf = async ({ core }: ScenarioHouse, person: Person) =>
  (await jobsOf(core, await person.account(), 50)).toReversed().map(({ request }) => request.recipe)

/** Half a minute in one go, priced before; the second piece fails once and is made again at no charge. `fail` breaks it. */
export async function longChain(
  house: ScenarioHouse,
  chat: Chat,
  { fail, ms = 30_000 }: { fail: (person: Person) => Promise<void>; ms?: number },
): Promise<string> {
  const [ann] = await cast(house, chat, 1, 100)
  if (!ann) throw new Error('nobody is there')
  const ask = (): Promise<void> => ann.command('video', `${words[ann.locale]} --seconds 30`)
  await after(
    ann,
    ask,
    line(ann, 'plan.chain', { count: 3, seconds: 30, price: t(ann.locale, 'unit.credits', { count: 120 }) }),
  )
  await fail(ann)
  await ann.until(seen => line(ann, 'part.retry').test(seen.text), ms)
  for (const nth of [1, 2, 3])
    await ann.until(seen => seen.shows && line(ann, 'part.of', { nth, of: 3 }).test(seen.text), ms)
  const whole = await ann.until(seen => seen.shows && seen.text.includes(t(ann.locale, 'edit.join')), ms)
  expect(whole.text).toMatch(/30 ?(?:s|秒)/)
  await house.until(async () => (await house.left(ann)) === 66 + 100 - 120)

  const jobs = (await jobsOf(house.core, await ann.account(), 50)).toReversed()
  const failed = jobs.filter(({ failure }) => failure !== undefined)
  expect(failed).toHaveLength(1)
  const pieces = jobs.filter(({ failure, request }) => !failure && !request.recipe.edit)
  expect(pieces.map(({ request }) => request.recipe.continues)).toEqual([undefined, pieces[0]?.clip, pieces[1]?.clip])
  const joined = await getClip(house.core, (await getJob(house.core, jobs.at(-1)?.id ?? ''))?.clip ?? '')
  expect(joined).toMatchObject({ seconds: 30, frames: 720 })
  return joined?.id ?? ''
}

/** The same words at two qualities, each by itself and then side by side. */
export async function compared(house: ScenarioHouse, chat: Chat): Promise<void> {
  const [ann] = await cast(house, chat, 1, 0)
  if (!ann) throw new Error('nobody is there')
  const tiers = ann.locale === 'en' ? ' --tier standard,high' : ' --画质 标准,高品质'
  await after(
    ann,
    () => ann.command('compare', `${words[ann.locale]}${tiers}`),
    line(ann, 'plan.compare', { count: 2 }),
  )
  await ann.until(seen => seen.shows && seen.text.includes(t(ann.locale, 'edit.compare')))
  // It is made of what was rendered, and may be shown before that is.
  const clips = (): number => ann.seen().filter(({ shows }) => shows).length
  await house.until(async () => clips() >= 3)
  const [one, other, both] = await recipesOf(house, ann)
  expect([one?.tier, other?.tier]).toEqual(['standard', 'high'])
  expect(other).toEqual({ ...one, tier: 'high' })
  expect(both?.edit).toMatchObject({ op: 'compare', panels: [{}, {}] })
  await house.until(async () => (await house.left(ann)) === 66 - 20 - 35)
  expect(clips()).toBe(3)
}
