import { describe, expect, it } from 'vitest'
import type { Slot } from './links.ts'
import type { Noun } from './nouns.ts'
import { actorCount, channel, channelCount, keyOffset } from './scene.ts'
import { clear, inTheWay, keepUpright, matchSizes, raiseGlitter } from './tidy.ts'

const keyCount = 6

const noun = (id: string, size = 1): Noun => ({
  id,
  group: 'person',
  size,
  w: 1,
  h: 1,
  gait: 'none',
  anchors: {},
  fit: {},
  tags: [],
})
const line = (id: string, attach = 'none', parent = -1): Slot => ({ noun: noun(id), attach, parent })

/** Slots that stand at x, as large as told. */
function stage(places: readonly { x: number; size?: number; height?: number }[]): Float32Array {
  const states = new Float32Array((actorCount + 1) * keyCount * channelCount)
  places.forEach(({ x, size = 1, height = 0 }, slot) => {
    for (let key = 0; key < keyCount; key++) {
      const at = keyOffset(slot, key, keyCount)
      states[at + channel.presence] = 1
      states[at + channel.x] = x
      states[at + channel.height] = height
      states[at + channel.log2Size] = Math.log2(size)
    }
  })
  return states
}

describe('decor in the way', () => {
  const plan = [line('rabbit'), line('teapot'), line('chair'), line('stool')]

  it('is what stands on somebody, and what stands on other decor', () => {
    const states = stage([{ x: 0 }, { x: 0.1, size: 0.4, height: 0.5 }, { x: 1.5, size: 0.5 }, { x: 1.55, size: 0.4 }])
    expect(inTheWay(states, keyCount, plan, [0])).toEqual([1, 3])
  })

  it('is not what stands aside, above, or is passed by', () => {
    const states = stage([{ x: 0 }, { x: 0.8, size: 0.4 }, { x: 0, size: 0.5, height: 1.1 }, { x: -1, size: 0.4 }])
    for (let key = 0; key < 3; key++) states[keyOffset(0, key, keyCount) + channel.x] = 0.8
    expect(inTheWay(states, keyCount, plan, [0])).toEqual([])
  })

  it('leaves the stage', () => {
    const states = stage([{ x: 0 }, { x: 0 }])
    clear(states, keyCount, 1)
    expect(states[keyOffset(1, 3, keyCount) + channel.presence]).toBe(-1)
    expect(states[keyOffset(0, 3, keyCount) + channel.presence]).toBe(1)
  })
})

it('glitter keeps above the head', () => {
  const states = stage([{ x: 0 }, { x: 0.3, size: 0.8, height: 0.4 }])
  const plan = [line('child'), line('sparkles', 'effect', 0)]
  raiseGlitter(states, keyCount, plan)
  const once = states.slice()
  expect(states[keyOffset(1, 2, keyCount) + channel.height]).toBeCloseTo(0.98)
  expect(states[keyOffset(1, 2, keyCount) + channel.log2Size]).toBeCloseTo(-1)
  raiseGlitter(states, keyCount, plan)
  expect(states).toEqual(once)
})

it('a castle that only stands there stands upright, a balloon floats on', () => {
  const states = stage([
    { x: 0, height: 0.1 },
    { x: 1, height: 0.8 },
  ])
  states[keyOffset(0, 2, keyCount) + channel.rotation] = 0.05
  const castle = { ...line('castle'), noun: { ...noun('castle'), group: 'building' } }
  const balloon = { ...line('balloon'), noun: { ...noun('balloon'), group: 'air' } }
  for (const slot of [0, 1]) states[keyOffset(slot, 3, keyCount) + channel.x] = 0.6
  keepUpright(states, keyCount, [castle, balloon], [0, 1], false, 0)
  expect(states[keyOffset(0, 2, keyCount) + channel.rotation]).toBe(0)
  expect(states[keyOffset(0, 2, keyCount) + channel.height]).toBe(0)
  expect(states[keyOffset(1, 2, keyCount) + channel.height]).toBeCloseTo(0.8)
  expect(states[keyOffset(0, 1, keyCount) + channel.x]).toBeCloseTo(0.1)
  expect(states[keyOffset(0, 3, keyCount) + channel.x]).toBeCloseTo(0.1)
  expect(states[keyOffset(1, 3, keyCount) + channel.x]).toBeCloseTo(0.6)
  states[keyOffset(0, 5, keyCount) + channel.x] = 0.9
  keepUpright(states, keyCount, [castle, balloon], [0], false, 2)
  expect(states[keyOffset(0, 5, keyCount) + channel.x]).toBeCloseTo(0.1)
})

it('members of a phrase become equally large, others are left alone', () => {
  const states = stage([
    { x: 0, size: 0.5 },
    { x: 1, size: 2 },
    { x: 2, size: 0.25 },
  ])
  matchSizes(states, keyCount, [[0, 1]], [line('cat'), line('cat'), line('dog')])
  const sizes = [0, 1, 2].map(slot => states[keyOffset(slot, 1, keyCount) + channel.log2Size])
  expect(sizes).toEqual([0, 0, -2])
})

it('a family keeps its proportions', () => {
  const states = stage([
    { x: 0, size: 0.9 },
    { x: 1, size: 0.5 },
    { x: 2, size: 0.5 },
  ])
  const plan = [line('man'), line('woman'), { ...line('boy'), noun: noun('boy', 0.5) }]
  matchSizes(states, keyCount, [[0, 1, 2]], plan)
  const size = (slot: number) => 2 ** (states[keyOffset(slot, 1, keyCount) + channel.log2Size] ?? 0)
  expect(size(0)).toBeCloseTo(size(1))
  expect(size(2)).toBeCloseTo(size(0) / 2)
  expect(size(0) * size(1) * size(2)).toBeCloseTo(0.9 * 0.5 * 0.5)
})
