// Pictures in memory: RGBA buffers, boxes of what is not transparent, and how a picture is laid on the sprite's canvas.
import { Resvg } from '@resvg/resvg-js'
import sharp from 'sharp'

/** Width and height of a sprite, pixels; the picture fills at most `inner` of it and stands on the bottom margin. */
export const canvas = 256
export const margin = 4
export const inner = canvas - 2 * margin

/** SVG text -> RGBA picture `width` pixels wide. */
export function rasterise(svg, width) {
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: width } }).render()
  return sharp(image.asPng())
}

/** A sharp pipeline -> { data, width, height }, four bytes a pixel. */
export async function pixelsOf(image) {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The other way round. */
export function imageOf({ data, width, height }) {
  return sharp(data, { raw: { width, height, channels: 4 } })
}

/** Box of all pixels whose alpha is above `floor`. */
export function boxOf({ data, width, height }, floor = 12) {
  let left = width,
    top = height,
    right = -1,
    bottom = -1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[(y * width + x) * 4 + 3] > floor) {
        if (x < left) left = x
        if (x > right) right = x
        if (y < top) top = y
        bottom = y
      }
  if (right < 0) throw new Error('an empty picture')
  return { left, top, width: right - left + 1, height: bottom - top + 1 }
}

/** Crops to what is there. */
export async function trimmed(image) {
  const picture = await pixelsOf(image)
  return imageOf(picture).extract(boxOf(picture))
}

/**
 * Crops, scales to the inner canvas, stands it in the middle of the bottom: the picture of a sprite. `place` takes a point of
 * the picture to the sprite's box ([-1, 1], y up), `scale` a length (2 = the whole canvas).
 */
export async function seated(image) {
  const picture = await pixelsOf(image)
  const box = boxOf(picture)
  const scale = inner / Math.max(box.width, box.height)
  const width = Math.max(1, Math.round(box.width * scale))
  const height = Math.max(1, Math.round(box.height * scale))
  const small = await imageOf(picture).extract(box).resize(width, height, { fit: 'fill', kernel: 'lanczos3' }).png().toBuffer()
  const left = Math.floor((canvas - width) / 2),
    top = canvas - margin - height
  const blank = sharp({ create: { width: canvas, height: canvas, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
  return {
    picture: await pixelsOf(blank.composite([{ input: small, left, top }])),
    w: width / canvas,
    h: height / canvas,
    place: ([x, y]) => toBox([left + (x - box.left) * scale, top + (y - box.top) * scale]),
    scale: (span) => (span * scale * 2) / canvas,
  }
}

/** A copy without the breath of colour that blurred gradients leave round an emoji: alpha below `floor` of 255 becomes nothing. */
export function withoutHalo({ data, width, height }, floor = 32) {
  const clean = Buffer.from(data)
  for (let at = 3; at < clean.length; at += 4) clean[at] = Math.max(0, Math.round(((clean[at] - floor) * 255) / (255 - floor)))
  return { data: clean, width, height }
}

/** Pixel of the canvas -> box units, and back. */
export const toBox = ([x, y]) => [(2 * x) / canvas - 1, 1 - (2 * y) / canvas]
export const toPixel = ([x, y]) => [((x + 1) * canvas) / 2, ((1 - y) * canvas) / 2]

/** Median colour of the opaque pixels in a part of the picture; `fallback` when there are none. */
export function medianColour({ data, width, height }, part = { left: 0, top: 0, right: 1, bottom: 1 }, fallback = [120, 120, 140]) {
  const channels = [[], [], []]
  for (let y = Math.floor(part.top * height); y < part.bottom * height; y++)
    for (let x = Math.floor(part.left * width); x < part.right * width; x++) {
      const at = (y * width + x) * 4
      if (data[at + 3] > 250) for (let c = 0; c < 3; c++) channels[c].push(data[at + c])
    }
  if (channels[0].length === 0) return fallback
  return channels.map((values) => values.sort((a, b) => a - b)[values.length >> 1])
}
