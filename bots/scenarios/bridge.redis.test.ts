import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Film } from '../../core/film/film.ts'
import { filmOf } from '../../core/film/store.ts'
import { t } from '../../core/i18n.ts'
import { after, boardOf, cast, clipAfter, line } from './testing/acts.ts'
import { openScenarioHouse } from './testing/house.ts'
import type { Person } from './testing/person.ts'

/** One film in a Telegram group, a Discord channel, a WeChat room and a web room: clips and board stand in all of them. */

const open = () => openScenarioHouse(['telegram', 'discord', 'wechat', 'web'])
let house: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  house = await open()
})
afterAll(() => house?.close())

test('four rooms make one film, each in its own manner', { timeout: 180_000 }, async () => {
  const { telegram, discord, wechat, web } = house.chats
  const everywhere = await Promise.all([telegram, discord, wechat, web].map(chat => cast(house, chat, 1, 0)))
  const [ann, bob, lin, cho] = everywhere.flat()
  if (!ann || !bob || !lin || !cho) throw new Error('somebody is missing')
  const begun = await after(ann, () => ann.command('film', 'new Across'), line(ann, 'film.begun'))
  const id = /\((F\w{3,7})\)/.exec(begun.text)?.[1] ?? ''
  const film = async (): Promise<Film> => {
    const found = await filmOf(house.core, id)
    if (!found) throw new Error(`no film ${id}`)
    return found
  }
  const told = await after(ann, () => ann.command('film', 'bridge'), line(ann, 'film.bridge-code'))
  const code = /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(told.text)?.[0] ?? ''
  await after(bob, () => bob.command('film', 'bridge XXXX-XXXX'), line(bob, 'refusal.film-code'))
  for (const person of [bob, lin, cho]) {
    const words = person.locale === 'en' ? `bridge ${code.toLowerCase()}` : `桥接 ${code}`
    await after(person, () => person.command('film', words), line(person, 'film.bridged'))
  }
  expect((await film()).places.map(({ platform }) => platform)).toEqual(['telegram', 'discord', 'wechat', 'web'])

  /** A take from one room, seen in all. */
  async function takeFrom(person: Person, words: string): Promise<void> {
    const clip = await clipAfter(person, () => person.command('shot', words))
    const number = /#(\d+)/.exec(clip.text)?.[1] ?? ''
    const done = line(person, 'clip.done', { number })
    for (const other of [ann, bob, lin, cho] as const)
      await (other as Person).until(seen => seen.shows && done.test(seen.text))
  }
  await takeFrom(bob as Person, 'a ship at night')
  await takeFrom(lin as Person, '一艘船在夜晚')
  await house.until(async () => (await film()).shots[0]?.takes[1]?.clip !== undefined)

  // Boards are in the host's language.
  const vote = t('en', 'film.button-vote', { take: 2 })
  for (const [chat, person] of [
    [telegram, ann],
    [discord, bob],
    [web, cho],
  ] as const) {
    const board = await boardOf(chat, person as Person, new RegExp(`take 2 by ${lin.name}: .* · \\d votes?`))
    await after(
      person as Person,
      () => (person as Person).press(board, vote),
      line(person as Person, 'film.voted', { take: 2 }),
    )
  }
  const board = await after(
    lin,
    () => lin.command('film'),
    seen => seen.text.startsWith('🎬'),
  )
  expect(board.text).toContain(`第 2 条 ${lin.name}`)
  await after(
    lin,
    () => lin.press(board, t('zh-CN', 'film.button-vote', { take: 2 })),
    line(lin, 'film.voted', { take: 2 }),
  )
  await house.until(async () => (await film()).shots[0]?.takes[1]?.votes.length === 4)
  await after(bob, () => bob.command('choose'), line(bob, 'refusal.film-host-only'))
  await after(ann, () => ann.command('choose'), line(ann, 'film.chosen', { shot: 1, take: 2 }))
  await takeFrom(cho as Person, 'it sails home')
  await after(ann, () => ann.command('choose', '1'), line(ann, 'film.chosen', { shot: 2, take: 1 }))
  for (const person of [ann, bob, cho])
    await boardOf(telegram, person, line(ann, 'film.shot-done', { shot: 2, name: cho.name }))

  await clipAfter(ann, () => ann.command('reel'))
  const joined = t('en', 'edit.join')
  for (const person of [bob, lin, cho]) await person.until(seen => seen.shows && seen.text.includes(joined))
  await house.until(async () => (await film()).reel !== undefined)
  await house.balanced()
})
