import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobState } from './job.ts'
import { fill, isOver, mostTries, placeOf, type Seen, Step, statesOf } from './plan.ts'

const shot = (continues?: number) =>
  Step.parse({
    shot: {
      kind: 'video',
      prompt: 'a cat',
      model: 'theatre',
      tier: 'standard',
      seconds: 5,
      ratio: '16:9',
      seed: 1,
      ...(continues !== undefined && { continues: { step: continues } }),
    },
    price: 20,
  })
const join = (refs: number[], least?: number) =>
  Step.parse({
    edit: { op: 'join', pieces: refs.map(step => ({ clip: { step }, joint: 'continuous' })) },
    price: 0,
    ...(least !== undefined && { least }),
  })
const chain = { steps: [shot(), shot(0), shot(1), join([0, 1, 2], 2)] }

const none: Seen = { tries: 0 }
const done = (n: number): Seen => ({ tries: 1, job: { state: 'delivered', clip: `clip-${n}` } })
const at = (state: JobState, code = 'failure.internal', tries = 1): Seen => ({
  tries,
  job: { state, failure: { code, params: {} } },
})

describe('a plan', () => {
  test('goes from piece to piece and ends with the join', () => {
    expect(statesOf(chain, [])).toEqual(['ready', 'waiting', 'waiting', 'waiting'])
    expect(statesOf(chain, [{ tries: 1, job: { state: 'running' } }])).toEqual([
      'open',
      'waiting',
      'waiting',
      'waiting',
    ])
    expect(statesOf(chain, [done(0), done(1)])).toEqual(['done', 'done', 'ready', 'waiting'])
    expect(statesOf(chain, [done(0), done(1), done(2)])).toEqual(['done', 'done', 'done', 'ready'])
    expect(isOver(statesOf(chain, [done(0), done(1), done(2), done(3)]))).toBe(true)
  })

  test('tries a piece twice where that may help, then joins what there is', () => {
    expect(statesOf(chain, [done(0), done(1), at('failed')])).toEqual(['done', 'done', 'ready', 'waiting'])
    const second = at('told', 'failure.crashed', 2)
    expect(statesOf(chain, [done(0), done(1), second])).toEqual(['done', 'done', 'failed', 'ready'])
    expect(statesOf(chain, [done(0), second])).toEqual(['done', 'failed', 'skipped', 'skipped'])
    expect(statesOf(chain, [at('told', 'failure.size')])).toEqual(['failed', 'skipped', 'skipped', 'skipped'])
  })

  test('stops when one of its jobs is cancelled', () => {
    expect(statesOf(chain, [done(0), at('told', 'failure.cancelled')])).toEqual([
      'done',
      'cancelled',
      'skipped',
      'skipped',
    ])
  })

  test('fills in the clips it has, and leaves out of a list what failed', () => {
    expect(fill(shot(0), ['clip-aa'])).toMatchObject({ shot: { continues: 'clip-aa' } })
    expect(fill(join([0, 1, 2]), ['clip-aa', undefined, 'clip-cc'])).toMatchObject({
      edit: { pieces: [{ clip: 'clip-aa' }, { clip: 'clip-cc' }] },
    })
    expect(() => fill(shot(0), [])).toThrow()
  })

  test('counts shots and edits apart', () => {
    expect(placeOf(chain, 1)).toEqual({ nth: 2, of: 3 })
    expect(placeOf(chain, 3)).toEqual({ nth: 1, of: 1 })
  })

  test('always comes to an end, whatever becomes of its jobs', () => {
    const step = fc.nat(1000)
    const outcome = fc.constantFrom<(n: number, tries: number) => Seen>(
      n => done(n),
      (_, tries) => at('failed', 'failure.internal', tries),
      (_, tries) => at('told', 'failure.too-big', tries),
      (_, tries) => at('failed', 'failure.cancelled', tries),
    )
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.infiniteStream(outcome), (shape, outcomes) => {
        const steps = shape.map((n, i) =>
          i === 0 || n % 3 === 0 ? shot() : n % 3 === 1 ? shot(n % i) : join([n % i, i - 1], 1),
        )
        const seen: Seen[] = steps.map(() => none)
        for (let round = 0; round <= steps.length * mostTries; round++) {
          const states = statesOf({ steps }, seen)
          if (isOver(states)) return
          expect(states).toContain('ready')
          for (const [i, state] of states.entries())
            if (state === 'ready') {
              const clips = seen.map(one => (one.job?.state === 'delivered' ? one.job.clip : undefined))
              fill(steps[i] ?? shot(), clips)
              seen[i] = outcomes.next().value(i + 1e6, (seen[i]?.tries ?? 0) + 1)
            }
        }
        throw new Error('it goes on for ever')
      }),
    )
  })
})
