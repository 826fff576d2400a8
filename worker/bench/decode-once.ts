import { join } from 'node:path'
import { decodeClip } from '../families/wan/clip.ts'
import { latentShape, volume } from '../families/wan/geometry.ts'
import { openWan } from '../families/wan/open.ts'
import type { Frame } from '../pipelines/pipeline.ts'
import { createRandom, gaussian } from '../schedulers/noise.ts'
import { writeClip } from '../video/clip-file.ts'

/** One measurement of bench:decode in a process of its own, so that its peak memory is its own. Started by decode.ts. */

/** What is to be done: decode and drop the frames, encode frames that are there already, or both at once. */
export interface DecodeTask {
  readonly what: 'decode' | 'encode' | 'both'
  readonly folder: string
  readonly scratch: string
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly threads: number
}

export interface DecodeResult {
  /** From the first latent going in to the last frame being out, or in the file. */
  readonly seconds: number
  /** Most memory the process ever held. */
  readonly peakBytes: number
}

async function run(task: DecodeTask): Promise<DecodeResult> {
  const { width, height, frames, threads } = task
  const wan = await openWan(task.folder, { threads, device: 'cpu', freeBytes: undefined, note: () => undefined })
  const { parts } = wan
  const shape = latentShape(parts.model, frames, { width, height })
  const latents = gaussian(createRandom(1), volume(shape))
  const signal = new AbortController().signal
  const decoded = async function* (): AsyncGenerator<Frame> {
    for await (const chunk of decodeClip(parts, { latents, shape }, { pixels: false, signal })) {
      const bytes = width * height * 3
      for (let n = 0; n < chunk.frames; n++)
        yield { width, height, rgb: chunk.rgb.subarray(n * bytes, (n + 1) * bytes) }
    }
  }
  await parts.decoder()
  // Real frames for the encoder alone, a few of them again and again.
  const stock: Frame[] = []
  if (task.what === 'encode')
    for await (const frame of decoded()) {
      stock.push({ ...frame, rgb: frame.rgb.slice() })
      if (stock.length === 33) break
    }
  const again = async function* (): AsyncGenerator<Frame> {
    for (let n = 0; n < frames; n++) yield stock[n % stock.length] as Frame
  }
  const from = performance.now()
  if (task.what === 'decode') for await (const _ of decoded());
  else
    await writeClip({
      width,
      height,
      fps: 16,
      frames,
      video: task.what === 'encode' ? again() : decoded(),
      aigc: 'bench',
      file: join(task.scratch, `${process.pid}.mp4`),
      signal,
    })
  const seconds = (performance.now() - from) / 1000
  await parts.dispose()
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

process.once('message', task => {
  run(task as DecodeTask).then(
    result => process.send?.({ result }, () => process.exit(0)),
    error => process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1)),
  )
})
