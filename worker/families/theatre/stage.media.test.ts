import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitPicture } from './fit.ts'
import { random } from './motes.ts'
import type { RgbImage, Scene } from './scene.ts'
import { openStage, type Stage } from './stage.ts'
import backgrounds from './testing/backgrounds.json' with { type: 'json' }
import { handMade, type Recipe } from './testing/hand-made.ts'

const folder = fileURLToPath(new URL('../../models/theatre', import.meta.url))
const backdrop = (name: keyof typeof backgrounds) => Float32Array.from(backgrounds[name])

const small: Recipe = {
  width: 320,
  height: 180,
  fps: 8,
  seconds: 1,
  background: backdrop('forest/day'),
  parts: [
    { noun: 'cat', tint: 'black-white', state: { x: t => -0.8 + t * 0.5, y: -0.5, log2Size: -0.4, leg: 1 } },
    { noun: 'butterfly', state: { x: 0.2, y: -0.4, height: 0.6, log2Size: -1.2, flap: 1 } },
  ],
  camera: { x: t => 0.2 * t, log2Size: t => 0.1 * t },
}

async function framesOf(stage: Stage, scene: Scene): Promise<RgbImage[]> {
  const frames: RgbImage[] = []
  for await (const frame of stage.draw(scene)) frames.push(frame)
  return frames
}

const same = (a: RgbImage | undefined, b: RgbImage | undefined) =>
  a !== undefined && b !== undefined && Buffer.compare(Buffer.from(a.rgb), Buffer.from(b.rgb)) === 0

/** A picture of smooth noise with an object in it. */
function photo(width: number, height: number, seed: number): RgbImage {
  const r = random(seed)
  const [a, b, c] = [r() * 6, r() * 6, r() * 6]
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let k = 0; k < 3; k++)
        rgb[(y * width + x) * 3 + k] =
          128 + 70 * Math.sin(x / 31 + a + k) * Math.cos(y / 23 + b) + 50 * Math.sin((x * y) / 900 + c)
  return { width, height, rgb }
}

describe('the stage', () => {
  let one: Stage
  let two: Stage
  beforeAll(async () => {
    one = await openStage(folder, { threads: 1 })
    two = await openStage(folder, { threads: 2 })
  })
  afterAll(async () => {
    await one.dispose()
    await two.dispose()
  })

  it('draws every frame in the asked size, the same bytes with one thread and with two', async () => {
    for (const background of ['forest/day', 'street/day/rain'] as const) {
      const scene = handMade({ ...small, background: backdrop(background) })
      const [a, b] = [await framesOf(one, scene), await framesOf(two, scene)]
      expect(a).toHaveLength(8)
      expect(a.every(frame => frame.width === 320 && frame.height === 180 && frame.rgb.length === 320 * 180 * 3)).toBe(
        true,
      )
      expect(a.every((frame, i) => same(frame, b[i]))).toBe(true)
      expect(same(a[0], a[7])).toBe(false)
    }
  })

  it('draws every shape of frame, odd widths too', async () => {
    for (const [width, height] of [
      [420, 180],
      [240, 240],
      [180, 240],
      [180, 320],
      [250, 142],
    ] as const) {
      const [frame] = await framesOf(two, handMade({ ...small, width, height, seconds: 1 / 8 }))
      expect(frame?.rgb.length).toBe(width * height * 3)
      const first = frame?.rgb[0]
      expect(frame?.rgb.some(value => value !== first)).toBe(true)
    }
  })

  it('keeps its clock across clips: a clip that starts at 0.5 s is the second half of one that starts at 0', async () => {
    const scene = handMade(small)
    const whole = await framesOf(two, scene)
    const half = await framesOf(two, { ...scene, start: 0.5, frames: 4 })
    expect(half.every((frame, i) => same(frame, whole[i + 4]))).toBe(true)
  })

  it('draws an actor where its state says', async () => {
    const recipe: Recipe = { ...small, background: backdrop('room/day'), seconds: 1 / 8, camera: {} }
    const at = async (x: number) =>
      (
        await framesOf(
          one,
          handMade({ ...recipe, parts: [{ noun: 'red-apple', state: { x, y: -0.5, log2Size: -0.5 } }] }),
        )
      )[0]
    const empty = (await framesOf(one, handMade({ ...recipe, parts: [] })))[0]
    const centre = (frame: RgbImage | undefined) => {
      let [sum, count] = [0, 0]
      for (let i = 0; i < 320 * 180; i++) {
        const moved = Math.abs((frame?.rgb[i * 3] ?? 0) - (empty?.rgb[i * 3] ?? 0)) > 24
        if (moved) [sum, count] = [sum + (i % 320), count + 1]
      }
      return sum / count
    }
    expect(centre(await at(0))).toBeCloseTo(160, -1)
    expect(centre(await at(0.8)) - centre(await at(-0.8))).toBeCloseTo((1.6 / (320 / 180) / 2) * 320, -1)
  })

  it('opens on the member’s picture to the pixel and closes on the last one', async () => {
    const [first, last] = [photo(500, 400, 1), photo(300, 300, 2)]
    const scene = handMade({ ...small, picture: { first, last } })
    const frames = await framesOf(two, scene)
    expect(same(frames[0], await fitPicture(first, 320, 180))).toBe(true)
    expect(same(frames.at(-1), await fitPicture(last, 320, 180))).toBe(true)
    expect(same(frames[4], frames[0])).toBe(false)
  })

  it('shows a picture as it is while the camera rests and nobody is there', async () => {
    const first = photo(320, 180, 3)
    const frames = await framesOf(
      one,
      handMade({ ...small, parts: [], camera: {}, picture: { first }, background: backdrop('room/day') }),
    )
    expect(frames.every(frame => same(frame, first))).toBe(true)
  })

  it('stops within a second of an abort, and draws again afterwards', async () => {
    const scene = handMade({ ...small, width: 1280, height: 720, seconds: 20, fps: 24 })
    const stop = new AbortController()
    let seen = 0
    let aborted = 0
    const drawing = (async () => {
      for await (const _ of two.draw(scene, { signal: stop.signal }))
        if (++seen === 3) {
          aborted = performance.now()
          stop.abort(new Error('enough'))
        }
    })()
    await expect(drawing).rejects.toThrow('enough')
    expect(performance.now() - aborted).toBeLessThan(1000)
    expect(await framesOf(two, handMade(small))).toHaveLength(8)
  })

  it('can be left half way by its taker', async () => {
    for await (const _ of two.draw(handMade(small))) break
    expect(await framesOf(two, handMade(small))).toHaveLength(8)
  })

  it('holds few frames however long the clip', async () => {
    const before = process.memoryUsage().rss
    let most = 0
    for await (const _ of two.draw(handMade({ ...small, width: 1280, height: 720, seconds: 2, fps: 24 })))
      most = Math.max(most, process.memoryUsage().rss)
    expect((most - before) / 1e6).toBeLessThan(450)
  })

  it('names a sprite that the package lacks', async () => {
    const scene = handMade({ ...small, parts: [{ noun: 'no-such-thing', state: {} }] })
    await expect(framesOf(one, scene)).rejects.toThrow('no-such-thing')
  })
})

it('a folder without graphs is refused, not waited for', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'stage-'))
  await expect(openStage(empty, { threads: 2 })).rejects.toThrow()
  await rm(empty, { recursive: true })
})
