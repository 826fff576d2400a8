import type { Timeline } from '../../core/timeline.ts'
import type { Frame } from '../pipelines/pipeline.ts'
import { drawLabel, type Label, type LabelLanguage, labelFor, plate } from '../video/label.ts'
import { type Film, openView } from './footage.ts'
import { cropped, inkOf } from './letters.ts'
import { coveringAll, ownLabel, placed } from './marks.ts'
import { type Area, blit, type Canvas, canvasOf, write } from './paint.ts'
import { type Panels, panelsFor } from './panels.ts'

/** Clips beside each other, and pictures on one sheet: both are cells with a number, and one label for all. */

type Clip = Film & { readonly label?: Area | undefined }

/** Dark between the cells, as the bars of words are. */
const ground = 14

/** A number on a box that hides an area of a cell; `least` height of the number in pixels. */
export async function numberPlate(n: number, area: Area, least: number): Promise<Label> {
  const ink = await inkOf(String(n), { size: Math.max(least, area.height * 0.7), width: 400, bold: true })
  const pad = Math.ceil(ink.height * 0.3)
  const box = coveringAll(plate(ink, { pad, sidePad: pad, opacity: 1 }), area)
  return { ...box, x: Math.max(0, area.x + area.width - box.width), y: Math.max(0, area.y + area.height - box.height) }
}

/** Where a clip's own label ends up in its cell, in the whole picture's pixels. */
async function labelIn(cell: Area, clip: Clip, language: LabelLanguage): Promise<Area> {
  const area = placed(await ownLabel(clip, language), clip, cell)
  return { ...area, x: cell.x + area.x, y: cell.y + area.y }
}

const isInside = (inner: Area, outer: Area): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

export interface Comparison {
  readonly panels: Panels
  /** Words over the cells, drawn once. */
  readonly backdrop: Uint8Array
  readonly marks: readonly Label[]
  /** The one AI label of the whole. */
  readonly label: Label
}

/** Lays a comparison out: captions above the cells, numbers where the clips' own labels stood, one label of full size. */
export async function layOut(
  clips: readonly Clip[],
  captions: readonly string[],
  layout: Parameters<typeof panelsFor>[2],
  language: LabelLanguage,
): Promise<Comparison> {
  const [first] = clips
  if (!first) throw new Error('nothing to compare')
  const panels = panelsFor(first, clips.length, layout)
  const canvas = canvasOf(panels.width, panels.height, ground)
  const old: Area[] = []
  for (const [i, cell] of panels.cells.entries()) {
    old.push(await labelIn(cell, clips[i] ?? first, language))
    await caption(canvas, { ...cell, y: cell.y - panels.bar, height: panels.bar }, `${i + 1}  ${captions[i] ?? ''}`)
  }
  const label = await oneLabel(panels, old.at(-1), language)
  const marks = await Promise.all(
    old.flatMap((area, i) => (isInside(area, label) ? [] : [numberPlate(i + 1, area, 0)])),
  )
  return { panels, backdrop: canvas.rgb, marks, label }
}

/** The label in the lower right corner; where a clip's own is near, over that one. */
async function oneLabel({ width, height }: Panels, near: Area | undefined, language: LabelLanguage): Promise<Label> {
  const label = await labelFor(width, height, language, 1)
  const corner = near && near.x + near.width > width * 0.75 && near.y + near.height > height * 0.75
  if (!near || !corner) return label
  const covering = coveringAll(label, near)
  return {
    ...covering,
    x: Math.max(0, near.x + near.width - covering.width),
    y: Math.max(0, near.y + near.height - covering.height),
  }
}

/** Smaller where it is too long for its bar, and cut off where it would be too small. */
async function caption(canvas: Canvas, bar: Area, text: string): Promise<void> {
  const [size, room] = [bar.height * 0.5, Math.floor(bar.width * 0.94)]
  const oneLine = { width: 100_000, align: 'left', bold: true } as const
  const full = await inkOf(text, { size, ...oneLine })
  const ink =
    full.width <= room ? full : await inkOf(text, { size: size * Math.max(0.6, room / full.width), ...oneLine })
  const left = bar.x + Math.floor(bar.width * 0.03)
  write(canvas, cropped(ink, room), left, bar.y + Math.floor((bar.height - ink.height) / 2))
}

/** The frames of a comparison. */
export async function* comparing(
  timeline: Timeline,
  clips: readonly Clip[],
  { panels, backdrop, marks, label }: Comparison,
): AsyncGenerator<Frame> {
  const canvas = { width: panels.width, height: panels.height, rgb: backdrop.slice() }
  const views = timeline.spans.flatMap(span => {
    const [clip, cell] = typeof span.of === 'number' ? [clips[span.of], panels.cells[span.of]] : []
    return clip && cell ? [{ cell, view: openView(span, clip, cell) }] : []
  })
  try {
    for (let n = 0; n < timeline.frames; n++) {
      const frames = await Promise.all(views.map(({ view }) => view.frame(n)))
      for (const [i, { cell }] of views.entries()) {
        const rgb = frames[i]
        if (rgb) blit(canvas, { ...cell, rgb }, cell.x, cell.y)
      }
      const undo = [...marks, label].map(mark => drawLabel(canvas, mark))
      yield canvas
      for (const take of undo.reverse()) take()
    }
  } finally {
    await Promise.all(views.map(({ view }) => view.close()))
  }
}
