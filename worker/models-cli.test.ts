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
  expect(await models('seal', join(folder, 'models', 'demo'))).toMatchObject({ code: 0 })
  expect(await models('remove', 'demo')).toMatchObject({ code: 0 })
  expect(await models('remove', 'demo')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^there is no package "demo"/),
  })
  expect(await models('nonsense')).toMatchObject({ code: 2 })
})
