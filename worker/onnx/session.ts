import './no-telemetry.ts'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { timed } from '../meter.ts'
import type { Tensor, TensorType } from './tensor.ts'

/** The one importer of onnxruntime-node. A run blocks the event loop, so sessions live in the forked child only. */

type Device = 'auto' | 'cpu' | 'cuda' | 'webgpu'
type Provider = Exclude<Device, 'auto'>

export interface SessionOptions {
  /** CPU threads; 0 = as many as there are cores. */
  readonly threads: number
  /** `auto` is CUDA where its provider is installed, else the CPU. */
  readonly device: Device
  /** CUDA device number (one worker process per GPU: leave it at 0 and use CUDA_VISIBLE_DEVICES). */
  readonly gpu?: number
}

/** Name, element type and shape of an input or output; a string in the shape is a free dimension. */
interface Port {
  readonly name: string
  readonly type: TensorType
  readonly dims: readonly (number | string)[]
}

interface RunOptions {
  /** Outputs to compute; absent = all. */
  readonly only?: readonly string[]
  /** Arrays that outputs are written into, so that a loop need not allocate; shapes must be exact. */
  readonly into?: Readonly<Record<string, Tensor>>
}

/** A loaded graph. */
export interface Session {
  readonly provider: Provider
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** Throws an Error naming the file and the input when names, types or shapes do not fit. */
  run(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Record<string, Tensor>>
  /** Frees the memory; again is harmless. */
  release(): Promise<void>
}

/** A graph or a provider that cannot be loaded. */
class LoadError extends Error {
  override readonly name = 'LoadError'
}

/** Loads a graph with its external data (found beside the file). Throws LoadError. */
export async function openSession(path: string, options: SessionOptions): Promise<Session> {
  const label = join(basename(dirname(path)), basename(path))
  if (!existsSync(path)) throw new LoadError(`${label}: there is no such file`)
  const provider = await usableProvider(options.device)
  let graph: ort.InferenceSession
  try {
    graph = await ort.InferenceSession.create(path, sessionOptions(provider, options))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LoadError(`${label}: ONNX Runtime cannot load it: ${reason}`, { cause: error })
  }
  const inputs = graph.inputMetadata.map(portOf)
  const outputs = graph.outputMetadata.map(portOf)
  let released: Promise<void> | undefined
  return {
    provider,
    inputs,
    outputs,
    async run(feeds, runOptions = {}) {
      if (released !== undefined) throw new Error(`${label}: run after release`)
      checkFeeds(label, inputs, feeds)
      const wanted = runOptions.only ?? outputs.map(port => port.name)
      for (const name of [...wanted, ...Object.keys(runOptions.into ?? {})])
        if (!outputs.some(port => port.name === name))
          throw new Error(`${label}: no output "${name}" (there are: ${outputs.map(port => port.name).join(', ')})`)
      const fetches = Object.fromEntries(
        wanted.map(name => {
          const into = runOptions.into?.[name]
          return [name, into ? ortTensor(into) : null]
        }),
      )
      const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, ortTensor(tensor)]))
      const results = await timed('onnx', () => graph.run(given, fetches))
      return Object.fromEntries(
        wanted.map(name => {
          const into = runOptions.into?.[name]
          if (into) return [name, into]
          const result = results[name]
          if (!result) throw new Error(`${label}: output "${name}" did not come`)
          return [name, { type: result.type, data: result.data, dims: result.dims } as Tensor]
        }),
      )
    },
    release() {
      released ??= graph.release()
      return released
    },
  }
}

function sessionOptions(provider: Provider, options: SessionOptions): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: provider === 'cuda' ? [{ name: 'cuda', deviceId: options.gpu ?? 0 }, 'cpu'] : [provider],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Idle ORT threads would spin on the cores that the encoder needs.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }
}

/** A graph of one Identity, to try a provider on. */
const oneNode = Buffer.from(
  'CAgSADo3ChAKAXgSAXkiCElkZW50aXR5EgFpWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEQ==',
  'base64',
)
const tried = new Map<Device, Promise<Provider>>()

/**
 * Which provider a device setting means on this machine, found out once by using it. `auto` is CUDA where its provider is installed and
 * loads, else the CPU. Throws LoadError where a device that was asked for by name cannot be used.
 */
export function usableProvider(device: Device): Promise<Provider> {
  const found = tried.get(device) ?? tryProvider(device)
  tried.set(device, found)
  return found
}

async function tryProvider(device: Device): Promise<Provider> {
  if (device === 'cpu' || (device === 'auto' && !cudaInstalled())) return 'cpu'
  const provider = device === 'auto' ? 'cuda' : device
  try {
    const session = await ort.InferenceSession.create(oneNode, sessionOptions(provider, { threads: 1, device }))
    await session.release()
    return provider
  } catch (error) {
    if (device === 'auto') return 'cpu'
    const reason = error instanceof Error ? error.message : String(error)
    throw new LoadError(
      `DEVICE=${device}: the ${provider} provider of ONNX Runtime cannot load here (use DEVICE=cpu, or the GPU image): ${reason}`,
      { cause: error },
    )
  }
}

/** The CUDA provider is a library of its own that only the GPU image fetches. */
function cudaInstalled(): boolean {
  const module = createRequire(import.meta.url).resolve('onnxruntime-node')
  const folder = join(dirname(module), '..', 'bin', 'napi-v6', process.platform, process.arch)
  return existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))
}

const portOf = (meta: ort.InferenceSession.ValueMetadata): Port => {
  if (!meta.isTensor) throw new LoadError(`"${meta.name}" is no tensor`)
  return { name: meta.name, type: meta.type as TensorType, dims: meta.shape }
}

const ortTensor = (tensor: Tensor): ort.Tensor =>
  new ort.Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims)

function checkFeeds(label: string, inputs: readonly Port[], feeds: Readonly<Record<string, Tensor>>): void {
  const spare = Object.keys(feeds).find(name => !inputs.some(port => port.name === name))
  if (spare !== undefined)
    throw new Error(`${label}: no input "${spare}" (there are: ${inputs.map(port => port.name).join(', ')})`)
  for (const port of inputs) {
    const given = feeds[port.name]
    if (!given) throw new Error(`${label}: input "${port.name}" is missing`)
    const fits =
      given.type === port.type &&
      given.dims.length === port.dims.length &&
      port.dims.every((dim, i) => typeof dim === 'string' || dim < 0 || dim === given.dims[i])
    if (!fits)
      throw new Error(
        `${label}: input "${port.name}" should be ${port.type} [${port.dims.join(', ')}], not ${given.type} [${given.dims.join(', ')}]`,
      )
  }
}
