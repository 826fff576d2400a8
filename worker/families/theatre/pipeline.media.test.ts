import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../core/errors.ts'
import type { Recipe } from '../../../core/request.ts'
import type { Frame, Pipeline, Run } from '../../pipelines/pipeline.ts'
import { loadTheatre } from './pipeline.ts'
import { theatreFolder } from './testing/fake-director.ts'

let pipeline: Pipeline
beforeAll(async () => {
  const signal = new AbortController().signal
  pipeline = await loadTheatre(
    { id: 'theatre', family: 'theatre', folder: theatreFolder },
    { threads: 2, device: 'cpu', signal },
  )
})
afterAll(() => pipeline?.dispose())

const recipe = (more: Partial<Recipe> = {}): Recipe => ({
  kind: 'video',
  prompt: 'a cat chases a butterfly in the garden',
  negative: '',
  model: 'theatre',
  tier: 'standard',
  seconds: 1,
  ratio: '16:9',
  seed: 5,
  ...more,
})

const run = (more: Partial<Run> = {}): Run & { stages: Set<string> } => {
  const stages = new Set<string>()
  return {
    signal: new AbortController().signal,
    width: 192,
    height: 108,
    fps: 12,
    progress: stage => void stages.add(stage),
    stages,
    ...more,
  }
}

async function shoot(asked: Recipe, how: Run) {
  const rendering = await pipeline.render(asked, how)
  const frames: Uint8Array[] = []
  for await (const frame of rendering.video) {
    expect([frame.width, frame.height, frame.rgb.length]).toEqual([how.width, how.height, how.width * how.height * 3])
    frames.push(frame.rgb.slice())
  }
  return { rendering, frames, state: rendering.state?.() }
}

/** A smooth picture with a bright square in it. */
function photo(width: number, height: number): Frame {
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const square = x > width * 0.25 && x < width * 0.45 && y > height * 0.4 && y < height * 0.7
      rgb.set(square ? [250, 240, 30] : [(x * 90) / width, (y * 120) / height, 110], (y * width + x) * 3)
    }
  return { width, height, rgb }
}

const far = (a: Uint8Array | undefined, b: Uint8Array | undefined): number =>
  a && b ? a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length : 255

describe('the theatre', () => {
  it('makes the announced frames, the same ones for the same seed, others for another', async () => {
    const how = run()
    const one = await shoot(recipe(), how)
    expect(one.frames.length).toBe(12)
    expect(one.rendering.frames).toBe(12)
    expect([...how.stages]).toEqual(['preparing', 'sampling', 'rendering'])
    expect((await shoot(recipe(), run())).frames).toEqual(one.frames)
    expect(far((await shoot(recipe({ seed: 6 }), run())).frames[6], one.frames[6])).toBeGreaterThan(3)
  })

  it('makes one picture as an image', async () => {
    const { frames, state } = await shoot(recipe({ kind: 'image' }), run())
    expect(frames.length).toBe(1)
    expect(state).toBeUndefined()
  })

  it('fills every shape', async () => {
    for (const [ratio, width, height] of [
      ['9:16', 108, 192],
      ['1:1', 128, 128],
      ['21:9', 252, 108],
    ] as const)
      expect((await shoot(recipe({ ratio }), run({ width, height }))).frames.length).toBe(12)
  })

  it('says what it did not understand', async () => {
    const { rendering } = await shoot(recipe({ prompt: 'a flumph dances with a cat' }), run())
    expect(rendering.unknownWords).toEqual(['flumph'])
  })

  it('goes on from the state of a clip: the picture hardly changes at the join', async () => {
    const whole = await shoot(recipe({ seconds: 5, camera: { preset: 'fixed' } }), run())
    const next = await shoot(
      recipe({ seed: 8, camera: { preset: 'fixed' } }),
      run({ state: whole.state ?? new Uint8Array() }),
    )
    const usual = Math.max(...whole.frames.slice(1).map((frame, i) => far(frame, whole.frames[i])))
    expect(far(next.frames[0], whole.frames.at(-1))).toBeLessThanOrEqual(1.5 * usual + 1)
  })

  it('refuses a state that is none', async () => {
    await expect(pipeline.render(recipe(), run({ state: new Uint8Array([7]) }))).rejects.toThrow(UserError)
  })

  it('opens on the untouched picture', async () => {
    const first = photo(192, 108)
    const { frames } = await shoot(recipe(), run({ first }))
    expect(frames[0]).toEqual(first.rgb)
  })

  it('travels from a first to a last picture', async () => {
    const first = photo(192, 108)
    const last: Frame = { ...first, rgb: first.rgb.map(value => 255 - value) }
    const { frames } = await shoot(recipe({ prompt: '' }), run({ first, last }))
    expect(far(frames[0], first.rgb)).toBe(0)
    expect(far(frames.at(-1), last.rgb)).toBeLessThan(4)
  })

  it.each([
    ['16:9', 192, 108],
    ['9:16', 108, 192],
  ] as const)('plays on the stage, %s, and ends on the untouched picture', async (ratio, width, height) => {
    const last = photo(width, height)
    const how = { width, height, fps: 24 }
    const wish = recipe({ ratio, camera: { preset: 'pan-left' } })
    const { frames } = await shoot(wish, run({ ...how, last }))
    expect(frames.at(-1)).toEqual(last.rgb)
    // It does not jump there: the picture has come before.
    expect(far(frames.at(-2), last.rgb)).toBeLessThan(1)
    const played = await shoot(wish, run(how))
    for (const at of [0, 4, 9]) expect(frames[at]).toEqual(played.frames[at])
    expect(far(frames[10], last.rgb)).toBeGreaterThan(20)
    const steps = frames.slice(1).map((frame, i) => far(frame, frames[i]))
    expect(Math.max(...steps)).toBeLessThan(0.5 * far(frames[0], last.rgb))
  })

  it('goes on from a clip and ends on a picture', async () => {
    const whole = await shoot(recipe({ seconds: 5 }), run())
    const last = photo(192, 108)
    const { frames } = await shoot(recipe({ seed: 8 }), run({ last, state: whole.state ?? new Uint8Array() }))
    expect(far(frames[0], whole.frames.at(-1))).toBeLessThan(0.5 * far(frames[0], last.rgb))
    expect(frames.at(-1)).toEqual(last.rgb)
  })

  it('moves a brushed region of a picture along its path and fills the hole', async () => {
    const first = photo(192, 108)
    const grid = { columns: 32, rows: 18 }
    const cells = Array.from({ length: 32 * 18 }, (_, i) => i).filter(i => {
      const [x, y] = [(i % 32) / 32, Math.floor(i / 32) / 18]
      return x >= 0.21 && x <= 0.47 && y >= 0.36 && y <= 0.72
    })
    const strokes = [
      {
        grid,
        cells,
        motion: {
          path: [
            { x: 0.35, y: 0.55 },
            { x: 0.75, y: 0.55 },
          ],
        },
      },
    ]
    const { frames } = await shoot(recipe({ prompt: '', strokes }), run({ first }))
    const at = (frame: Uint8Array | undefined, x: number, y: number) =>
      [...(frame ?? []).slice((Math.round(y * 108) * 192 + Math.round(x * 192)) * 3)].slice(0, 3)
    expect(frames[0]).toEqual(first.rgb)
    expect(at(frames.at(-1), 0.72, 0.55)[0]).toBeGreaterThan(150)
    expect(at(frames.at(-1), 0.3, 0.55)[0]).toBeLessThan(150)
  })

  it('keeps a pinned region where it is while the camera goes by, and people before it', async () => {
    const first = photo(192, 108)
    const grid = { columns: 32, rows: 18 }
    const cells = Array.from({ length: 32 * 18 }, (_, i) => i).filter(i => {
      const [x, y] = [(i % 32) / 32, Math.floor(i / 32) / 18]
      return x >= 0.21 && x <= 0.47 && y >= 0.36 && y <= 0.72
    })
    const strokes = [{ grid, cells, motion: { pinned: true as const } }]
    const camera = { axes: { pan: 8, zoom: 4 } }
    const { frames } = await shoot(recipe({ prompt: '', strokes, camera }), run({ first }))
    const region = (frame: Uint8Array | undefined, x0: number, x1: number) => {
      const rows = []
      for (let y = 46; y < 74; y++) rows.push(...(frame ?? []).slice((y * 192 + x0) * 3, (y * 192 + x1) * 3))
      return Uint8Array.from(rows)
    }
    for (const frame of frames) expect(region(frame, 52, 84)).toEqual(region(frames[0], 52, 84))
    expect(far(region(frames.at(-1), 120, 180), region(frames[0], 120, 180))).toBeGreaterThan(2)
  })

  it('stops within a frame when it is called off', async () => {
    const stop = new AbortController()
    const rendering = await pipeline.render(recipe(), run({ signal: stop.signal }))
    let seen = 0
    const watch = async () => {
      for await (const _ of rendering.video) if (++seen === 2) stop.abort(new Error('enough'))
    }
    await expect(watch()).rejects.toThrow('enough')
    expect(seen).toBeLessThanOrEqual(3)
    expect((await shoot(recipe(), run())).frames.length).toBe(12)
  })
})
