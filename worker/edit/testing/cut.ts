import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Edit } from '../../../core/edit.ts'
import { Recipe } from '../../../core/request.ts'
import type { Store } from '../../../core/store.ts'
import type { Made, Source } from '../../protocol.ts'
import { numberIn } from '../../testing/numbered.ts'
import { edit } from '../edit.ts'
import { framesFrom } from '../footage.ts'

/** Edits for tests, and a look at what came of them. */

const run = promisify(execFile)

/** Carries out an edit; clips are named c0, c1, ... in the order of `sources`. */
export function cut(
  store: Store,
  scratch: string,
  given: object,
  sources: readonly Source[],
  more: { maxBytes?: number; signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<Made> {
  const recipe = Recipe.parse({
    ...{ kind: 'edit', prompt: 'a cat', model: 'theatre', tier: 'standard', seconds: 5, ratio: '16:9', seed: 1 },
    edit: Edit.parse(given),
  })
  const [first] = sources
  if (!first) throw new Error('nothing to cut')
  return edit(
    {
      ...{ job: 'job-77', recipe, width: first.width, height: first.height, fps: first.fps, sources: [...sources] },
      ...(more.maxBytes !== undefined && { maxBytes: more.maxBytes }),
    },
    {
      ...{ store, scratch, label: { producer: 'Threadreel', language: 'zh' } },
      signal: more.signal ?? new AbortController().signal,
      progress: (stage, done) => stage === 'rendering' && more.onProgress?.(done),
    },
  )
}

type Shown = Pick<Source, 'width' | 'height' | 'fps' | 'frames' | 'media'>

/** Where a clip's file is. */
export function fileOf(store: Store, { media }: Pick<Shown, 'media'>): string {
  const file = store.path(media)
  if (!file) throw new Error('the store is no folder')
  return file
}

/** All frames of a clip. */
export async function pictures(store: Store, clip: Shown): Promise<Uint8Array[]> {
  const { width, height, frames } = clip
  const all: Uint8Array[] = []
  const film = { ...clip, file: fileOf(store, clip) }
  for await (const rgb of framesFrom(film, { from: 0, count: frames, width, height })) all.push(rgb.slice())
  return all
}

/** The numbers that a clip's frames bear. */
export async function numbers(store: Store, clip: Shown): Promise<number[]> {
  return (await pictures(store, clip)).map(rgb => numberIn(rgb, clip.width, clip.height))
}

interface Probe {
  streams: { codec_type: string; codec_name: string; nb_read_frames: string; duration: string }[]
  format: { tags?: Record<string, string>; duration: string }
}

/** What ffprobe says of a file. */
export async function probe(file: string): Promise<Probe> {
  const about = ['-count_frames', '-show_streams', '-show_format', '-of', 'json', file]
  const { stdout } = await run('ffprobe', ['-v', 'error', ...about])
  return JSON.parse(stdout) as Probe
}

/** Distances between the moments at which pictures are shown, in ticks of the file's clock, each distance once. */
export async function paces(file: string): Promise<number[]> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-select_streams',
    'v',
    '-show_entries',
    'packet=pts',
    '-of',
    'csv=p=0',
    file,
  ])
  const at = stdout
    .split(/\s+/)
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b)
  return [...new Set(at.slice(1).map((pts, i) => pts - (at[i] ?? 0)))]
}

/** Makes a sound file of what ffmpeg's test sources say. */
export async function soundFile(
  file: string,
  source: string,
  seconds: number,
  more: readonly string[] = [],
): Promise<string> {
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, '-t', String(seconds), ...more, file])
  return file
}
