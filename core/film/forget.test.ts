import { expect, test } from 'vitest'
import type { Film } from './film.ts'
import { namesOnlyOf } from './forget.ts'
import { newFilm, step } from './step.ts'

const place = { platform: 'web', channel: 'room', private: false }
const film = (): Film =>
  newFilm({ id: 'F7Q2', title: 'Twins', host: 'web:ann', hostName: 'Ann', locale: 'en', place, rules: {} }, 0)
const offered = (before: Film, by: string, name: string, job: string): Film => {
  const offer = { kind: 'offer', by, name, job, prompt: job, price: 20 } as const
  const made = step(step(before, offer, 1), { kind: 'made', job, clip: `clip-${job}` }, 2)
  return step(made, { kind: 'choose', by: 'web:ann' }, 3)
}

test('the credits of a namesake stay theirs', () => {
  const one = offered(film(), 'web:bob', 'Sam', 'job-1')
  expect(namesOnlyOf(one, ['web:bob'])).toEqual(['Sam'])
  const joined = step(one, { kind: 'join', by: 'web:cho', name: 'Sam' }, 4)
  expect(namesOnlyOf(joined, ['web:bob'])).toEqual(['Sam'])
  const both = offered(joined, 'web:cho', 'Sam', 'job-2')
  expect(namesOnlyOf(both, ['web:bob'])).toEqual([])
  expect(namesOnlyOf(both, ['web:bob', 'web:cho'])).toEqual(['Sam', 'Sam'])
})
