import { expect } from 'vitest'
import { after, cast, clipAfter, line } from './acts.ts'
import { redOnBlue } from './brush.ts'
import type { ScenarioHouse } from './house.ts'
import { recipesOf } from './long.ts'
import type { Chat } from './person.ts'

/** A shot of two people: one gives the first picture and the words, the other is asked for the last one. Whoever asked pays. */
export async function shotOfTwo(house: ScenarioHouse, chat: Chat): Promise<void> {
  const [ann, bob] = await cast(house, chat, 2, 0)
  if (!ann || !bob) throw new Error('it takes two')
  const words = ann.locale === 'en' ? 'from day to night' : '从白天变到黑夜'
  const picture = await redOnBlue()
  const wants = line(ann, 'duet.ask', { name: bob.name, asker: ann.name, words })
  const question = await after(ann, () => ann.command('duet', `@${bob.name} ${words}`, [picture]), wants)
  expect(await recipesOf(house, ann)).toEqual([])
  await clipAfter(ann, () => bob.answer(question, picture))
  const [recipe] = await recipesOf(house, ann)
  expect(recipe).toMatchObject({ prompt: words, firstFrame: expect.any(String), lastFrame: expect.any(String) })
  expect(await recipesOf(house, bob)).toEqual([])
  await house.until(async () => (await house.left(ann)) === 46 && (await house.left(bob)) === 66)
  await after(ann, () => ann.command('duet', `@${bob.name}`, [picture]), line(ann, 'duet.ask-bare', { name: bob.name }))
  const no = ann.locale === 'en' ? 'no' : '不了'
  await after(bob, () => bob.command('duet', no), line(bob, 'duet.declined', { name: bob.name }))
}
