import type { Caption, CreditLine } from '../../core/edit.ts'
import { type Label, plate } from '../video/label.ts'
import type { Overlay } from './compose.ts'
import type { View } from './footage.ts'
import { inkOf, stacked } from './letters.ts'
import { canvasOf, write } from './paint.ts'

/** Title, end credits and captions: words of members as pictures. */

type Size = { readonly width: number; readonly height: number }

/** Ground of our own cards: the stage before the curtain opens. */
const cardShade = 14
/** Sizes of letters in parts of the shorter side. */
const titleSize = 0.11
const roleSize = 0.038
const nameSize = 0.055
const captionSize = 0.052

/** An opening title in the middle of a dark frame. */
export async function titleCard(text: string, { width, height }: Size): Promise<Uint8Array> {
  const ink = await inkOf(text, { size: Math.min(width, height) * titleSize, width: width * 0.84, bold: true })
  const card = canvasOf(width, height, cardShade)
  write(card, ink, Math.floor((width - ink.width) / 2), Math.floor((height - ink.height) / 2))
  return card.rgb
}

/** End credits: still where they fit the frame, else they roll through it once, within so many frames. */
export async function creditsView(lines: readonly CreditLine[], frames: number, size: Size): Promise<View> {
  const { width, height } = size
  const short = Math.min(width, height)
  const column = Math.floor(width * 0.84)
  const inks = await Promise.all(
    lines.flatMap(({ role, names }) => [
      inkOf(role, { size: short * roleSize, width: column }),
      inkOf(names.join('\n'), { size: short * nameSize, width: column, bold: true }),
    ]),
  )
  const gaps = inks.map((_, i) => Math.round(short * (i % 2 === 0 ? 0.075 : 0.022)))
  const roll = stacked(inks, gaps, column)
  const left = Math.floor((width - column) / 2)
  const room = Math.floor(height * 0.76)
  const card = canvasOf(width, height, cardShade)
  if (roll.height <= room) {
    write(card, roll, left, Math.floor((height - roll.height) / 2))
    return { frame: async () => card.rgb, close: async () => undefined }
  }
  return {
    async frame(k) {
      card.rgb.fill(cardShade)
      // From the first line in the middle to the last line gone past it.
      const part = k / Math.max(1, frames - 1)
      write(card, roll, left, Math.round(height * 0.4 - part * (roll.height - height * 0.2)))
      return card.rgb
    },
    close: async () => undefined,
  }
}

/** Captions above the AI label, each in its time. `fps` and `frames` are the result's. */
export async function captionOverlays(
  lines: readonly Caption[],
  { fps, frames, label, ...size }: Size & { fps: number; frames: number; label: { readonly y: number } },
): Promise<Overlay[]> {
  const overlays = await Promise.all(
    lines.map(async ({ from, to, text }) => ({
      label: await captionOf(text, size, label.y),
      from: Math.round(from * fps),
      to: Math.min(frames, Math.round(to * fps)),
    })),
  )
  return overlays.filter(({ from, to }) => from < to)
}

/** One caption, its lower edge above a line of the frame. */
async function captionOf(text: string, { width, height }: Size, above: number): Promise<Label> {
  const short = Math.min(width, height)
  const [pad, sidePad] = [Math.ceil(short * 0.014), Math.ceil(short * 0.024)]
  const ink = await inkOf(text, { size: short * captionSize, width: width * 0.86 - 2 * sidePad })
  const box = plate(ink, { pad, sidePad, opacity: 0.6 })
  return {
    ...box,
    x: Math.max(0, Math.floor((width - box.width) / 2)),
    y: Math.max(0, above - Math.ceil(short * 0.02) - box.height),
  }
}
