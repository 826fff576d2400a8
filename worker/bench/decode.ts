import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readPackage } from '../packages.ts'
import type { DecodeResult, DecodeTask } from './decode-once.ts'

/**
 * `npm run bench:decode -- <package folder> [--size 320x192] [--rounds 3] [--threads 1]`: peak memory of decoding 5 s and 20 s, and whether the
 * encoder works while the decoder does. Every measurement is a process of its own; rounds are interleaved and the quickest of each counts.
 * One thread for the decoder leaves a core to ffmpeg, as a GPU would.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '320x192' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1' },
  },
})
const [folder] = positionals
const [width = 0, height = 0] = values.size.split('x').map(Number)
const rounds = Number(values.rounds)
if (!folder || !(width > 0 && height > 0) || !(rounds >= 1)) {
  process.stderr.write('npm run bench:decode -- <package folder> [--size 320x192] [--rounds 3] [--threads 1]\n')
  process.exit(2)
}

const model = await readPackage(resolve(folder))
const scratch = await mkdtemp(join(tmpdir(), 'threadreel-bench-'))
const script = fileURLToPath(new URL('./decode-once.ts', import.meta.url))
const execArgv = ['--import', createRequire(import.meta.url).resolve('tsx')]

/** Frames of a clip of so many seconds at Wan's 16 a second: 81 and 321. */
const framesOf = (seconds: number): number => seconds * 16 + 1

function measure(what: DecodeTask['what'], seconds: number): Promise<DecodeResult> {
  const child = fork(script, { execArgv, serialization: 'advanced' })
  const task: DecodeTask = {
    what,
    folder: model.folder,
    scratch,
    width,
    height,
    frames: framesOf(seconds),
    threads: Number(values.threads),
  }
  child.send(task)
  return new Promise((done, fail) => {
    child.once('message', answer => {
      const { result, error } = answer as { result?: DecodeResult; error?: string }
      if (result) done(result)
      else fail(new Error(error))
    })
    child.once('exit', code => fail(new Error(`a measurement ended with ${code}`)))
  })
}

const kinds = { decode: [], encode: [], both: [] } as Record<DecodeTask['what'], number[]>
const peaks = { short: [] as number[], long: [] as number[] }
try {
  for (let round = 0; round < rounds; round++) {
    peaks.short.push((await measure('decode', 5)).peakBytes)
    const long = await measure('decode', 20)
    peaks.long.push(long.peakBytes)
    kinds.decode.push(long.seconds)
    kinds.encode.push((await measure('encode', 20)).seconds)
    kinds.both.push((await measure('both', 20)).seconds)
  }
} finally {
  await rm(scratch, { recursive: true, force: true })
}
const round = (value: number): number => Number(value.toFixed(3))
const least = (all: readonly number[]): number => Math.min(...all)
const [decode, encode, both] = [least(kinds.decode), least(kinds.encode), least(kinds.both)]
const megabytes = (all: readonly number[]): number => Math.round(Math.max(...all) / 1e6)
console.table({
  'decode 5 s': { 'peak MB': megabytes(peaks.short) },
  'decode 20 s': { 'peak MB': megabytes(peaks.long), seconds: round(decode) },
  'encode 20 s': { seconds: round(encode) },
  'both at once': { seconds: round(both) },
})
console.log(
  JSON.stringify({
    package: model.id,
    size: values.size,
    threads: Number(values.threads),
    rounds,
    peakMegabytes: { seconds5: megabytes(peaks.short), seconds20: megabytes(peaks.long) },
    peakRatio: round(Math.max(...peaks.long) / Math.max(...peaks.short)),
    decodeSeconds: round(decode),
    encodeSeconds: round(encode),
    bothSeconds: round(both),
    overlapRatio: round(both / Math.max(decode, encode)),
  }),
)
