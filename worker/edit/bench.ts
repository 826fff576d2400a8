import type { Made, Source } from '../protocol.ts'
import type { RenderTools } from '../render.ts'
import { posterOf } from '../video/still.ts'
import { type Film, framesFrom } from './footage.ts'

/** What an edit works with, and what comes of it. */

export type EditTools = Omit<RenderTools, 'pipeline'>

/** A clip on this machine, with what the edit needs to know of it. */
export type Shot = Film & Pick<Source, 'label' | 'sound'>
/** Everything of a clip that an edit decides. */
export type Result = Pick<
  Made,
  'kind' | 'media' | 'poster' | 'width' | 'height' | 'fps' | 'frames' | 'bytes' | 'sound' | 'label'
>

export interface Bench extends EditTools {
  readonly folder: string
  readonly aigc: string
  readonly maxBytes: number | undefined
  readonly shots: readonly Shot[]
}

/** One frame of a clip as a poster. */
export async function stillOf(shot: Shot, at: number, aigc: string): Promise<Buffer> {
  const { width, height } = shot
  for await (const rgb of framesFrom(shot, { from: at, count: 1, width, height }))
    return posterOf({ width, height, rgb }, aigc)
  throw new Error(`there is no frame ${at}`)
}
