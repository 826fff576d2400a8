import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Recipe } from '../../core/request.ts'
import { jointOf } from '../evaluation/theatre/joint.ts'
import { openDirection } from '../families/theatre/direction.ts'
import { openDirector } from '../families/theatre/director.ts'
import { direct, loadTheatre } from '../families/theatre/pipeline.ts'
import { writeState } from '../families/theatre/state.ts'
import { theatreFolder } from '../families/theatre/testing/fake-director.ts'
import { openLexicon } from '../families/theatre/vocabulary.ts'
import type { Pipeline } from '../pipelines/pipeline.ts'
import type { Source } from '../protocol.ts'
import { render } from '../render.ts'
import { openShelf, type Shelf } from '../testing/clips.ts'
import { cut, fileOf, paces, pictures } from './testing/cut.ts'

/** Clips of the theatre that go on from each other, joined: the claim "motion unbroken", measured. */

let shelf: Shelf
let scratch: string
let pipeline: Pipeline
const signal = new AbortController().signal
const size = { width: 320, height: 180, fps: 24 }
const prompt = 'a cat chasing a butterfly in the garden'

beforeAll(async () => {
  shelf = await openShelf()
  scratch = await mkdtemp(join(shelf.folder, 'scratch-'))
  pipeline = await loadTheatre(
    { id: 'theatre', family: 'theatre', folder: theatreFolder },
    { threads: 2, device: 'cpu', signal },
  )
})
afterAll(async () => {
  await pipeline?.dispose()
  await shelf.close()
})

const recipeFor = (seed: number, seconds: number) =>
  Recipe.parse({ kind: 'video', prompt, model: 'theatre', tier: 'standard', seconds, ratio: '16:9', seed })

/** A piece as the worker makes it, from where another ended. */
async function piece(seed: number, before?: Source): Promise<Source> {
  const tools = { pipeline, store: shelf.store, label: { producer: 'T', language: 'zh' as const }, scratch, signal }
  return render(
    { job: `job-${seed}`, recipe: recipeFor(seed, 2), ...size, ...(before?.state && { state: before.state }) },
    { ...tools, progress: () => undefined },
  )
}

/** Mean difference of two frames, 0..255. */
const differ = (a: Uint8Array = new Uint8Array(), b: Uint8Array = new Uint8Array()): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number))
  return sum / a.length
}

/** How frame `n` differs from the one before, seen among the half second of steps on either side. */
function stepAt(frames: readonly Uint8Array[], n: number): 'twice' | 'a leap' | 'as around it' {
  // The second piece begins with a key frame, which is drawn anew all over: what changes in the sky too, where nobody is, is not motion.
  const sky = Math.round((frames[0]?.length ?? 0) * 0.3)
  const steps = frames.slice(1).map((frame, i) => {
    const before = frames[i] ?? new Uint8Array()
    return Math.max(0, differ(frame, before) - differ(frame.subarray(0, sky), before.subarray(0, sky)))
  })
  const near = [...steps.slice(n - 13, n - 1), ...steps.slice(n, n + 12)]
  const step = steps[n - 1] ?? 0
  if (step < Math.min(...near) / 2) return 'twice'
  return step > Math.max(...near) * 1.2 ? 'a leap' : 'as around it'
}

test('the joined file has every frame of the pieces, bit for bit, and moves across the joint as it moves elsewhere', async () => {
  const first = await piece(5)
  const second = await piece(6, first)
  const pieces = [{ clip: 'clip-0' }, { clip: 'clip-1', joint: 'continuous' }]
  const film = await cut(shelf.store, scratch, { op: 'join', pieces }, [first, second])
  expect(film.frames).toBe(96)
  expect(await paces(fileOf(shelf.store, film))).toHaveLength(1)
  const [a, b, whole] = await Promise.all([first, second, film].map(clip => pictures(shelf.store, clip)))
  const parts = [...(a ?? []), ...(b ?? [])]
  expect(whole?.length).toBe(parts.length)
  expect(parts.every((frame, n) => Buffer.from(frame).equals(Buffer.from(whole?.[n] ?? [])))).toBe(true)
  expect(stepAt(parts, 48)).toBe('as around it')
  // The control: one frame shown twice, or two left out, would have been noticed.
  expect(stepAt(parts.toSpliced(48, 0, parts[47] ?? new Uint8Array()), 48)).toBe('twice')
  expect(stepAt(parts.toSpliced(47, 2), 47)).toBe('a leap')
})

test('nobody jumps by 2 % of the frame, and speeds change no more than within the clips', async () => {
  const direction = await openDirection(theatreFolder)
  const lexicon = await openLexicon(theatreFolder, direction.nouns, direction.verbs)
  const director = await openDirector(theatreFolder, direction, { threads: 2, device: 'cpu' })
  const theatre = { direction, lexicon, direct: director.direct }
  const run = { signal, ...size, progress: () => undefined }
  try {
    const before = await direct(theatre, recipeFor(5, 5), run)
    const after = await direct(theatre, recipeFor(6, 5), { ...run, state: writeState(before.performance.end) })
    const joint = jointOf(before, after, 5, 16 / 9)
    expect(joint.actors).toBeGreaterThan(0)
    expect(joint.jump).toBeLessThan(0.02)
    expect(joint.jerk).toBeLessThanOrEqual(1)
    // The control: a clip of its own does not stand where the other one ended.
    const other = await direct(theatre, recipeFor(77, 5), run)
    expect(jointOf(before, other, 5, 16 / 9).jump).toBeGreaterThan(0.02)
  } finally {
    await director.release()
  }
})
