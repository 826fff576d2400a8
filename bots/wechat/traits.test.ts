import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOwnKey, newKey, recognise, sightOf, taggedAlias } from './traits.ts'
import type { Person } from './transport.ts'

const room = (topic: string, ...names: string[]) => ({ topic, names })

test('a room is known again by its topic and somebody in common, or by nearly the same people', () => {
  const known = new Map([
    ['r.1', room('film', 'a', 'b', 'c', 'd', 'e')],
    ['r.2', room('food', 'x', 'y', 'z')],
  ])
  expect(recognise(known, room('film', 'a', 'q', 'r', 's'))).toBe('r.1')
  expect(recognise(known, room('films!', 'a', 'b', 'c', 'd', 'e'))).toBe('r.1')
  expect(recognise(known, room('films!', 'a', 'b', 'c', 'd'))).toBe('r.1')
  expect(recognise(known, room('film', 'q', 'r', 's'))).toBeUndefined()
  expect(recognise(known, room('new', 'a', 'b'))).toBeUndefined()
  expect(recognise(known, room('', 'x', 'y', 'z'))).toBe('r.2')
  expect(recognise(new Map(), room('film', 'a'))).toBeUndefined()
})

test('two rooms that could both be meant are neither', () => {
  const twins = new Map([
    ['r.1', room('', 'a', 'b', 'c')],
    ['r.2', room('', 'a', 'b', 'c')],
  ])
  expect(recognise(twins, room('', 'a', 'b', 'c'))).toBeUndefined()
})

const none = { friends: [], rooms: new Map() }
const secret = 'a secret'

test('a remark of ours names its key, whatever name stands before it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), name => {
      const key = newKey('person')
      expect(isOwnKey(key)).toBe(true)
      const alias = taggedAlias(name, key)
      expect(alias.length).toBeLessThan(32)
      expect(sightOf(secret, { id: '@1', name, alias }, none).key).toBe(key)
    }),
  )
  for (const alias of ['#u.abc', '小林', '#r.abcdefghjk', 'x #u.abcdefghjk!'])
    expect(sightOf(secret, { id: '@1', name: 'x', alias }, none).key).toBeUndefined()
})

test('a name speaks for somebody only where nobody else has it', () => {
  const lin: Person = { id: '@1', name: '小林', friend: false }
  const alone = new Map([['r.1', [lin, { id: '@2', name: '小红' }]]])
  const twice = new Map([['r.1', [lin, { id: '@2', name: '小林' }]]])
  expect(sightOf(secret, lin, { friends: [], rooms: alone }).evidence).toHaveLength(1)
  expect(sightOf(secret, lin, { friends: [], rooms: twice }).evidence).toEqual([])
  expect(sightOf(secret, { ...lin, name: '' }, { friends: [], rooms: alone }).evidence).toHaveLength(1)
  const friend = { ...lin, friend: true, weixin: 'lin88' }
  const kinds = sightOf(secret, friend, { friends: [friend], rooms: alone }).evidence.map(({ weak }) => weak)
  expect(kinds).toEqual([false, true, true])
})

test('evidence is of no use without the secret', () => {
  const lin: Person = { id: '@1', name: '小林', weixin: 'lin88' }
  const [ours] = sightOf(secret, lin, none).evidence
  const [theirs] = sightOf('another', lin, none).evidence
  expect(ours?.id).not.toBe(theirs?.id)
  expect(JSON.stringify(ours)).not.toContain('lin')
})
