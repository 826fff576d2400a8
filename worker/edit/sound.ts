import { type Music, musicOf } from '../../core/edit.ts'
import { UserError } from '../../core/errors.ts'
import { type SoundFormat, soundFormats } from '../../core/sound.ts'
import type { Span, Timeline } from '../../core/timeline.ts'
import { decode, type Input } from '../video/ffmpeg.ts'
import type { Film } from './footage.ts'
import { channels, fitted, mixIn, type Pcm, rate, reversed, samplesIn } from './pcm.ts'

/** The sound of what is made: the music that was given, or what its clips sound like. */

/** Demuxer and decoders that each format may be read with, and no others. */
const readers: Record<SoundFormat, { readonly demuxer: string; readonly formats: string; readonly codecs: string }> = {
  mp3: { demuxer: 'mp3', formats: 'mp3', codecs: 'mp3,mp3float' },
  wav: { demuxer: 'wav', formats: 'wav', codecs: 'pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le' },
  ogg: { demuxer: 'ogg', formats: 'ogg', codecs: 'vorbis,libvorbis,opus,libopus,flac' },
  m4a: { demuxer: 'mov', formats: 'mov,mp4,m4a,3gp,3g2,mj2', codecs: 'aac,alac' },
  flac: { demuxer: 'flac', formats: 'flac', codecs: 'flac' },
}

/** No block of memory that a file asks for is larger; a cover picture or a lying header would. */
const mostAlloc = 64 * 2 ** 20
/** A file of ours or of a member's is decoded many times faster than it plays. */
const decodeMs = 60_000

const rawOutput = (filters: readonly string[]): string[] => [
  ...['-map', '0:a:0', '-vn', '-sn', '-dn', ...(filters.length > 0 ? ['-af', filters.join(',')] : [])],
  ...['-ac', String(channels), '-ar', String(rate), '-c:a', 'pcm_s16le', '-f', 's16le'],
]

/** All samples of an input, at most `seconds` of them. */
async function samplesOf(input: Input, filters: readonly string[], seconds: number, signal: AbortSignal): Promise<Pcm> {
  const sound = new Int16Array(samplesIn(seconds))
  const bytes = Buffer.from(sound.buffer)
  const late = AbortSignal.any([signal, AbortSignal.timeout(decodeMs)])
  let at = 0
  for await (const chunk of decode(input, rawOutput(filters))) {
    late.throwIfAborted()
    at += chunk.copy(bytes, at)
    if (at === bytes.length) break
  }
  // A sample has two bytes, a moment two samples; a file that was cut off may end between them.
  return sound.subarray(0, Math.floor(at / (2 * channels)) * channels)
}

/**
 * Decodes a member's sound file from a moment on, `seconds` of it at most. Strict: the format must be the one its name says (ours, from
 * its first bytes), nothing but that file is opened. Throws UserError `failure.sound-broken`.
 */
export async function decodeMusic(file: string, from: number, seconds: number, signal: AbortSignal): Promise<Pcm> {
  const format = soundFormats.find(known => file.endsWith(`.${known}`))
  if (!format) throw new UserError('failure.sound-broken')
  const { demuxer, formats, codecs } = readers[format]
  const limits = ['-max_alloc', String(mostAlloc), '-format_whitelist', formats, '-codec_whitelist', codecs]
  const range = ['-ss', String(from), '-t', String(seconds)]
  try {
    const sound = await samplesOf({ file, options: [...limits, ...range, '-f', demuxer] }, [], seconds, signal)
    if (sound.length < samplesIn(0.1)) throw new UserError('failure.sound-broken')
    return sound
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof UserError ? error : new UserError('failure.sound-broken', {}, error)
  }
}

/** A clip's own sound under a span of it: as much of it, at its speed, in its direction. */
async function soundUnder(span: Span, film: Film, fps: number, signal: AbortSignal): Promise<Pcm> {
  const speed = (span.step * fps) / film.fps
  const from = span.backwards ? 0 : span.from / film.fps
  // One link of atempo goes from half to twice the speed without harm.
  const links = speed > 2 ? [2, speed / 2] : speed < 0.5 ? [0.5, speed / 0.5] : speed === 1 ? [] : [speed]
  const seek = from > 0 ? ['-ss', from.toFixed(6)] : []
  const filters = links.map(link => `atempo=${link.toFixed(6)}`)
  const sound = await samplesOf({ file: film.file, options: seek }, filters, span.frames / fps, signal)
  return span.backwards ? reversed(sound) : sound
}

export interface SoundParts {
  readonly timeline: Timeline
  /** By number of the clip; without `sound` it is silent. */
  readonly films: readonly (Film & { readonly sound?: boolean | undefined })[]
  readonly music?: { readonly given: Music; readonly sound: Pcm }
  readonly signal: AbortSignal
}

/** The sound of a timeline, exactly as long as its pictures; undefined where there is none. */
export async function soundtrack({ timeline, films, music, signal }: SoundParts): Promise<Pcm | undefined> {
  const { fps, frames } = timeline
  if (music) return fitted(music.sound, frames / fps, music.given)
  const heard = timeline.spans.flatMap((span, i) => {
    const film = typeof span.of === 'number' ? films[span.of] : undefined
    return film?.sound ? [{ span, film, next: timeline.spans[i + 1] }] : []
  })
  if (heard.length === 0) return undefined
  const out = new Int16Array(samplesIn(frames / fps))
  for (const { span, film, next } of heard) {
    const sound = await soundUnder(span, film, fps, signal)
    const start = samplesIn(span.start / fps)
    const length = samplesIn(span.frames / fps)
    const into = samplesIn((span.enter?.frames ?? 0) / fps)
    const outOf = samplesIn((next?.enter?.frames ?? 0) / fps)
    mixIn(out, sound, start, i =>
      Math.min(into > 0 ? Math.min(1, i / into) : 1, outOf > 0 ? Math.min(1, (length - i) / outOf) : 1),
    )
  }
  return out
}

/** Decodes the music of an edit, if it has some; no more of it than the result is long. */
export async function musicFor(
  edit: Parameters<typeof musicOf>[0],
  fetch: (key: Music['sound']) => Promise<string>,
  seconds: number,
  signal: AbortSignal,
): Promise<SoundParts['music']> {
  const given = musicOf(edit)
  return given && { given, sound: await decodeMusic(await fetch(given.sound), given.from, seconds, signal) }
}
