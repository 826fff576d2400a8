import { rename, rm, stat } from 'node:fs/promises'
import { timed } from '../meter.ts'
import type { Frame } from '../pipelines/pipeline.ts'
import { readMp4 } from './boxes.ts'
import { convert, type Input, startEncoder } from './ffmpeg.ts'
import { drawLabel, type Label } from './label.ts'
import { copyOptions, encodeOptions, inputOptions, type Shape, shrinkOptions, worthTrying } from './plan.ts'
import { posterOf } from './still.ts'

interface Target extends Omit<Shape, 'sound'> {
  /** Value of the AIGC field. */
  readonly aigc: string
  /** Where the MP4 is written; names of its own making beside it are used and removed. */
  readonly file: string
  /** A WAV file of ours, exactly as long as the pictures. */
  readonly sound?: string
  /** Largest file the place can take: what the encoder aims below. */
  readonly maxBytes?: number
  readonly signal: AbortSignal
}

export interface ClipOrder extends Target {
  readonly video: AsyncIterable<Frame>
  /** Drawn on every frame; absent = the frames bear theirs. */
  readonly label?: Label
  /** Which frame stands for the clip; absent = one of ours choosing. */
  readonly cover?: number
  /** Called after each frame, with the number of frames done. */
  onFrame?(done: number): void
}

/** Which frame stands for the clip: entrances are over by then. */
const posterIndex = ({ cover, frames }: ClipOrder): number => cover ?? Math.floor(frames * 0.4)

/**
 * Streams frames into an MP4, one at a time, each labelled on the way. Gives the poster (JPEG) and the size in bytes.
 * Aims below `maxBytes` where that can look decent; a clip that cannot is written as if there were no limit, and delivery finds another
 * way (core/fits.ts). Throws an Error if frames are missing or of the wrong size.
 */
export async function writeClip(order: ClipOrder): Promise<{ poster: Buffer; bytes: number }> {
  const { sound, maxBytes } = order
  const shape = shapeOf(order, sound !== undefined)
  const aim = maxBytes !== undefined && worthTrying(maxBytes, shape) ? maxBytes : undefined
  const beside = sound === undefined ? [] : [{ file: sound }]
  const encoder = startEncoder(order.file, inputOptions(shape), encodeOptions(shape, order.aigc, aim), beside)
  let poster: Promise<Buffer> | undefined
  let done = 0
  try {
    for await (const frame of waitedFor(order.video)) {
      order.signal.throwIfAborted()
      checkFrame(frame, order, done)
      const undo = order.label && drawLabel(frame, order.label)
      if (done === posterIndex(order)) poster = posterOf(frame, order.aigc)
      await timed('encode', () => encoder.write(frame.rgb))
      undo?.()
      done++
      order.onFrame?.(done)
    }
    order.signal.throwIfAborted()
    if (done < order.frames || !poster) throw new Error(`${done} of ${order.frames} frames came`)
    await timed('encode', () => encoder.finish())
    return { poster: await poster, bytes: await fitted(order, sound !== undefined) }
  } catch (error) {
    encoder.kill()
    await poster?.catch(() => undefined)
    await rm(order.file, { force: true })
    throw error
  }
}

/**
 * The pictures of a file (or of a list of files in ffmpeg's concat format) as they are, in a new file with the label's field. `oldSound`:
 * it keeps the sound it has; else it gets `sound`, or none. Gives the size in bytes. Throws as `writeClip` does.
 */
export async function copyClip(order: Target & { readonly from: Input; readonly oldSound: boolean }): Promise<number> {
  const { from, file, oldSound, sound, signal } = order
  const kept = sound !== undefined ? 'new' : oldSound ? 'old' : 'none'
  try {
    const inputs = sound === undefined ? [from] : [from, { file: sound }]
    await timed('encode', () => convert(inputs, file, copyOptions(order.aigc, kept), signal))
    return await fitted(order, kept !== 'none')
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}

const shapeOf = ({ width, height, fps, frames }: Target, sound: boolean): Shape => ({
  ...{ width, height, fps, frames },
  sound,
})

/** The same frames; the time until each one comes is the renderer's. */
export async function* waitedFor(video: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  const frames = video[Symbol.asyncIterator]()
  try {
    while (true) {
      const next = await timed('draw', () => frames.next())
      if (next.done) return
      yield next.value
    }
  } finally {
    await frames.return?.()
  }
}

function checkFrame(frame: Frame, shape: ClipOrder, done: number): void {
  if (done >= shape.frames) throw new Error(`more frames than the ${shape.frames} announced`)
  if (
    frame.width !== shape.width ||
    frame.height !== shape.height ||
    frame.rgb.length !== shape.width * shape.height * 3
  )
    throw new Error(`frame ${done} is ${frame.width}x${frame.height}, not ${shape.width}x${shape.height}`)
}

/** Checks what was written, and writes it smaller if it is over the limit. */
async function fitted(order: Target, sound: boolean): Promise<number> {
  const shape = shapeOf(order, sound)
  await checkFile(order, sound)
  const { size } = await stat(order.file)
  const limit = order.maxBytes
  if (limit === undefined || size <= limit || !worthTrying(limit, shape)) return size
  const smaller = `${order.file}.smaller`
  const log = `${order.file}.pass`
  try {
    for (const share of [1, 0.85]) {
      for (const pass of [1, 2] as const)
        await timed('encode', () =>
          convert(
            [{ file: order.file }],
            smaller,
            shrinkOptions(shape, order.aigc, limit * share, pass, log),
            order.signal,
          ),
        )
      if ((await stat(smaller)).size <= limit) {
        await rename(smaller, order.file)
        await checkFile(order, sound)
        return (await stat(order.file)).size
      }
    }
  } finally {
    for (const left of [smaller, `${log}-0.log`, `${log}-0.log.mbtree`]) await rm(left, { force: true })
  }
  return size
}

/** No clip leaves without its frames and its label. */
async function checkFile(order: Target, sound: boolean): Promise<void> {
  const facts = await readMp4(order.file)
  if (facts.frames !== order.frames) throw new Error(`the file has ${facts.frames} frames, not ${order.frames}`)
  if (facts.sound !== sound) throw new Error(`the file has ${sound ? 'lost its' : 'a'} sound`)
  if (facts.aigc.length !== 1 || facts.aigc[0] !== order.aigc) throw new Error('the file does not carry its AIGC label')
}
