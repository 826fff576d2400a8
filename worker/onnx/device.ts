import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cudaInstalled } from './session.ts'

/**
 * Bytes of memory that a model may use now: the GPU's as nvidia-smi tells them (of the device CUDA_VISIBLE_DEVICES leaves, or the first),
 * the machine's for the CPU; undefined where nobody can tell.
 */
export async function freeMemory(device: 'auto' | 'cpu' | 'cuda' | 'webgpu'): Promise<number | undefined> {
  if (device === 'cpu' || (device === 'auto' && !cudaInstalled())) return process.availableMemory()
  if (device === 'webgpu') return undefined
  try {
    const query = ['--query-gpu=memory.free', '--format=csv,noheader,nounits']
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 })
    const mebibytes = Number(stdout.split('\n')[0])
    return mebibytes > 0 ? mebibytes * 1024 * 1024 : undefined
  } catch {
    return undefined
  }
}
