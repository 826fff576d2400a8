import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { getJob, setStatus } from '../../core/jobs.ts'
import { clipFor, ticketFor } from '../../core/testing/jobs.ts'
import { freePort } from '../../core/testing/redis.ts'
import type { Incoming } from '../platform.ts'
import { openWebHouse, type WebHouse } from './testing/open-web.ts'

/** `npm run try` as a program: what it prints last, and that a bad wish is refused before anything is said. */

let house: WebHouse
const heard: Incoming[] = []
let answer: (event: Incoming) => Promise<void> = async () => undefined
beforeAll(async () => {
  house = await openWebHouse()
  await house.web.start(async event => {
    heard.push(event)
    await answer(event)
  })
})
afterAll(async () => {
  await house.web.stop()
  await house.close()
})

const program = fileURLToPath(new URL('./try.ts', import.meta.url))

function run(args: readonly string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, THREADREEL_URL: house.web.address(), DATA_DIR: house.folder, ...settings }
  return new Promise<{ code: number; said: string; line: Record<string, unknown> }>(resolve =>
    execFile(process.execPath, ['--import', 'tsx', program, ...args, '--json'], { env }, (error, out, said) => {
      const line = z.record(z.string(), z.unknown()).parse(JSON.parse(out.trim().split('\n').at(-1) ?? ''))
      resolve({ code: error ? 1 : 0, said, line })
    }),
  )
}

test('where nothing can be saved, nothing is said', async () => {
  const { code, line } = await run(['a cat', '--out', join(house.folder, 'nope', 'a.mp4')])
  expect([code, line['ok'], line['code']]).toEqual([1, false, 'usage'])
  expect(line['message']).toContain('Nothing can be saved in')
  const folder = await run(['a cat', '--out', house.folder])
  expect(folder.line).toMatchObject({ ok: false, code: 'usage', message: expect.stringContaining('is a folder') })
  expect(heard).toEqual([])
}, 20_000)

test('an address that is none is one line; one where nobody answers is unreachable', async () => {
  for (const url of ['not an address', 'localhost:8080']) {
    const { said, line } = await run(['a cat'], { THREADREEL_URL: url })
    expect(line).toMatchObject({ ok: false, code: 'usage', message: expect.stringContaining('THREADREEL_URL') })
    expect(said.trim().split('\n')).toHaveLength(1)
  }
  const url = `http://127.0.0.1:${await freePort()}`
  const { said, line } = await run(['a cat'], { THREADREEL_URL: url })
  expect(line).toMatchObject({ ok: false, code: 'unreachable', message: expect.stringContaining(url) })
  expect(said.trim().split('\n')).toHaveLength(1)
}, 30_000)

const keys = [
  ...['ok', 'clip', 'model', 'seconds', 'width', 'height'],
  ...['creditsBefore', 'creditsAfter', 'unknownWords', 'renderSeconds'],
]

test('an answer in words has every key too', async () => {
  answer = async ({ place }) => {
    await house.web.reply(place, { text: 'You have 66 credits.', mood: 'done' })
  }
  const { code, line } = await run(['credits'])
  expect(code).toBe(0)
  expect(Object.keys(line)).toEqual(expect.arrayContaining(keys))
  expect(line).toMatchObject({
    ok: true,
    clip: null,
    creditsBefore: 66,
    creditsAfter: 66,
    text: 'You have 66 credits.',
  })
}, 20_000)

test('a clip whose job is a moment behind its message is told with every key', async () => {
  const { core } = house
  const { job: id } = await ticketFor(core)
  const job = await getJob(core, id)
  if (!job) throw new Error('no job')
  const made = clipFor(job)
  const key = await house.store.put('clips', 'mp4', Buffer.from('a clip'))
  answer = async ({ place }) => {
    const media = { key, kind: 'video', name: 'cat.mp4', bytes: 6, width: 320, height: 180, seconds: 5 } as const
    const at = await house.web.reply(place, { text: 'Done.', mood: 'done', media })
    await setStatus(core, { job: id, place: at })
    setTimeout(async () => {
      await core.redis.set(`${core.root}:clip:${made.id}`, JSON.stringify(made))
      await core.redis.hset(`${core.root}:job:${id}`, 'clip', made.id)
    }, 600)
  }
  const out = join(house.folder, 'late.mp4')
  const { code, line } = await run(['a cat', '--out', out])
  expect(code).toBe(0)
  expect(Object.keys(line)).toEqual(expect.arrayContaining(keys))
  const { width, height, seconds, renderSeconds, unknownWords } = made
  expect(line).toMatchObject({
    ok: true,
    clip: out,
    model: 'theatre',
    width,
    height,
    seconds,
    renderSeconds,
    unknownWords,
  })
}, 20_000)

test('a clip nobody can say how it was made is no success; it is saved all the same', async () => {
  const bytes = Buffer.from('a clip')
  const key = await house.store.put('clips', 'mp4', bytes)
  answer = async ({ place }) => {
    const media = { key, kind: 'video', name: 'cat.mp4', bytes: 6, width: 320, height: 180, seconds: 5 } as const
    await house.web.reply(place, { text: 'Done.', mood: 'done', media })
  }
  const out = join(house.folder, 'cat.mp4')
  const { code, line } = await run(['a cat', '--out', out])
  expect([code, line['ok'], line['code']]).toEqual([1, false, 'refusal.job-gone'])
  expect(await readFile(out)).toEqual(bytes)
}, 20_000)
