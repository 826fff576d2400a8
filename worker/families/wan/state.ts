import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import type { Frame } from '../../pipelines/pipeline.ts'

/** What a clip leaves behind so that another can go on from it: its last frames, as the model made them. */
export interface Tail {
  readonly fps: number
  /** In order, all of one size. */
  readonly frames: readonly Frame[]
}

const Header = z.object({
  format: z.literal('wan-tail'),
  version: z.literal(1),
  fps: z.number().positive(),
  width: z.number().int().positive().max(8192),
  height: z.number().int().positive().max(8192),
  frames: z.number().int().positive().max(200),
})

/** A line of JSON, then the frames' RGB, deflated. */
export function writeTail({ fps, frames }: Tail): Uint8Array {
  const [first] = frames
  if (!first) throw new Error('a tail needs a frame')
  const { width, height } = first
  const header = { format: 'wan-tail', version: 1, fps, width, height, frames: frames.length } satisfies z.input<
    typeof Header
  >
  const pixels = deflateRawSync(Buffer.concat(frames.map(({ rgb }) => rgb)), { level: 1 })
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), pixels])
}

/** Undefined for anything that is no tail. */
export function readTail(bytes: Uint8Array): Tail | undefined {
  try {
    const end = bytes.indexOf(10)
    const { fps, width, height, frames } = Header.parse(JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()))
    const size = width * height * 3
    const pixels = inflateRawSync(bytes.subarray(end + 1), { maxOutputLength: size * frames + 1 })
    if (pixels.length !== size * frames) return undefined
    return {
      fps,
      frames: Array.from({ length: frames }, (_, n) => ({
        width,
        height,
        rgb: new Uint8Array(pixels.subarray(n * size, (n + 1) * size)),
      })),
    }
  } catch {
    return undefined
  }
}
