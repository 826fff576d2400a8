import { float32, type Tensor } from '../../onnx/tensor.ts'
import type { Frame } from '../../pipelines/pipeline.ts'

/** Frames as tensors and back. */

const padded = (side: number, multiple: number): number => Math.ceil(side / multiple) * multiple

/** [1, 3, height, width] in 0..1, its sides made multiples by repeating the last row and column. */
export function tensorOf({ width, height, rgb }: Frame, multiple: number) {
  const [w, h] = [padded(width, multiple), padded(height, multiple)]
  const data = new Float32Array(3 * w * h)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const from = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3
      for (let channel = 0; channel < 3; channel++) data[(channel * h + y) * w + x] = (rgb[from + channel] ?? 0) / 255
    }
  return float32(data, [1, 3, h, w])
}

/** The upper left `width` x `height` of a picture tensor; throws an Error when it is smaller. */
export function frameOf(tensor: Tensor, width: number, height: number): Frame {
  const [, channels, h = 0, w = 0] = tensor.dims
  if (tensor.type !== 'float32' || channels !== 3 || w < width || h < height)
    throw new Error(`a stage gave ${tensor.type} [${tensor.dims.join(', ')}] for a picture of ${width}x${height}`)
  const rgb = new Uint8ClampedArray(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++)
        rgb[(y * width + x) * 3 + channel] = (tensor.data[(channel * h + y) * w + x] ?? 0) * 255
  return { width, height, rgb: new Uint8Array(rgb.buffer) }
}
