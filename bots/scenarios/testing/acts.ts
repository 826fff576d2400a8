import { type Key, t } from '../../../core/i18n.ts'
import en from '../../../locales/en.json' with { type: 'json' }
import type { ScenarioHouse } from './house.ts'
import type { Chat, Person, Seen } from './person.ts'

/** What people do in every scenario. */

/** Stands for a value that does not matter. */
const any = '\u0001'
const blanks = Object.fromEntries(
  Object.values(en).flatMap(text => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, any])),
)

/** How the bot says this to somebody, with whatever values are not given. */
export function line(
  { locale }: Pick<Person, 'locale'>,
  key: Key,
  params: Record<string, string | number> = {},
): RegExp {
  const escaped = t(locale, key, { ...blanks, count: 2, ...params }).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(escaped.replaceAll(any, '.*?'), 'su')
}

type Fits = RegExp | ((seen: Seen) => boolean)

const matches = (seen: Seen, fits: Fits): boolean => (typeof fits === 'function' ? fits(seen) : fits.test(seen.text))

/** Does something, and waits for a message of the bot that came of it. */
export async function after(person: Person, act: () => Promise<void>, fits: Fits, ms?: number): Promise<Seen> {
  const before = new Map(person.seen().map(({ id, text }) => [id, text]))
  await act()
  return person.until(seen => before.get(seen.id) !== seen.text && matches(seen, fits), ms)
}

/** Asks for a clip in some way; the message that shows it. */
export const clipAfter = (person: Person, act: () => Promise<void>, ms?: number): Promise<Seen> =>
  after(person, act, seen => seen.shows && line(person, 'clip.done').test(seen.text), ms)

let casts = 0

/** So many people whom nobody has met, in a room of their own; they have asked for their credits, and have so many more. */
export async function cast(house: ScenarioHouse, chat: Chat, count: number, credits: number): Promise<Person[]> {
  casts += 1
  const called = chat.name === 'WeChat' ? ['小林', '小红', '老王', '阿强'] : ['Ann', 'Bob', 'Cho', 'Dee']
  const people = await chat.room(
    `room-${casts}`,
    called.slice(0, count).map(name => `${name}${casts}`),
  )
  for (const person of people) await meet(house, person, credits)
  return people
}

/** Somebody speaks to the bot for the first time, and gets credits. */
export async function meet(house: ScenarioHouse, person: Person, credits: number): Promise<void> {
  await after(person, () => person.command('credits'), line(person, 'credits.now'))
  if (credits > 0) await house.grant(person, credits)
}

/** The board of the film in this room as it is now; where it cannot be edited it is asked for. */
export async function boardOf(chat: Chat, person: Person, fits: RegExp): Promise<Seen> {
  const isBoard = (seen: Seen): boolean => seen.text.startsWith('🎬') && fits.test(seen.text)
  if (chat.platform.edit) return person.until(isBoard)
  return after(
    person,
    () => person.command('film'),
    seen => seen.text.startsWith('🎬'),
  )
}
