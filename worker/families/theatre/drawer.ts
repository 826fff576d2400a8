import { parentPort, workerData } from 'node:worker_threads'
import type { Assets } from './assets.ts'
import { openPainter, type Play } from './painter.ts'

/** A drawing thread: opens a painter, then draws the frames it is asked for, one after the other. Started by stage.ts. */

/** What the stage tells a drawing thread. */
export type Order =
  | { readonly kind: 'load'; readonly play: Play }
  | { readonly kind: 'paint'; readonly index: number; readonly ticket: number }
  | { readonly kind: 'stop' }

/** What a drawing thread answers; `seconds` is its own time for the frame. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'frame'; readonly ticket: number; readonly rgb: Uint8Array; readonly seconds: number }
  | { readonly kind: 'failed'; readonly ticket: number | undefined; readonly error: unknown }

const port = parentPort
if (port) {
  const say = (answer: Answer, move: ArrayBuffer[] = []) => port.postMessage(answer, move)
  const opened = openPainter(workerData as Assets, 1)
  opened.then(
    () => say({ kind: 'ready' }),
    error => say({ kind: 'failed', ticket: undefined, error }),
  )
  // Orders wait for each other: a run of the graph must end before the next one or the release.
  let last: Promise<void> = Promise.resolve()
  const obey = async (order: Order): Promise<void> => {
    if (order.kind === 'stop') {
      const painter = await opened.catch(() => undefined)
      await painter?.dispose()
      port.close()
      return
    }
    const painter = await opened
    if (order.kind === 'load') painter.load(order.play)
    else {
      const from = performance.now()
      const rgb = await painter.paint(order.index)
      say({ kind: 'frame', ticket: order.ticket, rgb, seconds: (performance.now() - from) / 1000 }, [
        rgb.buffer as ArrayBuffer,
      ])
    }
  }
  port.on('message', (order: Order) => {
    last = last
      .then(() => obey(order))
      .catch(error => say({ kind: 'failed', ticket: order.kind === 'paint' ? order.ticket : undefined, error }))
  })
}
