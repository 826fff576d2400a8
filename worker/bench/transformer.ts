import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { denoise, type Experts } from '../families/wan/denoise.ts'
import type { LatentShape } from '../families/wan/geometry.ts'
import { readNpy } from '../golden/npy.ts'
import { secondsSoFar } from '../meter.ts'
import { openSession, type Session } from '../onnx/session.ts'
import { float32, type Tensor } from '../onnx/tensor.ts'
import { createUniPc } from '../schedulers/unipc.ts'

/** The mid-size transformer of bench:wan, as the worker runs it. */

/** Inputs of the graph from a bench folder (worker/export/bench.py --make). */
async function inputsOf(folder: string): Promise<Record<string, Tensor>> {
  const names = ['hidden_states', 'timestep', 'encoder_hidden_states'] as const
  const tensors = await Promise.all(names.map(name => tensorOf(join(folder, `${name}.npy`))))
  return Object.fromEntries(names.map((name, i) => [name, tensors[i] ?? float32(new Float32Array(0), [0])]))
}

async function tensorOf(file: string) {
  const { data, dims } = readNpy(await readFile(file))
  if (!(data instanceof Float32Array)) throw new Error(`${file} is not float32`)
  return float32(data, dims)
}

export interface NodeSide {
  /** Seconds of one run of the graph through the worker's session. */
  run(): Promise<number>
  /** Distance of its output to the reference, over the reference's length. */
  relative(): Promise<number>
  /** Steps of the worker's own sampling loop, guided: seconds in all, and in graph runs. */
  sample(steps: number): Promise<{ readonly seconds: number; readonly inGraphs: number }>
  release(): Promise<void>
}

/** Loads the graph of a bench folder. */
export async function openNodeSide(folder: string, threads: number): Promise<NodeSide> {
  const session = await openSession(join(folder, 'transformer.onnx'), { threads, device: 'cpu' })
  const inputs = await inputsOf(folder)
  const velocity = async (): Promise<Float32Array> => {
    const out = (await session.run(inputs))['velocity']
    if (out?.type !== 'float32') throw new Error('the graph gave no velocity')
    return out.data
  }
  return {
    async run() {
      const from = performance.now()
      await velocity()
      return (performance.now() - from) / 1000
    },
    async relative() {
      const [ours, { data: reference }] = [await velocity(), await tensorOf(join(folder, 'velocity.npy'))]
      let [apart, length] = [0, 0]
      for (const [i, value] of reference.entries()) {
        apart += ((ours[i] ?? 0) - value) ** 2
        length += value ** 2
      }
      return Math.sqrt(apart / length)
    },
    sample: steps => sample(session, inputs, steps),
    release: () => session.release(),
  }
}

async function sample(session: Session, inputs: Readonly<Record<string, Tensor>>, steps: number) {
  const { hidden_states: latents, encoder_hidden_states: text } = inputs
  if (latents?.type !== 'float32' || !text) throw new Error('no inputs')
  const [, channels = 1, frames = 1, height = 1, width = 1] = latents.dims
  const shape: LatentShape = [channels, frames, height, width]
  const experts: Experts = {
    model: { settings: { channels: { in: channels, out: channels }, patch: [1, 2, 2], expandTimesteps: false } },
    graph: async () => session,
    fitting: work => work(),
    done: async () => undefined,
  }
  const words = { ids: [], rows: new Float32Array(0), padded: text }
  const before = secondsSoFar().onnx
  const from = performance.now()
  await denoise(experts, {
    noise: latents.data,
    shape,
    scheduler: createUniPc({ steps, shift: 5 }),
    guidance: 5,
    guidanceLow: 5,
    words,
    against: words,
    condition: {},
    pause: () => new Promise(resolve => setImmediate(resolve)),
    onStep: () => undefined,
  })
  return { seconds: (performance.now() - from) / 1000, inGraphs: secondsSoFar().onnx - before }
}

/** Bytes by which one run at so many tokens raises the peak of this process; ask it of a fresh one. */
export async function memoryAt(folder: string, tokens: number, threads: number): Promise<number> {
  const session = await openSession(join(folder, 'transformer.onnx'), { threads, device: 'cpu' })
  const inputs = await inputsOf(folder)
  const [, channels = 1] = inputs['hidden_states']?.dims ?? []
  const frames = Math.max(1, Math.round(tokens / 1024))
  const dims = [1, channels, frames, 64, 64]
  const peak = (): number => process.resourceUsage().maxRSS * 1024
  const hidden = float32(new Float32Array(channels * frames * 4096), dims)
  const before = peak()
  await session.run({ ...inputs, hidden_states: hidden })
  return peak() - before
}
