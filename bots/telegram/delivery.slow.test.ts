import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { audit } from '../../core/books.ts'
import { jobsOf } from '../../core/jobs.ts'
import { balance, grant } from '../../core/wallet.ts'
import { standInWorker } from '../testing/stand-in-worker.ts'
import { openTelegramParts } from './testing/open.ts'

const child = fileURLToPath(new URL('./testing/bots-child.ts', import.meta.url))
const people = 1_000
const each = Math.ceil(Number(process.env['DELIVERY_JOBS'] ?? 10_000) / people)
const price = 20
/** Requests on their way at a time. */
const atOnce = 200
/** Of calls in a hundred: done but never answered, never done, refused by a broken server, answered late. */
const faults = { drop: 3, lost: 3, fail: 3, slow: 1 } as const
/** A process dies while its upload is done and not answered, once in so many uploads. */
const killEvery = 700
/** A slow machine may take most of an hour. */
const patienceMs = 3_600_000

test(
  `${people * each} clips through a bad line, a bad server and processes that die: each is shown once and paid once`,
  async () => {
    const telegram = await openTelegramParts()
    const { api, core, store, parts, people: crowd } = telegram
    const worker = await standInWorker(core, store)
    const settings = JSON.stringify(parts.config)
    let running = true
    let kills = 0
    let bots: ChildProcess | undefined

    const kept = (async () => {
      while (running) {
        bots = spawn(process.execPath, ['--import', 'tsx', child, settings], { stdio: 'ignore' })
        const [, signal] = await once(bots, 'exit')
        if (signal === 'SIGKILL') kills += 1
      }
    })()

    let roll = 11
    let uploads = 0
    api.chaos = method => {
      if (!/^(?:send|edit|delete)/.test(method) || method === 'sendChatAction') return undefined
      uploads += method === 'editMessageMedia' ? 1 : 0
      if (method === 'editMessageMedia' && uploads % killEvery === 0) {
        bots?.kill('SIGKILL')
        return 'drop'
      }
      roll = (roll * 48_271) % 2_147_483_647
      let chance = roll % 100
      for (const [how, share] of Object.entries(faults)) {
        if (chance < share) return how as keyof typeof faults
        chance -= share
      }
      return undefined
    }

    const names = Array.from({ length: people }, (_, n) => `p${n}`)
    const memberOf = (name: string): string => `telegram:${crowd.person(name).id}`
    for (const name of names)
      await grant(core, { op: name, account: memberOf(name), credits: each * price, reason: 'test', by: 'test' })

    const clipsOf = (name: string) => crowd.shown(crowd.private(name)).filter(({ media }) => media !== undefined)
    const late = AbortSignal.timeout(patienceMs)
    let shown = 0
    const count = (): number => names.reduce((sum, name) => sum + clipsOf(name).length, 0)
    for (let said = 0; said < people * each; ) {
      late.throwIfAborted()
      if (said - shown < atOnce) {
        const name = names[said % people] ?? ''
        crowd.write(name, crowd.private(name), { text: `wish number ${said}` })
        said += 1
      } else {
        await new Promise(resolve => setTimeout(resolve, 250))
        shown = count()
      }
    }
    const settled = async (): Promise<boolean> => {
      for (const name of names)
        if (!(await jobsOf(core, memberOf(name), each * 2)).every(({ state }) => state === 'delivered')) return false
      return true
    }
    while (count() < people * each || !(await settled())) {
      late.throwIfAborted()
      await new Promise(resolve => setTimeout(resolve, 1_000))
    }
    running = false
    bots?.kill('SIGTERM')
    await kept
    await worker.stop()

    const wrong = names.filter(name => {
      const files = clipsOf(name).map(({ media }) =>
        Buffer.from(api.world.files.get(media?.file ?? '')?.bytes ?? []).toString('hex'),
      )
      return files.length !== each || new Set(files).size !== each
    })
    expect(wrong).toEqual([])
    for (const name of names) {
      expect(await jobsOf(core, memberOf(name), each * 2)).toHaveLength(each)
      expect(await balance(core, memberOf(name))).toMatchObject({ available: 0, held: 0 })
    }
    expect((await audit(core)).problems).toEqual([])
    expect(kills).toBeGreaterThanOrEqual(Math.floor((people * each) / killEvery) - 1)
    console.log(
      JSON.stringify({ platform: 'Telegram', jobs: people * each, kills, twice: 0, lost: 0, chargedTwice: 0 }),
    )
    await telegram.close()
  },
  patienceMs + 60_000,
)
