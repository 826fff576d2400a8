import { execFile } from 'node:child_process'

/**
 * Bytes of memory that a model may use now: the machine's for the CPU, for CUDA what nvidia-smi tells of the GPU with the most (it does not know
 * which one is ours; should it be another, memory runs out and a smaller plan follows); undefined where nobody can tell.
 */
export async function freeMemory(provider: 'cpu' | 'cuda' | 'webgpu'): Promise<number | undefined> {
  if (provider === 'cpu') return process.availableMemory()
  if (provider === 'webgpu') return undefined
  const mebibytes = Math.max(0, ...(await askDriver()).split('\n').map(Number).filter(Number.isFinite))
  return mebibytes > 0 ? mebibytes * 1024 * 1024 : undefined
}

/** Free memory of each GPU, a line each; empty where the tool is missing. */
const askDriver = (): Promise<string> =>
  new Promise(resolve => {
    const query = ['--query-gpu=memory.free', '--format=csv,noheader,nounits']
    execFile('nvidia-smi', query, { timeout: 10_000 }, (error, stdout) => resolve(error ? '' : stdout))
  })
