import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadCatalogue } from '../../core/catalogue.ts'
import { dispatch } from '../../core/fair.ts'
import { accept } from '../../core/intake.ts'
import { openLog } from '../../core/log.ts'
import { openCore } from '../../core/redis.ts'
import { openStore } from '../../core/store.ts'
import { startRedis } from '../../core/testing/redis.ts'
import { type JobTools, workOff } from '../job.ts'
import { createPaces } from '../pace.ts'
import { builtInModels, readPackage } from '../packages.ts'
import type { Made } from '../protocol.ts'
import { openRenderer } from '../renderer.ts'

/**
 * `npm run bench:overhead [-- --clips 5 --seconds 5]`: the share of a clip's wall time in which neither model (ONNX runs), renderer
 * nor encoder is at work. Wall time runs from the claim of a job in Redis to its record. The renderer draws ahead in threads: what the
 * render process does meanwhile (labels, progress) costs no wall time of its own and is shown beside it.
 */

const prompts = [
  'a cat chasing a butterfly',
  '小兔子吃月饼',
  'a rocket launches in the desert at sunset',
  '一只企鹅在办公室里跳舞',
]

const { values } = parseArgs({
  options: { clips: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' } },
})
const clips = Number(values.clips)
const seconds = Number(values.seconds)

const folder = await mkdtemp(join(tmpdir(), 'threadreel-bench-'))
const server = await startRedis()
const log = openLog('error', 'bench')
const core = await openCore({ url: server.url, log })
const model = await readPackage(join(builtInModels, 'theatre'))
const settings = { STORE: 'local', DATA_DIR: folder } as const
const renderer = await openRenderer({
  packages: [{ id: model.id, family: model.family, folder: model.folder }],
  families: {},
  store: settings,
  threads: availableParallelism(),
  device: 'cpu',
  label: { producer: 'Threadreel', language: 'zh' },
})

const made: Made[] = []
const tools: JobTools = {
  core,
  store: await openStore(settings),
  catalogue: loadCatalogue(),
  renderer: {
    ...renderer,
    async render(order, options) {
      const one = await renderer.render(order, options)
      made.push(one)
      return one
    },
  },
  editor: renderer,
  packages: new Map([[model.id, model]]),
  paces: createPaces(),
  worker: 'bench',
  machine: 'bench',
  speeds: new Map(),
}
const never = new AbortController().signal

/** Asks for a clip and works it off; seconds of wall time. */
async function clip(n: number): Promise<number> {
  const prompt = prompts[n % prompts.length] ?? ''
  const answer = await accept(core, {
    update: `bench:${n}`,
    price: 20,
    limits: { memberOpen: 1000, placeOpen: 1000 },
    daily: 1_000_000,
    request: {
      recipe: {
        kind: 'video',
        prompt,
        negative: '',
        model: model.id,
        tier: 'standard',
        seconds,
        ratio: '16:9',
        seed: n,
      },
      member: 'web:bench',
      payer: 'web:bench',
      place: { platform: 'web', channel: 'bench', private: false },
      locale: 'en',
    },
  })
  if (!('ticket' in answer)) throw new Error(answer.refusal.code)
  await dispatch(core, new Map([[model.id, { slots: 1000 }]]))
  const from = performance.now()
  await workOff(answer.ticket.job, { cancelled: never, stopping: never }, tools)
  return (performance.now() - from) / 1000
}

try {
  await renderer.warm(model.id)
  await clip(0)
  made.length = 0
  let wall = 0
  for (let n = 1; n <= clips; n++) wall += await clip(n)
  if (made.length !== clips) throw new Error(`${made.length} of ${clips} clips were made`)
  const sum = (pick: (costs: Made['costs']) => number): number =>
    made.reduce((total, { costs }) => total + pick(costs), 0)
  const [onnx, draw, encode] = [sum(c => c.onnx), sum(c => c.draw), sum(c => c.encode)]
  const rest = wall - sum(c => c.busy)
  const beside = sum(c => c.busy) - onnx - draw - encode
  const round = (value: number): number => Number(value.toFixed(3))
  console.table({
    'ONNX (director)': { seconds: round(onnx / clips), share: round(onnx / wall) },
    'renderer (frames)': { seconds: round(draw / clips), share: round(draw / wall) },
    encoder: { seconds: round(encode / clips), share: round(encode / wall) },
    'beside the renderer': { seconds: round(beside / clips), share: round(beside / wall) },
    'everything else': { seconds: round(rest / clips), share: round(rest / wall) },
  })
  console.log(
    JSON.stringify({
      clips,
      clipSeconds: seconds,
      wallSeconds: round(wall / clips),
      onnxSeconds: round(onnx / clips),
      drawSeconds: round(draw / clips),
      encodeSeconds: round(encode / clips),
      besideSeconds: round(beside / clips),
      overheadSeconds: round(rest / clips),
      overheadShare: round(rest / wall),
      peakMegabytes: Math.round(Math.max(...made.map(({ costs }) => costs.peakBytes)) / 1e6),
    }),
  )
} finally {
  await renderer.close()
  await core.close()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
