import { describe, expect, test } from 'vitest'
import { createRandom } from '../schedulers/noise.ts'
import { beatsOf } from './beats.ts'
import { channels, type Pcm, rate } from './pcm.ts'

/** A drum on every beat, over a quiet chord. */
function drumming(bpm: number, seconds: number, phase = 0): Pcm {
  const sound = new Int16Array(seconds * rate * channels)
  const every = (60 / bpm) * rate
  for (let i = 0; i < seconds * rate; i++) {
    const since = (((i - phase * rate) % every) + every) % every
    const drum = Math.sin((2 * Math.PI * 90 * since) / rate) * Math.exp(-since / 2400)
    const chord = 0.06 * Math.sin((2 * Math.PI * 440 * i) / rate) + 0.05 * Math.sin((2 * Math.PI * 554 * i) / rate)
    sound.fill(Math.round(24_000 * (0.8 * drum + chord)), i * channels, (i + 1) * channels)
  }
  return sound
}

describe('beats', () => {
  test.each([72, 90, 100, 120, 128, 150])('of a drum at %i beats a minute are found to a fiftieth of a second', bpm => {
    const phase = 0.13
    const beats = beatsOf(drumming(bpm, 12, phase))
    const every = 60 / bpm
    expect(beats.length).toBeGreaterThan(12 / every - 4)
    const off = beats.map(beat => {
      const from = (beat - phase) / every
      return Math.abs(from - Math.round(from)) * every
    })
    expect(Math.max(...off)).toBeLessThan(0.02)
    const steps = beats.slice(1).map((beat, i) => beat - (beats[i] ?? 0))
    for (const step of steps) expect(Math.abs(step / every - Math.round(step / every))).toBeLessThan(0.06)
  })

  test('are none where there is no pulse', () => {
    const silence = new Int16Array(5 * rate * channels)
    expect(beatsOf(silence)).toEqual([])
    expect(beatsOf(new Int16Array(0))).toEqual([])
    const random = createRandom(7)
    const noise = silence.map(() => Math.round((random() - 0.5) * 12_000))
    expect(beatsOf(noise)).toEqual([])
    const tone = silence.map((_, i) => Math.round(9000 * Math.sin(i / 50)))
    expect(beatsOf(tone)).toEqual([])
  })
})
