import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { groundRelative, linkMode, resolve, type Slot } from './links.ts'
import { Noun } from './nouns.ts'
import { actorCount, channelCount, keyOffset } from './scene.ts'

const States = z.array(z.array(z.number()).length(channelCount))
const Fixture = z.object({
  cases: z.array(
    z.object({
      slots: z.array(
        z.object({ noun: z.string(), parent: z.number(), attach: z.string(), relative: States, absolute: States }),
      ),
    }),
  ),
})

const here = new URL('.', import.meta.url)
const { cases } = Fixture.parse(JSON.parse(readFileSync(new URL('testing/resolve.json', here), 'utf8')))
const nouns = new Map(
  z
    .array(Noun)
    .parse(JSON.parse(readFileSync(new URL('../../training/theatre/nouns.json', here), 'utf8')))
    .map(noun => [noun.id, noun]),
)

describe('links', () => {
  it.each(cases.map(({ slots }) => [slots.map(({ attach }) => attach).join(' '), slots] as const))(
    'resolves %s as the training code does',
    (_, slots) => {
      const keyCount = slots[0]?.relative.length ?? 0
      const states = new Float32Array((actorCount + 1) * keyCount * channelCount)
      const plan: Slot[] = Array.from({ length: actorCount }, (_, slot) => {
        const line = slots[slot]
        line?.relative.forEach((key, index) => {
          states.set(key, keyOffset(slot, index, keyCount))
        })
        return { noun: nouns.get(line?.noun ?? ''), parent: line?.parent ?? -1, attach: line?.attach ?? 'none' }
      })
      const absolute = resolve(states, keyCount, plan)
      slots.forEach((line, slot) => {
        line.absolute.forEach((key, index) => {
          const at = keyOffset(slot, index, keyCount)
          key.forEach((value, c) => {
            expect(absolute[at + c]).toBeCloseTo(value, 4)
          })
        })
      })
    },
  )

  it('leaves a loop and an orphan as they are', () => {
    const states = Float32Array.from({ length: (actorCount + 1) * channelCount }, (_, i) => i / 10)
    const cat = nouns.get('cat')
    const slots: Slot[] = [
      { noun: cat, parent: 1, attach: 'hold' },
      { noun: cat, parent: 0, attach: 'hold' },
      { noun: cat, parent: 7, attach: 'ride' },
    ]
    expect([...resolve(states, 1, slots)]).toEqual([...states])
  })

  it('undoes ground links', () => {
    const parent = Float64Array.from([1, 0.3, -0.6, 0.1, -0.5, 0, -1, 0, 0, 0, 0, 0])
    const child = Float64Array.from([1, -0.4, -0.5, 0.2, -1, 0.1, 1, 0.1, 0, 0, 0, 0])
    for (const attach of ['kick', 'meet', 'orbit', 'beside', 'in']) {
      expect(linkMode(attach)).toBe('ground')
      const states = new Float32Array((actorCount + 1) * channelCount)
      states.set(parent)
      states.set(groundRelative(child, parent, attach), channelCount)
      const slots = [
        { noun: nouns.get('cat'), parent: -1, attach: 'none' },
        { noun: nouns.get('dog'), parent: 0, attach },
      ]
      resolve(states, 1, slots)
        .slice(channelCount, 2 * channelCount)
        .forEach((value, c) => {
          expect(value).toBeCloseTo(child[c] ?? 0, 5)
        })
    }
  })
})
