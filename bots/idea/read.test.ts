import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UserError } from '../../core/errors.ts'
import { changeIdea } from '../../core/idea/change.ts'
import { Idea } from '../../core/idea/shots.ts'
import { readCount, readIdea } from './read.ts'

test.each([
  ['make', { act: 'make' }],
  ['开拍！', { act: 'make' }],
  ['换一批', { act: 'other' }],
  ['never mind', { act: 'forget' }],
  ['drop 3', { act: 'drop', shots: [3] }],
  ['drop 2, 4', { act: 'drop', shots: [2, 4] }],
  ['删 第3个镜头', { act: 'drop', shots: [3] }],
  ['2: a cat sleeps', { act: 'set', shot: 2, wish: { prompt: 'a cat sleeps' } }],
  ['2：猫在睡觉 10秒', { act: 'set', shot: 2, wish: { prompt: '猫在睡觉', seconds: 10 } }],
  ['第2个镜头：推近', { act: 'set', shot: 2, wish: { prompt: '', camera: { preset: 'push-in' } } }],
  ['#1) a dog', { act: 'set', shot: 1, wish: { prompt: 'a dog' } }],
  ['add a dog barks', { act: 'add', wish: { prompt: 'a dog barks' } }],
  ['加 一只狗', { act: 'add', wish: { prompt: '一只狗' } }],
  ['加一个镜头：一只狗', { act: 'add', wish: { prompt: '一只狗' } }],
  ['a cat', undefined],
  ['2', undefined],
  ['2.5 cats', undefined],
  ['drop the cat', undefined],
  ['加油', undefined],
  ['make a cat dance', undefined],
])('%s', (text, call) => expect(readIdea(text)).toEqual(call))

test.each([
  ['a cat, 5 shots', { words: 'a cat', count: 5 }],
  ['六个镜头 一只猫', { words: '一只猫', count: 6 }],
  ['a cat --shots 8 --ar 9:16', { words: 'a cat --ar 9:16', count: 8 }],
  ['two shots of rum', { words: 'two shots of rum' }],
  ['9 shots', { words: '9 shots' }],
])('%s', (text, said) => expect(readCount(text)).toEqual(said))

const list: Idea = Idea.parse({
  ...{ id: 'abcdefgh', version: 1, words: 'a cat', common: {}, seed: 1, price: 60 },
  shots: [1, 2, 3].map(n => ({ prompt: `shot ${n}`, seconds: 5, camera: { preset: 'fixed' } })),
})
const said = (text: string): Idea => {
  const call = readIdea(text)
  if (!call || !('wish' in call || 'shots' in call)) throw new Error(text)
  return changeIdea(list, call)
}
const refusal = (text: string): string | undefined => {
  try {
    said(text)
  } catch (error) {
    return error instanceof UserError ? error.code : String(error)
  }
  return undefined
}

test('what is said of a shot changes that and nothing else', () => {
  expect(said('2: 10秒').shots[1]).toEqual({ prompt: 'shot 2', seconds: 10, camera: { preset: 'fixed' } })
  expect(said('2: a dog, push in').shots[1]).toEqual({ prompt: 'a dog', seconds: 5, camera: { preset: 'push-in' } })
  expect(said('drop 1').shots.map(({ prompt }) => prompt)).toEqual(['shot 2', 'shot 3'])
  expect(said('add a dog').shots).toHaveLength(4)
  expect([refusal('7: a dog'), refusal('drop 1 2'), refusal('drop 4'), refusal('add 10秒'), refusal('2: 🐱')]).toEqual([
    'refusal.idea-number',
    'refusal.idea-few',
    'refusal.idea-number',
    'refusal.idea-shot-words',
    'refusal.idea-shot-words',
  ])
})

test('long nonsense is read at once', () => {
  const began = performance.now()
  expect(readIdea(`drop ${'1'.repeat(5000)}x`)).toBeUndefined()
  expect(readIdea(`删 ${'1 '.repeat(2000)}x`)).toBeUndefined()
  expect(performance.now() - began).toBeLessThan(200)
})

test('whatever is said, the list stays one, or one sentence says why not', () => {
  const word = fc.constantFrom(
    'add',
    'drop',
    '2:',
    '3：',
    '删',
    '加',
    'a dog',
    '10秒',
    '推近',
    '9',
    '--seed',
    '--ar 9:16',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 5 }), words => {
      try {
        const call = readIdea(words.join(' '))
        if (call && ('wish' in call || 'shots' in call)) Idea.parse(changeIdea(list, call))
      } catch (error) {
        if (!(error instanceof UserError)) throw error
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)
