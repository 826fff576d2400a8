import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore } from '../../../core/store.ts'
import { builtInModels, readPackage } from '../../packages.ts'
import type { Made } from '../../protocol.ts'
import { openRenderer } from '../../renderer.ts'

/**
 * `npm run bench:theatre [-- --runs 3]`: seconds per five-second clip at 24 frames a second, encoding and label included, split into
 * sampling, waiting for frames and waiting for the encoder; and the most memory of the render process with its encoder. JSON last.
 */

const sizes = { '720p': [1280, 720], '1080p': [1920, 1080] } as const
const prompts = [
  'a cat chasing a butterfly in the garden',
  '一只企鹅穿着西装，在办公室里开会',
  'three penguins dancing on a stage at night',
]
const seconds = 5

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } })
const folder = await mkdtemp(join(tmpdir(), 'threadreel-bench-'))
const model = await readPackage(join(builtInModels, 'theatre'))
const settings = { STORE: 'local', DATA_DIR: folder } as const
await openStore(settings)

/** Kilobytes a process and all below it hold now. */
function treeKilobytes(root: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It has ended since the folder was read.
    }
  }
  let sum = 0
  for (const pid of parents.keys()) {
    let up: number | undefined = pid
    while (up !== undefined && up !== root && up > 1) up = parents.get(up)
    if (up !== root) continue
    try {
      const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
      sum += Number(rss?.[1] ?? 0)
    } catch {
      // As above.
    }
  }
  return sum
}

const report: Record<string, unknown> = {}
try {
  for (const [name, [width, height]] of Object.entries(sizes)) {
    const renderer = await openRenderer({
      packages: [{ id: model.id, family: model.family, folder: model.folder }],
      families: {},
      store: settings,
      threads: availableParallelism(),
      device: 'cpu',
      label: { producer: 'Threadreel', language: 'zh' },
    })
    let peak = 0
    const watch = setInterval(() => {
      if (renderer.pid !== undefined) peak = Math.max(peak, treeKilobytes(renderer.pid))
    }, 100)
    const made: { wall: number; costs: Made['costs'] }[] = []
    try {
      await renderer.warm(model.id)
      for (let run = 0; run < Number(values.runs); run++) {
        const from = performance.now()
        const one = await renderer.render(
          {
            job: `bench-${name}-${run}`,
            width,
            height,
            fps: 24,
            recipe: {
              kind: 'video',
              prompt: prompts[run % prompts.length] ?? '',
              negative: '',
              model: model.id,
              tier: 'standard',
              seconds,
              ratio: '16:9',
              seed: run,
            },
          },
          { signal: new AbortController().signal, onProgress: () => undefined },
        )
        made.push({ wall: (performance.now() - from) / 1000, costs: one.costs })
      }
    } finally {
      clearInterval(watch)
      await renderer.close()
    }
    const mean = (pick: (one: (typeof made)[number]) => number) =>
      Number((made.reduce((sum, one) => sum + pick(one), 0) / made.length).toFixed(2))
    const wall = mean(one => one.wall)
    report[name] = {
      wall,
      fastest: Number(Math.min(...made.map(one => one.wall)).toFixed(2)),
      timesClipLength: Number((wall / seconds).toFixed(2)),
      sampling: mean(one => one.costs.onnx),
      rendering: mean(one => one.costs.draw),
      encoding: mean(one => one.costs.encode),
      peakMegabytes: Math.round(peak / 1024),
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
console.table(report)
console.log(JSON.stringify({ seconds, fps: 24, cores: availableParallelism(), ...report }))
