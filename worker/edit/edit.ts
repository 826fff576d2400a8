import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crashpoint } from '../../core/crashpoint.ts'
import type { Edit } from '../../core/edit.ts'
import { keepsState } from '../../core/edit-recipe.ts'
import type { MediaKey } from '../../core/request.ts'
import { secondsSoFar } from '../meter.ts'
import type { Made, Order, Source } from '../protocol.ts'
import { aigcField } from '../video/aigc.ts'
import { pictureOf, posterOf } from '../video/still.ts'
import { labelGif, labelWebp } from '../video/xmp.ts'
import { writeAnimation } from './animation.ts'
import { type Bench, type EditTools, type Result, type Shot, stillOf } from './bench.ts'
import { film } from './film.ts'
import { fetchFile } from './footage.ts'
import { ownLabel } from './marks.ts'
import { sheetOf } from './sheet.ts'

/** Makes something of finished clips: no model, only frames, sound and letters. */

/** Carries out an order whose recipe is an edit. Throws UserError and AbortError. */
export async function edit(order: Order, tools: EditTools): Promise<Made> {
  const before = { at: performance.now(), ...secondsSoFar() }
  const { store, signal } = tools
  const { edit: given } = order.recipe
  const sources = order.sources ?? []
  if (!given) throw new Error('the recipe is no edit')
  tools.progress('preparing', 0)
  const folder = await mkdtemp(join(tools.scratch, 'edit-'))
  try {
    const bench: Bench = {
      ...tools,
      folder,
      aigc: aigcField(tools.label.producer, order.job),
      maxBytes: order.maxBytes,
      shots: given.op === 'sheet' ? [] : await fetchShots(sources, tools, folder),
    }
    signal.throwIfAborted()
    const result = await made(given, sources, bench)
    const state = keepsState(given) ? sources.at(-1)?.state : undefined
    const stateKey = state && (await store.put('states', 'bin', await store.get(state)))
    crashpoint('after-store')
    const after = { at: performance.now(), ...secondsSoFar() }
    return {
      ...result,
      ...(stateKey && { state: stateKey }),
      unknownWords: [],
      costs: {
        onnx: 0,
        draw: after.draw - before.draw,
        encode: after.encode - before.encode,
        busy: after.busy - before.busy,
        total: (after.at - before.at) / 1000,
        peakBytes: process.resourceUsage().maxRSS * 1024,
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function made(given: Edit, sources: readonly Source[], bench: Bench): Promise<Result> {
  if (given.op === 'sheet') return sheet(sources, bench)
  if (given.op === 'export') return animation(given, bench)
  return film(given, bench)
}

/** Each file once, however often it is shown. */
async function fetchShots(sources: readonly Source[], { store }: EditTools, folder: string): Promise<Shot[]> {
  const files = new Map<MediaKey, string>()
  const shots: Shot[] = []
  for (const source of sources) {
    const { width, height, fps, frames, label, sound, media } = source
    const file = files.get(media) ?? (await fetchFile(store, media, folder, `clip${files.size}`))
    files.set(media, file)
    shots.push({ width, height, fps, frames, label, sound, file })
  }
  return shots
}

async function sheet(
  sources: readonly Source[],
  { store, label: { language }, aigc, ...tools }: Bench,
): Promise<Result> {
  const cells = await Promise.all(
    sources.map(async ({ width, height, label, kind, media, poster }) => ({
      ...{ width, height, label },
      picture: await store.get(kind === 'image' ? media : poster),
    })),
  )
  const { frame, label } = await sheetOf(cells, language)
  const [picture, poster] = await Promise.all([pictureOf(frame, aigc), posterOf(frame, aigc)])
  tools.signal.throwIfAborted()
  tools.progress('storing', 0)
  const [media, posterKey] = await Promise.all([
    store.put('pictures', 'png', picture),
    store.put('posters', 'jpg', poster),
  ])
  const { width, height } = frame
  return { kind: 'image', media, poster: posterKey, width, height, fps: 1, frames: 1, bytes: picture.length, label }
}

async function animation({ format }: Extract<Edit, { op: 'export' }>, bench: Bench): Promise<Result> {
  const { store, aigc, signal, maxBytes } = bench
  const shot = bench.shots[0] as Shot
  const file = join(bench.folder, `animation.${format}`)
  bench.progress('rendering', 0)
  const shape = await writeAnimation(shot, { format, file, maxBytes, signal })
  const bytes = (format === 'gif' ? labelGif : labelWebp)(await readFile(file), aigc)
  const poster = await stillOf(shot, Math.floor(shot.frames * 0.4), aigc)
  signal.throwIfAborted()
  bench.progress('storing', 0)
  const media = await store.put('clips', format, bytes)
  const posterKey = await store.put('posters', 'jpg', poster)
  const { x, y, width, height } = await ownLabel(shot, bench.label.language)
  const scale = shape.width / shot.width
  const [left, top, wide, high] = [x, y, width, height].map(side => Math.round(side * scale)) as [
    number,
    number,
    number,
    number,
  ]
  const label = { x: left, y: top, width: wide, height: high }
  return { kind: 'animation', media, poster: posterKey, ...shape, bytes: bytes.length, label }
}
