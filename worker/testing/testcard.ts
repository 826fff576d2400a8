import { UserError } from '../../core/errors.ts'
import type { Frame, LoadPipeline, Run } from '../pipelines/pipeline.ts'

/**
 * A model family for tests: moving bars, no weights. Words of the prompt make it misbehave: `slow` 20 ms a frame, `hang` the event
 * loop stands still after the first frame; half way `crash` the process dies, `memory` there is none left, `fault` an unexpected
 * error; `refuse` an expected one, `short` one frame too few. The state is the number of the next frame.
 */
export const load: LoadPipeline = async () => ({
  async render(recipe, run) {
    const words = new Set(recipe.prompt.split(/\s+/))
    if (words.has('refuse'))
      throw new UserError('failure.size', { model: 'testcard', width: run.width, height: run.height })
    const start = run.state ? new DataView(run.state.buffer, run.state.byteOffset).getUint32(0) : 0
    const frames = recipe.kind === 'image' ? 1 : recipe.seconds * run.fps
    run.progress('sampling', 1)
    return {
      width: run.width,
      height: run.height,
      fps: run.fps,
      frames,
      video: draw(words, run, start, words.has('short') ? frames - 1 : frames, Math.floor(frames / 2)),
      unknownWords: [...words].filter(word => word.startsWith('un')),
      state: () => {
        const blob = new Uint8Array(4)
        new DataView(blob.buffer).setUint32(0, start + frames)
        return blob
      },
    }
  },
  dispose: async () => undefined,
})

async function* draw(words: Set<string>, run: Run, start: number, count: number, half: number): AsyncGenerator<Frame> {
  const rgb = new Uint8Array(run.width * run.height * 3)
  for (let n = 0; n < count; n++) {
    run.signal.throwIfAborted()
    if (n === half && words.has('crash')) process.kill(process.pid, 'SIGKILL')
    if (n === 1 && words.has('hang')) pause(60_000)
    if (n === half && words.has('memory')) throw new RangeError('Array buffer allocation failed: std::bad_alloc')
    if (n === half && words.has('fault')) throw new TypeError('the testcard was asked to fail')
    if (words.has('slow')) await new Promise(resolve => setTimeout(resolve, 20))
    paint(rgb, run, start + n)
    yield { width: run.width, height: run.height, rgb }
  }
}

/** Blocks the thread, as a native call does. */
const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** The first picture where there is one, else bars that walk; the frame's number stands in the blue channel. */
function paint(rgb: Uint8Array, run: Run, n: number): void {
  if (run.first && n === 0 && run.first.rgb.length === rgb.length) {
    rgb.set(run.first.rgb)
    return
  }
  const row = new Uint8Array(run.width * 3)
  for (let x = 0; x < run.width; x++) {
    row[x * 3] = ((x + n * 4) >> 4) % 2 ? 200 : 40
    row[x * 3 + 1] = (x * 255) / run.width
    row[x * 3 + 2] = n % 256
  }
  for (let y = 0; y < run.height; y++) rgb.set(row, y * row.length)
}
