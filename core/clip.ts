import { z } from 'zod'
import { MemberId } from './place.ts'
import { ClipId, MediaKey, Recipe } from './request.ts'

const whole = z.number().int().nonnegative()

/** A rendered result with everything needed to make it again. */
export const Clip = z.object({
  id: ClipId,
  job: z.string(),
  /** An animation is a picture that moves (gif, animated webp). */
  kind: z.enum(['video', 'image', 'animation']),
  /** The video (mp4) or picture (webp/png/gif). */
  media: MediaKey,
  /** A still of the clip (jpeg). */
  poster: MediaKey,
  /** What a model needs to go on from this clip (the theatre's last keys); absent = it cannot be extended. */
  state: MediaKey.optional(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  fps: z.number().positive(),
  frames: z.number().int().positive(),
  seconds: z.number().positive(),
  bytes: z.number().int().positive(),
  /** It has a sound track. */
  sound: z.literal(true).optional(),
  /** Where the visible AI label stands, in pixels; absent = clips from before this was noted: bottom right (worker/video/label.ts). */
  label: z.object({ x: whole, y: whole, width: whole, height: whole }).optional(),
  recipe: Recipe,
  member: MemberId,
  /** The clip it was made from (again, changed, gone on from, forked). */
  parent: ClipId.optional(),
  /** Words of the prompt the model did not know. */
  unknownWords: z.array(z.string()).default([]),
  renderSeconds: z.number().nonnegative(),
  /** Unix milliseconds. */
  createdAt: z.number().int(),
})
export type Clip = z.infer<typeof Clip>
