import { type Catalogue, priceOf } from '../core/catalogue.ts'
import { type Key, type Language, supported, t } from '../core/i18n.ts'
import type { Job } from '../core/job.ts'
import type { Profile } from '../core/members.ts'
import { options } from '../core/parse/options.ts'
import type { Recipe } from '../core/request.ts'
import { buttonId } from './buttons.ts'
import { allCommands, type Command } from './commands.ts'
import { credits, excerpt, inShort } from './describe.ts'
import type { Button, Outgoing } from './platform.ts'
import { whereInLine } from './present.ts'

/** The pages a member can ask for, as messages. Pure. */

const chinese = (locale: string): boolean => locale.startsWith('zh')
const joined = (locale: string, parts: readonly string[]): string => parts.join(chinese(locale) ? '、' : ', ')
const list = (lines: readonly string[]): string => lines.filter(line => line !== '').join('\n')

/** "/video <words>", 视频 <描述> */
function usage(locale: string, command: Command): string {
  const slash = !chinese(locale) || command.who === 'operator' ? '/' : ''
  const name = slash + command[chinese(locale) ? 'zh' : 'en'][0]
  const args = command.args.map(({ name: arg, required }) => {
    const word = t(locale, `argument.${arg}` as Key)
    return required ? `<${word}>` : `[${word}]`
  })
  return [name, ...args].join(' ')
}

/** How everything is said: made from the command table and the option table. */
export function helpPage(locale: string, operator: boolean): Outgoing {
  const lines = (who: Command['who']): string[] =>
    allCommands
      .filter(([, command]) => command.who === who)
      .map(([, command]) => `${usage(locale, command)} – ${t(locale, command.help)}`)
  const known = options.map(option => `--${option.names[0]}`).join(' ')
  return {
    text: list([
      t(locale, 'help.welcome'),
      '',
      t(locale, 'help.examples'),
      t(locale, 'help.commands'),
      ...lines('member'),
      t(locale, 'help.options', { options: known }),
      ...(operator ? [t(locale, 'help.operator'), ...lines('operator')] : []),
    ]),
    buttons: (['credits', 'history', 'models', 'settings'] as const).map(command => ({
      id: buttonId({ verb: 'say', command }),
      label: t(locale, `page.${command}`),
    })),
  }
}

export const buyButton = (locale: string): Button => ({
  id: buttonId({ verb: 'say', command: 'buy' }),
  label: t(locale, 'button.buy'),
})

export function creditsPage(
  locale: string,
  catalogue: Catalogue,
  account: {
    available: number
    held: number
    daily: number
    member: string
    sold?: boolean
    pots?: readonly { title: string; credits: number }[]
  },
): Outgoing {
  const { model } = catalogue.defaults
  const prices = catalogue.models[model]?.tiers.map(tier => {
    const price = priceOf(catalogue, { kind: 'video', tier, seconds: 5, model })
    return `${t(locale, `tier.${tier}`)} ${price}`
  })
  return {
    text: list([
      t(locale, 'credits.now', { credits: credits(locale, account.available) }),
      account.held > 0 ? t(locale, 'credits.held', { credits: credits(locale, account.held) }) : '',
      ...(account.pots ?? []).map(pot =>
        t(locale, 'credits.pot', { title: pot.title, credits: credits(locale, pot.credits) }),
      ),
      account.daily > 0 ? t(locale, 'credits.daily', { credits: credits(locale, account.daily) }) : '',
      t(locale, 'credits.prices', { prices: joined(locale, prices ?? []) }),
    ]),
    ...(account.sold && { buttons: [buyButton(locale)] }),
    quiet: account.member,
  }
}

/** One of the member's jobs, with a link to its clip if it is kept. */
export interface PastJob {
  readonly job: Pick<Job, 'number' | 'state'> & { readonly request: { readonly recipe: Recipe } }
  readonly link?: string
}

export function historyPage(locale: string, past: readonly PastJob[], member: string): Outgoing {
  if (past.length === 0) return { text: t(locale, 'history.none'), quiet: member }
  const lines = past.map(({ job, link }) => {
    const { recipe } = job.request
    const line = t(locale, 'history.line', {
      number: job.number,
      what: inShort(locale, recipe),
      prompt: excerpt(recipe.prompt, 40),
    })
    const note = job.state === 'told' || job.state === 'failed' ? t(locale, 'history.gone') : ''
    return [line, note, link ?? ''].filter(part => part !== '').join(' – ')
  })
  return { text: list([t(locale, 'history.head'), ...lines]), quiet: member }
}

/** A job that is not finished yet. */
export interface OpenJob {
  readonly job: Pick<Job, 'id' | 'number' | 'state'> & { readonly request: { readonly recipe: Recipe } }
  readonly place?: { readonly ahead: number; readonly etaSeconds?: number | undefined }
}

const cancelButtons = (locale: string, jobs: readonly OpenJob[]): Button[] =>
  jobs.map(({ job }) => ({
    id: buttonId({ verb: 'cancel', job: job.id }),
    label: `${t(locale, 'button.cancel')} #${job.number}`,
  }))

export function queuePage(locale: string, jobs: readonly OpenJob[], waiting: number, member: string): Outgoing {
  const lines = jobs.map(({ job, place }) => {
    const params = { number: job.number, what: inShort(locale, job.request.recipe) }
    if (job.state === 'queued')
      return t(locale, 'queue.waiting', { ...params, where: whereInLine(locale, place ?? { ahead: 0 }) })
    return t(locale, job.state === 'running' ? 'queue.running' : 'queue.sending', params)
  })
  return {
    text: list([
      ...(jobs.length === 0 ? [t(locale, 'queue.none')] : lines),
      waiting > 0 ? t(locale, 'queue.all', { count: waiting }) : '',
    ]),
    buttons: cancelButtons(locale, jobs),
    quiet: member,
  }
}

/** Several jobs could be meant by "cancel": which one? */
export const cancelPage = (locale: string, jobs: readonly OpenJob[], member: string): Outgoing => ({
  text: list([
    t(locale, 'cancel.which'),
    ...jobs.map(({ job }) => `#${job.number} ${excerpt(job.request.recipe.prompt, 40)}`),
  ]),
  buttons: cancelButtons(locale, jobs),
  quiet: member,
})

export function modelsPage(locale: string, catalogue: Catalogue, running: ReadonlySet<string>): Outgoing {
  if (running.size === 0) return { text: t(locale, 'models.none') }
  // The catalogue knows more models than one machine serves; only the default one is missed when it is away.
  const shown = Object.entries(catalogue.models).filter(([id]) => running.has(id) || id === catalogue.defaults.model)
  const lines = shown.map(([id, model]) => {
    const name = model.name[locale] ?? model.name.en
    if (!running.has(id)) return t(locale, 'models.away', { name, id })
    return t(locale, 'models.line', {
      name,
      id,
      tasks: joined(
        locale,
        model.tasks.map(task => t(locale, `task.${task}`)),
      ),
      tiers: joined(
        locale,
        model.tiers.map(tier => t(locale, `tier.${tier}`)),
      ),
      seconds: t(locale, 'unit.seconds', { count: model.maxSeconds }),
      price: joined(
        locale,
        model.tiers.map(tier => String(priceOf(catalogue, { kind: 'video', tier, seconds: 5, model: id }))),
      ),
    })
  })
  return { text: list([t(locale, 'models.head'), ...lines]) }
}

export function settingsPage(locale: string, catalogue: Catalogue, profile: Profile, language: Language): Outgoing {
  const { defaults, models } = catalogue
  const model = profile.model !== undefined && profile.model in models ? profile.model : defaults.model
  return {
    text: list([
      t(locale, 'settings.now', {
        language: t(locale, `language.${language}`),
        model: models[model]?.name[locale] ?? models[model]?.name.en ?? model,
        tier: t(locale, `tier.${profile.tier ?? defaults.tier}`),
        ratio: profile.ratio ?? defaults.ratio,
      }),
      t(locale, 'settings.how', { model }),
    ]),
    buttons: supported
      .filter(other => other !== language)
      .map(other => ({
        id: buttonId({ verb: 'set', setting: 'language', value: other }),
        label: t(other, `language.${other}`),
      })),
  }
}
