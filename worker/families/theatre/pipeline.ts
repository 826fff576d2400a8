import { UserError } from '../../../core/errors.ts'
import type { Ratio, Recipe } from '../../../core/request.ts'
import type { Frame, LoadPipeline, Pipeline, Rendering, Run } from '../../pipelines/pipeline.ts'
import { type CutOuts, castCutOuts } from './cast-cutouts.ts'
import { type Direction, openDirection } from './direction.ts'
import { openDirector } from './director.ts'
import { openOnPicture } from './entrance.ts'
import type { Lexicon } from './lexicon.ts'
import { goodMoment } from './moment.ts'
import { type Performance, perform } from './perform.ts'
import type { Director } from './sample.ts'
import type { Player, Scene } from './scene.ts'
import { actorCount } from './scene.ts'
import type { Script } from './script.ts'
import { openStage, type Stage } from './stage.ts'
import { stageScript } from './staging.ts'
import { readState, writeState } from './state.ts'
import { openLexicon } from './vocabulary.ts'
import { readWords } from './words.ts'

/** The parts of a loaded theatre. */
export interface Theatre {
  readonly direction: Direction
  readonly lexicon: Lexicon
  readonly direct: Director
}

/** Loads the theatre: words -> script -> states -> frames. */
export const loadTheatre: LoadPipeline = async (model, { threads, signal }) => {
  const direction = await openDirection(model.folder)
  const lexicon = await openLexicon(model.folder, direction.nouns, direction.verbs)
  // The graph is small: more than two threads only wait for each other.
  const director = await openDirector(model.folder, direction, {
    threads: Math.min(2, Math.max(1, threads)),
    device: 'cpu',
  })
  const stage = await openStage(model.folder, { threads: Math.max(1, threads), signal }).catch(async error => {
    await director.release()
    throw error
  })
  const theatre: Theatre = { direction, lexicon, direct: director.direct }
  return pipelineOf(theatre, stage, async () => {
    await stage.dispose()
    await director.release()
  })
}

function pipelineOf(theatre: Theatre, stage: Stage, dispose: () => Promise<void>): Pipeline {
  return {
    async render(recipe, run) {
      run.progress('preparing', 1)
      const staged = await direct(theatre, recipe, run)
      return await renderingOf(staged, recipe, run, stage)
    },
    dispose,
  }
}

/** A clip as the director left it. */
export interface Directed {
  readonly script: Script
  readonly performance: Performance
}

/** Reads the words and samples the states of a recipe's clip. Throws UserError for a state that cannot be gone on from. */
export async function direct(theatre: Theatre, recipe: Recipe, run: Run): Promise<Directed> {
  const { direction, lexicon } = theatre
  const previous = run.state ? readState(run.state) : undefined
  if (run.state && !previous) throw new UserError('failure.not-extendable')
  const picture = run.first !== undefined
  const read = readWords(recipe.prompt, lexicon, {
    seed: recipe.seed,
    negative: recipe.negative,
    picture: picture || previous !== undefined,
  })
  const preset = recipe.camera && 'preset' in recipe.camera ? { camera: recipe.camera.preset } : {}
  // A clip that goes on stays in its set; seatOn sees to that.
  const place = previous?.script.set ? { set: previous.script.set } : {}
  const script = stageScript({ ...read, ...preset, ...place }, direction, recipe.seed)
  const performance = await perform(theatre.direct, direction, script, {
    seconds: recipe.kind === 'image' ? 5 : recipe.seconds,
    ratio: nearestRatio(run.width / run.height),
    aspect: run.width / run.height,
    seed: recipe.seed,
    guidance: recipe.guidance ?? direction.sampler.guidance,
    steps: direction.sampler.steps,
    signal: run.signal,
    camera: recipe.camera,
    ...(recipe.strokes && !picture ? { strokes: recipe.strokes } : {}),
    previous,
    picture,
    onProgress: done => run.progress('sampling', done),
  })
  return { script: performance.script, performance }
}

async function renderingOf(
  { script, performance }: Directed,
  recipe: Recipe,
  run: Run,
  stage: Stage,
): Promise<Rendering> {
  const still = recipe.kind === 'image'
  const frames = still ? 1 : Math.round(recipe.seconds * run.fps)
  const keys = performance.keys.slice()
  const { keyCount, keyStart } = performance
  if (run.first && !still) openOnPicture(keys, keyCount, keyStart)
  const free = performance.nouns.flatMap((noun, slot) => (noun === undefined ? [slot] : []))
  const cut =
    run.first && recipe.strokes && !still
      ? await castCutOuts(run.first, recipe.strokes, free, { keys, keyCount, keyStart, seconds: recipe.seconds }, run)
      : undefined
  const players = playersOf(script, performance).map((player, slot): Player => {
    const image = cut?.actors.find(actor => actor.slot === slot)?.image
    return image ? { noun: null, cutout: image, named: true } : player
  })
  const named = script.cast
    .flatMap((role, i) => (role.phrase >= 0 ? [performance.slots[i] ?? -1] : []))
    .filter(slot => slot >= 0)
  const scene: Scene = {
    width: run.width,
    height: run.height,
    fps: run.fps,
    frames,
    start: still ? goodMoment(keys, keyCount, keyStart, named, run.width / run.height) : 0,
    cast: players,
    background: performance.background,
    keys,
    keyCount,
    keyStart,
    seed: recipe.seed,
    ...(run.first || run.last ? { picture: pictureOf(run.first, run.last, cut) } : {}),
  }
  return {
    width: run.width,
    height: run.height,
    fps: run.fps,
    frames,
    video: draw(stage, scene, run),
    unknownWords: script.unknownWords,
    ...(still ? {} : { state: () => writeState(performance.end) }),
  }
}

const pictureOf = (
  first: Frame | undefined,
  last: Frame | undefined,
  cut: CutOuts | undefined,
): NonNullable<Scene['picture']> => ({
  ...(first ? { first: cut?.set ?? first } : {}),
  ...(cut ? { opening: cut.opening, pinned: cut.pinned } : {}),
  ...(last ? { last } : {}),
})

async function* draw(stage: Stage, scene: Scene, run: Run): AsyncGenerator<Frame> {
  yield* stage.draw(scene, {
    signal: run.signal,
    onFrame: index => run.progress('rendering', (index + 1) / scene.frames),
  })
}

/** Who is drawn in each slot. */
export function playersOf(script: Script, performance: Performance): Player[] {
  return Array.from({ length: actorCount }, (_, slot) => {
    const role = script.cast[performance.slots.indexOf(slot)]
    return {
      noun: performance.nouns[slot] ?? null,
      named: role !== undefined,
      ...(role?.tint ? { tint: role.tint } : {}),
      ...(role?.guise ? { sprite: role.guise } : {}),
      ...(performance.carriers[slot] === undefined ? {} : { carrier: performance.carriers[slot] }),
    }
  })
}

const shapes: readonly (readonly [Ratio, number])[] = [
  ['21:9', 21 / 9],
  ['16:9', 16 / 9],
  ['4:3', 4 / 3],
  ['1:1', 1],
  ['3:4', 3 / 4],
  ['9:16', 9 / 16],
]

/** The named ratio nearest to a frame's shape, by proportion. */
function nearestRatio(aspect: number): Ratio {
  const off = (value: number) => Math.abs(Math.log(value / aspect))
  return shapes.reduce((best, shape) => (off(shape[1]) < off(best[1]) ? shape : best))[0]
}
