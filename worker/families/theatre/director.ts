import { join } from 'node:path'
import { openSession, type SessionOptions } from '../../onnx/session.ts'
import { float32, int64 } from '../../onnx/tensor.ts'
import type { Direction } from './direction.ts'
import type { Director } from './sample.ts'
import { actorCount } from './scene.ts'
import { maskWidth, rowWidth, tokenCount } from './window.ts'

/** Loads director.onnx of a package. Throws LoadError. */
export async function openDirector(
  folder: string,
  direction: Direction,
  options: SessionOptions,
): Promise<{ direct: Director; release(): Promise<void> }> {
  const session = await openSession(join(folder, 'director.onnx'), options)
  const rows = [2, tokenCount, rowWidth(direction)]
  return {
    async direct({ x, time, known, mask, words, cast }) {
      const { x0 } = await session.run({
        x: float32(x, rows),
        t: float32(Float32Array.of(time, time), [2]),
        known: float32(known, rows),
        mask: float32(mask, [2, tokenCount, maskWidth(direction)]),
        globals: int64(words, [2, direction.globals.length]),
        cast: int64(cast, [2, actorCount, direction.cast.length]),
      })
      if (x0?.type !== 'float32') throw new Error('director.onnx: the output x0 is no float32 tensor')
      return x0.data
    },
    release: () => session.release(),
  }
}
