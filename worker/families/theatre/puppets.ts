import type { Session } from '../../onnx/session.ts'
import { float32, int64, type Tensor } from '../../onnx/tensor.ts'
import type { Trait } from './assets.ts'
import { type Canvas, type Grey, lay, type Patch } from './canvas.ts'
import { type Lens, pixelsPerUnit } from './lens.ts'
import type { Light } from './light.ts'
import type { Pose } from './pose.ts'
import { levelFor, type Plane, pyramidOf } from './pyramid.ts'
import type { RgbaImage } from './scene.ts'
import { darken, spotShadow } from './shadow.ts'
import { turnWheels } from './wheels.ts'

/** The actors: puppet.onnx draws each as a patch, which is laid on the picture after everybody's shadows. */

/** A sprite or cut-out in its final colours. */
export interface Actor {
  readonly image: RgbaImage
  readonly trait: Trait
  /** A piece of a photo: it has its own light and shadow already. */
  readonly flat?: boolean
  /** Slot of who wears, holds or carries it. */
  readonly carrier?: number
}

/** The cast of a clip. */
export interface Puppets {
  /** Draws actors in the order given. */
  draw(canvas: Canvas, poses: readonly Pose[], lens: Lens): Promise<void>
}

/** A patch and where it goes; steps are canvas pixels per patch pixel. */
interface Drawn {
  readonly patch: Patch
  readonly shade: Grey
  readonly left: number
  readonly top: number
  readonly stepX: number
  readonly stepY: number
  readonly gain: number
}

/** Actors are drawn at most this many times as large as their art, then enlarged: there is no more to see. */
const detail = 1
/** Kept patches of actors that stand still. */
const keepMost = 48
const margin = 2

/** Prepares a cast; `session` is puppet.onnx. */
export function puppetsOf(session: Session, actors: readonly (Actor | null)[], light: Light): Puppets {
  const pyramids = actors.map(actor => (actor ? pyramidOf(actor.image) : null))
  const kept = new Map<string, { patch: Patch; shade: Grey }>()

  const run = async (slot: number, pixels: number, pose: Float32Array, rows: number, columns: number) => {
    const level = levelFor(pyramids[slot] as readonly Plane[], pixels)
    const { patch, shade } = await session.run({
      sprite: float32(level.planes, [1, 5, level.side, level.side]),
      pose: float32(pose, [21]),
      light: float32(
        Float32Array.from([...(actors[slot]?.flat ? [1, 1, 1] : light.ambient), ...light.haze, ...light.rim]),
        [9],
      ),
      size: int64([rows, columns], [2]),
    })
    const [, , height = 0, width = 0] = shade?.dims ?? []
    return { patch: { width: columns, height: rows, rgba: bytes(patch) }, shade: { width, height, data: bytes(shade) } }
  }

  /** Lights of a pose, after `wave`: puppet_graph.py's POSE. */
  const lit = (actor: Actor, opacity: number, far: number, toLight: number): number[] =>
    actor.flat ? [opacity, 0, 0, 0, 0, 0] : [opacity, far * light.depthHaze, toLight, light.rimGain, light.round, 1]

  const moving = async (actor: Actor, pose: Pose, canvas: Canvas, toLight: number): Promise<Drawn> => {
    const [roomX, roomY] = [canvas.width * 0.25, canvas.height * 0.5]
    const left = Math.floor(Math.max(pose.middle.x + pose.box.left - margin, -roomX))
    const top = Math.floor(Math.max(pose.middle.y + pose.box.top - margin, -roomY))
    const right = Math.ceil(Math.min(pose.middle.x + pose.box.right + margin, canvas.width + roomX))
    const bottom = Math.ceil(Math.min(pose.middle.y + pose.box.bottom + margin, canvas.height + roomY))
    const step = Math.max(1, pose.size / (actor.image.width * detail))
    const vector = [
      step,
      left - pose.middle.x,
      top - pose.middle.y,
      ...pose.shape,
      ...lit(actor, pose.opacity, pose.far, toLight),
    ]
    const [rows, columns] = [Math.ceil((bottom - top) / step), Math.ceil((right - left) / step)]
    const got = await run(pose.slot, pose.size / step, Float32Array.from(vector), rows, columns)
    return { ...got, left, top, stepX: step, stepY: step, gain: 1 }
  }

  // What stands still is drawn once in a rounded size and light, then moved and stretched. The key says all that its pixels depend
  // on, so that every thread gets the same ones whichever frame it draws first.
  const still = async (actor: Actor, pose: Pose, toLight: number): Promise<Drawn> => {
    const size = Math.min(actor.image.width * detail, 2 ** (Math.ceil(Math.log2(pose.size) * 4) / 4))
    const [far, side] = [Math.round(pose.far * 16) / 16, Math.round(toLight * 8) / 8]
    const half = size / 2
    const { width, height } = actor.trait
    const reach = Math.ceil(half * (width + 0.05)) + margin
    const top = Math.floor(half * (0.94 - 2 * height)) - margin
    const bottom = Math.ceil(half * 1.06) + margin
    const key = `${pose.slot} ${pose.side} ${size} ${far} ${side}`
    let got = kept.get(key)
    if (!got) {
      const shape = [1, 0, pose.side / half, 1 / half, 0, 0, 0, 0, 0, 0, 0, 0]
      const vector = Float32Array.from([1, -reach, top, ...shape, ...lit(actor, 1, far, side)])
      got = await run(pose.slot, size, vector, bottom - top, reach * 2)
      if (kept.size >= keepMost) kept.clear()
      kept.set(key, got)
    }
    const [stepX, stepY] = [(pose.size / size) * pose.wide, (pose.size / size) * pose.tall]
    return {
      ...got,
      left: pose.middle.x - reach * stepX,
      top: pose.middle.y + top * stepY,
      stepX,
      stepY,
      gain: pose.opacity,
    }
  }

  return {
    async draw(canvas, poses, lens) {
      const drawn: { pose: Pose; actor: Actor; one: Drawn }[] = []
      for (const pose of poses) {
        const actor = actors[pose.slot]
        if (!actor || !seen(pose, canvas)) continue
        const toLight =
          (Math.min(Math.max((lightAt(light, lens) - pose.middle.x) / (lens.width * 0.12), -1), 1) || 1) * pose.side
        const one = await (pose.still ? still(actor, pose, toLight) : moving(actor, pose, canvas, toLight))
        drawn.push({ pose, actor, one })
      }
      for (const { pose, actor, one } of drawn) if (!actor.flat) shadowOf(canvas, pose, one, light, lens)
      for (const { pose, actor, one } of drawn) {
        lay(canvas, one.patch, one.left, one.top, one.stepX, one.gain, false, one.stepY)
        if (actor.trait.wheels) turnWheels(canvas, pose, actor.trait.wheels)
      }
    },
  }
}

/** Whether any of a pose's box, or of the shadow below it, can be in the picture. */
function seen({ box, middle }: Pose, canvas: Canvas): boolean {
  return (
    middle.x + box.right > -margin &&
    middle.x + box.left < canvas.width + margin &&
    middle.y + box.bottom > -canvas.height / 2 &&
    middle.y + box.top < canvas.height + margin
  )
}

/** Pixel column of the main light. */
function lightAt(light: Light, lens: Lens): number {
  return ((((light.from - lens.x * 0.3) * lens.zoom) / (lens.width / lens.height)) * 0.5 + 0.5) * lens.width
}

/** Spot and thrown shadow of one actor. */
function shadowOf(canvas: Canvas, pose: Pose, one: Drawn, light: Light, lens: Lens): void {
  const lift = Math.max(0, pose.lift)
  const { x, y } = pose.ground
  const near = Math.exp(lift * -1.6) * pose.opacity
  const rx = pose.size * pose.girth * 0.46 * (1 + 0.35 * lift)
  if (light.thrown > 0) {
    const slant = Math.min(Math.max((x - lightAt(light, lens)) / lens.width, -0.8), 0.8) * 0.9
    const [cellX, cellY] = [one.stepX * 4, one.stepY * 4]
    const feetRow = (y - lift * pixelsPerUnit(lens) - one.top) / cellY + 1
    const down = -cellY * light.flat
    const drop = lift * pixelsPerUnit(lens) * light.flat
    const shear = -cellY * slant * light.flat * 2
    const ox = one.left - cellX - shear * feetRow + drop * slant * 2
    const oy = y - down * feetRow + drop - pose.size * 0.012
    const strength = light.thrown * near * Math.exp(lift * -1.8) * (1 - pose.far * 0.3)
    darken(canvas, one.shade, { ox, oy, ax: cellX, ay: 0, down, shear }, strength, 0.75)
  }
  if (light.spot > 0) {
    spotShadow(canvas, x, y - pose.size * 0.008, rx, rx * 0.2, light.spot * near * near)
    spotShadow(canvas, x, y - pose.size * 0.008, rx * 1.7, rx * 0.42, light.spot * 0.45 * near)
  }
}

/** The bytes of a uint8 output. */
export function bytes(tensor: Tensor | undefined): Uint8Array {
  if (tensor?.type !== 'uint8') throw new Error('the graph gave no bytes')
  return tensor.data
}
