import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { inventShots } from '../../../core/idea/grammar.ts'
import { openDirection } from './direction.ts'
import { openLexicon } from './vocabulary.ts'
import { readWords } from './words.ts'

/** The built-in shot lists (core/idea) keep to words that the shipped vocabulary knows. */
const folder = fileURLToPath(new URL('../../models/theatre', import.meta.url))
const { nouns, verbs } = await openDirection(folder)
const lexicon = await openLexicon(folder, nouns, verbs)

test.each([
  'a cat',
  'two penguins on the moon',
  'an owl at night',
  'a shark and a turtle',
  'a taxi in the city',
  'a rocket',
  '猫',
  '一只小狗 大海 黄昏',
  '海豚和乌龟',
  '摩托车',
  '火箭 月亮',
  '小鸟 下雨',
])('every shot of %s is understood', idea => {
  for (let seed = 0; seed < 40; seed += 1)
    for (const { prompt } of inventShots(idea, { count: 8, seconds: 5, seed }))
      expect([prompt, readWords(prompt, lexicon, { seed: 1 }).unknownWords]).toEqual([prompt, []])
})

test.each(['a white cat', '一只白猫', '白色的小猫'])(
  '%s keeps its colour in every shot, and lends it to nobody',
  idea => {
    for (let seed = 0; seed < 40; seed += 1)
      for (const { prompt } of inventShots(idea, { count: 8, seconds: 5, seed })) {
        const { cast } = readWords(prompt, lexicon, { seed: 1 })
        const white = cast.filter(({ tint }) => tint === 'white').map(({ noun }) => noun)
        expect([prompt, white]).toEqual([prompt, ['cat']])
      }
  },
)
