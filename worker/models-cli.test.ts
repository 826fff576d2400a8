import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makePackage } from './testing/test-package.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const models = (...words: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise(resolve => {
    const cli = fileURLToPath(new URL('./models-cli.ts', import.meta.url))
    const tsx = createRequire(import.meta.url).resolve('tsx')
    const env = { ...process.env, MODELS_DIR: join(folder, 'models') }
    execFile(process.execPath, ['--import', tsx, cli, ...words], { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })

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
