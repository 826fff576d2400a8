import { execFile } from 'node:child_process'
import { cudaInstalled } from './session.ts'

/**
 * Bytes of memory that a model may use now: the GPU's as nvidia-smi tells them (of the device CUDA_VISIBLE_DEVICES leaves, or the first),
 * the machine's for the CPU; undefined where nobody can tell.
 */
export async function freeMemory(device: 'auto' | 'cpu' | 'cuda' | 'webgpu'): Promise<number | undefined> {
  if (device === 'cpu' || (device === 'auto' && !cudaInstalled())) return process.availableMemory()
  if (device === 'webgpu') return undefined
  const mebibytes = Number((await askDriver()).split('\n')[0])
  return mebibytes > 0 ? mebibytes * 1024 * 1024 : undefined
}

/** Free memory of each GPU, a line each; empty where the tool is missing. */
const askDriver = (): Promise<string> =>
  new Promise(resolve => {
    const query = ['--query-gpu=memory.free', '--format=csv,noheader,nounits']
    execFile('nvidia-smi', query, { timeout: 10_000 }, (error, stdout) => resolve(error ? '' : stdout))
  })
