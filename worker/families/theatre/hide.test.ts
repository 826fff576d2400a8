import { describe, expect, it } from 'vitest'
import { keepPeeking } from './hide.ts'
import { actorCount, channel, channelCount, keyOffset } from './scene.ts'

const keyCount = 10

/** A canvas-wide sprite of size 0.5 that goes to the right, `step` a key, and sways at its goal. */
function walk(start: number, step: number): Float32Array {
  const states = new Float32Array((actorCount + 1) * keyCount * channelCount)
  for (let key = 0; key < keyCount; key++) {
    const at = keyOffset(2, key, keyCount)
    states[at + channel.x] = start + step * Math.min(key, 6) + (key > 6 ? 0.1 * (key % 2) : 0)
    states[at + channel.log2Size] = -1
  }
  return states
}

const places = (states: Float32Array) =>
  Array.from({ length: keyCount }, (_, key) => states[keyOffset(2, key, keyCount) + channel.x] ?? 0)

describe('who hides', () => {
  it('ends at the edge, still peeking', () => {
    const states = walk(0.4, 0.4)
    keepPeeking(states, keyCount, 2, 1, 1.78)
    const x = places(states)
    expect(x[0]).toBeCloseTo(0.4)
    expect(Math.max(...x)).toBeCloseTo(1.88)
    expect((x[7] ?? 0) - (x[8] ?? 0)).toBeGreaterThan(0.04)
  })

  it('is left alone inside the frame, and to the left as to the right', () => {
    const inside = walk(0, 0.2)
    keepPeeking(inside, keyCount, 2, 1, 1.78)
    expect(inside).toEqual(walk(0, 0.2))
    const left = walk(-0.4, -0.5)
    keepPeeking(left, keyCount, 2, 1, 1.78)
    expect(Math.min(...places(left))).toBeCloseTo(-1.88)
  })
})
