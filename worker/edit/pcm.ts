import { open } from 'node:fs/promises'

/** Sound as numbers: 16-bit samples of two channels in turn, 48,000 of each a second. Three minutes are 33 MiB. */

export const rate = 48_000
export const channels = 2

export type Pcm = Int16Array

/** Samples (of both channels) in so many seconds. */
export const samplesIn = (seconds: number): number => Math.round(seconds * rate) * channels

/** Adds a sound to another from a sample on, with a gain for each moment of it (0..1); what is too loud is cut. */
export function mixIn(to: Pcm, sound: Pcm, at: number, gain: (sample: number) => number = () => 1): void {
  const count = Math.min(sound.length, to.length - at)
  for (let i = 0; i < count; i++) {
    const sum = (to[at + i] as number) + (sound[i] as number) * gain(i)
    to[at + i] = Math.max(-32768, Math.min(32767, Math.round(sum)))
  }
}

/** The sound from its end to its beginning, left still left. */
export function reversed(sound: Pcm): Pcm {
  const back = new Int16Array(sound.length)
  for (let i = 0; i < sound.length; i += channels)
    for (let c = 0; c < channels; c++) back[i + c] = sound[sound.length - channels - i + c] as number
  return back
}

/** Blend at which a sound that is too short begins again, in seconds: enough that nothing clicks. */
const seamSeconds = 0.03

/** A sound of exactly so many seconds: begun again where it is too short, faded out over the last `fadeOut` seconds. */
export function fitted(sound: Pcm, seconds: number, { volume, fadeOut }: { volume: number; fadeOut: number }): Pcm {
  const out = new Int16Array(samplesIn(seconds))
  const seam = Math.min(samplesIn(seamSeconds), Math.floor(sound.length / 2))
  const fade = Math.max(1, samplesIn(Math.min(fadeOut, seconds)))
  for (let at = 0; at < out.length && sound.length > 0; at += Math.max(1, sound.length - seam)) {
    const again = at > 0
    mixIn(out, sound, at, i => {
      const into = again && i < seam ? i / seam : 1
      const left = sound.length - i
      // Only a sound that begins again gives way to its own beginning.
      const outOf = left < seam && at + sound.length < out.length ? left / seam : 1
      return volume * into * outOf * Math.min(1, (out.length - at - i) / fade)
    })
  }
  return out
}

/** Writes a WAV file (RIFF, linear PCM). */
export async function writeWav(file: string, sound: Pcm): Promise<void> {
  const bytes = sound.byteLength
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + bytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(channels, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(rate * channels * 2, 28)
  header.writeUInt16LE(channels * 2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(bytes, 40)
  const to = await open(file, 'w')
  try {
    await to.write(header)
    await to.write(Buffer.from(sound.buffer, sound.byteOffset, bytes))
  } finally {
    await to.close()
  }
}
