import { rm, stat } from 'node:fs/promises'
import { readMp4 } from './boxes.ts'
import { convert } from './ffmpeg.ts'
import { fitOptions, fitSizes, type Shape } from './plan.ts'

/** A clip of ours made smaller. */
export interface Smaller {
  readonly bytes: number
  readonly width: number
  readonly height: number
}

/**
 * Writes a clip (MP4 of ours) once more so that it has at most so many bytes: in the largest picture that looks decent at the rate
 * this leaves. Undefined if even the smallest one would fall apart: then nothing is written.
 */
export async function fitClip(
  from: string,
  to: string,
  { fps, maxBytes, signal }: { fps: number; maxBytes: number; signal: AbortSignal },
): Promise<Smaller | undefined> {
  const { frames, width, height, sound, aigc } = await readMp4(from)
  const [label] = aigc
  if (label === undefined || aigc.length > 1) throw new Error('the file does not carry its AIGC label')
  const log = `${to}.pass`
  try {
    for (const size of fitSizes({ width, height, fps, frames, sound }, maxBytes)) {
      const shape: Shape = { ...size, fps, frames, sound }
      for (const share of [1, 0.85]) {
        for (const pass of [1, 2] as const)
          await convert([{ file: from }], to, fitOptions(shape, label, maxBytes * share, pass, log), signal)
        const { size: bytes } = await stat(to)
        if (bytes > maxBytes) continue
        const made = await readMp4(to)
        if (made.frames !== frames || made.aigc[0] !== label) throw new Error('the smaller file is not whole')
        return { bytes, width: size.width, height: size.height }
      }
    }
    await rm(to, { force: true })
    return undefined
  } catch (error) {
    await rm(to, { force: true })
    throw error
  } finally {
    for (const left of [`${log}-0.log`, `${log}-0.log.mbtree`]) await rm(left, { force: true })
  }
}
