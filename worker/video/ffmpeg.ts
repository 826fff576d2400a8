import { PassThrough, Readable } from 'node:stream'
import ffmpeg from 'fluent-ffmpeg'

/** The one importer of fluent-ffmpeg, and so the one place that starts ffmpeg. Names of files and all arguments are of our own making. */

/** An encoder that runs. */
export interface Encoder {
  /** Hands over one frame; done when ffmpeg has read it, so the buffer may be used again. Throws if ffmpeg has ended. */
  write(rgb: Uint8Array): Promise<void>
  /** No more frames: done when the file is complete. */
  finish(): Promise<void>
  /** Kills ffmpeg; harmless once it has ended. */
  kill(): void
}

/** A file that ffmpeg reads, and how. */
export interface Input {
  readonly file: string
  /** What stands before `-i`; readers of files may open nothing but files. */
  readonly options?: readonly string[]
}

const onlyFiles = ['-nostdin', '-protocol_whitelist', 'file']

function commandOf(inputs: readonly Input[]): ffmpeg.FfmpegCommand {
  return inputs.reduce(
    (command, { file, options = [] }) => command.input(file).inputOptions([...onlyFiles, ...options]),
    ffmpeg(),
  )
}

/** Starts ffmpeg on raw frames from stdin, and on files beside them. `output` says everything about what is written. */
export function startEncoder(
  file: string,
  input: readonly string[],
  output: readonly string[],
  beside: readonly Input[] = [],
): Encoder {
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
  for (const { file: other, options = [] } of beside) command.input(other).inputOptions([...onlyFiles, ...options])
  command.outputOptions([...output]).output(file)
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

/** Makes a file of files. */
export async function convert(
  inputs: readonly Input[],
  to: string,
  output: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const command = commandOf(inputs)
    .outputOptions([...output])
    .output(to)
  const ended = settle(command)
  const kill = () => command.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  command.run()
  try {
    await ended
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

/**
 * Where ffmpeg's output goes. It stays open after its end: fluent-ffmpeg takes a closed one for a failure unless ffmpeg is gone within
 * 20 ms, which on a busy machine it is not.
 */
const outlet = (options: { highWaterMark?: number } = {}): PassThrough =>
  new PassThrough({ ...options, autoDestroy: false })

/**
 * What ffmpeg writes about a file to its standard output, as it comes. Whoever stops reading ends ffmpeg. Throws what ffmpeg said last
 * where it fails.
 */
export async function* decode(input: Input, output: readonly string[]): AsyncGenerator<Buffer> {
  const command = commandOf([input]).outputOptions([...output])
  const pipe = outlet({ highWaterMark: 1 << 20 })
  const ended = settle(command)
  ended.catch(error => pipe.destroy(error))
  command.pipe(pipe)
  let whole = false
  try {
    for await (const chunk of pipe as AsyncIterable<Buffer>) yield chunk
    await ended
    whole = true
  } finally {
    if (!whole) command.kill('SIGKILL')
    await ended.catch(() => undefined)
  }
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
  const pipe = outlet()
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
