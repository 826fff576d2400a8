import sharp from 'sharp'
import { expect } from 'vitest'
import { after, cast, clipAfter, line } from './acts.ts'
import type { ScenarioHouse } from './house.ts'
import { recipesOf } from './long.ts'
import type { Chat, Person } from './person.ts'

/** A red thing on a blue ground. */
export const redOnBlue = (): Promise<Buffer> =>
  sharp({ create: { width: 640, height: 360, channels: 3, background: '#88bbee' } })
    .composite([
      { input: { create: { width: 120, height: 120, channels: 3, background: '#cc3322' } }, left: 60, top: 120 },
    ])
    .png()
    .toBuffer()

/** A picture comes back with a grid and a link. */
export async function gridded(person: Person): Promise<string> {
  const picture = await redOnBlue()
  const how = line(person, 'brush.how', { last: 'N8' })
  const ask = (): Promise<void> => person.command('brush', '', [picture])
  const grid = await after(person, ask, seen => seen.shows && how.test(seen.text))
  return /https?:\/\/\S+\/brush\/[\w-]{22}/.exec(grid.text)?.[0] ?? ''
}

/** The motion brush in words: what moves where, and what stays. */
export async function brushedInWords(house: ScenarioHouse, chat: Chat): Promise<void> {
  const [ann] = await cast(house, chat, 1, 0)
  if (!ann) throw new Error('nobody is there')
  await gridded(ann)
  const words = ann.locale === 'en' ? 'box B4>H3>M5, hold A1-N1, a gentle breeze' : '方块 B4>H3>M5，不动 A1-N1，微风'
  await clipAfter(ann, () => ann.command('brush', words))
  const [recipe] = await recipesOf(house, ann)
  expect(recipe?.firstFrame).toBeDefined()
  expect(recipe?.strokes?.map(({ motion }) => Object.keys(motion)[0])).toEqual(['path', 'pinned'])
  await after(ann, () => ann.command('brush', 'Z1>Z2'), /Z1/)
  expect(await recipesOf(house, ann)).toHaveLength(1)
}
