import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { MemberId, Place } from '../place.ts'
import type { Core } from '../redis.ts'
import { MediaKey, promptLimit, Stroke } from '../request.ts'

/**
 * A picture that a member draws on in a browser: the page's link is made in a chat and works for whoever has it for a day (or, inside a
 * chat that says who opened it, for that member alone); what is drawn
 * comes back to that chat as the press of a button (`drawn:<id>`) by that member.
 */

const keepSeconds = 24 * 3600

export const Canvas = z.object({
  member: MemberId,
  memberName: z.string().max(100),
  place: Place,
  locale: z.string().max(20),
  picture: MediaKey,
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Only whoever asked for it may draw, as their chat says who they are; else whoever has the link. */
  own: z.boolean().default(false),
})
export type Canvas = z.infer<typeof Canvas>

/** What the page sends. */
export const Drawing = z.object({
  strokes: z.array(Stroke).min(1).max(6),
  words: z.string().max(promptLimit).default(''),
})
export type Drawing = z.infer<typeof Drawing>

export const DrawingId = z.string().regex(/^[A-Za-z0-9_-]{22}$/)

const keyOf = (core: Core, what: 'canvas' | 'drawing', id: string): string => `${core.root}:${what}:${id}`
const channelOf = (core: Core): string => `${core.root}:drawn`

/** Keeps a canvas; the id is what its link carries. */
export async function openCanvas(core: Core, canvas: z.input<typeof Canvas>): Promise<string> {
  const id = randomBytes(16).toString('base64url')
  await core.redis.set(keyOf(core, 'canvas', id), JSON.stringify(Canvas.parse(canvas)), 'EX', keepSeconds)
  return id
}

export async function canvasOf(core: Core, id: string): Promise<Canvas | undefined> {
  const text = await core.redis.get(keyOf(core, 'canvas', id))
  return text === null ? undefined : Canvas.parse(JSON.parse(text))
}

/** Keeps what was drawn and tells whoever serves that chat. The same canvas may be drawn on again: each drawing has an id of its own. */
export async function sendDrawing(core: Core, canvas: string, drawing: Drawing): Promise<string> {
  const id = randomBytes(16).toString('base64url')
  const kept = JSON.stringify({ canvas, ...Drawing.parse(drawing) })
  await core.redis.set(keyOf(core, 'drawing', id), kept, 'EX', keepSeconds)
  await core.redis.publish(channelOf(core), JSON.stringify({ canvas, drawing: id }))
  return id
}

/** A drawing and its canvas; undefined once a day has passed. */
export async function drawingOf(core: Core, id: string): Promise<{ canvas: Canvas; drawing: Drawing } | undefined> {
  const text = await core.redis.get(keyOf(core, 'drawing', id))
  if (text === null) return undefined
  const kept = Drawing.extend({ canvas: DrawingId }).parse(JSON.parse(text))
  const canvas = await canvasOf(core, kept.canvas)
  return canvas && { canvas, drawing: { strokes: kept.strokes, words: kept.words } }
}

/** Hears of drawings until the returned function is called. */
export async function hearDrawings(
  core: Core,
  hear: (canvas: Canvas, drawing: string) => void,
): Promise<() => Promise<void>> {
  const Told = z.object({ canvas: DrawingId, drawing: DrawingId })
  return core.listen(channelOf(core), message => {
    const told = Told.safeParse(JSON.parse(message))
    if (!told.success) return
    canvasOf(core, told.data.canvas)
      .then(canvas => canvas && hear(canvas, told.data.drawing))
      .catch(error => core.log.warn({ err: error }, 'drawing not heard'))
  })
}
