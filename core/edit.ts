import { z } from 'zod'
import { ClipId, MediaKey } from './ids.ts'

/** Limits of an edit. 180 s is Kling's longest extended clip; the others are what one look at a screen can take in. */
export const editLimits = {
  /** Length of what comes out, in seconds. */
  seconds: 180,
  pieces: 40,
  panels: 4,
  cells: 25,
  captions: 60,
  /** Characters of a title, of a caption, of a role or name in the credits. */
  titleChars: 80,
  captionChars: 120,
  nameChars: 40,
  creditLines: 40,
  times: 30,
  /** Longest GIF or animated WebP, in seconds: longer ones fit no chat. */
  animationSeconds: 20,
} as const

/** Line and queue that edits wait in, where a recipe's model names the others: any worker takes them, whatever models it has. */
export const editLine = 'edit'

/** How a piece follows the one before. `continuous` = it continues that very clip: every frame of both, none twice. */
export const joints = ['cut', 'fade', 'wipe', 'continuous'] as const
export type Joint = (typeof joints)[number]

export const animationFormats = ['gif', 'webp'] as const

const seconds = z.number().min(0).max(editLimits.seconds)
const words = (chars: number) => z.string().trim().min(1).max(chars)

/** A sound a member gave (core/sound.ts). It replaces what a clip sounded like, begins again if it ends early, and fades out at the end. */
export const Music = z.object({
  sound: MediaKey,
  /** Where in the sound to begin, in seconds. */
  from: seconds.default(0),
  volume: z.number().min(0).max(1).default(1),
  /** Length of the fade at the end, in seconds. */
  fadeOut: z.number().min(0).max(10).default(2),
})
export type Music = z.infer<typeof Music>

/** Words shown from one moment to another, in seconds. */
export const Caption = z
  .object({ from: seconds, to: seconds, text: words(editLimits.captionChars) })
  .refine(({ from, to }) => from < to, { message: 'a caption ends after it begins' })
export type Caption = z.infer<typeof Caption>

/** A line of the end credits: what somebody did, and who. */
export const CreditLine = z.object({
  role: words(editLimits.nameChars),
  names: z.array(words(editLimits.nameChars)).min(1).max(20),
})
export type CreditLine = z.infer<typeof CreditLine>

/**
 * What can be made of finished clips, with `clip` for how a clip is named: by id in a request, by id or by an earlier step in a plan
 * (core/plan.ts). All moments are seconds of the clip, or of what comes out.
 */
export const editWith = <C extends z.ZodType>(clip: C) =>
  z.discriminatedUnion('op', [
    /** One film of many pieces, in the shape and frame rate of the first. */
    z.object({
      op: z.literal('join'),
      /** `joint` says how a piece follows the one before; the first one's means nothing. */
      pieces: z
        .array(z.object({ clip, joint: z.enum(joints).default('cut') }))
        .min(1)
        .max(editLimits.pieces),
      /** Opening title. */
      title: words(editLimits.titleChars).optional(),
      /** End credits. */
      credits: z.array(CreditLine).min(1).max(editLimits.creditLines).optional(),
      music: Music.optional(),
      /** Joints move to the nearest beat before them, by shortening the piece that ends there; needs music. */
      onBeat: z.boolean().default(false),
      /** The frame that stands for the film; absent = one of ours choosing. */
      cover: seconds.optional(),
    }),
    z.object({ op: z.literal('trim'), clip, from: seconds, to: seconds }),
    z.object({ op: z.literal('speed'), clip, factor: z.number().min(0.25).max(4) }),
    z.object({ op: z.literal('reverse'), clip }),
    z.object({ op: z.literal('loop'), clip, times: z.number().int().min(2).max(editLimits.times) }),
    /** The same clip with another still. */
    z.object({ op: z.literal('cover'), clip, at: seconds }),
    z.object({ op: z.literal('music'), clip, music: Music }),
    z.object({ op: z.literal('captions'), clip, lines: z.array(Caption).min(1).max(editLimits.captions) }),
    z.object({ op: z.literal('export'), clip, format: z.enum(animationFormats) }),
    /** Clips beside each other, playing at once for as long as the shortest. */
    z.object({
      op: z.literal('compare'),
      panels: z
        .array(z.object({ clip, caption: z.string().trim().max(editLimits.captionChars).default('') }))
        .min(2)
        .max(editLimits.panels),
      /** Absent = whichever makes the panels larger. */
      layout: z.enum(['row', 'column', 'grid']).optional(),
    }),
    /** One picture of many clips and pictures, numbered in order, to choose from. */
    z.object({ op: z.literal('sheet'), cells: z.array(z.object({ clip })).min(1).max(editLimits.cells) }),
  ])

/** What is to be made of finished clips. */
export const Edit = editWith(ClipId)
export type Edit = z.infer<typeof Edit>
export type EditOp = Edit['op']

export const editOps = [
  'join',
  'trim',
  'speed',
  'reverse',
  'loop',
  'cover',
  'music',
  'captions',
  'export',
  'compare',
  'sheet',
] as const satisfies readonly EditOp[]

/** What comes out of an edit. An animation is a picture that moves: no sound, no player. */
export function outputOf(edit: { readonly op: EditOp }): 'video' | 'image' | 'animation' {
  if (edit.op === 'sheet') return 'image'
  return edit.op === 'export' ? 'animation' : 'video'
}

/** The clips an edit is made of, in order, each as often as it is named. */
export function clipsIn(edit: Edit): ClipId[] {
  switch (edit.op) {
    case 'join':
      return edit.pieces.map(({ clip }) => clip)
    case 'compare':
      return edit.panels.map(({ clip }) => clip)
    case 'sheet':
      return edit.cells.map(({ clip }) => clip)
    default:
      return [edit.clip]
  }
}

/** The music of an edit, if it has some. */
export const musicOf = (edit: Edit): Music | undefined =>
  edit.op === 'music' || edit.op === 'join' ? edit.music : undefined
