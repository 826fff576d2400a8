import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelJson } from './model-json.ts'
import { findPackages, openSeenFiles, readPackage, sealPackage } from './packages.ts'
import { makePackage } from './testing/test-package.ts'

let models: string
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'threadreel-models-'))
})
afterEach(() => rm(models, { recursive: true, force: true }))

const edit = async (id: string, change: Record<string, unknown>): Promise<void> => {
  const path = join(models, id, 'model.json')
  const model = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  await writeFile(path, JSON.stringify({ ...model, ...change }))
}

describe('packages', () => {
  it('are found in all folders, the first of an id wins', async () => {
    const other = join(models, 'other')
    await makePackage(join(models, 'mine'), 'one')
    await makePackage(other, 'one')
    await makePackage(other, 'two')
    const { packages, problems } = await findPackages([join(models, 'mine'), other, join(models, 'nowhere')])
    expect(packages.map(p => p.folder)).toEqual([join(models, 'mine', 'one'), join(other, 'two')])
    expect(problems).toEqual([{ folder: join(other, 'one'), reason: 'a package of this id was found before' }])
  })

  it('are named and left out when something is wrong, whatever it is', async () => {
    const faults: Record<string, (folder: string, id: string) => Promise<void>> = {
      'bars.bin is missing': folder => rm(join(folder, 'bars.bin')),
      'bars.bin has 10 bytes, not 64': folder => truncate(join(folder, 'bars.bin'), 10),
      'bars.bin has 65 bytes, not 64': folder => appendFile(join(folder, 'bars.bin'), 'x'),
      'bars.bin is not what model.json describes (sha256 differs)': folder =>
        writeFile(join(folder, 'bars.bin'), Buffer.alloc(64, 8)),
      'there is no model.json': folder => rm(join(folder, 'model.json')),
      'model.json is no JSON': folder => truncate(join(folder, 'model.json'), 40),
      'model.json: format: Invalid input: expected 1': (_, id) => edit(id, { format: 2 }),
      'model.json says id "somebody"': (_, id) => edit(id, { id: 'somebody' }),
      'component bars: "gone.bin" is not among the files': (_, id) =>
        edit(id, { components: { bars: { file: 'gone.bin', dtype: 'int8' } } }),
      'model.json: components.bars.file: must be a plain path inside the package': (_, id) =>
        edit(id, { components: { bars: { file: '../../etc/passwd', dtype: 'int8' } } }),
    }
    await makePackage(models, 'good')
    for (const [n, spoil] of Object.values(faults).entries()) {
      const { folder } = await makePackage(models, `bad-${n}`)
      await spoil(folder, `bad-${n}`)
    }
    const { packages, problems } = await findPackages([models])
    expect(packages.map(p => p.id)).toEqual(['good'])
    for (const [n, reason] of Object.keys(faults).entries()) {
      const said = problems.find(problem => problem.folder === join(models, `bad-${n}`))?.reason
      expect(said).toContain(reason)
      expect(said).not.toContain('\n')
    }
  })

  it('are not hashed again while their files stay as they were', async () => {
    const { folder } = await makePackage(models, 'one')
    const memory = join(models, 'seen.json')
    const first = await openSeenFiles(memory)
    await readPackage(folder, first)
    await first.save()
    const marks: string[] = []
    const second = await openSeenFiles(memory)
    await readPackage(folder, {
      has: mark => marks.push(mark) > 0 && second.has(mark),
      add: () => expect.unreachable('hashed'),
    })
    expect(marks).toHaveLength(1)
    await writeFile(join(folder, 'bars.bin'), Buffer.alloc(64, 9))
    await expect(readPackage(folder, await openSeenFiles(memory))).rejects.toThrow('sha256 differs')
  })

  it('can be sealed: what people read is left out', async () => {
    const { folder } = await makePackage(models, 'one')
    await mkdir(join(folder, 'sheets'))
    await mkdir(join(folder, 'sprites'))
    await writeFile(join(folder, 'README.md'), '# card')
    await writeFile(join(folder, 'sheets', 'a.jpg'), 'x')
    await writeFile(join(folder, 'sprites', 'cat.webp'), 'cat')
    const sealed = await sealPackage(folder)
    expect(Object.keys(sealed.model.files)).toEqual(['bars.bin', 'sprites/cat.webp'])
  })
})

describe('model.json', () => {
  it('holds what a two-expert video model needs', () => {
    const wan = {
      format: 1,
      id: 'wan2.2-i2v-a14b',
      family: 'wan',
      variant: 'i2v-a14b',
      tasks: ['image-to-video', 'first-last-frame'],
      tiers: ['standard', 'high'],
      components: {
        text_encoder: { file: 'text_encoder/model.onnx', dtype: 'float16' },
        transformer: { file: 'transformer/model.onnx', dtype: 'float16' },
        transformer_2: { file: 'transformer_2/model.onnx', dtype: 'float16' },
      },
      sizes: {
        multiple: 16,
        leastSide: 256,
        mostSide: 1280,
        mostPixels: 921600,
        native: [{ width: 1280, height: 720 }],
      },
      frames: { fps: [16], multiple: 4, offset: 1, most: 81 },
      vae: { channels: 2, spatial: 8, temporal: 4, mean: [0.1, -0.2], std: [2.8, 1.4] },
      text: { length: 512 },
      scheduler: { type: 'unipc', shift: 5, order: 2 },
      sampling: {
        standard: { steps: 20, guidance: 3.5, guidanceLow: 3 },
        high: { steps: 4, guidance: 1, timesteps: [1000, 750, 500, 250] },
      },
      boundary: 0.9,
      conditioning: 'first-last',
      memory: { '480p': 30e9, '720p': 48e9 },
      licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      source: { name: 'Wan-AI/Wan2.2-I2V-A14B-Diffusers', revision: 'abc' },
      files: {},
    }
    expect(ModelJson.parse(wan)).toMatchObject({ boundary: 0.9, motion: 'none', settings: {} })
  })
})
