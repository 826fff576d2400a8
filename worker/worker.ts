import { availableParallelism, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { loadCatalogue } from '../core/catalogue.ts'
import type { WorkerConfig } from '../core/config.ts'
import { editLine } from '../core/edit.ts'
import { dispatch } from '../core/fair.ts'
import { alive, announce, knownSpeeds, retire, type Speeds } from '../core/fleet.ts'
import type { Log } from '../core/log.ts'
import { fitWorker, renderWorker } from '../core/queue.ts'
import { openCore } from '../core/redis.ts'
import { tiers } from '../core/request.ts'
import { openStore } from '../core/store.ts'
import { makeFit } from './fit.ts'
import { type JobTools, workOff } from './job.ts'
import { createPaces } from './pace.ts'
import { builtInModels, findPackages, type ModelPackage, openSeenFiles } from './packages.ts'
import { familyNames, stageFamily } from './pipelines/index.ts'
import { openRenderer, type Renderer } from './renderer.ts'
import { checkFfmpeg } from './video/ffmpeg.ts'

/** A worker that is up. */
export interface RunningWorker {
  readonly id: string
  /** Ids of the models it serves. */
  readonly models: readonly string[]
  /** Process id of the render process, if there is one. */
  renderProcess(): number | undefined
  /** Takes no more jobs; a running one may end within `drainMs`, then it is handed back. */
  stop(drainMs?: number): Promise<void>
}

export interface WorkerOptions {
  readonly log: Log
  /** Modules of families that are not built in, by name (tests). */
  readonly families?: Readonly<Record<string, string>>
}

const announceEveryMs = 3000
const announceForMs = 10_000

/** Starts a worker: finds models, opens a render process, takes jobs. Throws one clear line if it cannot. */
export async function startWorker(config: WorkerConfig, { log, families = {} }: WorkerOptions): Promise<RunningWorker> {
  await checkFfmpeg()
  const core = await openCore({ url: config.REDIS_URL, log })
  let renderer: Renderer | undefined
  let editor: Renderer | undefined
  try {
    const store = await openStore(config)
    const { found, stages } = await usablePackages(config, log, [...familyNames(), ...Object.keys(families)])
    const setup = {
      families,
      store: storeSettings(config),
      threads: config.THREADS || availableParallelism(),
      device: config.DEVICE,
      label: { producer: config.LABEL_PRODUCER, language: config.LABEL_LANGUAGE },
    }
    const folders = [...found, ...stages].map(({ id, family, folder }) => ({ id, family, folder }))
    renderer = await openRenderer({ ...setup, packages: folders }, { log })
    editor = await openRenderer({ ...setup, packages: [] }, { log })
    const packages = await loadable(found, renderer, log)
    const machine = hostname()
    const worker = `${machine}-${process.pid}`
    const speeds = new Map<string, Speeds>()
    for (const id of [...packages.keys(), editLine]) speeds.set(id, await knownSpeeds(core, machine, id))
    const catalogue = loadCatalogue(config.CATALOGUE)
    for (const id of packages.keys())
      if (!catalogue.models[id]) log.warn({ model: id }, 'not in the catalogue: nobody is offered this model')
    const paces = createPaces()
    const tools: JobTools = { core, store, catalogue, renderer, editor, packages, paces, worker, machine, speeds }

    const stopping = new AbortController()
    const news = () => ({
      worker,
      slots: 1,
      ttlMs: announceForMs,
      models: [
        ...[...packages.values()].map(({ id, model }) => ({ id, tasks: model.tasks, tiers: model.tiers })),
        { id: editLine, tasks: [], tiers: [...tiers] },
      ].map(served => ({ ...served, speeds: speeds.get(served.id) ?? {} })),
    })
    let serving = true
    const tell = async (): Promise<void> => {
      if (serving) await announce(core, news()).catch(error => log.debug({ err: error }, 'could not announce'))
    }
    const workOffOne = async (id: string, cancelled: AbortSignal): Promise<void> => {
      try {
        await workOff(id, { cancelled, stopping: stopping.signal }, tools)
        // Whoever asks next hears how long this one took.
        await tell()
      } finally {
        // A slot is free: the next one in line may come. Should this fail, the reconciler does it.
        await alive(core)
          .then(fleet => dispatch(core, fleet))
          .catch(error => log.debug({ err: error }, 'could not dispatch'))
      }
    }
    const queue = await renderWorker(core, { models: [...packages.keys()], slots: 1, process: workOffOne })
    const edits = await renderWorker(core, { models: [editLine], slots: 1, process: workOffOne })
    const fits = await fitWorker(core, {
      process: (clip, most) => makeFit({ core, store, signal: stopping.signal }, clip, most),
    })
    await tell()
    const timer = setInterval(() => void tell(), announceEveryMs)
    const open = { renderer, editor }
    return {
      id: worker,
      models: [...packages.keys()],
      renderProcess: () => open.renderer.pid,
      async stop(drainMs = 0) {
        serving = false
        clearInterval(timer)
        await retire(core, worker).catch(() => undefined)
        const hurry = setTimeout(() => stopping.abort(), drainMs)
        await Promise.all([queue.close(), edits.close(), fits.close()])
        clearTimeout(hurry)
        await Promise.all([open.renderer.close(), open.editor.close()])
        await core.close()
      },
    }
  } catch (error) {
    await Promise.all([renderer?.close(), editor?.close()])
    await core.close()
    throw error
  }
}

/** The models of this machine that were asked for, are whole and whose family is known, and all last stages; the others are named in the log. */
async function usablePackages(
  config: WorkerConfig,
  log: Log,
  known: readonly string[],
): Promise<{ found: ModelPackage[]; stages: ModelPackage[] }> {
  const seen = await openSeenFiles(join(config.DATA_DIR, 'verified.json'))
  const { packages, problems } = await findPackages([builtInModels, resolve(config.MODELS_DIR)], seen)
  await seen.save().catch(error => log.debug({ err: error }, 'could not keep verified.json'))
  for (const { folder, reason } of problems) log.warn({ folder }, `model package not used: ${reason}`)
  const stages = packages.filter(({ family }) => family === stageFamily)
  const models = packages.filter(({ family }) => family !== stageFamily)
  const wanted = models.filter(({ id }) => config.MODELS.length === 0 || config.MODELS.includes(id))
  const usable = wanted.filter(({ family, folder }) => {
    if (known.includes(family)) return true
    log.warn({ folder }, `model package not used: this worker does not know the family "${family}"`)
    return false
  })
  const missing = config.MODELS.find(id => !usable.some(one => one.id === id))
  if (missing)
    throw new Error(`MODELS names "${missing}", but there is no whole package of that name (npm run models -- list).`)
  if (usable.length === 0) throw new Error('There is no model package that can be used (npm run models -- list).')
  return { found: usable, stages }
}

/** Those that really load, the last one staying loaded. One model must load; the first one is the last to be tried, so it stays. */
async function loadable(
  found: readonly ModelPackage[],
  renderer: Renderer,
  log: Log,
): Promise<ReadonlyMap<string, ModelPackage>> {
  const good = new Set<ModelPackage>()
  let trouble: unknown
  for (const one of [...found].reverse()) {
    try {
      await renderer.warm(one.id)
      good.add(one)
    } catch (error) {
      trouble = error
      const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
      log.error({ model: one.id }, `model cannot be loaded: ${line}`)
    }
  }
  if (good.size === 0) throw trouble
  return new Map(found.filter(one => good.has(one)).map(one => [one.id, one]))
}

const storeSettings = (config: WorkerConfig) => ({
  STORE: config.STORE,
  DATA_DIR: resolve(config.DATA_DIR),
  S3_BUCKET: config.S3_BUCKET,
  S3_REGION: config.S3_REGION,
  S3_ENDPOINT: config.S3_ENDPOINT,
  S3_ACCESS_KEY_ID: config.S3_ACCESS_KEY_ID,
  S3_SECRET_ACCESS_KEY: config.S3_SECRET_ACCESS_KEY,
})
