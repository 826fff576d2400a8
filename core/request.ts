import { z } from 'zod'
import { editWith } from './edit.ts'
import { ClipId, MediaKey } from './ids.ts'
import { MemberId, Place } from './place.ts'

export { ClipId, MediaKey }

/** Upper bound of a prompt in characters (Kling's limit, and enough for any model's text encoder). */
export const promptLimit = 2500

export const tiers = ['standard', 'high', 'master'] as const
export type Tier = (typeof tiers)[number]

export const ratios = ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9'] as const
export type Ratio = (typeof ratios)[number]

/**
 * Camera axes, each -10..10, 0 = still; Kling's "simple" camera control
 * (horizontal: left/right, vertical: down/up, pan: rotation about x, tilt: rotation about y, roll, zoom: out/in).
 */
export const cameraAxes = ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom'] as const
export type CameraAxis = (typeof cameraAxes)[number]

export const cameraPresets = [
  'push-in',
  'pull-out',
  'pan-left',
  'pan-right',
  'crane-up',
  'crane-down',
  'orbit',
  'follow',
  'handheld',
  'fixed',
  'zoom-fast',
] as const
export type CameraPreset = (typeof cameraPresets)[number]

const axis = z.number().int().min(-10).max(10)

/** Either one named move or any mix of axes. */
export const Camera = z.union([
  z.object({ preset: z.enum(cameraPresets) }).strict(),
  z.object({ axes: z.partialRecord(z.enum(cameraAxes), axis) }).strict(),
])
export type Camera = z.infer<typeof Camera>

/** A point of a trajectory in fractions of the picture: x to the right, y down, both 0..1. */
const Point = z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) })

/**
 * One motion-brush stroke: an area of the picture and what it does. The mask is a set of cells of a grid laid over the
 * picture (row-major indices); the area follows the path (2 to 77 points, evenly spaced in time: Kling's limits) or is pinned.
 */
export const Stroke = z
  .object({
    grid: z.object({ columns: z.number().int().min(1).max(64), rows: z.number().int().min(1).max(64) }),
    cells: z.array(z.number().int().nonnegative()).min(1).max(4096),
    motion: z.union([
      z.object({ path: z.array(Point).min(2).max(77) }).strict(),
      z.object({ pinned: z.literal(true) }).strict(),
    ]),
  })
  .refine(s => s.cells.every(c => c < s.grid.columns * s.grid.rows), { message: 'cell outside the grid' })
export type Stroke = z.infer<typeof Stroke>

/** A recipe with `clip` for how clips are named in it (core/edit.ts `editWith`). */
export const recipeWith = <C extends z.ZodType>(clip: C) =>
  z.object({
    /** `edit` makes something of finished clips; the other fields then say what its last clip's recipe said, so that it can be gone on from. */
    kind: z.enum(['video', 'image', 'edit']),
    /** May be empty only where the clip begins with a picture or goes on from a clip. */
    prompt: z.string().max(promptLimit),
    negative: z.string().max(promptLimit).default(''),
    /** Model package id, e.g. "theatre". */
    model: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    tier: z.enum(tiers),
    /** Length in whole seconds; models render 5 or 10, longer is a plan of several jobs (core/chain.ts). */
    seconds: z.number().int().min(1).max(180),
    ratio: z.enum(ratios),
    seed: z.number().int().min(0).max(0xffffffff),
    /** Classifier-free guidance; absent = the model's own for this tier. */
    guidance: z.number().min(0).max(20).optional(),
    fps: z.union([z.literal(24), z.literal(30)]).optional(),
    firstFrame: MediaKey.optional(),
    lastFrame: MediaKey.optional(),
    /** The clip this one goes on from: same set, motion unbroken. */
    continues: clip.optional(),
    camera: Camera.optional(),
    strokes: z.array(Stroke).max(6).optional(),
    /** What to do with which clips; with kind `edit` and only then. */
    edit: editWith(clip).optional(),
  })

const wholeEdit = { message: 'an edit has kind edit, and the other way round' }

/** What is to be made, apart from who asked and where: this is what a clip keeps as its recipe. */
export const Recipe = recipeWith(ClipId).refine(r => (r.kind === 'edit') === (r.edit !== undefined), wholeEdit)
export type Recipe = z.infer<typeof Recipe>

/** Which step of which plan a request is: "piece 2 of 6". */
const Part = z.object({
  plan: z.string().regex(/^[A-Za-z0-9_-]{6,64}$/),
  step: z.number().int().nonnegative(),
  /** Steps of the same kind in all, and which of them this is, from 1. */
  of: z.number().int().positive(),
  nth: z.number().int().positive(),
  /** Tries that are left should this one fail. */
  triesLeft: z.number().int().nonnegative(),
})

/** What a request makes for which film: a take of the open shot (as the member said it), a chosen take at the final tier, or the reel. */
const FilmPart = z.object({
  id: z.string().max(12),
  prompt: z.string().max(promptLimit),
  shot: z.number().int().positive().optional(),
  take: z.number().int().positive().optional(),
  reel: z.literal(true).optional(),
})

/** What a member asked: a recipe, who asked, who pays, and where the answer goes. It crosses the queue as JSON. */
export const RenderRequest = z.object({
  recipe: Recipe,
  member: MemberId,
  /** Account that pays; the member's own unless a host or pot pays. */
  payer: z.string().min(1).max(200),
  place: Place,
  /** What the member is called, for buttons that are theirs in a room. */
  memberName: z.string().max(100).optional(),
  /** Locale of the answers, e.g. "zh-CN". */
  locale: z.string().min(2).max(20),
  /** Largest file the place can take; absent = any size will do (a link is given where a file is too large). */
  maxBytes: z.number().int().positive().optional(),
  /** Set where this is one step of a plan (core/plan.ts). */
  part: Part.optional(),
  /** The clip this is made from (again, changed, gone on from, forked). */
  parent: ClipId.optional(),
  /** Set where this is made for a film (core/film). */
  film: FilmPart.optional(),
})
export type RenderRequest = z.infer<typeof RenderRequest>
