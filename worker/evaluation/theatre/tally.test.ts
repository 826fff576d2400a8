import { describe, expect, it } from 'vitest'
import { type Measure, Tally } from './tally.ts'

const yes: readonly Measure[] = ['actors', 'counts', 'actions', 'sets', 'camera', 'smoothness', 'extension']

function filled(held: (measure: Measure, i: number) => boolean, brush = 0.01, diversity = 0.4): Tally {
  const tally = new Tally()
  for (const measure of yes)
    for (let i = 0; i < 100; i++) tally.add(measure, held(measure, i), `${measure} ${i}`, 'group')
  tally.measure('brush', brush)
  tally.measure('diversity', diversity)
  return tally
}

describe('tally', () => {
  it('passes when all is well', () => {
    expect(filled(() => true).fails()).toBe(false)
  })

  it.each(yes)('fails when %s alone is poor', measure => {
    const tally = filled((one, i) => one !== measure || i < 90)
    expect(tally.fails()).toBe(true)
    expect(tally.summary()[measure]).toBe(0.9)
    expect(tally.table()).toMatch(new RegExp(`${measure}.*MISSED`))
  })

  it('fails for a brush that misses, for takes that are all alike, and for nothing measured', () => {
    expect(filled(() => true, 0.2).fails()).toBe(true)
    expect(filled(() => true, 0.01, 0.02).fails()).toBe(true)
    expect(new Tally().fails()).toBe(true)
  })

  it('tells a part of a measure in a row of its own, and the unseen actions last', () => {
    const tally = filled(() => true)
    for (let i = 0; i < 4; i++) tally.part('actions', i < 3 ? 'seen' : 'unseen', i !== 0)
    tally.part('actions', 'unseen', false)
    expect(tally.table()).toMatch(/\n {2}seen +0\.667 +n 3\n {2}unseen +0\.5 +n 2\n/)
    expect(tally.summary().unseenActions).toBe(0.5)
    expect(Object.keys(tally.summary()).join()).toBe(
      'actors,counts,actions,sets,camera,diversity,smoothness,extension,brush,unseenActions',
    )
    expect(tally.fails()).toBe(false)
  })

  it('names what failed', () => {
    expect(filled((measure, i) => measure !== 'sets' || i > 5).table()).toContain('sets: sets 0')
  })
})
