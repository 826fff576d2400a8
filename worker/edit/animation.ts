import { stat } from 'node:fs/promises'
import type { animationFormats } from '../../core/edit.ts'
import { convert } from '../video/ffmpeg.ts'
import type { Film } from './footage.ts'

/** Clips as GIF or animated WebP: smaller and slower until they fit. */

export type AnimationFormat = (typeof animationFormats)[number]

/** Largest animation, in bytes, where the place sets no lower limit: chats show larger ones as files. */
const mostBytes = 10_000_000

interface Rung {
  /** Longest side, in pixels. */
  readonly side: number
  /** Frames of the clip per frame of the animation. */
  readonly every: number
}

/** From what looks best to what is still worth sending. */
const ladder: readonly Rung[] = [
  { side: 640, every: 2 },
  { side: 480, every: 2 },
  { side: 480, every: 3 },
  { side: 360, every: 3 },
  { side: 320, every: 4 },
  { side: 240, every: 4 },
]

const even = (n: number): number => Math.max(2, 2 * Math.round(n / 2))

/** Size, rate and number of frames on a rung. */
function animationShape(film: Omit<Film, 'file'>, { side, every }: Rung) {
  const scale = Math.min(1, side / Math.max(film.width, film.height))
  return {
    width: even(film.width * scale),
    height: even(film.height * scale),
    fps: film.fps / every,
    frames: Math.ceil(film.frames / every),
  }
}
type AnimationShape = ReturnType<typeof animationShape>

/** Every n-th frame at the new size; times are kept, so that the animation lasts as long as the clip. */
const filtersOf = (every: number, { width, height }: AnimationShape): string =>
  `select=not(mod(n\\,${every})),scale=${width}:${height}:in_color_matrix=bt709:in_range=tv:flags=lanczos+accurate_rnd`

const common = ['-map_metadata', '-1', '-an', '-fps_mode', 'passthrough']

async function writeGif(film: Film, every: number, shape: AnimationShape, file: string, signal: AbortSignal) {
  const palette = `${file}.palette.png`
  const seen = `${filtersOf(every, shape)},format=rgb24,palettegen=stats_mode=diff`
  await convert([{ file: film.file }], palette, ['-vf', seen, '-frames:v', '1', '-update', '1', '-f', 'image2'], signal)
  const drawn = `[0:v]${filtersOf(every, shape)},format=rgb24[a];[a][1:v]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle`
  const output = ['-filter_complex', drawn, ...common, '-loop', '0', '-f', 'gif']
  await convert([{ file: film.file }, { file: palette }], file, output, signal)
}

async function writeWebp(film: Film, every: number, shape: AnimationShape, file: string, signal: AbortSignal) {
  const quality = ['-c:v', 'libwebp_anim', '-lossless', '0', '-quality', '72', '-compression_level', '3']
  const output = ['-vf', `${filtersOf(every, shape)},format=yuv420p`, ...common, ...quality, '-loop', '0', '-f', 'webp']
  await convert([{ file: film.file }], file, output, signal)
}

/** Writes an animation that is no larger than `maxBytes` and what chats take, if the smallest one is not: delivery finds a way for that. */
export async function writeAnimation(
  film: Film,
  {
    format,
    file,
    maxBytes,
    signal,
  }: { format: AnimationFormat; file: string; maxBytes?: number | undefined; signal: AbortSignal },
): Promise<AnimationShape> {
  const limit = Math.min(maxBytes ?? mostBytes, mostBytes)
  for (const rung of ladder) {
    const shape = animationShape(film, rung)
    await (format === 'gif' ? writeGif : writeWebp)(film, rung.every, shape, file, signal)
    if (rung === ladder.at(-1) || (await stat(file)).size + labelBytes <= limit) return shape
  }
  throw new RangeError('the ladder has no rungs')
}

/** Room for the hidden label, which is put in afterwards. */
const labelBytes = 2048
