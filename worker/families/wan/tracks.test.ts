import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stroke } from '../../../core/request.ts'
import { brushTracks } from './brush.ts'
import { cameraTracks } from './camera.ts'
import { followTracks, type Track } from './tracks.ts'

const size = { width: 64, height: 48 }
const all = { from: 0, to: 1 }
/** Each number says where it came from: channel, frame, row, column. */
const latents = Float32Array.from({ length: 2 * 3 * 6 * 8 }, (_, i) => i)
const shape = [2, 3, 6, 8] as const
const at = (data: Float32Array, channel: number, frame: number, y: number, x: number) =>
  data[((channel * 3 + frame) * 6 + y) * 8 + x]

describe('tracks', () => {
  it('copy the first frame to where the point goes, in all channels, and nothing else', () => {
    const out = followTracks(latents, shape, [[[4, 4], [20, 12], undefined]], 8)
    expect(at(out, 0, 1, 1, 2)).toBe(at(latents, 0, 0, 0, 0))
    expect(at(out, 1, 1, 1, 2)).toBe(at(latents, 1, 0, 0, 0))
    expect(out.filter((value, i) => value !== latents[i])).toHaveLength(2)
    expect(latents[1]).toBe(1)
  })

  it('that are not seen at the start or leave the picture are left out there', () => {
    const gone: Track[] = [
      [undefined, [4, 4], [4, 4]],
      [
        [-1, 4],
        [4, 4],
        [4, 4],
      ],
      [
        [4, 4],
        [64, 4],
        [4, 48],
      ],
    ]
    expect(followTracks(latents, shape, gone, 8)).toEqual(latents)
  })

  it('read every source from the untouched first frame, the later track winning', () => {
    const tracks: Track[] = [
      [
        [4, 4],
        [36, 4],
        [36, 4],
      ],
      [
        [12, 4],
        [36, 4],
        [4, 4],
      ],
    ]
    const out = followTracks(latents, shape, tracks, 8)
    expect(at(out, 0, 1, 0, 4)).toBe(at(latents, 0, 0, 0, 1))
    expect(at(out, 0, 2, 0, 4)).toBe(at(latents, 0, 0, 0, 0))
    expect(at(out, 0, 2, 0, 0)).toBe(at(latents, 0, 0, 0, 1))
  })
})

describe('brush', () => {
  const left: Stroke = {
    grid: { columns: 4, rows: 3 },
    cells: [0],
    motion: {
      path: [
        { x: 0.1, y: 0.1 },
        { x: 0.6, y: 0.1 },
      ],
    },
  }

  it('moves every latent cell of its area as the path goes', () => {
    const tracks = brushTracks([left], size, 8, 3, all)
    expect(tracks).toHaveLength(4)
    expect(tracks[0]).toEqual([
      [4, 4],
      [20, 4],
      [36, 4],
    ])
  })

  it('pins an area, before what moves', () => {
    const still: Stroke = { grid: { columns: 1, rows: 1 }, cells: [0], motion: { pinned: true } }
    const tracks = brushTracks([left, still], size, 8, 2, all)
    expect(tracks).toHaveLength(48 + 4)
    expect(tracks[0]).toEqual([
      [4, 4],
      [4, 4],
    ])
    const out = followTracks(latents, shape, brushTracks([still], size, 8, 3, all), 8)
    for (let i = 0; i < 48; i++) expect(out[48 + i]).toBe(latents[i])
  })

  it('goes on from where the part before left it', () => {
    const second = brushTracks([left], size, 8, 2, { from: 0.5, to: 1 })
    expect(second[0]).toEqual([
      [20, 4],
      [36, 4],
    ])
  })
})

describe('camera', () => {
  const move = (camera: Parameters<typeof cameraTracks>[0], [x, y]: [number, number]) => {
    const track = cameraTracks(camera, size, 8, 2, all).find(one => one[0]?.[0] === x && one[0]?.[1] === y)
    const end = track?.[1]
    return end ? [Math.sign(Math.round((end[0] - x) * 1e6)), Math.sign(Math.round((end[1] - y) * 1e6))] : undefined
  }
  const corner: [number, number] = [4, 4]

  it.each([
    [{ horizontal: 5 }, [-1, 0]],
    [{ vertical: 5 }, [0, 1]],
    [{ zoom: 5 }, [-1, -1]],
    [{ zoom: -5 }, [1, 1]],
    [{ roll: 5 }, [1, -1]],
  ])('%o moves the picture the other way', (axes, way) => {
    expect(move({ axes }, corner)).toEqual(way)
  })

  it('tilt turns right and pan up, as Kling has it', () => {
    const middle: [number, number] = [28, 20]
    expect(move({ axes: { tilt: 5 } }, middle)?.[0]).toBe(-1)
    expect(move({ axes: { pan: 5 } }, middle)?.[1]).toBe(1)
  })

  it('without a move leaves every cell where it is', () => {
    for (const track of cameraTracks({ preset: 'fixed' }, size, 8, 3, all))
      for (const place of track) for (const i of [0, 1] as const) expect(place?.[i]).toBeCloseTo(track[0]?.[i] ?? -1, 9)
  })

  it('moves what is near further than what is far, and draws it last', () => {
    const near = Float32Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 32 ? 1 : 0.25))
    const tracks = cameraTracks({ axes: { horizontal: 5 } }, size, 8, 2, all, { ...size, near })
    const shift = (x: number) => {
      const track = tracks.find(one => one[0]?.[0] === x)
      return (track?.[1]?.[0] ?? 0) - x
    }
    expect(shift(4)).toBeCloseTo(4 * shift(60), 6)
    expect(tracks.at(-1)?.[0]?.[0]).toBeLessThan(32)
  })

  it('never makes a track of what is behind it', () => {
    const axis = fc.integer({ min: -10, max: 10 })
    fc.assert(
      fc.property(
        fc.record({ horizontal: axis, vertical: axis, pan: axis, tilt: axis, roll: axis, zoom: axis }),
        axes => {
          for (const track of cameraTracks({ axes }, size, 8, 2, all))
            for (const place of track) if (place) expect(place.every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })
})
