import { expect } from 'vitest'
import { getClip } from '../../../core/clips.ts'
import type { Film } from '../../../core/film/film.ts'
import { filmOf } from '../../../core/film/store.ts'
import { t } from '../../../core/i18n.ts'
import { after, boardOf, cast, clipAfter, line } from './acts.ts'
import type { ScenarioHouse } from './house.ts'
import type { Chat, Person } from './person.ts'

/** Words of the shots, in order. */
const story = {
  en: [
    'a rabbit eats a moon cake in the forest',
    'the rabbit dances',
    'the rabbit chases a butterfly',
    'the rabbit jumps',
    'the rabbit sleeps',
  ],
  'zh-CN': ['小兔子在森林里吃月饼', '小兔子跳舞', '小兔子追蝴蝶', '小兔子跳起来', '小兔子睡觉'],
} as const

const newTitle = ({ locale }: Person): string => (locale === 'en' ? 'new The moon rabbit' : '新建 月兔')
const filmIn = (text: string): string => /\((F\w{3,7})\)/.exec(text)?.[1] ?? ''

/** Two people offer a take for every shot, two vote, the host follows the votes; then all of it is joined. `ms` for a clip. */
export async function relay(
  house: ScenarioHouse,
  chat: Chat,
  { shots = 5, ms = 30_000, people }: { shots?: number; ms?: number; people?: readonly Person[] } = {},
): Promise<Film> {
  const crew = people ?? (await cast(house, chat, 3, 400))
  const [ann, bob, cho] = crew
  if (!ann || !bob || !cho) throw new Error('three people make it')
  const before = await Promise.all(crew.map(person => house.left(person)))
  const begun = await after(
    ann,
    () => ann.command('film', `${newTitle(ann)} --shots ${shots}`),
    line(ann, 'film.begun'),
  )
  const id = filmIn(begun.text)
  const film = async (): Promise<Film> => {
    const found = await filmOf(house.core, id)
    if (!found) throw new Error(`no film ${id}`)
    return found
  }

  for (let shot = 1; shot <= shots; shot += 1) {
    const [first = ann, second = bob] = [crew[shot % 3], crew[(shot + 1) % 3]]
    for (const [i, maker] of [first, second].entries()) {
      const words = story[maker.locale][(shot - 1) % 5] ?? ''
      const more = i === 0 ? '' : maker.locale === 'en' ? ' at night' : '，夜晚'
      await clipAfter(maker, () => maker.command('shot', `${words}${more}`), ms)
      await house.until(async () => (await film()).shots[shot - 1]?.takes[i]?.clip !== undefined)
    }
    // One votes in words, the other on the board: by a button, or by its number where there are none.
    await after(bob, () => bob.command('vote', '2'), line(bob, 'film.voted', { take: 2 }))
    const vote = t(cho.locale, 'film.button-vote', { take: 2 })
    const board = await boardOf(chat, cho, line(cho, 'film.take', { take: 2, count: 1 }))
    expect(board.labels, board.text).toContain(vote)
    await after(cho, () => cho.press(board, vote), line(cho, 'film.voted', { take: 2 }))
    expect((await film()).shots[shot - 1]?.takes[1]?.votes).toHaveLength(2)
    await after(bob, () => bob.command('choose'), line(bob, 'refusal.film-host-only'))
    await after(ann, () => ann.command('choose'), line(ann, 'film.chosen', { take: 2, shot }))
  }
  await after(bob, () => bob.command('shot', story[bob.locale][0]), line(bob, 'refusal.film-shots', { count: shots }))

  const reel = await clipAfter(ann, () => ann.command('reel'), ms)
  expect(reel.text).toContain(t(ann.locale, 'edit.join'))
  await house.until(async () => (await film()).reel !== undefined)
  const made = await film()
  await isWhole(house, made, shots)
  const done = await boardOf(chat, cho, line(cho, 'film.shot-done', { shot: shots }))
  for (let shot = 1; shot <= shots; shot += 1) expect(done.text).toMatch(line(cho, 'film.shot-done', { shot }))

  // Everybody paid for their own takes: two a shot, twenty credits each, and nothing for the reel.
  const left = await Promise.all(crew.map(person => house.left(person)))
  const spent = left.map((credits, i) => (before[i] ?? 0) - credits)
  const takes = await Promise.all(
    crew.map(async person => {
      const account = await person.account()
      return made.shots.flatMap(one => one.takes).filter(take => take.member === account).length
    }),
  )
  expect(spent).toEqual(takes.map(count => 20 * count))
  expect(made.spent).toBe(shots * 2 * 20)
  return made
}

/** Every shot goes on from the one before, and the reel is all of them without a break, with title and names. */
async function isWhole({ core }: ScenarioHouse, film: Film, shots: number): Promise<void> {
  expect(film.shots.map(({ chosen }) => chosen)).toEqual(Array(shots).fill(2))
  const clips = await Promise.all(film.shots.map(shot => getClip(core, shot.takes[1]?.clip ?? '')))
  expect(clips.map(clip => clip?.recipe.continues)).toEqual([undefined, ...clips.slice(0, -1).map(clip => clip?.id)])
  const edit = (await getClip(core, film.reel ?? ''))?.recipe.edit
  if (edit?.op !== 'join') throw new Error('the reel joins nothing')
  expect(edit.pieces.map(({ clip }) => clip)).toEqual(clips.map(clip => clip?.id))
  expect(edit.pieces.slice(1).map(({ joint }) => joint)).toEqual(Array(shots - 1).fill('continuous'))
  expect(edit.title).toBe(film.title)
  expect(edit.credits?.map(({ names }) => names.length)).toEqual([1, 3, 2])
}
