import { openSession, type Session, type SessionOptions } from '../../onnx/session.ts'
import { float32, type Tensor } from '../../onnx/tensor.ts'
import type { Frame } from '../../pipelines/pipeline.ts'
import type { StagePackage } from './package.ts'
import { frameOf, tensorOf } from './picture.ts'

/** Frames of a clip at another rate, made by a network. */
export interface Interpolator {
  run(video: AsyncIterable<Frame>, from: number, to: number, frames: number): AsyncGenerator<Frame>
  dispose(): Promise<void>
}

/** Loads an interpolation package. */
export async function openInterpolator(
  { file, settings }: Extract<StagePackage, { kind: 'interpolate' }>,
  options: SessionOptions,
): Promise<Interpolator> {
  const session = await openSession(file, options)
  const between = async (first: Frame, second: Frame, at: number): Promise<Frame> => {
    const { inputs, output, multiple } = settings
    const one = tensorOf(first, multiple)
    const out = await session.run({
      [inputs.first]: one,
      [inputs.second]: tensorOf(second, multiple),
      [inputs.at]: placeOf(session, inputs.at, at, one),
    })
    const picture = out[output]
    if (!picture) throw new Error(`the graph has no output "${output}"`)
    return frameOf(picture, first.width, first.height)
  }
  return {
    run: (video, from, to, frames) => resampled(video, from, to, frames, between),
    dispose: () => session.release(),
  }
}

/** A place between pictures as the graph wants it: one number, or a plane of it. */
function placeOf(session: Session, name: string, at: number, picture: Tensor): Tensor {
  const dims = session.inputs.find(port => port.name === name)?.dims ?? []
  const plane = dims.length === 4 && dims[2] !== 1
  const shape = plane ? [1, 1, picture.dims[2] ?? 1, picture.dims[3] ?? 1] : dims.map(() => 1)
  return float32(new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(at), shape)
}

/** Frame n of the new clip lies at n / to seconds: on an old frame, or between two; the last one stands for what comes after. */
async function* resampled(
  video: AsyncIterable<Frame>,
  from: number,
  to: number,
  frames: number,
  between: (first: Frame, second: Frame, at: number) => Promise<Frame>,
): AsyncGenerator<Frame> {
  const source = video[Symbol.asyncIterator]()
  try {
    let index = 0
    let current = (await source.next()).value as Frame | undefined
    let next = (await source.next()).value as Frame | undefined
    if (!current) return
    for (let n = 0; n < frames; n++) {
      const place = (n * from) / to
      while (next && place >= index + 1 - 1e-9) {
        current = next
        index++
        next = (await source.next()).value as Frame | undefined
      }
      const at = place - index
      // Whoever takes a frame may draw on it, and this one may be shown again.
      if (!next || at < 1e-9) yield { ...current, rgb: current.rgb.slice() }
      else yield await between(current, next, at)
    }
  } finally {
    await source.return?.(undefined)
  }
}
