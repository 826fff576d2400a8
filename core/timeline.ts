import { type Edit, editLimits, type Joint } from './edit.ts'
import { UserError } from './errors.ts'

/** Which frame of which clip is seen when: the arithmetic of edits, in whole frames. Pure. */

/** What it needs to know of a clip. */
export interface Footage {
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly frames: number
}

/** A stretch of the result that shows one clip, or a card of ours. */
export interface Span {
  /** Place of the clip in `clipsIn(edit)`. */
  readonly of: number | 'title' | 'credits'
  /** First frame of the result. */
  readonly start: number
  readonly frames: number
  /** Frame of the clip it begins with, and how many it goes on by with each frame of the result. */
  readonly from: number
  readonly step: number
  readonly backwards?: true
  /** How it comes in over the one before, during so many of its first frames. */
  readonly enter?: { readonly how: 'fade' | 'wipe'; readonly frames: number }
}

export interface Timeline extends Footage {
  /** In order of their starts; only where one enters over another do two overlap (of a comparison, all). */
  readonly spans: readonly Span[]
}

/** Seconds of a transition and of an opening title. */
const transitionSeconds = 0.5
export const titleSeconds = 2.5

/** Seconds that end credits stay: a breath, and time to read every name. */
export const creditsSeconds = (names: number): number => Math.min(30, 2.5 + 0.8 * names)

/** Frame of the clip that a span shows as its k-th. */
export function frameOf(span: Pick<Span, 'from' | 'step' | 'backwards'>, k: number, footage: Footage): number {
  const position = Math.floor(span.from + (k + 0.5) * span.step)
  const at = Math.min(Math.max(position, 0), footage.frames - 1)
  return span.backwards ? footage.frames - 1 - at : at
}

/** Frames that a part of a clip fills at another rate: nearest, at least one. */
const fills = (frames: number, step: number): number => Math.max(1, Math.round(frames / step))

type Op<K extends Edit['op']> = Extract<Edit, { op: K }>

/** How many frames each piece of a join keeps, at the film's rate, before anything is laid over anything. */
const lengthsOf = (footage: readonly Footage[], fps: number): number[] =>
  footage.map(clip => fills(clip.frames, clip.fps / fps))

/** Frames for which each piece lies over the one before. */
function overlapsOf(joints: readonly Joint[], lengths: readonly number[], fps: number): number[] {
  const usual = Math.round(transitionSeconds * fps)
  return joints.map((joint, i) => {
    if (i === 0 || joint === 'cut' || joint === 'continuous') return 0
    return Math.min(usual, Math.floor((lengths[i - 1] ?? 0) / 2), Math.floor((lengths[i] ?? 0) / 2))
  })
}

/**
 * Shortens pieces so that the joints after them fall on beats (seconds of the film): each to the last beat that leaves at least half
 * of the piece. A piece that the next one continues stays whole. `start` = frame where the first piece begins.
 */
export function onBeats(
  lengths: readonly number[],
  joints: readonly Joint[],
  beats: readonly number[],
  { fps, start }: { fps: number; start: number },
): number[] {
  const fitted = [...lengths]
  let at = start
  for (let i = 0; i < fitted.length; i++) {
    const length = fitted[i] ?? 0
    const next = joints[i + 1]
    const overlap = overlapsOf(joints, fitted, fps)[i + 1] ?? 0
    // A transition is on the beat with its middle.
    const middle = Math.floor(overlap / 2)
    const least = at + Math.ceil(length / 2)
    const on = beats.map(beat => Math.round(beat * fps)).findLast(f => f >= least && f <= at + length - middle)
    if (next !== undefined && next !== 'continuous' && on !== undefined) fitted[i] = on + middle - at
    at += (fitted[i] ?? 0) - (overlapsOf(joints, fitted, fps)[i + 1] ?? 0)
  }
  return fitted
}

function join(edit: Op<'join'>, footage: readonly Footage[], beats: readonly number[]): Span[] {
  const fps = footage[0]?.fps ?? 24
  const spans: Span[] = []
  const usual = Math.round(transitionSeconds * fps)
  let end = 0
  if (edit.title !== undefined) {
    end = Math.round(titleSeconds * fps)
    spans.push({ of: 'title', start: 0, frames: end, from: 0, step: 0 })
  }
  const joints = edit.pieces.map(({ joint }, i): Joint => (i > 0 ? joint : end > 0 ? 'fade' : 'cut'))
  const whole = lengthsOf(footage, fps)
  const first = end > 0 ? Math.min(usual, Math.floor((whole[0] ?? 0) / 2)) : 0
  const lengths = beats.length > 0 ? onBeats(whole, joints, beats, { fps, start: end - first }) : whole
  const overlaps = overlapsOf(joints, lengths, fps)
  overlaps[0] = first
  for (const [i, clip] of footage.entries()) {
    const over = overlaps[i] ?? 0
    const start = end - over
    const how = joints[i] === 'wipe' ? 'wipe' : 'fade'
    const frames = lengths[i] ?? 0
    spans.push({
      of: i,
      start,
      frames,
      from: 0,
      step: clip.fps / fps,
      ...(over > 0 && { enter: { how, frames: over } }),
    })
    end = start + frames
  }
  if (edit.credits) {
    const names = edit.credits.reduce((sum, line) => sum + line.names.length, 0)
    const over = Math.min(usual, Math.floor((lengths.at(-1) ?? 0) / 2))
    const frames = Math.round(creditsSeconds(names) * fps)
    spans.push({ of: 'credits', start: end - over, frames, from: 0, step: 0, enter: { how: 'fade', frames: over } })
  }
  return spans
}

const whole = (clip: Footage, more: Partial<Span> = {}): Span => ({
  of: 0,
  start: 0,
  frames: clip.frames,
  from: 0,
  step: 1,
  ...more,
})

function trim({ from, to }: Op<'trim'>, clip: Footage): Span {
  const first = Math.round(from * clip.fps)
  const last = Math.round(to * clip.fps)
  // Half a second more than there is, is how people round.
  if (first >= last || first >= clip.frames || last > clip.frames + clip.fps / 2)
    throw new UserError('refusal.edit-range', { seconds: Math.round((clip.frames / clip.fps) * 10) / 10 })
  return whole(clip, { from: first, frames: Math.min(last, clip.frames) - first })
}

/** A comparison plays all clips at once, at the first one's rate, as long as the shortest. */
function beside(footage: readonly Footage[]): Span[] {
  const fps = footage[0]?.fps ?? 24
  const frames = Math.min(...lengthsOf(footage, fps))
  return footage.map((clip, of) => ({ of, start: 0, frames, from: 0, step: clip.fps / fps }))
}

function spansOf(edit: Edit, footage: readonly Footage[], beats: readonly number[]): Span[] {
  const [clip] = footage
  if (edit.op === 'sheet' || !clip) return []
  switch (edit.op) {
    case 'join':
      return join(edit, footage, beats)
    case 'compare':
      return beside(footage)
    case 'trim':
      return [trim(edit, clip)]
    case 'speed':
      return [whole(clip, { frames: fills(clip.frames, edit.factor), step: edit.factor })]
    case 'reverse':
      return [whole(clip, { backwards: true })]
    case 'loop':
      return Array.from({ length: edit.times }, (_, n) => whole(clip, { start: n * clip.frames }))
    default:
      return [whole(clip)]
  }
}

/** A moment of a clip as the frame that shows it. Throws `refusal.edit-range` for one outside. */
export function momentOf(clip: Footage, at: number): number {
  const frame = Math.round(at * clip.fps)
  if (frame > clip.frames + clip.fps / 2)
    throw new UserError('refusal.edit-range', { seconds: Math.round((clip.frames / clip.fps) * 10) / 10 })
  return Math.min(frame, clip.frames - 1)
}

/**
 * The timeline of an edit of these clips (in the order of `clipsIn`); its size is the first clip's, whatever is laid out in it later.
 * `beats` in seconds of the result. Throws UserError `refusal.edit-range`, `refusal.edit-long` or `refusal.animation-long`.
 */
export function timelineOf(edit: Edit, footage: readonly Footage[], beats: readonly number[] = []): Timeline {
  const { width = 1280, height = 720, fps = 24 } = footage[0] ?? {}
  const spans = spansOf(edit, footage, beats)
  const frames = Math.max(1, ...spans.map(span => span.start + span.frames))
  if (frames > editLimits.seconds * fps) throw new UserError('refusal.edit-long', { seconds: editLimits.seconds })
  if (edit.op === 'export' && frames > editLimits.animationSeconds * fps)
    throw new UserError('refusal.animation-long', { seconds: editLimits.animationSeconds })
  if (footage[0] && edit.op === 'cover') momentOf(footage[0], edit.at)
  if (footage[0] && edit.op === 'captions') for (const { from } of edit.lines) momentOf(footage[0], from)
  if (edit.op === 'join' && edit.cover !== undefined) momentOf({ width, height, fps, frames }, edit.cover)
  return { width, height, fps, frames, spans }
}
