import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { audit } from '../../core/books.ts'
import { getClip } from '../../core/clips.ts'
import type { Job } from '../../core/job.ts'
import { jobsOf } from '../../core/jobs.ts'
import type { Core } from '../../core/redis.ts'
import type { Store } from '../../core/store.ts'
import { balance, grant } from '../../core/wallet.ts'
import type { Errand } from './bots-child.ts'
import { standInWorker } from './stand-in-worker.ts'

/** A platform's own protocol server with people on it, and the faults it can have. */
export interface Scene {
  readonly core: Core
  readonly store: Store
  readonly errand: Errand
  /** The bots listen: what is said now is heard. */
  listening(): Promise<boolean>
  /** Member id of somebody, who comes into being. */
  member(name: string): string
  /** Says something to the bot alone. */
  say(name: string, text: string): void
  /** The bytes of each clip shown to somebody (hex): two of the same are one clip shown twice. */
  clips(name: string): readonly string[]
  /** Calls back when a clip is on the platform and the answer to its upload is not yet with the bot; true = the bot was killed. */
  onUpload(see: () => boolean): void
  /** How often each kind of fault struck. */
  readonly struck: Readonly<Record<string, number>>
  /** Rules of the platform that the bot broke. */
  readonly broken: readonly string[]
  close(): Promise<void>
}

export interface Run {
  readonly jobs: number
  /** People who ask one thing after the other. */
  readonly people: number
  /** The bots' process is killed at every so many uploads. */
  readonly killEvery: number
  /**
   * The platform can show one message however often it is sent. Else a clip may be seen twice; and one whose sending was left without an
   * answer twice is given up: said, and its credits given back.
   */
  readonly exactly: boolean
}

export interface Outcome {
  readonly jobs: number
  readonly kills: number
  readonly faults: Readonly<Record<string, number>>
  /** Clips seen more than once. */
  readonly twice: number
  /** Given up after two tries without an answer, with the credits back. */
  readonly givenBack: number
}

const price = 20
/** A wish that became no job within this time was said to a process that died: it is said again. */
const heardMs = 15_000
const lookEveryMs = 100
const child = fileURLToPath(new URL('./bots-child.ts', import.meta.url))

/**
 * Many jobs through a platform with bad weather, whose bots are killed again and again while an upload is done and not answered.
 * Fails unless every job was delivered, seen, and paid for once (or given back, where that may be).
 */
export async function deliverMany(scene: Scene, { jobs, people, killEvery, exactly }: Run): Promise<Outcome> {
  const { core } = scene
  const worker = await standInWorker(core, scene.store, 'theatre', 4)
  const bots = keepRunning(scene.errand)
  let uploads = 0
  scene.onUpload(() => {
    uploads += 1
    if (uploads % killEvery !== 0) return false
    bots.kill()
    return true
  })
  const names = Array.from({ length: people }, (_, n) => `p${n}`)
  const each = Math.ceil(jobs / people)
  for (const name of names)
    await grant(core, { op: name, account: scene.member(name), credits: each * price * 2, reason: 'test', by: 'test' })
  await askAll(scene, names, each)
  await bots.stop()
  await worker.stop()

  const ends = { made: 0, twice: 0, givenBack: 0 }
  for (const name of names) {
    const asked = await jobsOf(core, scene.member(name), each * 3)
    const isBack = ({ state, failure }: Job): boolean =>
      !exactly && state === 'told' && failure?.code === 'failure.place-gone'
    const delivered = asked.filter(({ state }) => state === 'delivered')
    const otherwise = asked.filter(job => job.state !== 'delivered' && !isBack(job))
    expect(otherwise.map(({ state, failure, request }) => ({ state, failure, asked: request.recipe.prompt }))).toEqual(
      [],
    )
    const seen = scene.clips(name)
    const different = new Set(seen)
    const unseen = (await clipsMade(scene, delivered)).filter(clip => !different.has(clip.bytes))
    expect(
      unseen.map(({ job }) => job),
      `${name} sees every clip`,
    ).toEqual([])
    if (exactly) expect(seen, `${name} sees every clip once`).toHaveLength(asked.length)
    ends.twice += seen.length - different.size
    ends.made += asked.length
    ends.givenBack += asked.length - delivered.length
    const left = each * price * 2 - delivered.length * price
    expect(await balance(core, scene.member(name)), `${name} paid once`).toEqual({ available: left, held: 0 })
  }
  expect((await audit(core)).problems).toEqual([])
  expect(scene.broken).toEqual([])
  expect(ends.made).toBeGreaterThanOrEqual(jobs)
  expect(ends.givenBack, 'nearly everything arrives').toBeLessThanOrEqual(Math.max(3, jobs / 500))
  return { jobs: ends.made, kills: bots.kills(), faults: scene.struck, twice: ends.twice, givenBack: ends.givenBack }
}

/** Bytes as text that can be compared. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** What each of these jobs made, as `Scene.clips` tells it. */
async function clipsMade({ core, store }: Scene, jobs: readonly Job[]): Promise<{ job: string; bytes: string }[]> {
  return Promise.all(
    jobs.map(async ({ id, clip }) => {
      const made = clip === undefined ? undefined : await getClip(core, clip)
      if (!made) throw new Error(`job ${id} was delivered without a clip`)
      return { job: id, bytes: hex(await store.get(made.media)) }
    }),
  )
}

/** Everybody asks for so many clips, one after the other; what was not heard is said again. Ends when all jobs have. */
async function askAll(scene: Scene, names: readonly string[], each: number): Promise<void> {
  let asking = names.map(name => ({ name, member: scene.member(name), had: 0, saidAt: 0 }))
  while (asking.length > 0) {
    const listening = await scene.listening()
    const standing = await standingOf(
      scene.core,
      asking.map(({ member }) => member),
    )
    asking = asking.filter((one, n) => {
      const { asked = 0, open = 0 } = standing[n] ?? {}
      if (asked > one.had) Object.assign(one, { had: asked, saidAt: 0 })
      if (open > 0) return true
      if (one.had >= each) return false
      if (listening && Date.now() - one.saidAt > heardMs) {
        one.saidAt = Date.now()
        scene.say(one.name, `wish number ${one.had} of ${one.name}`)
      }
      return true
    })
    await pause(lookEveryMs)
  }
}

/** How many jobs each member ever had and how many are still open (core/lua/jobs.lua), in one round trip. */
async function standingOf(
  { redis, root }: Core,
  members: readonly string[],
): Promise<{ asked: number; open: number }[]> {
  const ask = redis.pipeline()
  for (const member of members) ask.zcard(`${root}:jobs:${member}`).scard(`${root}:open:${member}`)
  const answers = ((await ask.exec()) ?? []).map(([error, count]) => {
    if (error) throw error
    return Number(count)
  })
  return members.map((_, n) => ({ asked: answers[2 * n] ?? 0, open: answers[2 * n + 1] ?? 0 }))
}

/** The bots in a process that is started again whenever it dies. */
function keepRunning(errand: Errand): { kill(): void; kills(): number; stop(): Promise<void> } {
  let running = true
  let kills = 0
  let bots: ChildProcess | undefined
  const kept = (async () => {
    while (running) {
      bots = spawn(process.execPath, ['--import', 'tsx', child, JSON.stringify(errand)], {
        stdio: ['ignore', 2, 2, 'ipc'],
      })
      const [, signal] = await once(bots, 'exit')
      if (signal === 'SIGKILL') kills += 1
    }
  })()
  return {
    kill: () => void bots?.kill('SIGKILL'),
    kills: () => kills,
    async stop() {
      running = false
      bots?.kill('SIGTERM')
      await kept
    },
  }
}

/** A dice whose throws are the same in every run. */
export function openDice(seed = 11): () => number {
  let roll = seed
  return () => {
    roll = (roll * 48_271) % 2_147_483_647
    return roll / 2_147_483_647
  }
}
