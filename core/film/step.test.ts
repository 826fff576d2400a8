import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { chosenTake, creditsOf, Film, type FilmRules, lastClip, openShot, ranking } from './film.ts'
import { type FilmEvent, newFilm, step } from './step.ts'
import { mayOffer } from './takes.ts'

const place = { platform: 'web', channel: 'room', private: false }
const start = (rules: Partial<FilmRules> = {}): Film =>
  newFilm({ id: 'F7Q2', title: 'The moon rabbit', host: 'web:ann', hostName: 'Ann', locale: 'en', place, rules }, 0)

/** The film after some events, one second apart. */
const play = (film: Film, ...events: FilmEvent[]): Film =>
  events.reduce((now, event, i) => step(now, event, (i + 1) * 1000), film)

const offer = (by: string, job: string, price = 20): FilmEvent => ({
  kind: 'offer',
  by,
  name: by.slice(4),
  job,
  prompt: job,
  price,
})
const made = (job: string): FilmEvent => ({ kind: 'made', job, clip: `clip-${job}` })
const vote = (by: string, take: number, on = true): FilmEvent => ({ kind: 'vote', by, name: by.slice(4), take, on })
const code = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof UserError) return error.code
    throw error
  }
  return ''
}

describe('a film', () => {
  test('takes, votes and a choice make a shot; the next offer opens the next one', () => {
    const film = play(
      start(),
      offer('web:ann', 'j1'),
      offer('web:bob', 'j2'),
      made('j1'),
      made('j2'),
      vote('web:cho', 2),
      vote('web:bob', 2),
      vote('web:ann', 1),
      { kind: 'choose', by: 'web:ann' },
    )
    expect(film.shots).toHaveLength(1)
    expect(chosenTake(film.shots[0] ?? { number: 0, takes: [] })?.clip).toBe('clip-j2')
    expect(lastClip(film)).toBe('clip-j2')
    const next = play(film, offer('web:cho', 'j3'))
    expect(next.shots.map(shot => shot.number)).toEqual([1, 2])
    expect(next.spent).toBe(60)
    expect(creditsOf(next)).toEqual([
      { role: 'director', names: ['ann'] },
      { role: 'takes', names: ['bob'] },
      { role: 'votes', names: ['ann', 'cho', 'bob'] },
    ])
  })

  test('a member has one vote a shot: a new one moves it', () => {
    const film = play(start(), offer('web:ann', 'a'), offer('web:bob', 'b'), made('a'), made('b'))
    const voted = play(film, vote('web:bob', 1), vote('web:bob', 2))
    expect(openShot(voted)?.takes.map(take => take.votes)).toEqual([[], ['web:bob']])
    expect(step(voted, vote('web:bob', 2), 9).version).toBe(voted.version)
    expect(ranking(openShot(play(voted, vote('web:bob', 2, false))) as never).map(take => take.votes)).toEqual([[], []])
  })

  test('a take that fails leaves nothing behind', () => {
    const film = play(start(), offer('web:ann', 'a'), { kind: 'failed', job: 'a' })
    expect([film.spent, film.shots[0]?.takes]).toEqual([0, []])
  })

  test('in a round the turn goes on with each take, with a pass, and with time', () => {
    let film = play(start({ turns: 'round' }), { kind: 'join', by: 'web:bob', name: 'Bob' })
    expect(film.turn?.member).toBe('web:ann')
    expect(code(() => step(film, offer('web:bob', 'x'), 5))).toBe('refusal.film-not-your-turn')
    film = step(film, offer('web:ann', 'a'), 5_000)
    expect(film.turn?.member).toBe('web:bob')
    expect(step(film, { kind: 'turn-over' }, 6_000)).toBe(film)
    film = step(film, { kind: 'turn-over' }, film.turn?.until ?? 0)
    expect(film.turn?.member).toBe('web:ann')
    expect(step(film, { kind: 'pass', by: 'web:ann' }, 7_000).turn?.member).toBe('web:bob')
  })

  test.each<[string, Partial<FilmRules>, FilmEvent[], FilmEvent, string]>([
    [
      'only the host chooses',
      {},
      [offer('web:bob', 'a'), made('a')],
      { kind: 'choose', by: 'web:bob' },
      'refusal.film-host-only',
    ],
    [
      'no choice without a take',
      {},
      [offer('web:ann', 'a')],
      { kind: 'choose', by: 'web:ann' },
      'refusal.film-no-take',
    ],
    [
      'the muted',
      {},
      [
        { kind: 'join', by: 'web:bob', name: 'b' },
        { kind: 'mute', by: 'web:ann', who: 'web:bob', muted: true },
      ],
      offer('web:bob', 'a'),
      'refusal.film-muted',
    ],
    ['who was not invited', { join: 'invited' }, [], offer('web:bob', 'a'), 'refusal.film-invited-only'],
    ['too many takes', { takesEach: 1 }, [offer('web:ann', 'a')], offer('web:ann', 'b'), 'refusal.film-takes'],
    ['first come', { turns: 'first' }, [offer('web:ann', 'a')], offer('web:bob', 'b'), 'refusal.film-taken'],
    ['the budget', { budget: 30 }, [offer('web:ann', 'a')], offer('web:bob', 'b'), 'refusal.film-budget'],
    [
      'a member’s part of the pot',
      { pays: 'pot', memberBudget: 20 },
      [offer('web:bob', 'a')],
      offer('web:bob', 'b'),
      'refusal.film-budget',
    ],
    ['after its end', {}, [{ kind: 'end', by: 'web:ann' }], offer('web:ann', 'a'), 'refusal.film-ended'],
    [
      'the last shot is decided',
      { shots: 1 },
      [offer('web:ann', 'a'), made('a'), { kind: 'choose', by: 'web:ann' }],
      offer('web:ann', 'b'),
      'refusal.film-shots',
    ],
  ])('refuses: %s', (_, rules, before, event, refusal) => {
    expect(code(() => step(play(start(rules), ...before), event, 99_000))).toBe(refusal)
  })

  test('a final counts once, whatever is chosen while it is being made', () => {
    const two = play(start(), offer('web:ann', 'a'), offer('web:bob', 'b'), made('a'), made('b'))
    const pick = (take: number): FilmEvent => ({ kind: 'choose', by: 'web:ann', take })
    const making = (take: number): FilmEvent => ({ kind: 'finish', shot: 1, take, job: `final-${take}`, price: 35 })
    const abA = play(two, pick(1), making(1), pick(2), making(2), pick(1), making(1))
    expect([abA.spent, abA.shots[0]?.finishing?.job]).toEqual([two.spent + 70, 'final-1'])
    // What is not chosen any more has cost its credits all the same, and gives them back if it fails.
    const late = play(two, pick(1), pick(2), { ...making(1), kind: 'final', clip: 'clip-1' } as FilmEvent)
    expect([late.spent, late.shots[0]?.final]).toEqual([two.spent + 35, undefined])
    expect(play(late, pick(1), { ...making(1), kind: 'final', clip: 'clip-1' } as FilmEvent).spent).toBe(late.spent)
    const failed = play(abA, { kind: 'failed', job: 'final-2' })
    expect([failed.spent, failed.shots[0]?.finishing?.job]).toEqual([two.spent + 35, 'final-1'])
    expect(play(failed, { kind: 'failed', job: 'final-1' }, { kind: 'failed', job: 'final-1' }).spent).toBe(two.spent)
  })

  test('the host may choose again until somebody goes on; a final is paid for once', () => {
    const two = play(start(), offer('web:ann', 'a'), made('a'), offer('web:bob', 'b'), made('b'))
    const first = play(two, { kind: 'choose', by: 'web:ann', take: 1 })
    const final = { shot: 1, take: 1, job: 'f', price: 35 } as const
    const under = play(first, { kind: 'finish', ...final }, { kind: 'finish', ...final })
    expect([under.spent, under.shots[0]?.finishing?.job]).toEqual([first.spent + 35, 'f'])
    const done = play(under, { kind: 'final', ...final, clip: 'clip-f' }, { kind: 'final', ...final, clip: 'clip-f' })
    expect([done.spent, done.shots[0]?.final]).toEqual([first.spent + 35, 'clip-f'])
    expect(play(done, { kind: 'failed', job: 'f' })).toEqual(done)
    expect(play(under, { kind: 'failed', job: 'f' }).spent).toBe(first.spent)
    const other = play(done, { kind: 'choose', by: 'web:ann', take: 2 })
    expect(other.shots[0]).toMatchObject({ chosen: 2 })
    expect(other.shots[0]?.final).toBeUndefined()
    // What comes late for the take before changes nothing.
    expect(play(other, { kind: 'final', ...final, clip: 'clip-f' })).toEqual(other)
    const gone = play(other, offer('web:ann', 'c'))
    expect(code(() => step(gone, { kind: 'choose', by: 'web:ann', take: 1 }, 0))).toBe('refusal.film-no-take')
  })

  test('handed over, nobody pays for others without having said so', () => {
    const film = play(start({ pays: 'host' }), { kind: 'join', by: 'web:bob', name: 'Bob' })
    expect(step(film, { kind: 'hand-over', by: 'web:ann', to: 'web:ann' }, 0)).toBe(film)
    const handed = step(film, { kind: 'hand-over', by: 'web:ann', to: 'web:bob' }, 0)
    expect([handed.host, handed.rules.pays]).toEqual(['web:bob', 'each'])
  })

  test('the muted stay so when they leave and come back', () => {
    const film = play(
      start(),
      { kind: 'join', by: 'web:bob', name: 'Bob' },
      { kind: 'mute', by: 'web:ann', who: 'web:bob', muted: true },
      { kind: 'leave', by: 'web:bob' },
    )
    expect(code(() => step(film, { kind: 'join', by: 'web:bob', name: 'Bob' }, 0))).toBe('refusal.film-muted')
  })

  test('what waits for the pot counts as a take until it waits no more', () => {
    const waiting = { update: 'u1', what: 'take', member: 'web:bob', prompt: 'p', price: 20, asked: {} } as const
    const film = play(
      start({ pays: 'pot', takesEach: 1 }),
      { kind: 'wait', name: 'Bob', waiting },
      { kind: 'wait', name: 'Bob', waiting },
    )
    expect(film.waiting).toHaveLength(1)
    expect(code(() => mayOffer(film, 'web:bob', 'b', 20))).toBe('refusal.film-takes')
    expect(mayOffer(film, 'web:bob', 'b', 20, 'u1').members).toHaveLength(2)
    const started = play(film, { ...offer('web:bob', 'a'), update: 'u1' } as FilmEvent)
    expect([started.waiting, started.shots[0]?.takes.length]).toEqual([[], 1])
    const dearer = play(film, { kind: 'wait', name: 'Bob', waiting: { ...waiting, price: 35 } })
    expect(dearer.waiting).toEqual([{ ...waiting, price: 35 }])
  })

  test('what waited for the pot starts though the turn has passed on', () => {
    const waiting = { update: 'u1', what: 'take', member: 'web:ann', prompt: 'p', price: 20, asked: {} } as const
    const film = play(
      start({ pays: 'pot', turns: 'round' }),
      { kind: 'join', by: 'web:bob', name: 'Bob' },
      { kind: 'wait', name: 'Ann', waiting },
      { kind: 'pass', by: 'web:ann' },
    )
    expect(film.turn?.member).toBe('web:bob')
    expect(code(() => step(film, offer('web:ann', 'x'), 5))).toBe('refusal.film-not-your-turn')
    const started = play(film, { ...offer('web:ann', 'a'), update: 'u1' } as FilmEvent)
    expect([started.waiting, started.shots[0]?.takes.length, started.turn?.member]).toEqual([[], 1, 'web:bob'])
  })

  test('whatever happens, it stays a film that adds up', () => {
    const people = ['web:ann', 'web:bob', 'web:cho', 'web:dan']
    const who = fc.constantFrom(...people)
    const job = fc.integer({ min: 0, max: 12 }).map(n => `j${n}`)
    const event: fc.Arbitrary<FilmEvent> = fc.oneof(
      fc.record({ kind: fc.constant('join' as const), by: who, name: who }),
      fc.record({ kind: fc.constant('leave' as const), by: who }),
      fc.record({ kind: fc.constant('mute' as const), by: who, who, muted: fc.boolean() }),
      fc.record({ kind: fc.constant('hand-over' as const), by: who, to: who }),
      fc.record({
        kind: fc.constant('offer' as const),
        by: who,
        name: who,
        job,
        prompt: fc.constant('p'),
        price: fc.integer({ min: 0, max: 50 }),
      }),
      job.map((one): FilmEvent => made(one)),
      job.map((one): FilmEvent => ({ kind: 'failed', job: one })),
      fc.record({
        kind: fc.constant('vote' as const),
        by: who,
        name: who,
        take: fc.integer({ min: 1, max: 5 }),
        on: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('choose' as const), by: who, take: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        kind: fc.constantFrom('finish' as const, 'final' as const),
        shot: fc.integer({ min: 1, max: 3 }),
        take: fc.integer({ min: 1, max: 3 }),
        job: job.map(one => `f${one}`),
        clip: fc.constant('clip-final'),
        price: fc.constant(0),
      }),
      job.map((one): FilmEvent => ({ kind: 'failed', job: `f${one}` })),
      fc.record({
        kind: fc.constant('wait' as const),
        name: who,
        waiting: fc.record({
          update: job,
          what: fc.constantFrom('take' as const, 'final' as const),
          member: who,
          prompt: fc.constant('p'),
          price: fc.integer({ min: 1, max: 50 }),
          asked: fc.constant({}),
        }),
      }),
      job.map((update): FilmEvent => ({ kind: 'waited', update })),
      fc.record({
        kind: fc.constant('remove' as const),
        by: who,
        shot: fc.integer({ min: 1, max: 3 }),
        take: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ kind: fc.constant('pass' as const), by: who }),
      fc.constant<FilmEvent>({ kind: 'turn-over' }),
      fc.record({ kind: fc.constant('end' as const), by: who }),
    )
    const rules = fc.record({
      turns: fc.constantFrom('free' as const, 'round' as const, 'first' as const),
      budget: fc.constant(300),
      shots: fc.constant(4),
    })
    fc.assert(
      fc.property(rules, fc.array(event, { maxLength: 60 }), (chosen, events) => {
        let film = start(chosen)
        for (const [i, one] of events.entries()) {
          const before = JSON.stringify(film)
          try {
            const next = step(film, one, i * 1000)
            expect(next.version).toBe(next === film ? film.version : film.version + 1)
            expect(JSON.stringify(film)).toBe(before)
            film = next
          } catch (error) {
            if (!(error instanceof UserError)) throw error
          }
          expect(Film.parse(JSON.parse(JSON.stringify(film)))).toEqual(film)
          expect(film.boards).toHaveLength(film.places.length)
          expect(film.members.map(member => member.id)).toContain(film.host)
          expect(film.spent).toBeLessThanOrEqual(300)
          const takes = film.shots.flatMap(shot => shot.takes)
          expect(film.spent).toBeGreaterThanOrEqual(takes.reduce((sum, take) => sum + take.price, 0))
          for (const shot of film.shots) {
            const voters = shot.takes.flatMap(take => take.votes)
            expect(new Set(voters).size).toBe(voters.length)
            expect(shot.chosen === undefined || chosenTake(shot)?.clip !== undefined).toBe(true)
          }
          expect(new Set(film.shots.map(shot => shot.number)).size).toBe(film.shots.length)
          expect(film.shots.slice(0, -1).every(shot => shot.chosen !== undefined)).toBe(true)
          if (film.turn) expect(film.members.find(member => member.id === film.turn?.member)?.muted).not.toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
