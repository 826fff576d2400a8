import { createWriteStream } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MediaKey } from '../../core/request.ts'
import type { Store } from '../../core/store.ts'
import { type Footage, frameOf, type Span } from '../../core/timeline.ts'
import { decode } from '../video/ffmpeg.ts'
import { framesOf } from '../video/filters.ts'
import { type Canvas, canvasOf } from './paint.ts'

/** Finished clips as frames again, one at a time, forwards or backwards. */

/** A clip's file on this machine. */
export interface Film extends Footage {
  readonly file: string
}

/** Brings a file into a folder under a name of ours: a link to it where the store is a folder, else a copy. */
export async function fetchFile(store: Store, key: MediaKey, folder: string, name: string): Promise<string> {
  const file = join(folder, `${name}.${key.slice(key.lastIndexOf('.') + 1)}`)
  const local = store.path(key)
  await store.size(key)
  if (local) await symlink(local, file)
  else await pipeline(await store.stream(key), createWriteStream(file))
  return file
}

/** Where a picture of another shape lies in a frame: as large as it fits, in the middle, on even pixels. */
export function fitInto(
  { width, height }: { width: number; height: number },
  to: { width: number; height: number },
): { x: number; y: number; width: number; height: number; scale: number } {
  const scale = Math.min(to.width / width, to.height / height)
  // Within a rounding of the whole frame it is the whole frame: two tiers of one ratio differ by a pixel.
  const even = (size: number, most: number) => (Math.abs(size - most) <= 2 ? most : 2 * Math.round(size / 2))
  const fitted = { width: even(width * scale, to.width), height: even(height * scale, to.height) }
  const middle = (room: number) => 2 * Math.floor(room / 4)
  return { ...fitted, x: middle(to.width - fitted.width), y: middle(to.height - fitted.height), scale }
}

/** Frames `from` to `from + count - 1` of a clip at a size, each in a buffer of its own. */
export async function* framesFrom(
  film: Film,
  { from, count, width, height }: { from: number; count: number; width: number; height: number },
): AsyncGenerator<Uint8Array> {
  // Half a frame earlier than the first one wanted, so that rounding cannot pass it by.
  const seek = from > 0 ? ['-ss', ((from - 0.5) / film.fps).toFixed(6)] : []
  const output = [
    ...['-map', '0:v:0', '-an', '-frames:v', String(count)],
    ...['-vf', `scale=${width}:${height}:in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bicubic+accurate_rnd`],
    ...['-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo'],
  ]
  const bytes = decode({ file: film.file, options: seek }, output)
  for await (const frame of framesOf(bytes, { width, height, fps: film.fps, frames: count })) yield frame.rgb
}

/** The frames of a span, in order. */
export interface View {
  /** The span's k-th frame; k never decreases. The buffer is the view's: read it before the next call, do not change it. */
  frame(k: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Memory for frames that are read ahead to be shown backwards, in bytes. */
const aheadBytes = 96 * 2 ** 20

/** Opens a span of a clip in a frame of a given size; where it does not fill it, bars are black. */
export function openView(span: Span, film: Film, size: { width: number; height: number }): View {
  const place = fitInto(film, size)
  const read = span.backwards ? backwards(span, film, place) : forwards(span, film, place)
  if (place.width === size.width && place.height === size.height) return read
  const barred: Canvas = canvasOf(size.width, size.height)
  const line = place.width * 3
  return {
    async frame(k) {
      const rgb = await read.frame(k)
      for (let y = 0; y < place.height; y++)
        barred.rgb.set(rgb.subarray(y * line, (y + 1) * line), ((place.y + y) * size.width + place.x) * 3)
      return barred.rgb
    },
    close: read.close,
  }
}

type Size = { readonly width: number; readonly height: number }

function forwards(span: Span, film: Film, { width, height }: Size): View {
  const first = frameOf(span, 0, film)
  const last = frameOf(span, span.frames - 1, film)
  const frames = framesFrom(film, { from: first, count: last - first + 1, width, height })
  let at = first - 1
  let shown: Uint8Array | undefined
  return {
    async frame(k) {
      for (const wanted = frameOf(span, k, film); at < wanted; at++) {
        const next = await frames.next()
        if (next.done) throw new Error(`the clip ends after ${at + 1} frames`)
        shown = next.value
      }
      if (!shown) throw new Error('frames are read in order')
      return shown
    },
    close: async () => void (await frames.return(undefined)),
  }
}

/** Reads a block, shows it from its end, then the block before it: memory does not grow with the clip. */
function backwards(span: Span, film: Film, { width, height }: Size): View {
  const blockLength = Math.max(1, Math.floor(aheadBytes / (width * height * 3)))
  let from = film.frames
  let block: Uint8Array[] = []
  return {
    async frame(k) {
      const wanted = frameOf(span, k, film)
      while (wanted < from) {
        const end = Math.min(from, wanted + 1)
        from = Math.max(0, end - blockLength)
        block = []
        for await (const rgb of framesFrom(film, { from, count: end - from, width, height })) block.push(rgb)
      }
      const rgb = block[wanted - from]
      if (!rgb) throw new Error('frames are read in order')
      return rgb
    },
    close: async () => undefined,
  }
}
