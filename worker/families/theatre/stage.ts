import { Worker } from 'node:worker_threads'
import { atWork } from '../../meter.ts'
import { readAssets, type Trait } from './assets.ts'
import type { Answer, Order } from './drawer.ts'
import { backclothOf, fitPicture } from './fit.ts'
import type { Play } from './painter.ts'
import type { Actor } from './puppets.ts'
import type { Player, RgbImage, Scene } from './scene.ts'
import { readSprite } from './sprites.ts'
import { tinted } from './tint.ts'

/** The stage: draws scenes as frames on drawing threads, in order, a few frames ahead of whoever takes them. */

export interface StageOptions {
  /** Drawing threads; each computes on one core. */
  readonly threads: number
  readonly signal?: AbortSignal
}

interface DrawOptions {
  /** Aborting makes the iteration throw its reason within one frame's time. */
  readonly signal?: AbortSignal
  /** Called after each frame is handed over; `seconds` is the drawing time of one thread for it. */
  readonly onFrame?: (index: number, seconds: number) => void
}

/** A package's renderer. */
export interface Stage {
  /** Frames of a scene in order, `scene.frames` of them. One scene at a time. Which threads draw does not change a pixel. */
  draw(scene: Scene, options?: DrawOptions): AsyncGenerator<RgbImage, void, undefined>
  /** Stops the threads. */
  dispose(): Promise<void>
}

const cutoutTrait: Trait = { gait: 'none', faces: false, group: 'object', width: 1, height: 1 }

/** Opens the renderer of a package folder (stage.onnx, puppet.onnx, scenery.webp, scenery.json, sprites/). */
export async function openStage(folder: string, options: StageOptions): Promise<Stage> {
  const assets = await readAssets(folder)
  options.signal?.throwIfAborted()
  const crew = Array.from({ length: Math.max(1, options.threads) }, () => hire(assets))
  try {
    await Promise.all(crew.map(hand => hand.ready))
  } catch (error) {
    await Promise.all(crew.map(hand => hand.leave()))
    throw error
  }
  let busy = false

  return {
    async *draw(scene, { signal, onFrame } = {}) {
      if (busy) throw new Error('the stage is drawing another scene')
      busy = true
      try {
        signal?.throwIfAborted()
        const play: Play = {
          scene: dataOf(scene),
          actors: await Promise.all(scene.cast.map(player => actorOf(folder, assets.nouns, player))),
          picture: scene.picture && (await fittedPictures(scene.picture, scene.width, scene.height)),
        }
        for (const hand of crew) hand.load(play)
        const ahead = crew.length * 2
        const waiting: Promise<{ rgb: Uint8Array; seconds: number }>[] = []
        const ask = (index: number) => {
          const frame = atWork(() => (crew[index % crew.length] as Hand).paint(index))
          // A frame that fails after the iteration ended is nobody's to handle.
          frame.catch(() => {})
          waiting.push(frame)
        }
        try {
          for (let index = 0; index < Math.min(ahead, scene.frames); index++) ask(index)
          for (let index = 0; index < scene.frames; index++) {
            const { rgb, seconds } = await (waiting.shift() as Promise<{ rgb: Uint8Array; seconds: number }>)
            signal?.throwIfAborted()
            if (index + ahead < scene.frames) ask(index + ahead)
            yield { width: scene.width, height: scene.height, rgb }
            signal?.throwIfAborted()
            onFrame?.(index, seconds)
          }
        } finally {
          await Promise.allSettled(waiting)
        }
      } finally {
        busy = false
      }
    },
    async dispose() {
      await Promise.all(crew.map(hand => hand.leave()))
    },
  }
}

/** The parts of a scene that a thread needs, without pictures. */
function dataOf(scene: Scene): Play['scene'] {
  const { cast: _cast, picture: _picture, ...rest } = scene
  return rest
}

/** The member's pictures, cut to cover the frame. */
async function fittedPictures(
  picture: NonNullable<Scene['picture']>,
  width: number,
  height: number,
): Promise<Play['picture']> {
  const first = picture.first && (await backclothOf(await fitPicture(picture.first, width, height)))
  const last = picture.last && (await backclothOf(await fitPicture(picture.last, width, height)))
  const opening = picture.opening ? await fitPicture(picture.opening, width, height) : first?.picture
  const pinned = picture.pinned ?? []
  return { ...(first && { first }), ...(last && { last }), ...(opening && { opening }), pinned }
}

async function actorOf(folder: string, nouns: Readonly<Record<string, Trait>>, player: Player): Promise<Actor | null> {
  if (player.cutout) return { image: player.cutout, trait: cutoutTrait, flat: true }
  if (player.noun === null) return null
  const trait = nouns[player.noun]
  if (!trait) throw new Error(`the package has no sprite "${player.noun}"`)
  const image = await readSprite(folder, player.sprite ?? player.noun)
  const carried = player.carrier === undefined ? {} : { carrier: player.carrier }
  return { image: player.tint ? tinted(image, player.tint) : image, trait, ...carried }
}

/** One drawing thread. */
interface Hand {
  readonly ready: Promise<void>
  load(play: Play): void
  paint(index: number): Promise<{ rgb: Uint8Array; seconds: number }>
  /** Asks the thread to end and waits: to terminate it while a graph runs would abort the process. */
  leave(): Promise<void>
}

function hire(assets: unknown): Hand {
  const file = import.meta.url.endsWith('.ts') ? './drawer-boot.mjs' : './drawer.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData: assets })
  const open = new Map<
    number,
    { resolve: (frame: { rgb: Uint8Array; seconds: number }) => void; reject: (error: unknown) => void }
  >()
  let ticket = 0
  let broken: unknown
  let gone = false
  let welcome: (() => void) | undefined
  let refuse: ((error: unknown) => void) | undefined
  const ready = new Promise<void>((resolve, reject) => {
    welcome = resolve
    refuse = reject
  })
  ready.catch(() => {})
  const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  const fail = (error: unknown) => {
    broken ??= error
    refuse?.(error)
    for (const { reject } of open.values()) reject(error)
    open.clear()
  }
  const tell = (order: Order) => worker.postMessage(order)
  worker.on('error', fail)
  void ended.then(() => {
    gone = true
    fail(new Error('a drawing thread ended'))
  })
  worker.on('message', (answer: Answer) => {
    if (answer.kind === 'ready') welcome?.()
    else if (answer.kind === 'frame') {
      open.get(answer.ticket)?.resolve(answer)
      open.delete(answer.ticket)
    } else fail(answer.error)
  })
  return {
    ready,
    load: play => tell({ kind: 'load', play }),
    paint(index) {
      if (broken !== undefined) return Promise.reject(broken)
      const id = ticket++
      return new Promise((resolve, reject) => {
        open.set(id, { resolve, reject })
        tell({ kind: 'paint', index, ticket: id })
      })
    },
    async leave() {
      if (!gone) tell({ kind: 'stop' })
      await ended
    },
  }
}
