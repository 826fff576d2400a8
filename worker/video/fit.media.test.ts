import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { movingFrames } from '../testing/frames.ts'
import { readMp4 } from './boxes.ts'
import { writeClip } from './clip-file.ts'
import { fitClip } from './fit.ts'

let folder: string
let clip: string
const [width, height, frames, fps] = [1280, 720, 48, 24]
const aigc = '{"Label":"1"}'
const { signal } = new AbortController()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadreel-fit-'))
  clip = join(folder, 'clip.mp4')
  await writeClip({ width, height, fps, frames, aigc, file: clip, signal, video: movingFrames(width, height, frames) })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const smaller = (maxBytes: number, to = join(folder, 'smaller.mp4')) => fitClip(clip, to, { fps, maxBytes, signal })

it('makes a clip fit, at its own size where that looks decent, with all frames and the label', async () => {
  const { size } = await stat(clip)
  const made = await smaller(Math.floor(size * 0.6))
  expect(made?.bytes).toBeLessThanOrEqual(size * 0.6)
  expect(await readMp4(join(folder, 'smaller.mp4'))).toMatchObject({ frames, aigc: [aigc], faststart: true })
})

it('makes the picture smaller where the rate would be too low for it', async () => {
  // 0.012 bits for each of 1280x720 pixels 24 times a second are some 66 kB for two seconds.
  const made = await smaller(40_000)
  expect(made?.height).toBeLessThan(height)
  expect(made?.bytes).toBeLessThanOrEqual(40_000)
  const facts = await readMp4(join(folder, 'smaller.mp4'))
  expect(facts).toMatchObject({ frames, width: made?.width, height: made?.height, aigc: [aigc] })
  expect((made?.width ?? 0) / (made?.height ?? 1)).toBeCloseTo(width / height, 1)
})

it('makes nothing that would fall apart, and leaves nothing behind', async () => {
  expect(await smaller(4_000, join(folder, 'none.mp4'))).toBeUndefined()
  expect((await readdir(folder)).filter(name => name.includes('none') || name.includes('pass'))).toEqual([])
})

it('stops when told to', async () => {
  const stop = new AbortController()
  stop.abort()
  const to = join(folder, 'stopped.mp4')
  await expect(fitClip(clip, to, { fps, maxBytes: 60_000, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect((await readdir(folder)).filter(name => name.includes('stopped'))).toEqual([])
})
