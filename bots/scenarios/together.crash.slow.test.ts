import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../../core/books.ts'
import { questionOf } from '../../core/consent.ts'
import { duetOf, duetsAt } from '../../core/duet.ts'
import { potOf } from '../../core/film/pot.ts'
import { filmOf, filmsAt } from '../../core/film/store.ts'
import { activeJobs, jobsOf } from '../../core/jobs.ts'
import { insist } from '../../core/redis.ts'
import { balance } from '../../core/wallet.ts'
import { readButton } from '../buttons.ts'
import { type CrashHouse, openCrashHouse, type RoomMessage, type Victim } from '../testing/crash-house.ts'

/**
 * What needs two messages, mostly of two people (a duet, a picture brushed in words, a picture whose poster is asked, a film in two
 * rooms with a pot), while bots, workers and Redis die at random points and moments by kill -9: a question can be answered after all
 * bots have died, whoever asked has a clip or was told why not, and nobody has paid twice or for somebody else's. PLAN_CRASH_ROUNDS of each.
 */

const rounds = Number(process.env['PLAN_CRASH_ROUNDS'] ?? 4)
const patienceMs = 120_000
const free = 66
/** Where the next process to come by dies, or Redis. */
const points = [
  ...['duet-asked', 'duet-answered', 'brush-picture', 'consent-asked', 'consent-said', 'consent-closed'],
  ...['film-bridged', 'film-chipped', 'film-ordered', 'film-making', 'film-made', 'film-ending', 'film-paid-back'],
  ...['after-accept', 'before-enqueue', 'after-claim', 'mid-render', 'after-rendered', 'before-delivering'],
  ...['after-delivering', 'before-settle', 'after-settle', 'mid-reconcile'],
]
/** Who dies at a random moment. */
const victims: readonly Victim[] = ['bots', 'bots', 'worker', 'redis']
const any = <T>(among: readonly T[], otherwise: T): T => among[Math.floor(Math.random() * among.length)] ?? otherwise

let house: CrashHouse
beforeAll(async () => {
  house = await openCrashHouse()
})
afterAll(() => house?.close())

async function until<T>(look: () => Promise<T | undefined | false>, what: string, ms = patienceMs): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(150)) {
    const found = await insist(look)
    if (found) return found
  }
  throw new Error(`${what}: not within ${ms} ms`)
}

/** Says it until it is so: while the workers start again there is no model to be had, and without Redis nothing is taken. */
async function repeat<T>(say: () => Promise<unknown>, so: () => Promise<T | undefined | false>, what: string) {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    await say()
    const found = await until(so, what, 1500).catch(() => undefined)
    if (found) return found
  }
  throw new Error(`${what}: refused for ${patienceMs} ms`)
}

let pictures = 0
/** A picture that was never seen before. */
const picture = (): Promise<Buffer> => {
  pictures += 1
  const background = { r: pictures % 256, g: pictures >> 8, b: 200 }
  return sharp({ create: { width: 320, height: 180, channels: 3, background } })
    .png()
    .toBuffer()
}

let people = 0
/** Somebody new. */
function person() {
  people += 1
  const name = `t${String(people).padStart(9, '0').replaceAll('0', 'a').replaceAll('1', 'b')}`
  const id = `web:${name}`
  let said = 0
  const next = (): string => `${name}-${++said}`
  return {
    name,
    id,
    say: (room: string, text: string, more: Parameters<CrashHouse['say']>[3] = {}) =>
      house.say(name, next(), text, { room, ...more }),
    press: (room: string, message: string, button: string) => house.press(name, next(), { room, message, button }),
    jobs: () => insist(() => jobsOf(house.core, id, 20)),
    balance: () => insist(() => balance(house.core, id)),
    /** The newest message of ours that this one sees and that is so. */
    sees: async (room: string, so: (message: RoomMessage) => boolean) =>
      (await house.messages(room, name)).findLast(message => message.by === 'bot' && so(message)),
    /** How often this one was told why not. */
    refusals: async (room: string) => (await house.messages(room, name)).filter(({ failure }) => failure).length,
  }
}
type Person = ReturnType<typeof person>

/** Who was to get clips (at most so many in all) and pay for them, and who was not. */
interface Played {
  readonly payers: readonly Person[]
  readonly most: number
  readonly others: readonly Person[]
}

/** A parked request whose question is answered once all bots have died; a second answer is given only to a question that is still open. */
async function answered(asker: Person, room: string, isOpen: () => Promise<boolean>, answer: () => Promise<unknown>) {
  const told = await asker.refusals(room)
  await house.kill('all bots')
  const settled = async () => (await asker.jobs()).length > 0 || (await asker.refusals(room)) > told
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    await answer()
    if (await until(settled, '', 1500).catch(() => false)) return
    if (!(await insist(isOpen))) throw new Error(`${room}: the question is closed, and ${asker.name} has heard nothing`)
  }
  throw new Error(`${room}: the question is not taken`)
}

const acts: Readonly<Record<string, (room: string) => Promise<Played>>> = {
  async duet(room) {
    const [ann, bob] = [person(), person()]
    const at = { platform: 'web', channel: room, private: false }
    const image = await picture()
    const open = async () => (await duetsAt(house.core, at))[0]
    const { id } = await repeat(() => ann.say(room, `/duet @${bob.name} a bird`, { images: [image] }), open, 'a duet')
    const question = await until(() => bob.sees(room, ({ text }) => text.startsWith(`@${bob.name}`)), 'its question')
    const isOpen = async () => (await duetOf(house.core, id)) !== undefined
    const last = await picture()
    await answered(ann, room, isOpen, () => bob.say(room, '', { images: [last], replyTo: question.id }))
    return { payers: [ann], most: 1, others: [bob] }
  },
  async brush(room) {
    const ann = person()
    const image = await picture()
    await repeat(
      () => ann.say(room, '/brush', { images: [image] }),
      () => ann.sees(room, ({ media }) => media !== undefined),
      'the grid',
    )
    const [job] = await repeat(
      () => ann.say(room, '/brush bird C4>G2, hold A1-B8'),
      async () => (jobs => jobs.length > 0 && jobs)(await ann.jobs()),
      'brushed',
    )
    expect(job?.request.recipe.strokes).toHaveLength(2)
    return { payers: [ann], most: 1, others: [] }
  },
  async consent(room) {
    const [ann, bob] = [person(), person()]
    // In the web chat a picture is for us; this asks for nothing that costs.
    const posted = await ann.say(room, '/brush', { images: [await picture()] })
    const asks = ({ buttons }: RoomMessage) => buttons.length === 3
    const question = await repeat(
      () => bob.say(room, '/video it moves', { replyTo: posted }),
      () => ann.sees(room, asks),
      'the question',
    )
    const [yes] = question.buttons
    const press = readButton(yes?.id ?? '')
    if (press?.verb !== 'consent') throw new Error(`no yes in ${JSON.stringify(question)}`)
    const isOpen = async () => (await questionOf(house.core, press.question)) !== undefined
    await answered(bob, room, isOpen, () => ann.press(room, question.id, yes?.id ?? ''))
    return { payers: [bob], most: 1, others: [ann] }
  },
  async bridge(room) {
    const [host, guest] = [person(), person()]
    const there = `${room}-b`
    const at = { platform: 'web', channel: room, private: false }
    const begun = async () => (await filmsAt(house.core, at))[0]
    const { id } = await repeat(() => host.say(room, '/film new Across --pot --no-relay --takes 9'), begun, 'a film')
    const film = () => insist(() => filmOf(house.core, id))
    const codeIn = (text: string) => /film bridge (\w{4}-\w{4})/.exec(text)?.[1]
    const told = await repeat(
      () => host.say(room, `/film ${id} bridge`),
      () => host.sees(room, ({ text }) => codeIn(text) !== undefined),
      'a code',
    )
    await repeat(
      () => guest.say(there, `/film bridge ${codeIn(told.text)}`),
      async () => (await film())?.places.length === 2,
      'a bridge',
    )
    const parts = async () => (await potOf(house.core, id))?.parts ?? []
    const chipped = (by: Person) => async () => (await parts()).some(({ account }) => account.includes(by.name))
    await repeat(() => host.say(room, `/chip ${id} 30`), chipped(host), 'the host’s chips')
    await repeat(() => guest.say(there, `/chip ${id} 25`), chipped(guest), 'the guest’s chips')
    const ordered = (by: Person) => async () => (await by.jobs()).length > 0
    await repeat(() => guest.say(there, `/shot ${id} a bird`), ordered(guest), 'the guest’s take')
    await repeat(() => host.say(room, `/shot ${id} a dog`), ordered(host), 'the host’s take')
    const made = async () => [...(await host.jobs()), ...(await guest.jobs())]
    const over = ['delivered', 'told']
    const jobs = await until(async () => {
      const all = await made()
      return all.every(({ state }) => over.includes(state)) && all
    }, 'both takes end')
    const delivered = jobs.filter(({ state }) => state === 'delivered')
    for (const one of [room, there]) {
      const clips = (await house.messages(one)).filter(({ media }) => media !== undefined)
      expect(clips, `clips in ${one}`).toHaveLength(delivered.length)
    }
    const takes = (await film())?.shots[0]?.takes.flatMap(({ job, clip }) => (clip ? [job] : []))
    expect(takes?.sort(), 'takes').toEqual(delivered.map(job => job.id).sort())
    await repeat(
      () => host.say(room, `/film ${id} end`),
      async () => (await potOf(house.core, id))?.state === 'closed',
      'the end',
    )
    return { payers: [host, guest], most: 2, others: [] }
  },
}

/** Pulls plugs until it is over; how many were pulled. */
async function storm(over: AbortSignal): Promise<number> {
  let kills = 0
  let armedAt = 0
  for (let killAt = Date.now() + 2000; !over.aborted; await pause(100)) {
    const pulled = await house.pulled()
    if (pulled || Date.now() - armedAt > 3000) {
      if (pulled && armedAt > 0) kills += 1
      await house.arm(any(points, 'after-accept'), Math.random() < 0.2 ? 'redis' : 'self')
      armedAt = Date.now()
    }
    if (Date.now() < killAt) continue
    await house.kill(any(victims, 'bots'))
    kills += 1
    killAt = Date.now() + 4000 + Math.random() * 4000
  }
  return kills
}

test(`${rounds} rounds of ${Object.keys(acts).join(', ')} under kill -9`, async () => {
  const { core } = house
  let kills = 0
  const ended = { delivered: 0, told: 0 }
  for (let round = 1; round <= rounds; round++) {
    const calm = new AbortController()
    const storming = storm(calm.signal)
    const playing = Object.entries(acts).map(async ([what, act]) => ({ what, ...(await act(`${what}-${round}`)) }))
    const played = await Promise.all(playing).finally(() => calm.abort())
    kills += await storming
    await until(async () => (await activeJobs(core)).length === 0, 'every job ends')
    for (const { what, payers, most, others } of played) {
      const jobs = (await Promise.all(payers.map(one => one.jobs()))).flat()
      expect(jobs.length, `${what}: jobs`).toBeLessThanOrEqual(most)
      for (const { state } of jobs) {
        if (state !== 'delivered' && state !== 'told') throw new Error(`${what}: a job is ${state}`)
        ended[state] += 1
      }
      const paid = jobs.reduce((sum, job) => sum + (job.state === 'delivered' ? job.price : 0), 0)
      const left = await Promise.all(payers.map(one => one.balance()))
      expect(
        left.every(({ held }) => held === 0),
        `${what}: held`,
      ).toBe(true)
      const all = left.reduce((sum, { available }) => sum + available, 0)
      if (jobs.length > 0) expect(all, `${what}: credits`).toBe(free * payers.length - paid)
      for (const { jobs: own, balance: owns } of others) {
        expect(await own(), `${what}: jobs of who was asked`).toEqual([])
        const { available, held } = await owns()
        // The free credits of the day come with the first look at them.
        expect([[0, free].includes(available), held], `${what}: credits of who was asked`).toEqual([true, 0])
      }
    }
    const { problems, sheet } = await insist(() => audit(core))
    expect(problems).toEqual([])
    expect(sheet.held).toBe(0)
  }
  expect(kills).toBeGreaterThan(rounds)
  expect(ended.delivered).toBeGreaterThan(rounds)
  console.log(JSON.stringify({ rounds, kills, ...ended, lost: 0, chargedTwice: 0 }))
})
