import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { loadCatalogue } from '../core/catalogue.ts'
import { getClip } from '../core/clips.ts'
import { workerConfig } from '../core/config.ts'
import { Edit } from '../core/edit.ts'
import { editRecipe } from '../core/edit-recipe.ts'
import { dispatch } from '../core/fair.ts'
import { dropFits, fitFor } from '../core/fits.ts'
import { alive } from '../core/fleet.ts'
import { accept } from '../core/intake.ts'
import type { Job, JobState, Progress } from '../core/job.ts'
import { cancel, getJob } from '../core/jobs.ts'
import { openLog } from '../core/log.ts'
import { watch } from '../core/progress.ts'
import { type Core, openCore } from '../core/redis.ts'
import { Recipe } from '../core/request.ts'
import { openStore, type Store } from '../core/store.ts'
import { startRedis, type TestRedis } from '../core/testing/redis.ts'
import { makePackage, testFamilies } from './testing/test-package.ts'
import { readMp4 } from './video/boxes.ts'
import { type RunningWorker, startWorker } from './worker.ts'

let server: TestRedis
let folder: string
let core: Core
let store: Store
let updates = 0
const log = openLog(process.env['TEST_LOG'] ?? 'silent', 'test')

beforeAll(async () => {
  server = await startRedis()
  folder = await mkdtemp(join(tmpdir(), 'threadreel-worker-test-'))
  await makePackage(join(folder, 'models'))
  const catalogue = loadCatalogue()
  catalogue.tiers.standard.shortSide = 180
  await writeFile(join(folder, 'catalogue.json'), JSON.stringify(catalogue))
  core = await openCore({ url: server.url, log })
  store = await openStore({ STORE: 'local', DATA_DIR: folder })
})
afterAll(async () => {
  await core.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const env = () => ({
  REDIS_URL: server.url,
  DATA_DIR: folder,
  MODELS_DIR: join(folder, 'models'),
  MODELS: 'testcard',
  LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  CATALOGUE: join(folder, 'catalogue.json'),
})
const start = (): Promise<RunningWorker> => startWorker(workerConfig(env()), { log, families: testFamilies })

/** A whole worker in a process of its own, for killing. */
async function forkWorker(): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./testing/worker-main.ts', import.meta.url))
  const worker = fork(file, {
    execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')],
    env: { ...process.env, ...env() },
  })
  await once(worker, 'message')
  return worker
}

async function ask(prompt: string, seconds = 5, kind: 'video' | 'image' = 'video'): Promise<string> {
  return askFor({ kind, prompt, model: 'testcard', tier: 'standard', seconds, ratio: '16:9', seed: 1 })
}

async function askFor(recipe: z.input<typeof Recipe>): Promise<string> {
  const answer = await accept(core, {
    update: `test:${++updates}`,
    price: 20,
    limits: { memberOpen: 100, placeOpen: 100 },
    daily: 100_000,
    request: {
      recipe: Recipe.parse(recipe),
      member: 'web:ann',
      payer: 'web:ann',
      place: { platform: 'web', channel: 'room', private: false },
      locale: 'en',
    },
  })
  if (!('ticket' in answer)) throw new Error(answer.refusal.code)
  await dispatch(core, await alive(core))
  return answer.ticket.job
}

/** Resolves with the first progress of a job that `fits`. */
async function seen(job: string, fits: (progress: Progress) => boolean): Promise<void> {
  let stop: (() => Promise<void>) | undefined
  await new Promise<void>((resolve, reject) => {
    watch(core, progress => {
      if (progress.job === job && fits(progress)) resolve()
    }).then(given => {
      stop = given
    }, reject)
  })
  await stop?.()
}
const half = (job: string) => seen(job, ({ stage, done = 0 }) => stage === 'rendering' && done > 0.3)

/** Waits until the record of a job says so. */
async function becomes(job: string, ...states: JobState[]): Promise<Job> {
  for (;;) {
    const found = await getJob(core, job)
    if (found && states.includes(found.state)) return found
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

describe('a worker', () => {
  it('makes a clip, records it and says how fast it is', async () => {
    const worker = await start()
    expect([...(await alive(core)).values()]).toMatchObject([
      { id: 'testcard', workers: 1, slots: 1, speeds: {} },
      { id: 'edit', workers: 1, slots: 1, speeds: {} },
    ])
    const id = await ask('bars unseen')
    const job = await becomes(id, 'rendered', 'delivering')
    const clip = await getClip(core, job.clip ?? '')
    expect(clip).toMatchObject({
      job: id,
      kind: 'video',
      width: 320,
      height: 180,
      frames: 120,
      seconds: 5,
      member: 'web:ann',
      unknownWords: ['unseen'],
    })
    expect(await readMp4(store.path(clip?.media ?? '') ?? '')).toMatchObject({
      frames: 120,
      aigc: [expect.stringContaining(`"ProduceID":"${id}"`)],
    })
    expect(await core.redis.exists(`${core.root}:queue:deliver-web:${id}-clip`)).toBe(1)
    await worker.stop()
    expect((await alive(core)).size).toBe(0)
    const again = await start()
    expect((await alive(core)).get('testcard')?.speeds.standard).toBeGreaterThan(0)
    await again.stop()
  })

  it('makes a clip smaller for a place that asks, or says that it cannot', async () => {
    const worker = await start()
    const job = await becomes(await ask('bars'), 'rendered', 'delivering')
    const clip = await getClip(core, job.clip ?? '')
    if (!clip) throw new Error('no clip')
    const most = Math.floor(clip.bytes * 0.7)
    const fitted = async (bytes: number) => {
      for (;;) {
        const fit = await fitFor(core, clip.id, bytes, 60_000)
        if (fit !== 'pending') return fit
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    }
    expect(await fitFor(core, clip.id, most, 60_000)).toBe('pending')
    const fit = await fitted(most)
    if (fit === 'none') throw new Error('no copy was made')
    expect(fit.bytes).toBeLessThanOrEqual(most)
    expect(await readMp4(store.path(fit.media) ?? '')).toMatchObject({
      frames: 120,
      aigc: [expect.stringContaining(job.id)],
    })
    expect(await fitted(1_000)).toBe('none')
    expect(await fitted(most + 1)).toEqual(fit)
    expect(await dropFits(core, clip.id)).toEqual([fit.media])
    await worker.stop()
  })

  it('works a whole line off, pictures too, without anybody else’s help', async () => {
    const worker = await start()
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push(await ask('bars', 5, 'image'))
    for (const id of ids) {
      const job = await becomes(id, 'rendered', 'failed')
      const clip = await getClip(core, job.clip ?? '')
      expect(clip).toMatchObject({ kind: 'image', frames: 1, media: expect.stringMatching(/^pictures\/.*\.png$/) })
    }
    expect((await alive(core)).get('testcard')?.workers).toBe(1)
    await worker.stop()
  })

  it('edits finished clips while a model is busy, with what they need to be gone on from', async () => {
    const worker = await start()
    const piece = async (more: object = {}) => {
      const job = await askFor({ ...bars, ...more })
      const clip = await getClip(core, (await becomes(job, 'rendered')).clip ?? '')
      if (!clip) throw new Error('no clip')
      return clip
    }
    const bars = {
      kind: 'video',
      prompt: 'bars',
      model: 'testcard',
      tier: 'standard',
      seconds: 1,
      ratio: '16:9',
      seed: 1,
    } as const
    const first = await piece()
    const second = await piece({ continues: first.id })
    const busy = await ask('slow', 30)
    await seen(busy, ({ stage }) => stage === 'rendering')
    const pieces = [{ clip: first.id }, { clip: second.id, joint: 'continuous' as const }]
    const edit = editRecipe(Edit.parse({ op: 'join', pieces }), [first, second])
    const job = await becomes(await askFor(edit), 'rendered', 'failed')
    const film = await getClip(core, job.clip ?? '')
    expect(film).toMatchObject({
      kind: 'video',
      frames: 48,
      seconds: 2,
      recipe: { kind: 'edit', model: 'testcard', seconds: 2 },
    })
    expect((await getJob(core, busy))?.state).toBe('running')
    expect(await store.get(film?.state ?? '')).toEqual(await store.get(second.state ?? ''))
    expect((await alive(core)).has('edit')).toBe(true)
    const gone = await askFor({ ...edit, edit: { op: 'reverse', clip: 'nothing-there' } })
    expect((await becomes(gone, 'failed')).failure?.code).toBe('failure.media-gone')
    await cancel(core, { job: busy, by: 'web:ann' })
    expect((await piece({ continues: film?.id })).frames).toBe(24)
    await worker.stop()
  })

  it('stops a running job within two seconds of its being cancelled', async () => {
    const worker = await start()
    const id = await ask('slow', 30)
    await seen(id, ({ stage }) => stage === 'rendering')
    const from = performance.now()
    expect(await cancel(core, { job: id, by: 'web:ann' })).toBe('cancelling')
    const job = await becomes(id, 'failed')
    expect(performance.now() - from).toBeLessThan(2000)
    expect(job.failure?.code).toBe('failure.cancelled')
    const next = await ask('bars')
    await becomes(next, 'rendered')
    await worker.stop()
  })

  it('does a job again whose render process was killed, and gives up on one that kills it each time', async () => {
    const worker = await start()
    const id = await ask('slow')
    await half(id)
    process.kill(worker.renderProcess() ?? 0, 'SIGKILL')
    const job = await becomes(id, 'rendered', 'failed')
    expect(job).toMatchObject({ state: 'rendered', epoch: 2 })
    const bad = await ask('crash')
    expect(await becomes(bad, 'failed')).toMatchObject({ epoch: 2, failure: { code: 'failure.crashed' } })
    const after = await ask('bars')
    await becomes(after, 'rendered')
    await worker.stop()
  })

  it('tells why a job cannot be done', async () => {
    const worker = await start()
    expect((await becomes(await ask('refuse'), 'failed')).failure).toMatchObject({
      code: 'failure.size',
      params: { width: 320 },
    })
    expect((await becomes(await ask('fault'), 'failed')).failure).toEqual({ code: 'failure.internal', params: {} })
    await worker.stop()
  })

  it('hands a running job back when it stops; the next worker makes the clip', async () => {
    const first = await start()
    const id = await ask('slow')
    await half(id)
    await first.stop()
    expect((await getJob(core, id))?.state).toBe('queued')
    const second = await start()
    expect(await becomes(id, 'rendered', 'failed')).toMatchObject({ state: 'rendered' })
    await second.stop()
  })

  it('lets a job end that is nearly done when it stops', async () => {
    const worker = await start()
    const id = await ask('slow')
    await half(id)
    await worker.stop(60_000)
    expect(await getJob(core, id)).toMatchObject({ state: 'rendered', epoch: 1 })
  })

  it('loses nothing when the whole worker is killed in the middle of a render', async () => {
    const first = await forkWorker()
    const id = await ask('slow')
    await half(id)
    const gone = once(first, 'exit')
    first.kill('SIGKILL')
    await gone
    const second = await start()
    expect(await becomes(id, 'rendered', 'failed')).toMatchObject({ state: 'rendered', epoch: 2 })
    await second.stop()
    const clips = await readdir(join(folder, 'media', 'clips'))
    expect(clips.length).toBeGreaterThan(0)
  })

  it('says in one line what it lacks', async () => {
    const missing = { ...env(), MODELS: 'nothing' }
    await expect(startWorker(workerConfig(missing), { log })).rejects.toThrow('MODELS names "nothing"')
    const away = { ...env(), REDIS_URL: 'redis://127.0.0.1:1' }
    await expect(startWorker(workerConfig(away), { log })).rejects.toThrow(
      /^Redis at redis:\/\/127\.0\.0\.1:1 does not answer/,
    )
  })
})
