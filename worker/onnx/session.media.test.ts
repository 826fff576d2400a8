import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxFile } from '../testing/onnx-file.ts'
import { openSession, usableProvider } from './session.ts'
import { float16, float32, floatsOf, toHalves } from './tensor.ts'

let folder: string
let sum: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-onnx-'))
  sum = join(folder, 'sum.onnx')
  await writeFile(
    sum,
    onnxFile({
      nodes: [{ op: 'Add', inputs: ['x', 'bias'], outputs: ['y'] }],
      inputs: [{ name: 'x', type: 'float32', dims: ['rows', 2] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['rows', 2] }],
      constants: [{ name: 'bias', dims: [2], values: Float32Array.of(10, 20) }],
    }),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const cpu = { threads: 1, device: 'cpu' } as const

describe('openSession', () => {
  it('runs a graph, also into a given array', async () => {
    const session = await openSession(sum, cpu)
    const x = float32(Float32Array.of(1, 2, 3, 4), [2, 2])
    const { y } = await session.run({ x })
    expect(y?.dims).toEqual([2, 2])
    expect(y && Array.from(floatsOf(y))).toEqual([11, 22, 13, 24])
    const into = float32(new Float32Array(4), [2, 2])
    await session.run({ x }, { into: { y: into } })
    expect(Array.from(into.data)).toEqual([11, 22, 13, 24])
    await session.release()
  })

  it('says which input is wrong', async () => {
    const session = await openSession(sum, cpu)
    const good = float32(new Float32Array(2), [1, 2])
    await expect(session.run({})).rejects.toThrow(/sum\.onnx: input "x" is missing/)
    await expect(session.run({ x: good, z: good })).rejects.toThrow(/no input "z" \(there are: x\)/)
    await expect(session.run({ x: float32(new Float32Array(3), [1, 3]) })).rejects.toThrow(
      /"x" should be float32 \[rows, 2\], not float32 \[1, 3\]/,
    )
    await expect(session.run({ x: float16(toHalves(new Float32Array(2)), [1, 2]) })).rejects.toThrow(/not float16/)
    await expect(session.run({ x: good }, { only: ['nothing'] })).rejects.toThrow(/no output "nothing"/)
    await session.release()
  })

  it('is released once, however often it is asked, and refuses to run then', async () => {
    const session = await openSession(sum, cpu)
    await session.release()
    await session.release()
    await expect(session.run({ x: float32(new Float32Array(2), [1, 2]) })).rejects.toThrow(/after release/)
  })

  it('names a missing, a truncated and an unsupported graph', async () => {
    await expect(openSession(join(folder, 'none.onnx'), cpu)).rejects.toThrow(/none\.onnx: there is no such file/)
    const broken = join(folder, 'broken.onnx')
    await writeFile(broken, Uint8Array.of(8, 8, 58, 200, 1, 10))
    await expect(openSession(broken, cpu)).rejects.toThrow(/broken\.onnx: ONNX Runtime cannot load it/)
  })

  it.each(['cpu', 'auto'] as const)('runs on the CPU where there is no GPU: %s', async device => {
    expect(await usableProvider(device)).toBe('cpu')
    const session = await openSession(sum, { threads: 1, device })
    expect(session.provider).toBe('cpu')
    await session.release()
  })

  it('fails clearly where CUDA cannot load', async () => {
    await expect(openSession(sum, { threads: 1, device: 'cuda' })).rejects.toThrow(
      /^DEVICE=cuda: the cuda provider of ONNX Runtime cannot load here/,
    )
  })
})

describe('ONNX Runtime', () => {
  it.runIf(process.platform === 'linux')('keeps no diary of its use', async () => {
    const session = await openSession(sum, cpu)
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    expect(links.filter(file => /onnxruntime\.db|mat-debug/.test(file))).toEqual([])
    await session.release()
  })
})
