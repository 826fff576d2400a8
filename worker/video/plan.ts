/** Arguments for ffmpeg: pure, made of numbers and our own label only. Nothing a member wrote ever comes near. */

export interface Shape {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: number
  /** It has a sound track. */
  readonly sound?: boolean
}

/** Bits per pixel below which flat pictures fall apart too. */
const leastBitsPerPixel = 0.012
/** Part of a size limit that is planned for video: the rest is for the container and for the encoder's misses. */
const planned = 0.94
/** Bits per second of a sound track: AAC in stereo that few can tell from the original. */
const soundBits = 160_000

/** What goes before `-i pipe:0`. */
export const inputOptions = (shape: Shape): string[] => [
  '-nostdin',
  '-protocol_whitelist',
  'pipe',
  '-pixel_format',
  'rgb24',
  '-video_size',
  `${shape.width}x${shape.height}`,
  '-framerate',
  String(shape.fps),
]

/**
 * Which streams are written: the pictures of the first input, always as the first stream (ffmpeg joins files stream by stream), and the
 * sound of one of the inputs, encoded or as it is.
 */
const streams = ({ sound }: Pick<Shape, 'sound'>, from: 0 | 1, copy = false): string[] => {
  if (!sound) return ['-map', '0:v:0', '-an']
  const codec = copy ? ['copy'] : ['aac', '-b:a', String(soundBits), '-ac', '2']
  return ['-map', '0:v:0', '-map', `${from}:a:0`, '-c:a', ...codec]
}

/** An MP4 that starts at once, with nothing said about it but the AI label. */
const container = (aigc: string): string[] => [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-movflags', '+faststart+use_metadata_tags'],
  ...['-metadata', `AIGC=${aigc}`, '-f', 'mp4'],
]

/** H.264 High 4:2:0, colours declared. */
const common = (shape: Shape, aigc: string): string[] => [
  ...['-c:v', 'libx264', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
  ...['-g', String(Math.round(shape.fps * 2)), '-fps_mode', 'passthrough'],
  ...['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
  ...container(aigc),
]

/** Bits per second of pictures that fit a clip into a number of bytes; less than one where even its sound does not fit. */
export const bitrateFor = (bytes: number, shape: Shape): number =>
  Math.floor((bytes * 8 * planned * shape.fps) / shape.frames) - (shape.sound ? soundBits : 0)

/** True if the clip can look decent within so many bytes. */
export const worthTrying = (bytes: number, shape: Shape): boolean =>
  bitrateFor(bytes, shape) >= shape.width * shape.height * shape.fps * leastBitsPerPixel

/** One pass at constant quality (superfast: half the work of veryfast for a quarter more bytes); with a size limit, capped at the rate that fits it. */
export const encodeOptions = (shape: Shape, aigc: string, maxBytes?: number): string[] => [
  ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd'],
  ...streams(shape, 1),
  ...['-preset', 'superfast', '-crf', '20'],
  ...(maxBytes === undefined ? [] : capped(bitrateFor(maxBytes, shape))),
  ...common(shape, aigc),
]

/** Second look at a clip that came out too large: two passes at the rate that fits. */
export const shrinkOptions = (shape: Shape, aigc: string, maxBytes: number, pass: 1 | 2, log: string): string[] => [
  ...streams(shape, 0, true),
  ...['-preset', 'medium', '-b:v', String(bitrateFor(maxBytes, shape)), '-pass', String(pass), '-passlogfile', log],
  ...common(shape, aigc),
]

/** Shorter sides a clip may be made smaller to. */
const smallerSides = [1080, 720, 540, 480, 360] as const

/** Sizes in which a clip looks decent within so many bytes, its own first; none if even the smallest would fall apart. */
export function fitSizes(shape: Shape, maxBytes: number): { width: number; height: number }[] {
  const { width, height } = shape
  const short = Math.min(width, height)
  const even = (side: number): number => 2 * Math.round(side / 2)
  const sizes = smallerSides
    .filter(side => side < short)
    .map(side => ({ width: even((width * side) / short), height: even((height * side) / short) }))
  return [{ width, height }, ...sizes].filter(size => worthTrying(maxBytes, { ...shape, ...size }))
}

/** A finished clip once more, at this size and the rate that fits: two passes. */
export const fitOptions = (shape: Shape, aigc: string, maxBytes: number, pass: 1 | 2, log: string): string[] => [
  ...['-vf', `scale=${shape.width}:${shape.height}:flags=lanczos`],
  ...shrinkOptions(shape, aigc, maxBytes, pass, log),
]

/** Pictures as they are, in a new file with a label of its own; the sound is the second input's, the first one's as it is, or none. */
export const copyOptions = (aigc: string, sound: 'new' | 'old' | 'none'): string[] => [
  ...streams({ sound: sound !== 'none' }, sound === 'new' ? 1 : 0, sound === 'old'),
  ...['-c:v', 'copy'],
  ...container(aigc),
]

/** No cap where the limit is beyond what x264 can count (32 bits) and any clip would need. */
const capped = (rate: number): string[] =>
  rate * 2 >= 2 ** 31 ? [] : ['-maxrate', String(rate), '-bufsize', String(rate * 2)]
