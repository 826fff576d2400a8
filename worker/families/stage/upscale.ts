import { openSession, type SessionOptions } from '../../onnx/session.ts'
import { float32, type Tensor } from '../../onnx/tensor.ts'
import { createMosaic, type Span, spansOf } from '../../onnx/tiles.ts'
import type { Frame } from '../../pipelines/pipeline.ts'
import type { StagePackage } from './package.ts'
import { frameOf, tensorOf } from './picture.ts'

/** Frames some times as large, made by a network. */
export interface Upscaler {
  readonly scale: number
  run(video: AsyncIterable<Frame>): AsyncGenerator<Frame>
  dispose(): Promise<void>
}

/** Part of a tile that is shared with its neighbour. */
const shared = 1 / 8

/** Loads an upscaling package. */
export async function openUpscaler(
  { file, settings }: Extract<StagePackage, { kind: 'upscale' }>,
  options: SessionOptions,
): Promise<Upscaler> {
  const session = await openSession(file, options)
  const { scale, multiple, input, output } = settings
  const larger = async (frame: Frame): Promise<Tensor> => {
    const out = (await session.run({ [input]: tensorOf(frame, multiple) }))[output]
    if (!out) throw new Error(`the graph has no output "${output}"`)
    return out
  }
  const whole = async (frame: Frame): Promise<Frame> =>
    frameOf(await larger(frame), frame.width * scale, frame.height * scale)
  const inTiles = async (frame: Frame, tile: number): Promise<Frame> => {
    const overlap = Math.round(tile * shared)
    const [width, height] = [frame.width * scale, frame.height * scale]
    const mosaic = createMosaic(3, width, height, overlap * scale)
    for (const rows of spansOf(frame.height, tile, overlap))
      for (const columns of spansOf(frame.width, tile, overlap)) {
        const part = await larger(cut(frame, rows, columns))
        mosaic.add(planes(part, columns.size * scale, rows.size * scale), times(rows, scale), times(columns, scale))
      }
    return frameOf(float32(mosaic.done(), [1, 3, height, width]), width, height)
  }
  return {
    scale,
    async *run(video) {
      for await (const frame of video) yield settings.tile ? await inTiles(frame, settings.tile) : await whole(frame)
    },
    dispose: () => session.release(),
  }
}

const times = ({ start, size }: Span, by: number): Span => ({ start: start * by, size: size * by })

function cut(frame: Frame, rows: Span, columns: Span): Frame {
  const rgb = new Uint8Array(rows.size * columns.size * 3)
  for (let y = 0; y < rows.size; y++) {
    const at = ((rows.start + y) * frame.width + columns.start) * 3
    rgb.set(frame.rgb.subarray(at, at + columns.size * 3), y * columns.size * 3)
  }
  return { width: columns.size, height: rows.size, rgb }
}

/** The upper left of a picture tensor, [3, height, width]. */
function planes(tensor: Tensor, width: number, height: number): Float32Array {
  const [, , h = 0, w = 0] = tensor.dims
  if (tensor.type !== 'float32' || w < width || h < height) throw new Error('an upscaled tile is too small')
  const out = new Float32Array(3 * width * height)
  for (let row = 0; row < 3 * height; row++) {
    const at = (Math.floor(row / height) * h + (row % height)) * w
    out.set(tensor.data.subarray(at, at + width), row * width)
  }
  return out
}
