import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { loadTheatre } from '../../families/theatre/pipeline.ts'
import type { Frame } from '../../pipelines/pipeline.ts'
import { recipeOf } from './continuity.ts'
import { sheetPrompts } from './sheet-prompts.ts'

/** `npm run sheets [-- --seed 7 --out folder --only 0,3 --model folder]`: contact sheets of 24 prompts, five moments of each clip, as JPEG. */

const moments = [0.5, 1.5, 2.5, 3.5, 4.5]
const cell = { width: 320, height: 180 }
const perSheet = 8
const caption = 22

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    out: { type: 'string' },
    only: { type: 'string' },
    model: { type: 'string' },
  },
})
const folder = values.model ?? fileURLToPath(new URL('../../models/theatre', import.meta.url))
const out = values.out ?? join(folder, 'sheets')
await mkdir(out, { recursive: true })
const pipeline = await loadTheatre(
  { id: 'theatre', family: 'theatre', folder },
  { threads: 2, device: 'cpu', signal: new AbortController().signal },
)
const wanted = values.only ? values.only.split(',').map(Number) : sheetPrompts.map((_, i) => i)
const rows: Buffer[] = []
for (const index of wanted) rows.push(await rowOf(sheetPrompts[index] ?? '', Number(values.seed)))
await pipeline.dispose()
for (let first = 0; first < rows.length; first += perSheet) {
  const part = rows.slice(first, first + perSheet)
  const height = part.length * (cell.height + caption)
  const sheet = sharp({ create: { width: cell.width * moments.length, height, channels: 3, background: '#111' } })
  const file = join(out, `${1 + first / perSheet}.jpg`)
  await sheet
    .composite(part.map((input, row) => ({ input, left: 0, top: row * (cell.height + caption) })))
    .jpeg({ quality: 82 })
    .toFile(file)
  console.log(file)
}

/** One clip as a strip of moments under its words. */
async function rowOf(prompt: string, seed: number): Promise<Buffer> {
  const fps = 2
  const rendering = await pipeline.render(recipeOf(prompt, seed), {
    signal: new AbortController().signal,
    width: 2 * cell.width,
    height: 2 * cell.height,
    fps,
    progress: () => undefined,
  })
  const shots: Buffer[] = []
  let index = 0
  for await (const frame of rendering.video) {
    if (moments.some(moment => Math.round(moment * fps) === index)) shots.push(await pictureOf(frame))
    index++
  }
  const words = prompt.replace(/&/g, '&amp;').replace(/</g, '&lt;')
  const title = Buffer.from(
    `<svg width="${cell.width * moments.length}" height="${caption}"><text x="6" y="16" font-size="14" fill="#eee" font-family="Noto Sans CJK SC, sans-serif">${words}</text></svg>`,
  )
  return sharp({
    create: { width: cell.width * moments.length, height: cell.height + caption, channels: 3, background: '#111' },
  })
    .composite([
      { input: title, left: 0, top: 0 },
      ...shots.map((input, i) => ({ input, left: i * cell.width, top: caption })),
    ])
    .png()
    .toBuffer()
}

function pictureOf(frame: Frame): Promise<Buffer> {
  return sharp(frame.rgb, { raw: { width: frame.width, height: frame.height, channels: 3 } })
    .resize(cell.width, cell.height)
    .png()
    .toBuffer()
}
