import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asBfloat16, onnxFile } from './testing/onnx-file.ts'
import { makePackage } from './testing/test-package.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const models = (...words: string[]) => modelsOn({}, ...words)

function modelsOn(machine: NodeJS.ProcessEnv, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise(resolve => {
    const cli = fileURLToPath(new URL('./models-cli.ts', import.meta.url))
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const env = { ...process.env, MODELS_DIR: join(folder, 'models'), ...machine }
    execFile(process.execPath, ['--import', tsx, cli, ...words], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

/** A disk that says it wrote what it did not: of what is copied, one file is cut short. */
const badDisk = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs/promises'
  import { syncBuiltinESMExports } from 'node:module'
  const { cp } = fs
  fs.cp = async (from, to, how) => {
    await cp(from, to, how)
    await fs.truncate(to + '/bars.bin', 10)
  }
  syncBuiltinESMExports()`)}`

it('adds, verifies, names what is broken and removes', { timeout: 60_000 }, async () => {
  const made = await makePackage(join(folder, 'elsewhere'), 'demo')
  expect(await models('add', made.folder)).toMatchObject({ code: 0, err: '' })
  expect((await models('list')).out).toMatch(/^demo +testcard\/bars /m)
  await writeFile(join(folder, 'models', 'demo', 'bars.bin'), Buffer.alloc(64))
  const verified = await models('verify', 'demo')
  expect(verified).toMatchObject({ code: 1 })
  expect(verified.out).toMatch(/^demo +NOT USED: bars\.bin is not what model\.json describes/m)
  expect(await models('add', join(folder, 'models', 'demo'))).toMatchObject({ code: 1, out: '' })
  expect(await models('remove', 'demo')).toMatchObject({ code: 0, out: 'demo is removed\n' })
  expect(await models('remove', 'demo')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^there is no package "demo"/),
  })
})

it('a copy that came out damaged does not replace what is there', { timeout: 60_000 }, async () => {
  const made = await makePackage(join(folder, 'again'), 'kept')
  expect(await models('add', made.folder)).toMatchObject({ code: 0 })
  expect(await modelsOn({ NODE_OPTIONS: `--import=${badDisk}` }, 'add', made.folder)).toMatchObject({
    code: 1,
    out: '',
    err: 'bars.bin has 10 bytes, not 64\n',
  })
  expect(await models('verify', 'kept')).toMatchObject({ code: 0, out: expect.stringMatching(/^kept .* whole$/m) })
  expect(await readdir(join(folder, 'models'))).not.toContain('.kept.part')
  expect(await models('remove', 'kept')).toMatchObject({ code: 0 })
})

it('says of a package in bfloat16 which device it needs', { timeout: 60_000 }, async () => {
  const made = await makePackage(join(folder, 'brain'), 'brain')
  const graph = onnxFile({
    nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['y'] }],
    inputs: [],
    outputs: [{ name: 'y', type: 'float32', dims: [1] }],
    constants: [{ name: 'w', dims: [1], values: Float32Array.of(1) }],
  })
  await writeFile(join(made.folder, 'graph.onnx'), asBfloat16(graph))
  await models('seal', made.folder)
  expect(await models('add', made.folder)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/\(bfloat16: runs with DEVICE=cuda only\)\n$/),
  })
  expect((await models('verify', 'brain')).out).toMatch(/ whole; bfloat16: runs with DEVICE=cuda only$/m)
  expect(await models('remove', 'brain')).toMatchObject({ code: 0 })
})

it('seals a folder', { timeout: 60_000 }, async () => {
  const made = await makePackage(join(folder, 'sealed'), 'demo')
  await writeFile(join(made.folder, 'more.bin'), 'more')
  expect(await models('seal', made.folder)).toMatchObject({ code: 0, out: expect.stringMatching(/^demo: 2 files, /) })
})

it('says what is wrong with what it is told, in one line', { timeout: 60_000 }, async () => {
  const [nonsense, bare, nowhere, sealed, outside] = await Promise.all([
    models('nonsense'),
    models('remove'),
    models('add', '/nowhere'),
    models('seal', '/nowhere'),
    models('remove', '../elsewhere'),
  ])
  expect(nonsense).toMatchObject({ code: 2, err: 'there is no "nonsense":\n' })
  expect(bare).toMatchObject({ code: 2, err: '"remove" of what? Name a package or a folder:\n' })
  expect(nowhere).toMatchObject({ code: 1, err: '/nowhere: there is no model.json\n' })
  expect(sealed).toMatchObject({ code: 1, err: '/nowhere: there is no model.json\n' })
  expect(outside).toMatchObject({ code: 1, err: expect.stringMatching(/^there is no package "\.\.\/elsewhere" in /) })
})
