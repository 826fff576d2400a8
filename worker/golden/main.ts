import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readPackage } from '../packages.ts'
import { runGolden } from './run.ts'

/**
 * `npm run golden -- <package folder> <case folder> [--json] [--device cpu|cuda|webgpu|auto] [--threads n]`: runs one reference case from files and
 * prints the largest absolute difference of every array, in the order they come about. Exit code 1 beyond the case's tolerances, 2 when
 * it cannot be run.
 */

const usage = 'npm run golden -- <package folder> <case folder> [--json] [--device cpu|cuda|webgpu|auto] [--threads n]'
const devices = ['cpu', 'cuda', 'webgpu', 'auto'] as const

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string', default: '0' },
    },
  })
  const [folder, caseFolder, ...rest] = positionals
  const device = devices.find(one => one === values.device)
  const threads = Number(values.threads)
  if (!folder || !caseFolder || rest.length > 0 || !device || !Number.isInteger(threads) || threads < 0)
    throw new Error(usage)
  await readPackage(resolve(folder))
  const report = await runGolden(folder, resolve(caseFolder), { device, threads })
  const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`)
  const number = (value: number) => (Number.isFinite(value) ? value.toExponential(2) : String(value))
  say(`${report.package} against ${report.case} (${basename(caseFolder)})`)
  for (const { name, maxAbs, relative, tolerance, ok, note } of report.arrays)
    say(
      `  ${name.padEnd(24)} max abs ${number(maxAbs).padStart(9)}  relative ${number(relative).padStart(9)}  tolerance ${number(tolerance)}  ${ok ? 'ok' : 'OFF'}${note ? ` (${note})` : ''}`,
    )
  say(`  latents after each step: ${report.steps.map(number).join(' ')}`)
  if (report.types.some(type => type !== 'float32'))
    say(
      `  the weights are ${report.types.join(', ')}: tolerances are those of float32, which an export without --dtype has`,
    )
  say(report.ok ? 'all within tolerance' : `first off: ${report.arrays.find(({ ok }) => !ok)?.name}`)
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  if (!report.ok) process.exitCode = 1
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
})
