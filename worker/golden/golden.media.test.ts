import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealPackage } from '../packages.ts'
import { readNpy } from './npy.ts'
import { runGolden } from './run.ts'

/** Tiny checkpoints with random weights and what the reference made of them (python -m worker.export.fixture). */
const fixtures = fileURLToPath(new URL('../families/wan/testing', import.meta.url))
const packageOf = (name: string) => join(fixtures, 'packages', name)
const caseOf = (name: string) => join(fixtures, 'cases', name)
const cpu = { device: 'cpu', threads: 1 } as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-golden-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the Wan family against the reference', () => {
  it.each(['t2v', 'i2v', 'i2v-a14b', 'inp', 'ti2v'])('%s: every array within tolerance', async name => {
    const { arrays, ok, steps } = await runGolden(packageOf(name), caseOf(name), cpu)
    expect(arrays.filter(array => !array.ok)).toEqual([])
    expect(ok).toBe(true)
    expect(Math.max(...steps)).toBeLessThan(1e-4)
    const names = arrays.map(array => array.name)
    for (const always of ['prompt_ids', 'prompt_embeds', 'sigmas', 'velocity_first', 'latents_steps', 'frames_u8'])
      expect(names).toContain(always)
    expect(names.includes('condition')).toBe(name !== 't2v')
  })

  it('names the first array that is off', async () => {
    const wrong = join(folder, 'shifted')
    await cp(caseOf('t2v'), wrong, { recursive: true })
    const settings = JSON.parse(await readFile(join(wrong, 'case.json'), 'utf8'))
    await writeFile(join(wrong, 'case.json'), JSON.stringify({ ...settings, guidance_scale: 4.1 }))
    const { arrays, ok } = await runGolden(packageOf('t2v'), wrong, cpu)
    expect(ok).toBe(false)
    expect(arrays.find(array => !array.ok)?.name).toBe('latents_steps')
  })

  it('runs half-precision weights: further off, but the same clip', async () => {
    const { arrays, types } = await runGolden(packageOf('t2v-half'), caseOf('t2v'), cpu)
    expect(types).toEqual(['float16'])
    const latents = arrays.find(({ name }) => name === 'latents_steps')
    expect(latents?.relative).toBeLessThan(0.05)
    expect(latents?.maxAbs).toBeGreaterThan(1e-6)
  })

  it('the command says of such weights whose tolerances it compares with, and ends with 1', async () => {
    const command = fileURLToPath(new URL('./main.ts', import.meta.url))
    const words = [
      '--import',
      createRequire(import.meta.url).resolve('tsx'),
      command,
      packageOf('t2v-half'),
      caseOf('t2v'),
    ]
    const run = promisify(execFile)(process.execPath, words)
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /the weights are float16: tolerances are those of float32.*\nfirst off: prompt_embeds\n$/,
      ),
    })
  })
})

describe('what is wrong with a case or a package', () => {
  it('is said in one line', async () => {
    const broken = join(folder, 'broken')
    await cp(caseOf('t2v'), broken, { recursive: true })
    await writeFile(join(broken, 'noise.npy'), 'x')
    await expect(runGolden(packageOf('t2v'), broken, cpu)).rejects.toThrow(/noise\.npy: no \.npy file$/)
    await writeFile(join(broken, 'case.json'), '{}')
    await expect(runGolden(packageOf('t2v'), broken, cpu)).rejects.toThrow(/case\.json: variant: /)
    await expect(runGolden(packageOf('t2v'), join(folder, 'none'), cpu)).rejects.toThrow(/case\.json: ENOENT/)
  })

  it('is a picture of another size, or noise for another clip', async () => {
    const edited = async (name: string, from: string, change: Record<string, unknown>) => {
      const path = join(folder, name)
      await cp(caseOf(from), path, { recursive: true })
      const settings = JSON.parse(await readFile(join(path, 'case.json'), 'utf8'))
      await writeFile(join(path, 'case.json'), JSON.stringify({ ...settings, ...change }))
      return path
    }
    const picture = runGolden(packageOf('i2v'), await edited('small', 'i2v', { width: 16 }), cpu)
    await expect(picture).rejects.toThrow('the case has a picture of 32x48 for a clip of 16x48')
    const noise = runGolden(packageOf('t2v'), await edited('longer', 't2v', { num_frames: 8 }), cpu)
    await expect(noise).rejects.toThrow('384 numbers of noise for [16,3,2,6]')
    const odd = await runGolden(packageOf('t2v'), await edited('odd', 't2v', { width: 63, num_frames: 7 }), cpu)
    expect(odd.arrays.every(array => array.ok)).toBe(true)
  })

  it('shows as not a number where weights are none', async () => {
    const bad = join(folder, 't2v')
    await cp(packageOf('t2v'), bad, { recursive: true })
    const weights = await readFile(join(bad, 'transformer.onnx.data'))
    weights.fill(0xff, 0, 4096)
    await writeFile(join(bad, 'transformer.onnx.data'), weights)
    await sealPackage(bad)
    await expect(runGolden(bad, caseOf('t2v'), cpu)).rejects.toMatchObject({ code: 'failure.not-a-number' })
  })
})

describe('.npy', () => {
  const file = (header: string, data: Uint8Array) => {
    const text = `${header}\n`
    return Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.of(text.length, 0),
      Buffer.from(text),
      data,
    ])
  }
  const of = (descr: string, shape: string) => `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}}`

  it('is read, at any place in a buffer', () => {
    const numbers = new Uint8Array(Float32Array.of(1, 2.5, -3).buffer)
    expect(readNpy(file(of('<f4', '(3,)'), numbers))).toEqual({ data: Float32Array.of(1, 2.5, -3), dims: [3] })
    expect(readNpy(file(of('|u1', '(1, 2)'), Uint8Array.of(7, 8)))).toEqual({ data: Uint8Array.of(7, 8), dims: [1, 2] })
  })

  it('is refused when it is something else', () => {
    expect(() => readNpy(file(of('<f4', '(4,)'), new Uint8Array(12)))).toThrow('3 numbers do not fill [4]')
    expect(() => readNpy(file(of('<c8', '(1,)'), new Uint8Array(8)))).toThrow('"<c8" are not read')
    expect(() => readNpy(new Uint8Array(20))).toThrow('no .npy file')
  })
})
