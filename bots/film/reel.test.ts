import { describe, expect, test } from 'vitest'
import { UserError } from '../../core/errors.ts'
import { creditLines } from './credits.ts'
import { readReel } from './reel.ts'

describe('how a reel is asked for', () => {
  test.each([
    ['', { joint: 'fade', onBeat: false }],
    ['wipe --beat --cover 3', { joint: 'wipe', onBeat: true, cover: 3 }],
    ['cut --cover 2.5s --title The whale', { joint: 'cut', onBeat: false, cover: 2.5, title: 'The whale' }],
    ['擦除 --卡点 --封面 第3秒', { joint: 'wipe', onBeat: true, cover: 3 }],
  ])('%s', (words, expected) => {
    expect(readReel(words)).toEqual(expected)
  })

  test.each(['sideways', '12 13', '--cover soon', '--music', 'wipe wipe'])('is refused with an example: %s', words => {
    expect(() => readReel(words)).toThrow(UserError)
  })
})

test('the credits name everybody, however many there are', () => {
  const crowd = Array.from({ length: 45 }, (_, i) => `member ${i + 1}`)
  const lines = creditLines('en', [
    { role: 'director', names: ['Ann'] },
    { role: 'votes', names: crowd },
  ])
  expect(lines.map(({ role, names }) => [role, names.length])).toEqual([
    ['Directed by', 1],
    ...[20, 20, 5].map(count => ['Chosen by', count]),
  ])
  expect(lines.slice(1).flatMap(({ names }) => names)).toEqual(crowd)
})
