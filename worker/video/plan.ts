/** Arguments for ffmpeg: pure, made of numbers and our own label only. Nothing a member wrote ever comes near. */

export interface Shape {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: number
}

/** Bits per pixel below which flat pictures fall apart too. */
const leastBitsPerPixel = 0.012
/** Part of a size limit that is planned for video: the rest is for the container and for the encoder's misses. */
const planned = 0.94

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

/** H.264 High 4:2:0 in an MP4 that starts at once, colours and AI label declared. */
const common = (shape: Shape, aigc: string): string[] => [
  ...['-profile:v', 'high', '-pix_fmt', 'yuv420p', '-g', String(Math.round(shape.fps * 2)), '-fps_mode', 'passthrough'],
  ...['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
  ...['-map_metadata', '-1', '-movflags', '+faststart+use_metadata_tags', '-metadata', `AIGC=${aigc}`],
  ...['-f', 'mp4'],
]

/** Bits per second that fit a clip into a number of bytes. */
export const bitrateFor = (bytes: number, shape: Shape): number =>
  Math.floor((bytes * 8 * planned * shape.fps) / shape.frames)

/** True if the clip can look decent within so many bytes. */
export const worthTrying = (bytes: number, shape: Shape): boolean =>
  bitrateFor(bytes, shape) >= shape.width * shape.height * shape.fps * leastBitsPerPixel

/** One pass at constant quality (superfast: half the work of veryfast for a quarter more bytes); with a size limit, capped at the rate that fits it. */
export const encodeOptions = (shape: Shape, aigc: string, maxBytes?: number): string[] => [
  ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd'],
  ...['-preset', 'superfast', '-crf', '20'],
  ...(maxBytes === undefined ? [] : capped(bitrateFor(maxBytes, shape))),
  ...common(shape, aigc),
]

/** Second look at a clip that came out too large: two passes at the rate that fits. */
export const shrinkOptions = (shape: Shape, aigc: string, maxBytes: number, pass: 1 | 2, log: string): string[] => [
  ...['-preset', 'medium', '-b:v', String(bitrateFor(maxBytes, shape)), '-pass', String(pass), '-passlogfile', log],
  ...common(shape, aigc),
]

/** No cap where the limit is beyond what x264 can count (32 bits) and any clip would need. */
const capped = (rate: number): string[] =>
  rate * 2 >= 2 ** 31 ? [] : ['-maxrate', String(rate), '-bufsize', String(rate * 2)]
