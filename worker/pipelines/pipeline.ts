import type { renderStages } from '../../core/job.ts'
import type { Recipe } from '../../core/request.ts'

/** One picture: 8-bit RGB, row by row from the top, no padding. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

export type Stage = (typeof renderStages)[number]

/** What a pipeline is given beside the recipe: everything the recipe names by id, already fetched and decoded. */
export interface Run {
  readonly signal: AbortSignal
  /** Size of the clip in pixels, both sides even. */
  readonly width: number
  readonly height: number
  readonly fps: number
  /** First and last frame the member gave; any size. */
  readonly first?: Frame
  readonly last?: Frame
  /** State blob of the clip this one continues (what its own rendering returned). */
  readonly state?: Uint8Array
  /** `done` is 0..1 within the stage. */
  progress(stage: Stage, done: number): void
}

/** A clip in the making: frames are pulled once, in order, and go straight into the encoder. */
export interface Rendering {
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Exactly how many frames will come: 1 for a picture. */
  readonly frames: number
  readonly video: AsyncIterable<Frame>
  /** Words of the prompt the model does not know. */
  readonly unknownWords: readonly string[]
  /** What a later clip needs to go on from here; absent = cannot be extended. Ready once all frames were pulled. */
  state?(): Uint8Array
}

/** One model family, loaded. Throws UserError for what the member can mend, anything else is a bug. */
export interface Pipeline {
  render(recipe: Recipe, run: Run): Promise<Rendering>
  dispose(): Promise<void>
}

/** A package folder that passed its checks (worker/packages.ts), ready to be loaded. */
export interface PackageFolder {
  readonly id: string
  readonly family: string
  /** Absolute path. */
  readonly folder: string
}

interface LoadOptions {
  /** CPU threads the model may use. */
  readonly threads: number
  readonly device: 'auto' | 'cpu' | 'cuda' | 'webgpu'
  readonly signal: AbortSignal
  /** Packages of family `stage` that are at hand for last stages. */
  readonly stages?: readonly PackageFolder[]
  /** A line for the operator's log: how memory is planned, that it ran short. */
  readonly note?: (text: string) => void
}

export type LoadPipeline = (model: PackageFolder, options: LoadOptions) => Promise<Pipeline>
