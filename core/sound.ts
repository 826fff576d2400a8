import { UserError } from './errors.ts'
import type { MediaKey } from './request.ts'
import type { Store } from './store.ts'

/** Limits of a sound somebody gives us. */
export const soundLimits = { bytes: 20 * 1024 * 1024 } as const

/** The kinds of sound files we take, by the name their file then has. */
export const soundFormats = ['mp3', 'wav', 'ogg', 'm4a', 'flac'] as const
export type SoundFormat = (typeof soundFormats)[number]

/** Format by the first bytes; names and MIME types are not believed. */
export function soundFormatOf(bytes: Uint8Array): SoundFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString('latin1')
  if (head.startsWith('fLaC')) return 'flac'
  if (head.startsWith('OggS')) return 'ogg'
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WAVE') return 'wav'
  // ISO/IEC 14496-12: the brand of an audio file. A video is no sound, whatever sound it has.
  if (head.slice(4, 8) === 'ftyp') return /^(?:M4A |M4B |mp42|isom|dash)/.test(head.slice(8)) ? 'm4a' : undefined
  // An ID3v2 tag, or the frame header of MPEG layer 3 (ISO/IEC 11172-3, 2.4.2.3): 11 set bits, layer 01.
  if (head.startsWith('ID3')) return 'mp3'
  return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2 ? 'mp3' : undefined
}

/**
 * Keeps an upload as it came, under a name of ours; nobody is ever handed it. It is decoded only where a worker makes a clip's sound of
 * it (worker/edit/sound.ts), so that what is broken shows there. Throws UserError `refusal.sound-big` or `refusal.sound-type`.
 */
export async function takeSound(store: Store, upload: Uint8Array): Promise<MediaKey> {
  if (upload.byteLength > soundLimits.bytes)
    throw new UserError('refusal.sound-big', { megabytes: soundLimits.bytes / 2 ** 20 })
  const format = soundFormatOf(upload)
  if (!format) throw new UserError('refusal.sound-type')
  return store.put('sounds', format, upload)
}
