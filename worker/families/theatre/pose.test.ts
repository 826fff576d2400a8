import { describe, expect, it } from 'vitest'
import type { Trait } from './assets.ts'
import { type Lens, parallax, project, rolled } from './lens.ts'
import { pictureLens, travelAt } from './picture.ts'
import { poseOf } from './pose.ts'
import { actorCount, type Channel, channel, channelCount } from './scene.ts'
import { handMade } from './testing/hand-made.ts'
import { momentAt } from './timeline.ts'

const lens: Lens = { x: 0, y: 0, zoom: 1, roll: 0, width: 1280, height: 720 }
const trait: Trait = { gait: 'quad', faces: true, group: 'ground-small', width: 1, height: 0.9 }

function moment(state: Partial<Record<Channel, number>>): Float32Array {
  const out = new Float32Array((actorCount + 1) * channelCount)
  for (const [name, value] of Object.entries({ presence: 1, facing: 1, ...state }))
    out[channel[name as Channel]] = value
  return out
}

describe('a pose', () => {
  it('puts the feet on the ground point and scales with the zoom', () => {
    const pose = poseOf(moment({ x: 0.5, y: -0.5 }), 0, trait, lens, 0)
    expect(pose?.ground.x).toBeCloseTo((0.5 / (1280 / 720) / 2 + 0.5) * 1280, 3)
    expect(pose?.ground.y).toBeCloseTo((0.5 + 0.25) * 720, 3)
    expect((pose?.middle.y ?? 0) + (pose?.size ?? 0) / 2).toBeCloseTo(pose?.ground.y ?? 0, 0)
    expect(poseOf(moment({}), 0, trait, { ...lens, zoom: 2 }, 0)?.size).toBeCloseTo(720)
  })

  it('is never paper-thin in a turn', () => {
    const widths = Array.from({ length: 41 }, (_, i) => {
      const pose = poseOf(moment({ facing: i / 20 - 1 }), 0, trait, lens, 0)
      return 1 / Math.abs((pose?.shape[2] ?? 0) * (pose?.size ?? 0) * 0.5)
    })
    expect(Math.min(...widths)).toBeGreaterThan(0.6)
    expect(poseOf(moment({ facing: -1 }), 0, trait, lens, 0)?.side).toBe(-1)
    expect(poseOf(moment({ facing: -1 }), 0, { ...trait, faces: false }, lens, 0)?.side).toBe(1)
  })

  it('carries along what sits on it, step by step, and chains of such', () => {
    const walking = moment({ leg: 1 })
    const walker = (time: number) => poseOf(walking, 0, trait, lens, time)
    const hat = (time: number) => poseOf(moment({}), 0, { ...trait, gait: 'none' }, lens, time, walker(time)?.sway)
    for (const time of [0.1, 0.2, 0.33]) {
      const [below, above] = [walker(time), hat(time)]
      expect(above?.middle.x).toBeCloseTo(below?.middle.x ?? 0, 3)
      expect(above?.middle.y).toBeCloseTo(below?.middle.y ?? 0, 3)
      expect(above?.shape[1]).toBeCloseTo(below?.shape[1] ?? 9, 5)
      const feather = poseOf(moment({}), 0, { ...trait, gait: 'none' }, lens, time, above?.sway)
      expect(feather?.middle.y).toBeCloseTo(below?.middle.y ?? 0, 3)
    }
    expect(walker(0.1)?.middle.y).not.toBeCloseTo(walker(0.2)?.middle.y ?? 0, 0)
  })

  it('leans to the side it looks to, mirrored or not', () => {
    const lean = (facing: number, faces: boolean) => {
      const pose = poseOf(moment({ lean: 0.2, facing }), 0, { ...trait, faces }, lens, 0)
      return (pose?.shape[4] ?? 0) * (pose?.side ?? 0)
    }
    expect(lean(-1, true)).toBeCloseTo(lean(-1, false))
    expect(lean(1, true)).toBeCloseTo(lean(1, false))
    expect(lean(-1, false)).toBeCloseTo(-lean(1, false))
  })

  it('is absent without presence', () => {
    expect(poseOf(moment({ presence: -1 }), 0, trait, lens, 0)).toBeUndefined()
  })
})

describe('the lens', () => {
  it('a turn of the camera leaves the middle where it is and turns counter-clockwise', () => {
    const turned = { ...lens, roll: 0.25 }
    expect(rolled(turned, { x: 640, y: 360 })).toEqual({ x: 640, y: 360 })
    const right = rolled(turned, { x: 740, y: 360 })
    expect(right.x).toBeCloseTo(640)
    expect(right.y).toBeCloseTo(260)
  })

  it('far things follow the camera less', () => {
    const move = (y: number) => project({ ...lens, x: 0.2 }, 0, y).x - project(lens, 0, y).x
    expect(Math.abs(move(0.15))).toBeCloseTo(Math.abs(move(-0.5)) * parallax(0.15), 3)
  })

  it('before a picture never looks past its edges unless it pulls out', () => {
    for (const x of [-0.6, -0.2, 0, 0.3])
      for (const y of [-0.3, 0, 0.2]) {
        const safe = pictureLens({ ...lens, x, y })
        const aspect = lens.width / lens.height
        expect(aspect / safe.zoom + Math.abs(safe.x)).toBeLessThanOrEqual(aspect + 1e-9)
        expect(1 / safe.zoom + Math.abs(safe.y)).toBeLessThanOrEqual(1 + 1e-9)
      }
    expect(pictureLens(lens)).toEqual(lens)
  })

  it('travels from the first picture to the last', () => {
    expect(travelAt(0)).toMatchObject({ blend: 0, firstZoom: 1, presence: 1 })
    expect(travelAt(1)).toMatchObject({ blend: 1, lastZoom: 1, camera: 0, presence: 0 })
  })
})

it('between keys the states move smoothly, and presence never overshoots', () => {
  const scene = handMade({
    width: 320,
    height: 180,
    seconds: 2,
    background: new Float32Array(0),
    parts: [{ noun: 'cat', state: { x: t => Math.sin(t * 2), presence: t => (t < 1 ? -1 : 1) } }],
  })
  for (let t = 0; t < 1.8; t += 0.01) {
    const state = momentAt(scene, t)
    expect(Math.abs((state[channel.x] ?? 0) - Math.sin(t * 2))).toBeLessThan(0.005)
    expect(Math.abs(state[channel.presence] ?? 0)).toBeLessThanOrEqual(1)
  }
})
