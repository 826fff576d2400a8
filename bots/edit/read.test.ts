import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../../core/errors.ts'
import { parse } from '../../core/parse/parse.ts'
import * as read from './read.ts'

describe('what is said after an edit', () => {
  test.each([
    ['1 4', 1, 4],
    ['1-4', 1, 4],
    ['1.5s to 4s', 1.5, 4],
    ['from 1 to 4 seconds', 1, 4],
    ['从1到4秒', 1, 4],
    ['1秒到4秒', 1, 4],
    ['１～４', 1, 4],
    ['0:01 1:02', 1, 62],
    ['3', 0, 3],
    ['3秒', 0, 3],
    ['2,5 - 3,5', 2.5, 3.5],
  ])('trim %s', (text, from, to) => {
    expect(read.readRange(text)).toEqual({ from, to })
  })

  test.each([
    ['2', 2],
    ['2x', 2],
    ['x0.5', 0.5],
    ['0.5倍速', 0.5],
    ['两倍', 2],
    ['慢', 0.5],
    ['1/2', 0.5],
    ['slow', 0.5],
    ['４×', 4],
  ])('speed %s', (text, factor) => {
    expect(read.readFactor(text)).toBe(factor)
  })

  test('times, formats and moments', () => {
    expect(['', '3', '5次', 'x4'].map(read.readTimes)).toEqual([2, 3, 5, 4])
    expect(['', 'gif', 'WEBP'].map(read.readFormat)).toEqual(['gif', 'gif', 'webp'])
    expect(['2.5', '第3秒', '1:30', 'x', '-1', '999'].map(read.readMoment)).toEqual([
      2.5,
      3,
      90,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('captions, with times or without', () => {
    expect(read.readCaptions('0-2 hello | 2-4 你好 世界', 5)).toEqual([
      { from: 0, to: 2, text: 'hello' },
      { from: 2, to: 4, text: '你好 世界' },
    ])
    expect(read.readCaptions('one\ntwo', 5)).toEqual([
      { from: 0, to: 2.5, text: 'one' },
      { from: 2.5, to: 5, text: 'two' },
    ])
    expect(read.readCaptions('7-up is a drink', 5)).toEqual([{ from: 0, to: 5, text: '7-up is a drink' }])
    expect(read.readCaptions('1秒到3秒：猫来了', 5)).toEqual([{ from: 1, to: 3, text: '猫来了' }])
  })

  test('which clips, and how they are joined', () => {
    expect(read.readJoin('#12, 13、K7Q2 fade --title The Cat: part 2 --beat')).toEqual({
      names: ['#12', '13', 'K7Q2'],
      joint: 'fade',
      title: 'The Cat: part 2',
      onBeat: true,
    })
    expect(read.readJoin('')).toEqual({ names: [], onBeat: false })
    expect(read.readJoin('12 13 淡入淡出 --标题 小猫')).toMatchObject({ joint: 'fade', title: '小猫' })
    for (const wrong of ['12 13 spin', '--title', '12 --speed 3'])
      expect(() => read.readJoin(wrong)).toThrow('refusal.edit-usage')
  })

  test('variants differ by one option; a camera move with axes is one', () => {
    const variants = read.readVariants('a cat --tier standard,high --ar 1:1')
    expect(variants?.map(({ caption }) => caption)).toEqual(['standard', 'high'])
    expect(variants?.map(({ text }) => parse(text))).toEqual([
      { prompt: 'a cat', tier: 'standard', ratio: '1:1' },
      { prompt: 'a cat', tier: 'high', ratio: '1:1' },
    ])
    expect(read.readVariants('一只猫 --画质 标准，高品质')?.map(({ text }) => parse(text).tier)).toEqual([
      'standard',
      'high',
    ])
    expect(read.readVariants('a cat --camera zoom:5,pan:2')).toBeUndefined()
    expect(read.readVariants('cats, dogs and --seed 3')).toBeUndefined()
    expect(() => read.readVariants('x --seed 1,2,3,4,5')).toThrow('refusal.edit-usage')
    expect(() => read.readVariants('x --seed 1,1')).toThrow('refusal.edit-usage')
  })

  test('anything at all is either understood within its limits or refused in words', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '1',
            '4.5',
            '-',
            '到',
            'to',
            's',
            '秒',
            'x',
            '|',
            '\n',
            '#12',
            '--title',
            ',',
            '1:02',
            '/',
            '倍',
            ' ',
          ),
          { maxLength: 12 },
        )
        .map(all => all.join('')),
    )
    fc.assert(
      fc.property(text, said => {
        for (const reader of [
          read.readRange,
          read.readFactor,
          read.readTimes,
          read.readFormat,
          read.readJoin,
          read.readVariants,
          (x: string) => read.readCaptions(x, 5),
        ])
          try {
            reader(said)
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
          }
      }),
      { numRuns: 500 },
    )
  }, 60_000)
})
