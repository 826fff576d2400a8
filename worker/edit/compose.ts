import type { Span, Timeline } from '../../core/timeline.ts'
import type { Frame } from '../pipelines/pipeline.ts'
import { drawLabel, type Label } from '../video/label.ts'
import type { View } from './footage.ts'
import { fade, wipe } from './paint.ts'

/** What stands on frames from one frame to another. */
export interface Overlay {
  readonly label: Label
  readonly from: number
  readonly to: number
}

/** How the spans of a timeline become pictures. */
export interface Sources {
  /** Opens a span; closed again when it is over. */
  open(span: Span): View
  /** What is drawn on every frame of a span, under what is laid over it. */
  readonly labels: ReadonlyMap<Span, Label>
  /** What is drawn on the result. */
  readonly overlays?: readonly Overlay[]
}

/** How much of a span is in, at its k-th frame: never quite none, never quite all, while it enters. */
const partOf = (span: Span, k: number): number => (k + 1) / ((span.enter?.frames ?? 0) + 1)

/**
 * The frames of a timeline, one after another. At most two clips are open at a time, so memory does not grow with the length. A frame's
 * buffer is good until the next one is asked for.
 */
export async function* compose(timeline: Timeline, sources: Sources): AsyncGenerator<Frame> {
  const { width, height } = timeline
  const size = width * height * 3
  const scratch = { under: new Uint8Array(0), over: new Uint8Array(0), out: new Uint8Array(0) }
  const views = new Map<Span, View>()

  /** A frame of a span; with a label of its own, or if it is to be kept beside another, in a buffer of ours. */
  async function shown(span: Span, k: number, own: 'under' | 'over' | undefined): Promise<Uint8Array> {
    const view = views.get(span) ?? sources.open(span)
    views.set(span, view)
    const rgb = await view.frame(k)
    const label = sources.labels.get(span)
    if (!label && !own) return rgb
    const name = own ?? 'under'
    if (scratch[name].length !== size) scratch[name] = new Uint8Array(size)
    const buffer = scratch[name]
    buffer.set(rgb)
    if (label) drawLabel({ width, height, rgb: buffer }, label)
    return buffer
  }

  try {
    for (let n = 0; n < timeline.frames; n++) {
      const now = timeline.spans.filter(span => span.start <= n && n < span.start + span.frames)
      for (const [span, view] of views) {
        if (now.includes(span)) continue
        views.delete(span)
        await view.close()
      }
      const [first, second] = now
      if (!first) throw new Error(`nothing is shown at frame ${n}`)
      let rgb = await shown(first, n - first.start, second && 'under')
      if (second) {
        const over = await shown(second, n - second.start, 'over')
        if (scratch.out.length !== size) scratch.out = new Uint8Array(size)
        const part = partOf(second, n - second.start)
        if (second.enter?.how === 'wipe') wipe(scratch.out, rgb, over, part, width)
        else fade(scratch.out, rgb, over, part)
        rgb = scratch.out
      }
      const frame = { width, height, rgb }
      const undo = (sources.overlays ?? [])
        .filter(({ from, to }) => from <= n && n < to)
        .map(({ label }) => drawLabel(frame, label))
      yield frame
      for (const take of undo.reverse()) take()
    }
  } finally {
    for (const view of views.values()) await view.close()
  }
}

/** The same picture again and again. */
export const stillView = (rgb: Uint8Array): View => ({ frame: async () => rgb, close: async () => undefined })
