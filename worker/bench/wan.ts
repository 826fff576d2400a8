import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { missingIn, openPython, type PythonServer, pythonPath, runModule } from './python.ts'
import { openNodeSide } from './transformer.ts'

/**
 * `npm run bench:wan [-- --python .venv/bin/python] [--rounds 7] [--threads n] [--folder dir]`: one forward pass of a mid-size random Wan transformer
 * (8 layers, 512 wide, 1,600 tokens) in PyTorch eager, torch.compile, ONNX Runtime in Python and ours in Node, interleaved round by round
 * on the same inputs; then the share of a sampling step outside the graph, and memory at 4,096 and 8,192 tokens. Ratios are of the quickest
 * run of each and, beside it, of the medians: other work on the machine only ever makes a run slower.
 */

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '6' },
    threads: { type: 'string', default: String(availableParallelism()) },
    folder: { type: 'string', default: join(tmpdir(), 'threadreel-bench-wan') },
  },
})
const [rounds, steps, threads] = [values.rounds, values.steps, values.threads].map(Number) as [number, number, number]
const folder = resolve(values.folder)
const python = pythonPath(values.python)

const missing = await missingIn(python).catch((error: Error) => error.message)
if (missing.length > 0) {
  const what = typeof missing === 'string' ? missing : `${python} lacks ${missing.join(', ')}`
  process.stderr.write(`bench:wan needs the exporter's Python: ${what}\n`)
  process.stderr.write('  python3 -m venv .venv && .venv/bin/pip install -r worker/export/requirements.txt\n')
  process.stderr.write('or name another one: npm run bench:wan -- --python path/to/python\n')
  process.exit(2)
}

if (!existsSync(join(folder, 'bench.json'))) await runModule(python, ['--make', folder])
const serve = (): Promise<PythonServer> => openPython(python, ['--serve', folder, '--threads', String(threads)])

const [eager, compile, ortPython, node] = ['eager', 'compile', 'ort', 'node'] as const
const seconds: Record<string, number[]> = { [eager]: [], [compile]: [], [ortPython]: [], [node]: [] }
const relative: Record<string, number> = {}

const server = await serve()
const ours = await openNodeSide(folder, threads)
const failed: Record<string, string> = {}
for (const name of [eager, compile, ortPython])
  await server.ask({ run: name, warm: true }).then(
    ({ relative: far = 0 }) => {
      relative[name] = far
    },
    (error: Error) => {
      failed[name] = error.message
    },
  )
await ours.run()
relative[node] = await ours.relative()
for (let round = 0; round < rounds; round++)
  for (const name of [eager, compile, ortPython, node]) {
    if (failed[name]) continue
    const took = name === node ? await ours.run() : (await server.ask({ run: name })).seconds
    if (took !== undefined) seconds[name]?.push(took)
  }
server.close()
const sampled = await ours.sample(steps)
await ours.release()

/** In a process of its own. */
function nodeMemory(tokens: number): Promise<number> {
  const script = fileURLToPath(new URL('./memory-once.ts', import.meta.url))
  const child = fork(script, { execArgv: ['--import', createRequire(import.meta.url).resolve('tsx')] })
  child.send({ folder, tokens, threads })
  return new Promise((done, fail) => {
    child.once('message', answer => {
      const { bytes, error } = answer as { bytes?: number; error?: string }
      if (bytes !== undefined) done(bytes)
      else fail(new Error(error))
    })
    child.once('exit', code => fail(new Error(`the measurement ended with ${code}`)))
  })
}
async function pythonMemory(tokens: number): Promise<number> {
  const fresh = await serve()
  const { bytes = 0 } = await fresh.ask({ run: 'memory', tokens })
  fresh.close()
  return bytes
}
const memory = {
  node4096: await nodeMemory(4096),
  node8192: await nodeMemory(8192),
  python8192: await pythonMemory(8192),
}

const round = (value: number, digits = 3): number => Number(value.toFixed(digits))
const least = (name: string): number => Math.min(...(seconds[name] ?? []))
const middle = (name: string): number => {
  const sorted = [...(seconds[name] ?? [])].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
const labels = { eager: 'PyTorch eager', compile: 'torch.compile', ort: 'ONNX Runtime, Python', node: 'ours, Node' }
console.table(
  Object.fromEntries(
    Object.entries(labels).map(([name, label]) => [
      label,
      failed[name]
        ? { 'min s': failed[name] }
        : {
            'min s': round(least(name)),
            'median s': round(middle(name)),
            'of eager (min)': round(least(name) / least(eager), 2),
            'of eager (median)': round(middle(name) / middle(eager), 2),
            'relative error': relative[name]?.toExponential(1),
          },
    ]),
  ),
)
const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
console.log(
  JSON.stringify({
    rounds,
    threads,
    versions: { ...server.versions, node: process.version },
    seconds: Object.fromEntries(
      Object.keys(labels).map(name => [name, { min: round(least(name)), median: round(middle(name)) }]),
    ),
    oursOfEager: { min: round(least(node) / least(eager)), median: round(middle(node) / middle(eager)) },
    oursOfPython: { min: round(least(node) / least(ortPython)), median: round(middle(node) / middle(ortPython)) },
    secondsPerStep: round(sampled.seconds / steps),
    hostShare: round(1 - sampled.inGraphs / sampled.seconds, 5),
    extraMegabytes: {
      node4096: megabytes(memory.node4096),
      node8192: megabytes(memory.node8192),
      python8192: megabytes(memory.python8192),
    },
    failed,
  }),
)
