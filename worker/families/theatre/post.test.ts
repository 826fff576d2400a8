import { expect, it } from 'vitest'
import { holdTurns } from './post.ts'
import { actorCount, channel, channelCount, keyOffset } from './scene.ts'

it('who begins to turn with the last keys does not, and whoever has turned before stays so', () => {
  const keyCount = 12
  const states = new Float32Array((actorCount + 1) * keyCount * channelCount)
  const at = (slot: number, key: number) => keyOffset(slot, key, keyCount) + channel.facing
  for (let key = 0; key < keyCount; key++) {
    states[at(0, key)] = key < keyCount - 2 ? 1 : -1
    states[at(1, key)] = key < keyCount - 4 ? 1 : -1
  }
  holdTurns(states, keyCount)
  const facing = (slot: number) => Array.from({ length: 5 }, (_, i) => states[at(slot, keyCount - 5 + i)])
  expect(facing(0)).toEqual([1, 1, 1, 1, 1])
  expect(facing(1)).toEqual([1, -1, -1, -1, -1])
})
