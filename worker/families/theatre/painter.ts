import { join } from 'node:path'
import { openSession, type Session } from '../../onnx/session.ts'
import { float32, int64, type Tensor, uint8 } from '../../onnx/tensor.ts'
import type { Assets } from './assets.ts'
import { type Canvas, enlarge, enlargeTurned, lay, type Patch, type Turn } from './canvas.ts'
import { type Lens, lensAt } from './lens.ts'
import { lightOf, pictureLight } from './light.ts'
import { drawFireworks, drawMotes, type Motes, motesOf } from './motes.ts'
import { arriveAt, type Backcloth, pictureLens, planesOf, type Travel, travelAt } from './picture.ts'
import type { PinnedArea } from './pinned.ts'
import { type Pose, poseOf } from './pose.ts'
import { type Actor, bytes, type Puppets, puppetsOf } from './puppets.ts'
import { actorCount, type RgbImage, type Scene } from './scene.ts'
import { momentAt } from './timeline.ts'

/** Draws single frames of a scene: graphs for the set and the actors, the canvas for putting them together. One per thread. */

/** A scene without its heavy parts' sources: what a painter needs to draw any frame. */
export interface Play {
  readonly scene: Omit<Scene, 'cast' | 'picture'>
  /** One per actor slot; null: nobody. */
  readonly actors: readonly (Actor | null)[]
  /** The member's pictures, fitted to the frame: the first one in place of the drawn set, the last one where the clip ends. */
  readonly picture:
    | {
        readonly first?: Backcloth
        readonly last?: Backcloth
        readonly opening?: RgbImage
        readonly pinned: readonly PinnedArea[]
      }
    | undefined
}

/** Holds sessions and scratch memory. */
export interface Painter {
  /** Chooses the play that `paint` draws. */
  load(play: Play): void
  /** Frame `index` as RGB, in a fresh buffer. The same play and index give the same bytes. */
  paint(index: number): Promise<Uint8Array>
  dispose(): Promise<void>
}

/** Pixels of the set's picture before it is enlarged: a softer set makes the actors stand out, and is faster. */
const backdropPixels = 512 * 288
/** Short side of the layer before the actors: it is out of focus. */
const frontPixels = 60

interface Loaded {
  readonly play: Play
  readonly motes: Motes
  readonly puppets: Puppets
  /** Of the first picture, where there is one, and of the last. */
  readonly cloths: readonly Cloth[]
}

/** Opens the graphs of a package folder; each session computes on `threads` threads. */
export async function openPainter(assets: Assets, threads: number): Promise<Painter> {
  const open = (file: string) => openSession(join(assets.folder, file), { threads, device: 'cpu' })
  const [set, puppet, photo] = [await open('stage.onnx'), await open('puppet.onnx'), await open('picture.onnx')]
  const { count, width, height, grey } = assets.strips
  const strips = uint8(grey, [count, 3, height, width])
  let loaded: Loaded | undefined

  return {
    load(play) {
      const { scene, picture } = play
      loaded = {
        play,
        puppets: puppetsOf(
          puppet,
          play.actors,
          picture?.first ? pictureLight(picture.first.picture) : lightOf(assets.background, scene.background),
        ),
        motes: motesOf(assets.background, scene.background, scene.seed, scene.height),
        cloths: [picture?.first, picture?.last].flatMap(cloth => (cloth ? [tensorsOf(cloth)] : [])),
      }
    },
    async paint(index) {
      if (!loaded) throw new Error('nothing is loaded')
      const { scene, actors, picture } = loaded.play
      // The member's own pictures open and close the clip untouched.
      if (picture?.opening && index === 0 && scene.start <= 0 && scene.frames > 1) return picture.opening.rgb.slice()
      if (picture?.last && index === scene.frames - 1 && index > 0) return picture.last.picture.rgb.slice()
      const time = scene.start + index / scene.fps
      const moment = momentAt(scene, time)
      const camera = lensAt(moment, time, scene.width, scene.height)
      const share = index / Math.max(1, scene.frames - 1)
      const travel = picture?.last && (picture.first ? travelAt(share) : arriveAt(share))
      const lens = picture?.first ? pictureLens(camera) : camera
      const seen = travel ? { ...lens, zoom: lens.zoom * travel.firstZoom } : lens
      const canvas: Canvas = {
        width: scene.width,
        height: scene.height,
        rgb: new Uint8Array(scene.width * scene.height * 3),
      }
      const front = picture?.first ? undefined : await drawSet(set, strips, scene, seen, time, canvas)
      const blend = travel?.blend ?? 0
      const ending = travel ? lastView(pictureLens(camera), travel) : still
      if (picture?.first) await drawPictures(photo, loaded.cloths, [viewOf(seen), ending], blend, canvas)
      for (const { left, top, image } of picture?.pinned ?? []) lay(canvas, image, left, top, 1, 1 - blend)
      const presence = travel?.presence ?? 1
      drawFireworks(loaded.motes, canvas, seen, time, presence)
      const poses: Pose[] = []
      const found = new Map<number, Pose | undefined>()
      const find = (slot: number): Pose | undefined => {
        if (found.has(slot)) return found.get(slot)
        // A circle of carriers would have no end.
        found.set(slot, undefined)
        const actor = actors[slot]
        const carrier = actor?.carrier === undefined ? undefined : find(actor.carrier)
        const pose = actor ? poseOf(moment, slot, actor.trait, seen, time, carrier?.sway) : undefined
        found.set(slot, pose)
        return pose
      }
      for (let slot = 0; slot < actorCount; slot++) {
        const pose = find(slot)
        if (pose && presence > 0.02) poses.push({ ...pose, opacity: pose.opacity * presence })
      }
      poses.sort((a, b) => b.depth - a.depth || a.slot - b.slot)
      await loaded.puppets.draw(canvas, poses, seen)
      if (front && front.patch.width > 1) lay(canvas, front.patch, 0, 0, front.step)
      drawMotes(loaded.motes, canvas, seen, time, presence)
      // All that was drawn, as it is, is the picture that the way to the last one begins with.
      if (picture && !picture.first && blend > 0)
        await drawPictures(photo, [clothOf(canvas), ...loaded.cloths], [still, ending], blend, canvas)
      return canvas.rgb
    },
    async dispose() {
      await set.release()
      await puppet.release()
      await photo.release()
    },
  }
}

/** The set behind the actors; returns what stands before them, out of focus. */
async function drawSet(
  session: Session,
  strips: Tensor,
  scene: Play['scene'],
  lens: Lens,
  time: number,
  canvas: Canvas,
): Promise<Front> {
  const shrink = Math.max(1, Math.sqrt((canvas.width * canvas.height) / backdropPixels))
  const columns = Math.ceil(canvas.width / shrink)
  const rows = Math.ceil(canvas.height / shrink)
  const angle = lens.roll * 2 * Math.PI
  const aspect = canvas.width / canvas.height
  // A turned camera sees round the corners: draw a little more and read it turned.
  const over =
    Math.abs(angle) < 1e-4 ? 1 : Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle)) * Math.max(aspect, 1 / aspect)
  const step = Math.max(1, Math.round(Math.min(canvas.width, canvas.height) / frontPixels))
  const { picture, front } = await session.run({
    background: float32(scene.background, [scene.background.length]),
    camera: float32(Float32Array.of(lens.x, lens.y, Math.log2(lens.zoom / over), aspect), [4]),
    time: float32(Float32Array.of(time), []),
    size: int64([rows, columns], [2]),
    'front-size': int64([Math.ceil(canvas.height / step), Math.ceil(canvas.width / step)], [2]),
    strips,
  })
  const small: Canvas = { width: columns, height: rows, rgb: bytes(picture) }
  if (over === 1) enlarge(canvas, small)
  else enlargeTurned(canvas, small, turnOf(canvas, small, angle, over))
  const [height = 1, width = 1] = front?.dims ?? []
  return { patch: { width, height, rgba: bytes(front) }, step }
}

/** The layer before the actors; a patch of one pixel where there is none. */
interface Front {
  readonly patch: Patch
  readonly step: number
}

/** A picture and what lies beyond its edges, as picture.onnx takes them. */
interface Cloth {
  readonly picture: Tensor
  readonly around: Tensor
}

const tensorOf = (image: RgbImage): Tensor => float32(planesOf(image), [1, 3, image.height, image.width])
const tensorsOf = ({ picture, around }: Backcloth): Cloth => ({ picture: tensorOf(picture), around: tensorOf(around) })
/** A picture whose edges nobody looks beyond. */
const clothOf = (image: RgbImage): Cloth => {
  const picture = tensorOf(image)
  return { picture, around: picture }
}

/** How picture.onnx sees a picture: x, y, log2 of the zoom, turn in radians. */
type View = readonly [number, number, number, number]
const still: View = [0, 0, 0, 0]

const viewOf = ({ x, y, zoom, roll }: Lens): View => [x, y, Math.log2(zoom), roll * 2 * Math.PI]

/** The last picture's view: the camera's own move runs out before it. */
const lastView = (lens: Lens, { camera, lastZoom }: Travel): View => [
  lens.x * camera,
  lens.y * camera,
  Math.log2(lens.zoom) * camera + Math.log2(lastZoom),
  lens.roll * camera * 2 * Math.PI,
]

/** A picture, or the way from one to another, over the whole canvas. `blend` 0: only the first is seen. */
async function drawPictures(
  session: Session,
  [first, last = first]: readonly Cloth[],
  views: readonly [View, View],
  blend: number,
  canvas: Canvas,
): Promise<void> {
  if (!first || !last) throw new Error('the pictures are not loaded')
  const { picture } = await session.run({
    first: first.picture,
    'first-around': first.around,
    last: last.picture,
    'last-around': last.around,
    cameras: float32(Float32Array.from(views.flat()), [2, 4]),
    blend: float32(Float32Array.of(blend), []),
    size: int64([canvas.height, canvas.width], [2]),
  })
  canvas.rgb.set(bytes(picture))
}

/** Reading of the overdrawn set for a camera turned by `angle`. */
function turnOf(canvas: Canvas, small: Canvas, angle: number, over: number): Turn {
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const shrink = small.height / canvas.height / over
  const wide = small.width / canvas.width / over
  // The set is zoomed about y = -0.15, not the middle.
  const lift = ((0.15 - 0.15 / over) / 2) * small.height
  const cx = canvas.width / 2
  const cy = canvas.height / 2
  return {
    ax: c * wide,
    bx: -s * wide,
    ay: s * shrink,
    by: c * shrink,
    ox: small.width / 2 - 0.5 + ((0.5 - cx) * c - (0.5 - cy) * s) * wide,
    oy: small.height / 2 - 0.5 + lift + ((0.5 - cx) * s + (0.5 - cy) * c) * shrink,
  }
}
