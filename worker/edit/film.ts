import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clip } from '../../core/clip.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import type { Edit } from '../../core/edit.ts'
import type { MediaKey } from '../../core/request.ts'
import { momentOf, type Timeline, timelineOf } from '../../core/timeline.ts'
import type { Made } from '../protocol.ts'
import { readMp4 } from '../video/boxes.ts'
import { copyClip, writeClip } from '../video/clip-file.ts'
import { type Label, labelFor } from '../video/label.ts'
import { beatsOf } from './beats.ts'
import { type Bench, type Result, type Shot, stillOf } from './bench.ts'
import { captionOverlays, creditsView, titleCard } from './cards.ts'
import { comparing, layOut } from './compare.ts'
import { compose, stillView } from './compose.ts'
import { fetchFile, openView } from './footage.ts'
import { fillsFrame, labelOver, ownLabel } from './marks.ts'
import { fitted, writeWav } from './pcm.ts'
import { musicFor, type SoundParts, soundtrack } from './sound.ts'

/** Everything that comes out as a clip. */
export async function film(given: Exclude<Edit, { op: 'sheet' | 'export' }>, bench: Bench): Promise<Result> {
  const { shots, folder, store, signal } = bench
  const fetchSound = (key: MediaKey) => fetchFile(store, key, folder, 'music')
  const whole = timelineOf(given, shots)
  const music = await musicFor(given, fetchSound, whole.frames / whole.fps, signal)
  const timeline = given.op === 'join' && given.onBeat ? timelineOf(given, shots, beatsIn(whole, music)) : whole
  const pcm = await soundtrack({ timeline, films: shots, signal, ...(music && { music }) })
  const wav = pcm && join(folder, 'sound.wav')
  if (wav) await writeWav(wav, pcm)
  const cover = coverOf(given, timeline)
  const file = join(folder, 'clip.mp4')
  const written = (await canBeCopied(given, timeline, shots))
    ? await copied(given, timeline, { ...bench, file, wav, cover })
    : await drawn(given, timeline, { ...bench, file, wav, cover })
  signal.throwIfAborted()
  bench.progress('storing', 0)
  crashpoint('before-store')
  const { poster, ...facts } = written
  const [media, posterKey] = await Promise.all([
    store.put('clips', 'mp4', { file }),
    store.put('posters', 'jpg', poster),
  ])
  return { kind: 'video', media, poster: posterKey, ...facts }
}

/** Beats of the film's music; of all of it, should it begin again. */
function beatsIn({ frames, fps }: Timeline, music: SoundParts['music']): number[] {
  return music ? beatsOf(fitted(music.sound, frames / fps, { volume: 1, fadeOut: 0 })) : []
}

function coverOf(given: Edit, timeline: Timeline): number | undefined {
  if (given.op === 'cover') return momentOf(timeline, given.at)
  return given.op === 'join' && given.cover !== undefined ? momentOf(timeline, given.cover) : undefined
}

/** Whether every picture stays as it is, one after the other: then nothing is decoded, and nothing gets worse. */
async function canBeCopied(given: Edit, timeline: Timeline, shots: readonly Shot[]): Promise<boolean> {
  if (given.op === 'cover' || given.op === 'music') return true
  if (given.op !== 'join') return false
  const plain = timeline.spans.every(
    span => typeof span.of === 'number' && !span.enter && span.frames === shots[span.of]?.frames,
  )
  const [first] = shots
  if (!plain || !first) return false
  const alike = ({ width, height, fps }: Shot) => width === first.width && height === first.height && fps === first.fps
  if (!shots.every(alike)) return false
  const decodings = await Promise.all(
    [...new Set(shots.map(({ file }) => file))].map(async file => (await readMp4(file)).decoding),
  )
  return decodings.every(decoding => decoding !== '' && decoding === decodings[0])
}

interface Writing extends Bench {
  readonly file: string
  /** Sound of the result, where it has one of its own. */
  readonly wav: string | undefined
  readonly cover: number | undefined
}
type Written = { poster: Buffer } & Pick<Made, 'width' | 'height' | 'fps' | 'frames' | 'bytes' | 'sound' | 'label'>

async function copied(given: Edit, timeline: Timeline, writing: Writing): Promise<Written> {
  const { shots, folder, aigc, wav } = writing
  const { width, height, fps, frames } = timeline
  writing.progress('rendering', 0)
  const [first] = shots as [Shot]
  const oldSound = given.op === 'cover' && first.sound === true
  const list = join(folder, 'list.ffconcat')
  const lines = shots.map(
    shot => `file ${shot.file.slice(folder.length + 1)}\nduration ${(shot.frames / shot.fps).toFixed(6)}`,
  )
  await writeFile(list, `ffconcat version 1.0\n${lines.join('\n')}\n`)
  const from = shots.length === 1 ? { file: first.file } : { file: list, options: ['-f', 'concat', '-safe', '1'] }
  const bytes = await copyClip({
    ...{ width, height, fps, frames, aigc, from, oldSound },
    file: writing.file,
    signal: writing.signal,
    ...(wav && { sound: wav }),
    ...(writing.maxBytes !== undefined && { maxBytes: writing.maxBytes }),
  })
  const at = writing.cover ?? Math.floor(frames * 0.4)
  const span = timeline.spans.find(one => one.start <= at && at < one.start + one.frames)
  const shot = shots[Number(span?.of ?? 0)] ?? first
  const poster = await stillOf(shot, at - (span?.start ?? 0), aigc)
  const label = await ownLabel(first, writing.label.language)
  return { ...{ poster, width, height, fps, frames, bytes, label }, ...((wav || oldSound) && { sound: true }) }
}

async function drawn(given: Edit, timeline: Timeline, writing: Writing): Promise<Written> {
  const { video, width, height, label } =
    given.op === 'compare' ? await besides(given, timeline, writing) : await composed(given, timeline, writing)
  const { aigc, file, signal, wav, cover, maxBytes } = writing
  const { fps, frames } = timeline
  const { poster, bytes } = await writeClip({
    ...{ width, height, fps, frames, video, aigc, file, signal },
    ...(wav && { sound: wav }),
    ...(cover !== undefined && { cover }),
    ...(maxBytes !== undefined && { maxBytes }),
    onFrame(done) {
      writing.progress('rendering', done / frames)
      if (done === Math.ceil(frames / 2)) crashpoint('mid-render')
    },
  })
  const { x, y, width: wide, height: high } = label
  return {
    ...{ poster, width, height, fps, frames, bytes, label: { x, y, width: wide, height: high } },
    ...(wav && { sound: true as const }),
  }
}

type Drawing = Pick<Timeline, 'width' | 'height'> & {
  video: ReturnType<typeof compose>
  label: NonNullable<Clip['label']>
}

async function besides(
  given: Extract<Edit, { op: 'compare' }>,
  timeline: Timeline,
  writing: Writing,
): Promise<Drawing> {
  const captions = given.panels.map(({ caption }) => caption)
  const laidOut = await layOut(writing.shots, captions, given.layout, writing.label.language)
  const { width, height } = laidOut.panels
  return { width, height, video: comparing(timeline, writing.shots, laidOut), label: laidOut.label }
}

async function composed(given: Edit, timeline: Timeline, writing: Writing): Promise<Drawing> {
  const { shots } = writing
  const { language } = writing.label
  const { width, height } = timeline
  const corner = await labelFor(width, height, language)
  const labels = new Map<Timeline['spans'][number], Label>()
  for (const span of timeline.spans) {
    const shot = typeof span.of === 'number' ? shots[span.of] : undefined
    if (!shot) labels.set(span, corner)
    else if (!fillsFrame(shot, timeline)) labels.set(span, await labelOver(shot, timeline, language))
  }
  const title = given.op === 'join' && given.title !== undefined ? await titleCard(given.title, timeline) : undefined
  const last = timeline.spans.at(-1)
  const credits =
    given.op === 'join' && given.credits && last ? await creditsView(given.credits, last.frames, timeline) : undefined
  const overlays =
    given.op === 'captions' ? await captionOverlays(given.lines, { ...timeline, label: corner }) : undefined
  const video = compose(timeline, {
    labels,
    ...(overlays && { overlays }),
    open(span) {
      if (span.of === 'title' && title) return stillView(title)
      if (span.of === 'credits' && credits) return credits
      const shot = shots[Number(span.of)]
      if (!shot) throw new Error(`there is no clip ${span.of}`)
      return openView(span, shot, timeline)
    },
  })
  return { width, height, video, label: corner }
}
