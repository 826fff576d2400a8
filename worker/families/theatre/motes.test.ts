import { expect, it } from 'vitest'
import type { Canvas } from './canvas.ts'
import type { Lens } from './lens.ts'
import { drawFireworks, drawMotes, motesOf } from './motes.ts'

const names = [
  'stars',
  'lit',
  'magic',
  'lava',
  'rain',
  'snow',
  'petals',
  'leaves',
  'confetti',
  'bubbles',
  'fireflies',
  'fireworks',
  ...['r', 'g', 'b'].map(c => `accent-${c}`),
]
const lens: Lens = { x: 0, y: 0, zoom: 1, roll: 0, width: 320, height: 180 }

function drawn(weather: Record<string, number>, time: number, seed = 1, view = lens): Canvas {
  const vector = Float32Array.from(names, name => weather[name] ?? -1)
  const canvas: Canvas = { width: 320, height: 180, rgb: new Uint8Array(320 * 180 * 3).fill(60) }
  const motes = motesOf(names, vector, seed, 180)
  drawFireworks(motes, canvas, view, time, 1)
  drawMotes(motes, canvas, view, time, 1)
  return canvas
}

const changed = (canvas: Canvas) => canvas.rgb.reduce((sum, v) => sum + (v === 60 ? 0 : 1), 0)
const equal = (a: Canvas, b: Canvas) => Buffer.compare(Buffer.from(a.rgb), Buffer.from(b.rgb)) === 0

it('clear air is empty', () => {
  expect(changed(drawn({}, 1))).toBe(0)
})

it.each(['rain', 'snow', 'petals', 'leaves', 'confetti', 'bubbles', 'fireflies', 'fireworks'])(
  '%s shows, moves, and is the same again',
  kind => {
    const at = (time: number, seed?: number) => drawn({ [kind]: 1 }, time, seed)
    expect(changed(at(1.6))).toBeGreaterThan(100)
    expect(equal(at(1.6), at(1.6))).toBe(true)
    expect(equal(at(1.6), at(1.7))).toBe(false)
    expect(equal(at(1.6), at(1.6, 2))).toBe(false)
  },
)

it('more rain is more rain', () => {
  expect(changed(drawn({ rain: 1 }, 2))).toBeGreaterThan(changed(drawn({ rain: -0.5 }, 2)) * 1.3)
})

it('rain falls: a drop is lower a moment later', () => {
  const vector = Float32Array.from(names, name => (name === 'snow' ? 1 : -1))
  const motes = motesOf(names, vector, 1, 180)
  expect(motes.swarms[0]?.members.every(mote => mote.vy < 0)).toBe(true)
})

it('moves against the camera', () => {
  expect(equal(drawn({ snow: 1 }, 1), drawn({ snow: 1 }, 1, 1, { ...lens, x: 0.2 }))).toBe(false)
})
