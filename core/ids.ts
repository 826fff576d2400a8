import { z } from 'zod'

/** Key of a stored picture, clip or sound (core/store.ts). */
export const MediaKey = z.string().regex(/^[a-z]+\/[A-Za-z0-9_-]{6,64}\.[a-z0-9]{2,5}$/)
export type MediaKey = z.infer<typeof MediaKey>

export const ClipId = z.string().regex(/^[A-Za-z0-9_-]{6,40}$/)
export type ClipId = z.infer<typeof ClipId>
