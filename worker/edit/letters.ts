import sharp from 'sharp'
import type { Ink } from '../video/label.ts'

/** Words as ink. Pango draws them, out of our process's reach of any command line: what members wrote is data here and nowhere else. */

export interface Lettering {
  /** Height of the font in pixels. */
  readonly size: number
  /** Lines are broken at this width, in pixels. */
  readonly width: number
  readonly align?: 'left' | 'centre' | 'right'
  readonly bold?: boolean
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** As Pango markup that means nothing but the words: no tags, no control characters. */
const plain = (text: string): string =>
  text.replace(/(?!\n)\p{Cc}/gu, ' ').replace(/[&<>]/g, sign => signs[sign] ?? sign)

/** Ink of a text; lines are broken where words end, and inside a word that is wider than the line. */
export async function inkOf(text: string, { size, width, align = 'centre', bold = false }: Lettering): Promise<Ink> {
  const { data, info } = await sharp({
    text: {
      text: plain(text),
      font: `Noto Sans CJK SC${bold ? ' Bold' : ''} ${Math.round(size)}px`,
      dpi: 72,
      width: Math.max(1, Math.round(width)),
      wrap: 'word-char',
      align,
      spacing: Math.round(size * 0.25),
    },
  })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, coverage: data }
}

/** Puts inks under each other in one of a given width, each `gaps[i]` pixels below the one before. */
export function stacked(inks: readonly Ink[], gaps: readonly number[], width: number): Ink {
  const height = inks.reduce((sum, ink, i) => sum + ink.height + (i > 0 ? (gaps[i] ?? 0) : 0), 0)
  const coverage = new Uint8Array(width * height)
  let top = 0
  for (const [i, ink] of inks.entries()) {
    if (i > 0) top += gaps[i] ?? 0
    // Pango may be a pixel or two wider than it was told to be.
    const left = Math.max(0, Math.floor((width - ink.width) / 2))
    const shown = Math.min(ink.width, width)
    for (let y = 0; y < ink.height; y++)
      coverage.set(ink.coverage.subarray(y * ink.width, y * ink.width + shown), (top + y) * width + left)
    top += ink.height
  }
  return { width, height, coverage }
}

/** The left part of an ink. */
export function cropped(ink: Ink, width: number): Ink {
  if (ink.width <= width) return ink
  const coverage = new Uint8Array(width * ink.height)
  for (let y = 0; y < ink.height; y++)
    coverage.set(ink.coverage.subarray(y * ink.width, y * ink.width + width), y * width)
  return { width, height: ink.height, coverage }
}
