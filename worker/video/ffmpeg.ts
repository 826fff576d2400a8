import { PassThrough, Readable } from 'node:stream'
import ffmpeg from 'fluent-ffmpeg'

/** The one importer of fluent-ffmpeg, and so the one place that starts ffmpeg. It sees raw frames and files of our own making. */

/** An encoder that runs. */
export interface Encoder {
  /** Hands over one frame; done when ffmpeg has read it, so the buffer may be used again. Throws if ffmpeg has ended. */
  write(rgb: Uint8Array): Promise<void>
  /** No more frames: done when the file is complete. */
  finish(): Promise<void>
  /** Kills ffmpeg; harmless once it has ended. */
  kill(): void
}

/** Starts ffmpeg on raw frames from stdin. */
export function startEncoder(file: string, input: readonly string[], output: readonly string[]): Encoder {
  let taken: (() => void) | undefined
  const frames = new Readable({
    // With no buffer of its own the stream asks again only after ffmpeg has drained the frame before.
    highWaterMark: 0,
    read() {
      const resolve = taken
      taken = undefined
      resolve?.()
    },
  })
  const command = ffmpeg(frames)
    .inputFormat('rawvideo')
    .inputOptions([...input])
    .videoCodec('libx264')
    .noAudio()
    .outputOptions([...output])
    .output(file)
  const ended = settle(command)
  ended.catch(() => undefined)
  command.run()
  return {
    async write(rgb) {
      const asked = new Promise<void>(resolve => {
        taken = resolve
      })
      frames.push(rgb)
      await Promise.race([asked, ended.then(early)])
    },
    finish() {
      frames.push(null)
      return ended
    },
    kill: () => command.kill('SIGKILL'),
  }
}

/** Encodes a clip of ours once more. */
export async function transcode(
  from: string,
  to: string,
  output: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const command = ffmpeg(from)
    .inputOptions(['-nostdin', '-protocol_whitelist', 'file'])
    .videoCodec('libx264')
    .noAudio()
    .outputOptions([...output])
    .output(to)
  const ended = settle(command)
  const kill = () => command.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  command.run()
  try {
    await ended
  } finally {
    signal.removeEventListener('abort', kill)
  }
  signal.throwIfAborted()
}

/** A filter that runs: raw frames in, raw frames out. */
interface Filter {
  /** Hands over one frame; done when ffmpeg has read it. False once ffmpeg has ended and takes no more. */
  write(rgb: Uint8Array): Promise<boolean>
  /** No more frames. */
  finish(): void
  /** What comes out; ends as ffmpeg does, with what it said last if it fails. */
  readonly output: AsyncIterable<Buffer>
  /** Kills ffmpeg; harmless once it has ended. */
  kill(): void
}

/** Starts ffmpeg on raw frames from stdin, for raw frames on stdout. */
export function openFilter(input: readonly string[], output: readonly string[]): Filter {
  let taken: (() => void) | undefined
  const frames = new Readable({
    highWaterMark: 0,
    read() {
      const resolve = taken
      taken = undefined
      resolve?.()
    },
  })
  const command = ffmpeg(frames)
    .inputFormat('rawvideo')
    .inputOptions([...input])
    .outputOptions([...output])
  const pipe = new PassThrough()
  let over = false
  const ended = settle(command).finally(() => {
    over = true
  })
  ended.catch(error => pipe.destroy(error))
  command.pipe(pipe)
  return {
    async write(rgb) {
      if (over) return false
      const asked = new Promise<void>(resolve => {
        taken = resolve
      })
      frames.push(rgb)
      await Promise.race([asked, ended])
      return !over
    },
    finish: () => void frames.push(null),
    output: pipe,
    kill: () => {
      if (!over) command.kill('SIGKILL')
    },
  }
}

function early(): never {
  throw new Error('ffmpeg ended before the last frame')
}

/** Ends as ffmpeg ends; what it said last is in the error. */
function settle(command: ffmpeg.FfmpegCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    command
      .on('end', () => resolve())
      .on('error', (error: Error, _stdout: string | null, stderr: string | null) =>
        reject(new Error(`ffmpeg: ${error.message}\n${(stderr ?? '').trim().split('\n').slice(-5).join('\n')}`)),
      )
  })
}

/** Throws an Error with the command to run where ffmpeg cannot be found. */
export async function checkFfmpeg(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    ffmpeg.getAvailableEncoders((error, encoders) => {
      if (error) reject(new Error('ffmpeg was not found: install it (apt-get install ffmpeg, brew install ffmpeg)'))
      else if (!('libx264' in encoders)) reject(new Error('this ffmpeg has no libx264: install a full build'))
      else resolve()
    })
  })
}
