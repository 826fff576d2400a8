import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from '../parse/parse.ts'
import { inventShots } from './grammar.ts'
import { Shot, shotsFor } from './shots.ts'

const prompts = (idea: string, count = 5, seed = 7): string[] =>
  inventShots(idea, { count, seconds: 5, seed }).map(({ prompt }) => prompt)

describe('a shot list from a few words', () => {
  test.each([
    [
      'a lonely robot finds a flower on mars',
      /^a lonely robot \w+ on mars/,
      2,
      'a lonely robot finds a flower on mars',
    ],
    ['一只孤独的机器人在火星上找到一朵花', /^清晨，一只孤独的机器人在火星上/, 2, '一只孤独的机器人在火星上找到一朵花'],
    ['two foxes race at night', /^two foxes \w+ .* at night$/, 2, 'two foxes race at night'],
    ['暴风雨里 三只企鹅在跳舞', /^暴风雨，三只企鹅/, 2, '暴风雨里 三只企鹅在跳舞'],
  ])('%s', (idea, opening, at, action) => {
    const list = prompts(idea)
    expect(list).toHaveLength(5)
    expect(list[0]).toMatch(opening)
    expect(list[at]).toBe(action)
  })

  test('names who, where and when in every language it knows', () => {
    expect(prompts('猫 月亮 下雪')).toEqual(expect.arrayContaining([expect.stringMatching(/^下雪，猫在月亮上/)]))
    expect(prompts('cat')[0]).toMatch(/^a cat /)
    expect(prompts('a knight and a dragon')[1]).toMatch(/^a knight .* a dragon /)
    expect(prompts('a shark')[0]).toMatch(/^a shark (?:swimming|appearing) underwater/)
  })

  test('what happens one after the other gets a shot each', () => {
    const list = prompts('a cat wakes up, then it runs to the sea. Then it sleeps', 3)
    expect(list.slice(1, 4)).toEqual(['a cat wakes up', 'a cat runs to the sea', 'a cat sleeps'])
    expect(prompts('小兔子想去月球，然后遇见嫦娥，最后一起吃月饼', 5).slice(1, 4)).toEqual([
      '小兔子想去月球',
      '小兔子遇见嫦娥',
      '小兔子一起吃月饼',
    ])
    const many = prompts(Array.from({ length: 12 }, (_, i) => `a dog does trick ${i}`).join('; '), 4)
    expect(many).toHaveLength(8)
    expect(many[6]).toMatch(/trick 5, .*trick 11$/)
  })

  test('another seed tells another story of the same', () => {
    const seen = new Set(Array.from({ length: 20 }, (_, seed) => prompts('a cat', 5, seed).join()))
    expect(seen.size).toBeGreaterThan(10)
    expect(prompts('a cat', 5, 3)).toEqual(prompts('a cat', 5, 3))
  })

  test('of any words: 3 to 8 shots that are read as they are said, each with a camera', () => {
    const word = fc.constantFrom(
      ...'a the cat dragon robot flies in sea moon night then 。 ， 猫 小狗 在森林里 追 然后 月亮 love 10秒 竖屏 portrait é ñandú 🐱'.split(
        ' ',
      ),
    )
    const idea = fc.oneof(
      fc.array(word, { minLength: 1, maxLength: 14 }).map(words => words.join(' ')),
      fc.string({ maxLength: 80 }),
    )
    const count = fc.integer({ min: -2, max: 12 })
    fc.assert(
      fc.property(idea, count, fc.nat(), (said, wanted, seed) => {
        const { prompt: words } = parse(said.replaceAll('--', ''))
        if (!/\p{L}/u.test(words)) return
        const shots = inventShots(words, { count: wanted, seconds: 10, seed })
        expect(shots.length).toBeGreaterThanOrEqual(3)
        expect(shots.length).toBeLessThanOrEqual(8)
        for (const shot of shots) {
          expect(Shot.parse(shot)).toEqual(shot)
          expect(shot.camera).toBeDefined()
          expect(parse(shot.prompt)).toEqual({ prompt: shot.prompt })
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('the length asked for decides how many shots of which length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 180 }), asked => {
        const { count, seconds } = shotsFor(asked)
        expect(count * seconds).toBeGreaterThanOrEqual(15)
        expect(count * seconds).toBeLessThanOrEqual(80)
        if (asked >= 15 && asked <= 80) expect(Math.abs(count * seconds - asked)).toBeLessThanOrEqual(5)
      }),
    )
  })
})
