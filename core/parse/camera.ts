import { UserError } from '../errors.ts'
import { type Camera, type CameraAxis, type CameraPreset, cameraAxes } from '../request.ts'

/**
 * Moves on an axis of their own, at half of its reach (zoom-fast at all of it). They go together where their axes differ; an orbit, a
 * camera that follows, shakes or stands still is a move of its own.
 */
const onAxis: Readonly<Partial<Record<CameraPreset, Readonly<Partial<Record<CameraAxis, number>>>>>> = {
  'push-in': { zoom: 5 },
  'zoom-fast': { zoom: 10 },
  'pull-out': { zoom: -5 },
  'pan-left': { horizontal: -5 },
  'pan-right': { horizontal: 5 },
  'crane-up': { vertical: 5 },
  'crane-down': { vertical: -5 },
}

/** Several named moves as one camera. Throws `refusal.camera-mix` for moves that exclude each other; undefined for none. */
export function combine(moves: readonly CameraPreset[]): Camera | undefined {
  const [first, ...others] = [...new Set(moves)]
  if (first === undefined) return undefined
  if (others.length === 0) return { preset: first }
  const axes: Partial<Record<CameraAxis, number>> = {}
  for (const move of [first, ...others]) {
    const [[axis, amount] = []] = Object.entries(onAxis[move] ?? {}) as [CameraAxis, number][]
    if (axis === undefined || amount === undefined || axes[axis] !== undefined)
      throw new UserError('refusal.camera-mix', { cameras: [first, ...others].join(', ') })
    axes[axis] = amount
  }
  return { axes }
}

/** "push-in", "pan:-2,zoom:5": a camera as `--camera` reads it. */
export const cameraText = (camera: Camera): string =>
  'preset' in camera
    ? camera.preset
    : cameraAxes
        .filter(axis => camera.axes[axis] !== undefined)
        .map(axis => `${axis}:${camera.axes[axis]}`)
        .join(',')
