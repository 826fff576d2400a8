import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { workerConfig } from '../../../core/config.ts'
import { dispatch } from '../../../core/fair.ts'
import { alive } from '../../../core/fleet.ts'
import { accept } from '../../../core/intake.ts'
import type { Job, Progress, Ticket } from '../../../core/job.ts'
import { getJob } from '../../../core/jobs.ts'
import { openLog } from '../../../core/log.ts'
import { watch } from '../../../core/progress.ts'
import { type Core, openCore } from '../../../core/redis.ts'
import { Recipe } from '../../../core/request.ts'
import { startRedis, type TestRedis } from '../../../core/testing/redis.ts'
import { sealPackage } from '../../packages.ts'
import { type RunningWorker, startWorker } from '../../worker.ts'

/** A whole worker that serves two Wan models, on a real Redis. */

const log = openLog(process.env['TEST_LOG'] ?? 'silent', 'test')
const packages = fileURLToPath(new URL('./testing/packages', import.meta.url))
let server: TestRedis
let folder: string
let core: Core
let worker: RunningWorker
let updates = 0
const heard: Progress[] = []

/** A tiny package under the id of a model of the catalogue. */
async function serve(from: string, id: string): Promise<void> {
  const path = join(folder, 'models', id)
  await cp(join(packages, from), path, { recursive: true })
  const model = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'))
  await writeFile(join(path, 'model.json'), JSON.stringify({ ...model, id }))
  await sealPackage(path)
}

const [small, large] = ['wan2.1-t2v-1.3b', 'wan2.2-ti2v-5b'] as const

beforeAll(async () => {
  server = await startRedis()
  folder = await mkdtemp(join(tmpdir(), 'threadreel-wan-worker-'))
  await serve('t2v', small)
  await serve('ti2v', large)
  const catalogue = loadCatalogue()
  catalogue.tiers.standard.shortSide = 64
  await writeFile(join(folder, 'catalogue.json'), JSON.stringify(catalogue))
  core = await openCore({ url: server.url, log })
  worker = await startWorker(
    workerConfig({
      REDIS_URL: server.url,
      DATA_DIR: folder,
      MODELS_DIR: join(folder, 'models'),
      MODELS: `${small},${large}`,
      CATALOGUE: join(folder, 'catalogue.json'),
      THREADS: '1',
      DEVICE: 'cpu',
    }),
    { log },
  )
  await watch(core, progress => void heard.push(progress))
})
afterAll(async () => {
  await worker?.stop()
  await core?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Asks as a bot that has just started: it has looked at no fleet yet. */
async function ask(model: string, seconds = 1): Promise<Ticket> {
  const bot = await openCore({ url: server.url, log })
  const answer = await accept(bot, {
    update: `test:${++updates}`,
    price: 20,
    limits: { memberOpen: 100, placeOpen: 100 },
    daily: 100_000,
    request: {
      recipe: Recipe.parse({ kind: 'video', prompt: 'a cat', model, tier: 'standard', seconds, ratio: '1:1', seed: 1 }),
      member: 'web:ann',
      payer: 'web:ann',
      place: { platform: 'web', channel: 'room', private: false },
      locale: 'en',
    },
  })
  await bot.close()
  if (!('ticket' in answer)) throw new Error(answer.refusal.code)
  await dispatch(core, await alive(core))
  return answer.ticket
}

async function ended({ job }: Ticket): Promise<Job> {
  for (;;) {
    const found = await getJob(core, job)
    if (found && found.state !== 'queued' && found.state !== 'running') return found
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** What the fleet says of a model's speed once it has measured one. */
async function speedOf(model: string): Promise<number> {
  for (;;) {
    const speed = (await alive(core)).get(model)?.speeds.standard
    if (speed !== undefined) return speed
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

describe('the time that is announced for a clip', () => {
  it('is learnt from the finished clips of that model alone, and is what the bar begins with', async () => {
    const first = await ask(small)
    expect(first.etaSeconds).toBeUndefined()
    expect((await ended(first)).state).not.toBe('failed')
    const speed = await speedOf(small)
    // The other model has finished nothing: whoever asks for it is promised nothing.
    const other = await ask(large)
    expect(other.etaSeconds).toBeUndefined()
    expect((await ended(other)).state).not.toBe('failed')
    const slow = await speedOf(large)
    expect((await alive(core)).get(small)?.speeds.standard).toBe(speed)
    expect(slow).not.toBe(speed)

    const again = await ask(large, 2)
    const longer = await ask(small, 2)
    expect(again.etaSeconds).toBe(Math.round(2 * slow))
    expect(longer.etaSeconds).toBe(Math.round(2 * speed))
    expect((await ended(again)).state).not.toBe('failed')
    expect((await ended(longer)).state).not.toBe('failed')
    const begin = ({ job }: Ticket) => heard.find(said => said.job === job && said.stage !== undefined)
    // A moment has passed since it was claimed.
    expect(begin(again)?.etaSeconds).toBeGreaterThan(0)
    expect(begin(again)?.etaSeconds).toBeLessThanOrEqual(2 * slow)
    expect(begin(first)?.etaSeconds).toBeUndefined()
    expect(begin(other)?.etaSeconds).toBeUndefined()
    const bar = heard.filter(({ job, stage }) => job === longer.job && stage === 'sampling')
    expect(bar.at(-1)?.done).toBeGreaterThan(0.5)
    expect(bar.every(({ etaSeconds }) => etaSeconds !== undefined)).toBe(true)
  })
})
