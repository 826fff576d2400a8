import { expect } from 'vitest'
import { t } from '../../../core/i18n.ts'
import { after, boardOf, cast, clipAfter, line } from './acts.ts'
import type { ScenarioHouse } from './house.ts'
import type { Chat, Person } from './person.ts'

const words = { en: 'a cat on a boat', 'zh-CN': '一只猫坐船' } as const
const potFilm = ({ locale }: Person, more = ''): string =>
  locale === 'en' ? `new Together --pot${more}` : `新建 一起拍 --凑份子${more}`

/** A take waits for a pot and starts by itself when that is full enough; what is left goes back to each, to the credit. */
export async function potThatFills(house: ScenarioHouse, chat: Chat): Promise<void> {
  const crew = await cast(house, chat, 3, 0)
  const [ann, bob, cho] = crew
  if (!ann || !bob || !cho) throw new Error('three people chip in')
  await after(ann, () => ann.command('film', potFilm(ann)), line(ann, 'film.begun'))
  await after(bob, () => bob.command('shot', words[bob.locale]), line(bob, 'film.waits'))
  await after(ann, () => ann.command('chip', '9'), line(ann, 'film.chipped', { total: 9 }))
  await after(bob, () => bob.command('chip', '70'), line(bob, 'refusal.pot-poor'))
  const board = await boardOf(chat, bob, line(bob, 'film.pot', { total: 9 }))
  await clipAfter(bob, () => bob.press(board, t(bob.locale, 'film.button-chip', { count: 20 })))
  await after(cho, () => cho.command('chip', '4'), line(cho, 'film.chipped', { total: 33 }))
  await boardOf(chat, cho, line(cho, 'film.pot', { total: 33 }))
  await after(ann, () => ann.command('film', ann.locale === 'en' ? 'end' : '杀青'), line(ann, 'film.ended-now'))
  // 13 of 33 are left: 9 : 20 : 4 of them are 3.55, 7.88 and 1.58, in whole credits 3, 8 and 2.
  await house.until(async () => (await lefts(house, crew)).join() === [66 - 9 + 3, 66 - 20 + 8, 66 - 4 + 2].join())
}

/** A pot whose time is over before all of it is spent: it closes by itself and says what goes back to whom. */
export async function potThatExpires(house: ScenarioHouse, chat: Chat): Promise<void> {
  const crew = await cast(house, chat, 3, 0)
  const [ann, bob, cho] = crew
  if (!ann || !bob || !cho) throw new Error('three people chip in')
  const hours = ann.locale === 'en' ? ' --hours 0.005' : ' --小时 0.005'
  await after(ann, () => ann.command('film', potFilm(ann, hours)), line(ann, 'film.begun'))
  await after(ann, () => ann.command('chip', '30'), line(ann, 'film.chipped', { total: 30 }))
  await after(bob, () => bob.command('chip', '15'), line(bob, 'film.chipped', { total: 45 }))
  await after(cho, () => cho.command('chip', '5'), line(cho, 'film.chipped', { total: 50 }))
  await clipAfter(bob, () => bob.command('shot', words[bob.locale]))
  expect(await lefts(house, crew)).toEqual([36, 51, 61])
  const back = await ann.until(seen => line(ann, 'film.pot-back').test(seen.text), 60_000)
  // 30 of 50 are left.
  for (const [i, credits] of [18, 9, 3].entries())
    expect(back.text).toMatch(new RegExp(`${crew[i]?.name} ${credits}\\D`))
  expect(await lefts(house, crew)).toEqual([54, 60, 64])
}

const lefts = (house: ScenarioHouse, crew: readonly Person[]): Promise<number[]> =>
  Promise.all(crew.map(person => house.left(person)))
