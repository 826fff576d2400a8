import type { Recipe } from '../request.ts'

/** Seconds of the longest clip anybody can ask for, parts chained. */
export const secondsLimit = 180

/** What can be said about a picture or clip in words and options; what is absent was not said. */
export interface Options {
  ratio?: Recipe['ratio']
  seconds?: number
  tier?: Recipe['tier']
  seed?: number
  negative?: string
  model?: string
  guidance?: number
  camera?: NonNullable<Recipe['camera']>
  fps?: NonNullable<Recipe['fps']>
  /** The one picture that comes with it is where the clip ends, not where it begins. */
  last?: true
  /** Code of a clip: what is not said here is as it was there. */
  like?: string
}

/** A line of words, understood. */
export interface Wish extends Options {
  prompt: string
}
