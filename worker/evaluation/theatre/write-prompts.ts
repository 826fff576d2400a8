import { writeFile } from 'node:fs/promises'
import { type Language, languages } from '../../families/theatre/lexicon.ts'
import { createRandom, type Random } from '../../schedulers/noise.ts'
import { handWritten } from './hand-written.ts'
import { aloneVerbs, doingVerbs, nouns, phrasebooks, sets, things, times, weathers } from './phrasebook.ts'
import type { Prompt } from './prompts.ts'

/** Writes prompts.json: scenes drawn by a fixed seed in ten languages, and the hand-written ones. `npx tsx worker/evaluation/theatre/write-prompts.ts` */

const perLanguage = 27

/** One of the indices of a list. */
const any = (random: Random, length: number): number => Math.floor(random() * length)

function draw(language: Language, index: number, random: Random): Prompt {
  const book = phrasebooks[language]
  const noun = any(random, nouns.length)
  const place = random() < 0.75 ? any(random, sets.length) : -1
  const time = random() < 0.4 ? any(random, times.length) : -1
  const air =
    time < 0 &&
    place >= 0 &&
    !['castle', 'stage', 'moon', 'snow', 'desert'].includes(sets[place] ?? '') &&
    random() < 0.35
      ? any(random, weathers.length)
      : -1
  const where = book.sets[place] ?? ''
  const scene = {
    ...(place >= 0 ? { set: sets[place] } : {}),
    ...(time >= 0 ? { time: times[time] } : {}),
    ...(air >= 0 ? { weather: weathers[air] } : {}),
  }
  const finish = (subject: string, action: string) =>
    book.sentence(subject, action, where, book.times[time] ?? '', book.weathers[air] ?? '')
  const name = nouns[noun] ?? 'cat'
  const kind = index % 3
  if (kind === 0) {
    const verb = any(random, aloneVerbs.length)
    const does = [{ subject: name, verb: aloneVerbs[verb] ?? 'run' }]
    return {
      language,
      text: finish(book.subjects[noun] ?? '', book.alone[verb] ?? ''),
      actors: { [name]: 1 },
      does,
      ...scene,
    }
  }
  if (kind === 1) {
    const verb = any(random, aloneVerbs.length)
    const count = 2 + any(random, 3)
    const does = [{ subject: name, verb: aloneVerbs[verb] ?? 'run' }]
    return {
      language,
      text: finish(book.several(noun, count), book.together[verb] ?? ''),
      actors: { [name]: count },
      does,
      ...scene,
    }
  }
  const verb = any(random, doingVerbs.length)
  const thing = things[verb] ?? 'butterfly'
  const other = thing === name ? (noun + 1) % nouns.length : noun
  const doer = nouns[other] ?? 'cat'
  const action = (book.doing[verb] ?? '').replace('@', book.objects[verb] ?? '')
  const does = [{ subject: doer, verb: doingVerbs[verb] ?? 'chase', object: thing }]
  return {
    language,
    text: finish(book.subjects[other] ?? '', action),
    actors: { [doer]: 1, [thing]: 1 },
    does,
    ...scene,
  }
}

const random = createRandom(20261121)
const drawn = languages.flatMap(language =>
  Array.from({ length: perLanguage }, (_, index) => draw(language, index, random)),
)
const doing = ({ subject, verb, object }: Prompt['does'][number]): string => [subject, verb, object].join(' ')
const asked = new Set(handWritten.flatMap(prompt => prompt.does.map(doing)))
/** Every second drawn prompt is kept from training, unless it is what people ask for most (the hand-written ones). */
const held = (prompt: Prompt, i: number): boolean => i % 2 === 0 && !prompt.does.some(one => asked.has(doing(one)))
const prompts: Prompt[] = [
  ...handWritten,
  ...drawn.map((prompt, i): Prompt => (held(prompt, i) ? { ...prompt, heldOut: true } : prompt)),
]
await writeFile(new URL('prompts.json', import.meta.url), `${JSON.stringify(prompts, undefined, 1)}\n`)
process.stdout.write(`${prompts.length} prompts\n`)
