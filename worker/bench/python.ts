import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The Python side of benchmarks (worker/export/bench.py), over lines of JSON. */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The interpreter to use: the one given, a virtual environment of this folder, or whatever python3 is. */
export const pythonPath = (given: string | undefined): string =>
  given ?? (existsSync(`${root}.venv/bin/python`) ? `${root}.venv/bin/python` : 'python3')

const needed = ['torch', 'diffusers', 'onnxruntime', 'onnx', 'numpy']

/** Packages that an interpreter lacks, by name; throws an Error where there is no interpreter. */
export function missingIn(python: string): Promise<string[]> {
  const script = `import importlib.util as u; print(' '.join(n for n in ${JSON.stringify(needed)} if u.find_spec(n) is None))`
  return new Promise((resolve, reject) => {
    execFile(python, ['-c', script], { cwd: root, timeout: 60_000 }, (error, stdout) => {
      if (error) reject(new Error(`there is no Python at "${python}" (${error.message.split('\n')[0]})`))
      else resolve(stdout.trim().split(/\s+/).filter(Boolean))
    })
  })
}

/** Runs the module once and waits; what it prints goes to our own output. */
export function runModule(python: string, words: readonly string[]): Promise<void> {
  const child = spawn(python, ['-m', 'worker.export.bench', ...words], { cwd: root, stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`worker.export.bench ended with ${code}`))))
  })
}

const Answer = z.object({
  run: z.string().optional(),
  ready: z.boolean().optional(),
  versions: z.record(z.string(), z.string()).optional(),
  seconds: z.number().optional(),
  relative: z.number().optional(),
  bytes: z.number().optional(),
  error: z.string().optional(),
})
type Answer = z.infer<typeof Answer>

/** A serving process: one line in, one line out. */
export interface PythonServer {
  readonly versions: Readonly<Record<string, string>>
  /** Throws an Error with what it could not do. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Answer>
  close(): void
}

/** Starts the module in its serving mode. */
export async function openPython(python: string, words: readonly string[]): Promise<PythonServer> {
  const child: ChildProcess = spawn(python, ['-m', 'worker.export.bench', ...words], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('no pipes')
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the Python side ended')
    return Answer.parse(JSON.parse(value))
  }
  const { versions = {} } = await next()
  return {
    versions,
    async ask(request) {
      stdin.write(`${JSON.stringify(request)}\n`)
      const answer = await next()
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer
    },
    close: () => stdin.end(),
  }
}
