import { expect } from 'vitest'
import { t } from '../../../core/i18n.ts'
import { after, cast, line } from './acts.ts'
import type { ScenarioHouse } from './house.ts'
import { recipesOf } from './long.ts'
import type { Chat } from './person.ts'

/** A few words become a shot list, one shot is said otherwise, and the list becomes a film. */
export async function ideaToFilm(house: ScenarioHouse, chat: Chat): Promise<void> {
  const [ann] = await cast(house, chat, 1, 100)
  if (!ann) throw new Error('nobody is there')
  const [words, change] =
    ann.locale === 'en'
      ? ['a cat goes to the moon', '2: a cat sleeps on the moon']
      : ['一只猫去月球', '2：一只猫在月球上睡觉']
  const price = t(ann.locale, 'unit.credits', { count: 100 })
  await after(ann, () => ann.command('idea', words), line(ann, 'idea.head', { words, count: 5, price }))
  const second = change.replace(/^2[:：] ?/, '')
  const list = await after(
    ann,
    () => ann.command('idea', change),
    line(ann, 'idea.shot', { number: 2, prompt: second }),
  )
  expect(await recipesOf(house, ann)).toEqual([])
  const make = list.labels.find(label => label.startsWith(t(ann.locale, 'button.idea-make')))
  await after(ann, () => ann.press(list, make ?? 'no such button'), line(ann, 'plan.shots', { count: 5, price }))
  const joined = t(ann.locale, 'edit.join')
  await ann.until(seen => seen.shows && seen.text.includes(joined), 60_000)
  const made = await recipesOf(house, ann)
  expect(made).toHaveLength(6)
  expect(made[1]?.prompt).toBe(second)
  expect(made[5]?.edit).toMatchObject({ op: 'join', pieces: [{}, {}, {}, {}, {}] })
  await house.until(async () => (await house.left(ann)) === 66)
}
