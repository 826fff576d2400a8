import type { Camera } from '../../../core/request.ts'
import { channel, channelCount } from './scene.ts'

/** How far a full axis (10) moves over the clip: world units, log2 of zoom, turns. Within what the director was trained on (grammar/lens.py). */
const reach = { x: 0.5, y: 0.3, zoom: 0.5, roll: 0.02 }

type Axes = Extract<Camera, { axes: unknown }>['axes']

/**
 * The camera slot's state at a second of a clip, from the member's axes: an eased move over the whole clip that starts still.
 * Turning the camera about an axis (pan, tilt) and shifting it (vertical, horizontal) look alike on a flat stage, so they add up.
 */
export function axesAt(axes: Axes, second: number, seconds: number, halfWidth: number): Float32Array {
  const amount = (name: keyof Axes) => (axes[name] ?? 0) / 10
  const u = Math.min(1, Math.max(0, second / seconds))
  const done = 0.35 * u + 0.65 * u * u * (3 - 2 * u)
  const clamp = (value: number) => Math.min(1, Math.max(-1, value))
  const state = new Float32Array(channelCount)
  state[channel.x] = clamp(amount('horizontal') + amount('tilt')) * reach.x * Math.min(halfWidth, 1.3) * done
  state[channel.y] = clamp(amount('vertical') + amount('pan')) * reach.y * done
  state[channel.log2Size] = amount('zoom') * reach.zoom * done
  state[channel.rotation] = amount('roll') * reach.roll * done
  return state
}

/** True when any axis moves. */
export const moves = (camera: Camera | undefined): camera is Extract<Camera, { axes: unknown }> =>
  camera !== undefined &&
  'axes' in camera &&
  Object.values(camera.axes).some(value => value !== undefined && value !== 0)
