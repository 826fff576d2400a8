import type { Catalogue } from '../../core/catalogue.ts'
import { alive } from '../../core/fleet.ts'
import { t } from '../../core/i18n.ts'
import type { Job } from '../../core/job.ts'
import { jobsOf, openJobs } from '../../core/jobs.ts'
import { ratioWords } from '../../core/parse/vocabulary.ts'
import type { Core } from '../../core/redis.ts'
import { cameraPresets, ratios, tiers } from '../../core/request.ts'
import type { CommandName } from '../commands.ts'
import { credits, excerpt, inShort } from '../describe.ts'

/** What Discord offers while somebody types into an option. */

export interface Suggestion {
  readonly name: string
  readonly value: string
}

export interface Typing {
  readonly command: CommandName
  readonly option: string
  readonly typed: string
  readonly member: string
  readonly locale: string
}

/** Discord shows so many. */
const most = 25

export async function suggest(parts: { core: Core; catalogue: Catalogue }, typing: Typing): Promise<Suggestion[]> {
  const typed = typing.typed.normalize('NFKC').toLowerCase().trim()
  const all = await suggestions(parts, typing)
  const meant = ratioWords.get(typed)
  return all
    .filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(typed) || value === meant)
    .slice(0, most)
    .map(({ name, value }) => ({ name: excerpt(name, 100), value: value.slice(0, 100) }))
}

async function suggestions(
  { core, catalogue }: { core: Core; catalogue: Catalogue },
  { command, option, member, locale }: Typing,
): Promise<Suggestion[]> {
  switch (option) {
    case 'ratio':
      return ratios.map(ratio => ({ name: called(locale, ratio), value: ratio }))
    case 'camera':
      return cameraPresets.map(preset => ({ name: t(locale, `camera.${preset}`), value: preset }))
    case 'model':
      return models(catalogue, new Set((await alive(core)).keys()), locale)
    case 'pack':
      return catalogue.packs
        .filter(({ sku }) => sku !== undefined)
        .map(({ id, credits: worth }) => ({ name: credits(locale, worth), value: id }))
    case 'setting':
      return settings(catalogue, locale)
    case 'clip':
      return (await jobsOf(core, member, 4 * most))
        .filter(job => job.clip && isVideo(job))
        .map(job => line(locale, job))
    case 'number': {
      if (command !== 'cancel') return (await jobsOf(core, member, most)).map(job => line(locale, job))
      const open = (await openJobs(core, member)).map(job => line(locale, job))
      return open.length > 1 ? [...open, { name: t(locale, 'discord.all'), value: 'all' }] : open
    }
    default:
      return []
  }
}

const isVideo = (job: Job): boolean => job.request.recipe.kind === 'video'

/** "#12 a cat chasing a butterfly (5 s, 16:9, standard)" */
const line = (locale: string, { number, request: { recipe } }: Job): Suggestion => ({
  name: excerpt(`#${number} ${excerpt(recipe.prompt, 60)} (${inShort(locale, recipe)})`, 100),
  value: String(number),
})

/** "9:16 竖屏", "9:16 portrait" */
function called(locale: string, ratio: string): string {
  const words = [...ratioWords].filter(([word, value]) => value === ratio && word !== ratio).map(([word]) => word)
  const word = words.find(found => /\p{Script=Han}/u.test(found) === locale.startsWith('zh'))
  return word === undefined ? ratio : `${ratio} ${word}`
}

/** Those that run first. */
function models(catalogue: Catalogue, running: ReadonlySet<string>, locale: string): Suggestion[] {
  const ids = Object.keys(catalogue.models).sort((a, b) => Number(running.has(b)) - Number(running.has(a)))
  return ids.map(id => {
    const names = catalogue.models[id]?.name
    return { name: `${names?.[locale] ?? names?.en ?? id} (${id})`, value: id }
  })
}

/** What can be written after "settings". */
function settings(catalogue: Catalogue, locale: string): Suggestion[] {
  const languages = (['en', 'zh-CN'] as const).map(language => t(locale, `language.${language}`))
  return [
    ...languages.map(language => `language ${language}`),
    ...tiers.map(tier => `tier ${tier}`),
    ...ratios.map(ratio => `ratio ${ratio}`),
    ...Object.keys(catalogue.models).map(model => `model ${model}`),
    'reset',
  ].map(text => ({ name: text, value: text }))
}
