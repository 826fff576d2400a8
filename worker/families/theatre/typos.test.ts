import { describe, expect, it } from 'vitest'
import { isSlip } from './typos.ts'

describe('a slip of the finger', () => {
  it.each([
    ['buterfly', 'butterfly'],
    ['astornaut', 'astronaut'],
    ['pengiun', 'penguin'],
    ['pengguin', 'penguin'],
    ['dinosur', 'dinosaur'],
    ['helicopter', 'helicoptar'],
  ])('%s is %s', (word, key) => {
    expect(isSlip(word, key)).toBe(true)
  })

  it.each([
    ['house', 'horse'],
    ['goat', 'boat'],
    ['trail', 'train'],
    ['cat', 'cart'],
    ['moose', 'mouse'],
    ['planet', 'plane'],
    ['snail', 'snake'],
    ['butterfly', 'butterfly'],
  ])('%s is not %s', (word, key) => {
    expect(isSlip(word, key)).toBe(false)
  })
})
