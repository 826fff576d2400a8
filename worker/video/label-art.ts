/**
 * Writes label.json: the wordings of the AI label as PNG masks (white ink on black), drawn once from Noto Sans CJK Bold (SIL
 * Open Font License), so that no machine needs a font to label a clip. `npm run make:label`.
 */
import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'

/** Height in pixels of the capital A in the masks. */
const capital = 96

const wordings = { zh: 'AI生成', en: 'AI generated', both: 'AI生成 AI generated' }

async function ink(text: string, fontPixels: number) {
  const drawn = sharp({ text: { text, font: `Noto Sans CJK SC Bold ${fontPixels}px`, dpi: 72 } })
  const { data, info } = await drawn
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer({ resolveWithObject: true })
  return { png: data, width: info.width, height: info.height }
}

const sample = await ink('A', 1000)
const fontPixels = Math.ceil((capital * 1000) / sample.height)
const masks = await Promise.all(
  Object.entries(wordings).map(async ([language, text]) => {
    const { png } = await ink(text, fontPixels)
    return [language, png.toString('base64')] as const
  }),
)
const measured = await ink('A', fontPixels)
await writeFile(
  new URL('label.json', import.meta.url),
  `${JSON.stringify({ capital: measured.height, masks: Object.fromEntries(masks) }, null, 2)}\n`,
)
