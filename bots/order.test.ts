import { expect, test } from 'vitest'
import { newSeed, ratioOf } from './order.ts'

test.each([
  [1280, 720, '16:9'],
  [720, 1280, '9:16'],
  [1000, 1000, '1:1'],
  [640, 480, '4:3'],
  [480, 640, '3:4'],
  [2560, 1080, '21:9'],
  [4000, 1000, '21:9'],
  [1000, 4000, '9:16'],
])('%d x %d is nearest to %s', (width, height, ratio) => expect(ratioOf({ width, height })).toBe(ratio))

test('only what a model can do is chosen from', () => {
  expect(ratioOf({ width: 720, height: 1280 }, ['16:9', '1:1'])).toBe('1:1')
})

test('seeds are whole and fit 32 bits', () => {
  for (let n = 0; n < 1000; n += 1) {
    const seed = newSeed()
    expect(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff).toBe(true)
  }
})
