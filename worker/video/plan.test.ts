import { describe, expect, it } from 'vitest'
import { bitrateFor, encodeOptions, inputOptions, shrinkOptions, worthTrying } from './plan.ts'

const shape = { width: 1280, height: 720, fps: 24, frames: 120 }

describe('arguments of ffmpeg', () => {
  it('read raw frames from the pipe and nothing else', () => {
    expect(inputOptions(shape).join(' ')).toBe(
      '-nostdin -protocol_whitelist pipe -pixel_format rgb24 -video_size 1280x720 -framerate 24',
    )
  })

  it('carry the label through every last step', () => {
    for (const options of [encodeOptions(shape, '{}'), shrinkOptions(shape, '{}', 1e6, 2, 'log')]) {
      expect(options).toContain('AIGC={}')
      expect(options).toContain('+faststart+use_metadata_tags')
    }
  })

  it('cap the rate only where there is a limit', () => {
    expect(encodeOptions(shape, '{}')).not.toContain('-maxrate')
    const options = encodeOptions(shape, '{}', 1_000_000)
    expect(options[options.indexOf('-maxrate') + 1]).toBe(String(bitrateFor(1_000_000, shape)))
  })

  it('plan less than the limit, whatever the length', () => {
    for (const frames of [24, 120, 480, 4320])
      expect((bitrateFor(8e6, { ...shape, frames }) / 8) * (frames / 24)).toBeLessThan(8e6)
  })

  it('know what is hopeless', () => {
    expect(worthTrying(10_000_000, shape)).toBe(true)
    expect(worthTrying(50_000, shape)).toBe(false)
  })
})
