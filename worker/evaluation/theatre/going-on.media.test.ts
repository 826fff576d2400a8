import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDirection } from '../../families/theatre/direction.ts'
import { openDirector } from '../../families/theatre/director.ts'
import { type Directed, direct, type Theatre } from '../../families/theatre/pipeline.ts'
import { channel, keyOffset, keysPerSecond } from '../../families/theatre/scene.ts'
import { writeState } from '../../families/theatre/state.ts'
import { openLexicon } from '../../families/theatre/vocabulary.ts'
import { recipeOf, runOf } from './continuity.ts'

/** Clips that go on with other words, as the shots of a relay do; the real director, nothing drawn. */

const folder = fileURLToPath(new URL('../../models/theatre', import.meta.url))
let theatre: Theatre
let release: () => Promise<void>
beforeAll(async () => {
  const direction = await openDirection(folder)
  const lexicon = await openLexicon(folder, direction.nouns, direction.verbs)
  const director = await openDirector(folder, direction, { threads: 2, device: 'cpu' })
  theatre = { direction, lexicon, direct: director.direct }
  release = director.release
})
afterAll(() => release())

/** Share of the keys after the first second at which a noun is on stage. */
function there({ performance: { nouns, keys, keyCount, keyStart } }: Directed, noun: string): number {
  const slot = nouns.indexOf(noun)
  if (slot < 0) return 0
  const first = Math.round((1 - keyStart) * keysPerSecond)
  const shown = Array.from({ length: keyCount - first }, (_, i) => keyOffset(slot, first + i, keyCount))
  return shown.filter(at => (keys[at + channel.presence] ?? -1) > 0).length / shown.length
}

it.each([
  ['a cat sits in the garden', 'a dog comes and dances', 'dog'],
  ['a boy walks in the park', 'the boy and a girl hug', 'girl'],
  ['a robot dances', '一条龙在天上飞', 'dragon'],
  ['a rabbit jumps in the forest', 'the rabbit sleeps', 'zzz'],
])('“%s”, then “%s”: %s is seen', async (before, after, noun) => {
  for (const seed of [1, 2]) {
    const first = await direct(theatre, recipeOf(before, seed), runOf())
    expect(there(first, noun)).toBe(0)
    const next = await direct(theatre, recipeOf(after, seed + 50), {
      ...runOf(),
      state: writeState(first.performance.end),
    })
    expect(there(next, noun)).toBeGreaterThan(0.7)
    expect(next.performance.script.set).toBe(first.performance.script.set)
  }
})

it('does not bring back what was eaten', async () => {
  for (const seed of [1, 2, 3]) {
    const first = await direct(theatre, recipeOf('a rabbit eats a moon cake', seed), runOf())
    const next = await direct(theatre, recipeOf('the rabbit sleeps', seed), {
      ...runOf(),
      state: writeState(first.performance.end),
    })
    expect(next.performance.nouns).not.toContain('moon-cake')
  }
})

it('lets the effects of what was done before go', async () => {
  for (let seed = 1; seed < 6; seed++) {
    const first = await direct(theatre, recipeOf('a cat sleeps', seed), runOf())
    expect(there(first, 'zzz')).toBeGreaterThan(0.7)
    const next = await direct(theatre, recipeOf('the cat jumps', seed), {
      ...runOf(),
      state: writeState(first.performance.end),
    })
    expect(there(next, 'zzz')).toBe(0)
    const last = await direct(theatre, recipeOf('the cat walks', seed), {
      ...runOf(),
      state: writeState(next.performance.end),
    })
    expect(last.performance.nouns).not.toContain('zzz')
  }
})
