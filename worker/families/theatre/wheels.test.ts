import { describe, expect, it } from 'vitest'
import type { Trait } from './assets.ts'
import type { Canvas } from './canvas.ts'
import type { Lens } from './lens.ts'
import { poseOf } from './pose.ts'
import { actorCount, type Channel, channel, channelCount } from './scene.ts'
import { turnWheels } from './wheels.ts'

const lens: Lens = { x: 0, y: 0, zoom: 1, roll: 0, width: 320, height: 320 }
const wheels: NonNullable<Trait['wheels']> = [[-0.5, -0.7, 0.25, 0.5]]
const trait: Trait = { gait: 'wheel', faces: true, group: 'road', width: 1, height: 0.8, wheels }

/** A grey canvas with the wheels of a vehicle drawn on it that has come to `x`, and the vehicle's pose. */
function drawn(x: number, more: Partial<Record<Channel, number>> = {}) {
  const moment = new Float32Array((actorCount + 1) * channelCount)
  for (const [name, value] of Object.entries({ presence: 1, facing: 1, y: -1, x, ...more }))
    moment[channel[name as Channel]] = value
  const pose = poseOf(moment, 0, trait, lens, 0)
  if (!pose) throw new Error('nobody is there')
  const canvas: Canvas = { width: 320, height: 320, rgb: new Uint8Array(320 * 320 * 3).fill(128) }
  turnWheels(canvas, { ...pose, middle: { x: 160, y: 160 } }, wheels)
  return { canvas, pose }
}

/** Middle of all that changed, pixels. */
function middleOf({ rgb }: Canvas) {
  let [x, y, count] = [0, 0, 0]
  for (let i = 0; i < 320 * 320; i++)
    if (rgb[i * 3] !== 128) [x, y, count] = [x + (i % 320) + 0.5, y + Math.floor(i / 320) + 0.5, count + 1]
  return { x: x / count, y: y / count, count }
}

describe('wheels', () => {
  it('are marked where the sprite has them, mirrored with it', () => {
    const { canvas, pose } = drawn(0)
    const [half, at] = [pose.size / 2, middleOf(canvas)]
    expect(at.count).toBeGreaterThan(100)
    expect(at.x).toBeCloseTo(160 - 0.5 * half, -1)
    expect(at.y).toBeCloseTo(160 + 0.73 * half, -1)
    expect(middleOf(drawn(0, { facing: -1 }).canvas).x).toBeCloseTo(160 + 0.5 * half, -1)
  })

  it('turn with the way: a fifteenth brings spokes elsewhere, a whole turn brings them back', () => {
    const still = drawn(0).canvas.rgb
    // World units that a wheel of radius 0.25 box units on a canvas of one unit rolls in a turn.
    const whole = 2 * Math.PI * 0.125
    expect(drawn(whole / 15).canvas.rgb).not.toEqual(still)
    const back = drawn(whole).canvas.rgb
    expect(back.every((value, i) => Math.abs(value - (still[i] ?? 0)) <= 2)).toBe(true)
  })
})
