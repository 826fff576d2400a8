import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDirection } from '../../families/theatre/direction.ts'
import { openDirector } from '../../families/theatre/director.ts'
import { direct, type Theatre } from '../../families/theatre/pipeline.ts'
import { writeState } from '../../families/theatre/state.ts'
import { openLexicon } from '../../families/theatre/vocabulary.ts'
import { recipeOf, runOf } from './continuity.ts'
import { type Joint, jointOf } from './joint.ts'
import { readPrompts } from './prompts.ts'

/**
 * `npm run eval:joints [-- --chains 24]`: extends clips of every n-th evaluation prompt twice, as a chain does, and says how far actors
 * jump at the joints (parts of the frame) and how much their speed changes there compared to the clips themselves. JSON last.
 */

const { values } = parseArgs({ options: { chains: { type: 'string', default: '24' }, model: { type: 'string' } } })
const folder = values.model ?? fileURLToPath(new URL('../../models/theatre', import.meta.url))
const direction = await openDirection(folder)
const lexicon = await openLexicon(folder, direction.nouns, direction.verbs)
const director = await openDirector(folder, direction, { threads: 2, device: 'cpu' })
const theatre: Theatre = { direction, lexicon, direct: director.direct }

const prompts = await readPrompts()
const chains = Math.max(1, Math.min(prompts.length, Number(values.chains)))
const every = Math.floor(prompts.length / chains)
const joints: (Joint & { text: string })[] = []
for (const { text } of prompts.filter((_, i) => i % every === 0).slice(0, chains)) {
  let before = await direct(theatre, recipeOf(text, 5), runOf())
  for (const seed of [6, 7]) {
    const after = await direct(theatre, recipeOf(text, seed), { ...runOf(), state: writeState(before.performance.end) })
    joints.push({ text, ...jointOf(before, after, 5, 16 / 9) })
    before = after
  }
}
await director.release()

const measured = joints.filter(({ actors }) => actors > 0)
const of = (name: 'jump' | 'jerk') => measured.map(joint => joint[name])
const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length)
const short = (value: number) => Number(value.toPrecision(3))
for (const { text, jump, jerk } of measured.filter(({ jump, jerk }) => jump > 0.02 || jerk > 1))
  process.stdout.write(
    `jump ${(100 * jump).toFixed(2)} %, change of speed ${jerk.toFixed(2)} of the clip's own: ${text}\n`,
  )
process.stdout.write(
  `${JSON.stringify({
    joints: measured.length,
    jumpPercent: { mean: short(100 * mean(of('jump'))), worst: short(100 * Math.max(0, ...of('jump'))) },
    speedChangeOverOwn: { mean: short(mean(of('jerk'))), worst: short(Math.max(0, ...of('jerk'))) },
    over: measured.filter(({ jump, jerk }) => jump > 0.02 || jerk > 1).length,
  })}\n`,
)
