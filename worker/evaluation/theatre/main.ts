import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDirection } from '../../families/theatre/direction.ts'
import { openDirector } from '../../families/theatre/director.ts'
import { direct, type Theatre } from '../../families/theatre/pipeline.ts'
import { openLexicon } from '../../families/theatre/vocabulary.ts'
import { brushError, extend, recipeOf, runOf } from './continuity.ts'
import { describeClip } from './describe.ts'
import { spread } from './diversity.ts'
import { heldOut } from './held-out.ts'
import { judge } from './judge.ts'
import { type Prompt, readPrompts } from './prompts.ts'
import { Tally } from './tally.ts'

/**
 * Evaluates the theatre from the states it generates. `--prompts file`: lists what each line's clip contains instead.
 * `--every n`: only every n-th prompt. `--model folder`: another package.
 */
const seeds = [11, 22, 33]
const extensions = 48
const brushes = 48

const { values } = parseArgs({
  options: { prompts: { type: 'string' }, every: { type: 'string', default: '1' }, model: { type: 'string' } },
})
const folder = values.model ?? fileURLToPath(new URL('../../models/theatre', import.meta.url))
const direction = await openDirection(folder)
const lexicon = await openLexicon(folder, direction.nouns, direction.verbs)
const director = await openDirector(folder, direction, { threads: 2, device: 'cpu' })
const theatre: Theatre = { direction, lexicon, direct: director.direct }
const failed = values.prompts ? await listClips(values.prompts) : await evaluate(Number(values.every))
await director.release()
process.exitCode = failed ? 1 : 0

async function listClips(file: string): Promise<boolean> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(line => line.trim())
  for (const text of lines) {
    const directed = await direct(theatre, recipeOf(text, seeds[0] ?? 1), runOf())
    process.stdout.write(`${text}\n${describeClip(directed, direction)}\n`)
  }
  return false
}

async function evaluate(every: number): Promise<boolean> {
  const all = await readPrompts()
  // Every second prompt is held out: the place within a stride wanders, so that a part of them has both kinds.
  const prompts = all.filter((_, i) => i % every === Math.floor(i / every) % every)
  const unseen = heldOut(all, direction.verbIds)
  const tally = new Tally()
  for (const [index, prompt] of prompts.entries()) {
    await judgePrompt(prompt, tally, unseen)
    if (process.stderr.isTTY) process.stderr.write(`\r${index + 1}/${prompts.length} `)
  }
  const some = (count: number) =>
    prompts.filter((_, i) => i % Math.max(1, Math.floor(prompts.length / count)) === 0).slice(0, count)
  for (const { text } of some(extensions)) tally.add('extension', await extend(theatre, text, 5), `goes on: ${text}`)
  for (const [i, { text }] of some(brushes).entries()) tally.measure('brush', await brushError(theatre, text, 100 + i))
  const fresh = prompts.filter(({ does }) => does.some(unseen)).length
  process.stdout.write(
    `${prompts.length} prompts (${fresh} never seen in training as combinations), ${seeds.length} seeds\n`,
  )
  process.stdout.write(tally.table())
  process.stdout.write(`${JSON.stringify(tally.summary())}\n`)
  return tally.fails()
}

async function judgePrompt(
  prompt: Prompt,
  tally: Tally,
  unseen: (doing: Prompt['does'][number]) => boolean,
): Promise<void> {
  const takes = []
  for (const seed of seeds) {
    const directed = await direct(theatre, recipeOf(prompt.text, seed), runOf())
    takes.push(directed)
    const verdict = judge(directed, prompt, direction)
    const where = `${prompt.language} ${prompt.text} (${seed})`
    tally.add('actors', verdict.actors, where, prompt.language)
    tally.add('counts', verdict.counts, where, prompt.language)
    for (const { claim, doing, held } of verdict.actions) {
      tally.add('actions', held, `${where}: ${claim}`, doing.verb)
      tally.part('actions', unseen(doing) ? 'unseen' : 'seen', held)
    }
    for (const { claim, held } of verdict.sets) tally.add('sets', held, `${where}: ${claim}`, claim)
    if (verdict.camera !== undefined) tally.add('camera', verdict.camera, `${where}: ${prompt.camera}`, prompt.camera)
    tally.add('smoothness', verdict.smoothness, where)
  }
  tally.measure('diversity', spread(takes, direction))
}
