import { float32 } from '../../onnx/tensor.ts'
import type { Frame } from '../../pipelines/pipeline.ts'
import { cropMiddle, resample } from './resample.ts'
import type { ImageSettings } from './settings.ts'

/** Pictures as the CLIP image encoder takes them: [pictures, 3, size, size], resized, cut and normalised as the checkpoint says. */
export function clipPixels(pictures: readonly Frame[], settings: ImageSettings) {
  const { size, scale, mean, std } = settings
  const plane = size * size
  const data = new Float32Array(pictures.length * 3 * plane)
  for (const [n, picture] of pictures.entries()) {
    const { rgb, width, height } = cut(picture, settings)
    if (width !== size || height !== size)
      throw new Error(`the image encoder takes ${size}x${size}, not ${width}x${height}`)
    for (let channel = 0; channel < 3; channel++)
      for (let i = 0; i < plane; i++) {
        const level = Math.fround((rgb[i * 3 + channel] ?? 0) * scale)
        data[(n * 3 + channel) * plane + i] = (level - (mean[channel] ?? 0)) / (std[channel] ?? 1)
      }
  }
  return float32(data, [pictures.length, 3, size, size])
}

function cut(picture: Frame, { shortestEdge, crop, resample: filter }: ImageSettings): Frame {
  const sized = shortestEdge === null ? picture : resample(picture, ...sizeFor(picture, shortestEdge), filter)
  return crop === null ? sized : cropMiddle(sized, crop, crop)
}

/** The longer side is cut to a whole number, as the reference does. */
function sizeFor({ width, height }: Frame, edge: number | [number, number]): [number, number] {
  if (typeof edge !== 'number') return edge
  return width <= height ? [edge, Math.trunc((edge * height) / width)] : [Math.trunc((edge * width) / height), edge]
}
