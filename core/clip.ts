import { z } from 'zod'
import { MemberId } from './place.ts'
import { ClipId, MediaKey, Recipe } from './request.ts'

/** A rendered result with everything needed to make it again. */
export const Clip = z.object({
  id: ClipId,
  job: z.string(),
  kind: z.enum(['video', 'image']),
  /** The video (mp4) or picture (webp/png). */
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
  recipe: Recipe,
  member: MemberId,
  /** Words of the prompt the model did not know. */
  unknownWords: z.array(z.string()).default([]),
  renderSeconds: z.number().nonnegative(),
  /** Unix milliseconds. */
  createdAt: z.number().int(),
})
export type Clip = z.infer<typeof Clip>
