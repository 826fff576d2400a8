import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../../core/books.ts'
import type { Film } from '../../core/film/film.ts'
import { potOf } from '../../core/film/pot.ts'
import { filmOf, filmsAt } from '../../core/film/store.ts'
import { activeJobs, jobsOf } from '../../core/jobs.ts'
import { insist } from '../../core/redis.ts'
import { balance } from '../../core/wallet.ts'
import { type CrashHouse, openCrashHouse } from '../testing/crash-house.ts'

/**
 * Films with a pot while bots die all the time, by kill -9, wherever they are: no take is lost, nothing is charged twice, and what is
 * left of the pot goes back to the credit. FILM_CRASH_ROUNDS films, one after the other.
 */

const rounds = Number(process.env['FILM_CRASH_ROUNDS'] ?? 5)
const patienceMs = 90_000
/** Where the next one of the bots to come by dies. */
const points = [
  ...['after-accept', 'before-enqueue', 'after-enqueue', 'before-delivering', 'after-delivering', 'before-settle'],
  ...['after-settle', 'before-told', 'after-told', 'film-begun', 'film-waits', 'film-chipped', 'film-ordered'],
  ...['film-making', 'film-made', 'film-ending', 'film-paid-back'],
]
const free = 66

let house: CrashHouse
beforeAll(async () => {
  house = await openCrashHouse()
})
afterAll(() => house?.close())

const place = { platform: 'web', channel: 'crash', private: false }
let people = 0
const person = (): string => {
  people += 1
  return `m${String(people).padStart(9, '0').replaceAll('0', 'a').replaceAll('1', 'b')}`
}

async function until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(50)) {
    const found = await insist(look)
    if (found) return found
  }
  const shown = (await house.messages()).slice(-8).map(message => JSON.stringify(message))
  throw new Error(`${what}: not within ${patienceMs} ms; there is:\n${shown.join('\n')}`)
}

test(`${rounds} films under kill -9`, async () => {
  const { core } = house
  let kills = 0
  let armed = false
  for (let round = 0; round < rounds; round++) {
    const [host, ann, bob] = [person(), person(), person()]
    let said = 0
    /** Somebody says something, and whoever of the bots comes by some point next dies. */
    const say = async (by: string, text: string): Promise<void> => {
      if (await house.pulled()) {
        if (armed) kills += 1
        armed = true
        await house.arm(points[Math.floor(Math.random() * points.length)] ?? 'after-accept', 'self')
      }
      said += 1
      await house.say(by, `${by}-${String(said).padStart(4, '0')}`, text)
    }
    await say(host, `/film new Round ${round} --pot --no-relay --takes 9`)
    const { id } = await until(
      async () => (await filmsAt(core, place)).find(one => one.host === `web:${host}`),
      'the film begins',
    )
    const when = (so: (film: Film) => boolean, what: string) =>
      until(async () => {
        const film = await filmOf(core, id)
        return film && so(film) ? film : undefined
      }, what)
    await say(ann, `/shot ${id} a bird`)
    await when(film => film.waiting.length === 1, 'the take waits')
    await say(ann, `/chip ${id} 15`)
    await say(bob, `/chip ${id} 12`)
    await say(host, `/chip ${id} 13`)
    await when(film => film.shots[0]?.takes[0]?.clip !== undefined, 'the first take is made')
    await say(bob, `/shot ${id} a dog`)
    await when(
      film => film.shots[0]?.takes.length === 2 && film.shots[0].takes[1]?.clip !== undefined,
      'the second take',
    )
    await say(host, `/shot ${id} please refuse`)
    await when(film => film.waiting.length === 1, 'the third one waits')
    await say(ann, `/chip ${id} 20`)
    await when(film => film.waiting.length === 0, 'the third one starts')
    await until(async () => (await activeJobs(core)).length === 0, 'every job ends')
    await say(bob, `/vote ${id} 2`)
    await say(host, `/choose ${id}`)
    await when(film => film.shots[0]?.chosen === 2, 'a take is chosen')
    await say(host, `/film ${id} end`)
    await until(async () => (await potOf(core, id))?.state === 'closed', 'the pot is closed')

    const film = await when(one => one.state === 'ended', 'the film has ended')
    const members = [host, ann, bob].map(one => `web:${one}`)
    const jobs = (await Promise.all(members.map(one => jobsOf(core, one, 20)))).flat()
    const delivered = jobs.filter(({ state }) => state === 'delivered').map(job => job.id)
    expect(
      film.shots
        .flatMap(shot => shot.takes)
        .map(take => take.job)
        .sort(),
    ).toEqual(delivered.sort())
    expect([delivered.length, jobs.length, film.spent]).toEqual([2, 3, 40])
    const left = await Promise.all(members.map(one => balance(core, one)))
    expect(left.map(({ held }) => held)).toEqual([0, 0, 0])
    // 60 put in (13, 35, 12), 20 left: 4.33, 11.67 and 4.
    expect(left.map(({ available }) => available)).toEqual([free - 13 + 4, free - 35 + 12, free - 12 + 4])
    const { problems, sheet } = await audit(core)
    expect(problems).toEqual([])
    expect(sheet.held).toBe(0)
  }
  expect(kills).toBeGreaterThan(0)
  console.log(JSON.stringify({ films: rounds, kills, lostTakes: 0, chargedTwice: 0 }))
})
