import type { Trait } from './assets.ts'
import type { Canvas } from './canvas.ts'
import type { Pose } from './pose.ts'

/** Marks on the wheels of a vehicle, turned by the way it has come: sprites are still pictures. */

/** Canvas free below a sprite's feet, box units (puppet_graph.py). */
const below = 0.03125

/** How a wheel is marked: dark spokes on its light hub, light marks on its tyre. */
const spokes = 5
const marks = 3
const spokeWidth = 0.045
const spokeShade = 0.5
const markShade = 0.2

/** Draws the turned marks of all wheels on the vehicle's patch, which lies on the canvas already. */
export function turnWheels(canvas: Canvas, pose: Pose, wheels: NonNullable<Trait['wheels']>): void {
  const [c = 1, s = 0, scaleX = 1, scaleY = 1, lean = 0] = pose.shape
  for (const [x, y, radius, hub] of wheels) {
    // From the sprite to the picture: the inverse of what puppet.onnx does.
    const v = -y + below
    const u = x + (1 - v) * 0.8 * lean
    const [dx, dy] = [u / scaleX, v / scaleY]
    const middle = { x: pose.middle.x + dx * c + dy * s, y: pose.middle.y + dy * c - dx * s }
    const size = { x: Math.abs(radius / scaleX), y: radius / scaleY }
    // Clockwise when it goes to the right.
    turnWheel(canvas, middle, size, hub, (2 * pose.way) / radius, pose.opacity)
  }
}

function turnWheel(
  canvas: Canvas,
  middle: { readonly x: number; readonly y: number },
  size: { readonly x: number; readonly y: number },
  hub: number,
  angle: number,
  opacity: number,
): void {
  const { width, height, rgb } = canvas
  const soft = 1 / Math.max(2, size.y)
  for (let y = Math.max(0, Math.ceil(middle.y - size.y)); y < Math.min(height, middle.y + size.y); y++)
    for (let x = Math.max(0, Math.ceil(middle.x - size.x)); x < Math.min(width, middle.x + size.x); x++) {
      const [px, py] = [(x + 0.5 - middle.x) / size.x, (y + 0.5 - middle.y) / size.y]
      const reach = Math.hypot(px, py)
      if (reach > 0.88) continue
      const turned = Math.atan2(py, px) - angle
      const onHub = reach < hub
      const shade = onHub
        ? spokeShade * edge(spokeWidth + hub * 0.03 - beside(turned, spokes, reach), soft) * edge(reach - 0.07, soft)
        : markShade *
          edge(0.09 - beside(turned, marks, reach), soft) *
          edge(reach - hub - 0.12, soft) *
          edge(0.86 - reach, soft)
      if (shade <= 0) continue
      const light = onHub ? 0 : 255
      const at = (y * width + x) * 3
      for (let k = 0; k < 3; k++) {
        const value = rgb[at + k] ?? 0
        rgb[at + k] = Math.round(value + (light - value) * shade * opacity)
      }
    }
}

/** Distance to the nearest of `count` evenly spread rays. */
function beside(angle: number, count: number, reach: number): number {
  const step = (2 * Math.PI) / count
  return reach * Math.abs(Math.sin(angle - step * Math.round(angle / step)))
}

const edge = (inside: number, soft: number): number => Math.min(1, Math.max(0, inside / soft + 0.5))
