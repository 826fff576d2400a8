import { getClip } from '../core/clips.ts'
import { UserError } from '../core/errors.ts'
import { position, queueLength } from '../core/fair.ts'
import { potsOf } from '../core/film/pot.ts'
import { filmOf } from '../core/film/store.ts'
import { alive } from '../core/fleet.ts'
import { type Language, pickLanguage, t } from '../core/i18n.ts'
import { cancel, getJob, jobAt, jobsOf, openJobs } from '../core/jobs.ts'
import { profileOf, type Setting, setSetting } from '../core/members.ts'
import { ratioWords, tierWords } from '../core/parse/vocabulary.ts'
import { balance, dailyGrant, redeem } from '../core/wallet.ts'
import { type Answer, type Ask, type Bot, linkTo, today, walletOf } from './bot.ts'
import { credits } from './describe.ts'
import { modelNamed } from './order.ts'
import { cancelPage, creditsPage, historyPage, modelsPage, type OpenJob, queuePage, settingsPage } from './pages.ts'
import { packsFor } from './shop.ts'

/** The verbs about a member's own things: credits, jobs on their way, history, settings. */

type Said = Promise<Answer>

export async function creditsNow(bot: Bot, { member, locale, entitled, platform }: Ask): Said {
  const daily = entitled.dailyCredits
  if (daily > 0) await dailyGrant(bot.core, walletOf(member), daily, today())
  const { available, held } = await balance(bot.core, walletOf(member))
  const sold = packsFor(bot.catalogue.packs, platform.can).length > 0
  const pots = await potsWith(bot, member)
  return { message: creditsPage(locale, bot.catalogue, { available, held, daily, member, sold, pots }) }
}

/** Films in whose pots this member has credits. */
async function potsWith({ core }: Bot, member: string): Promise<{ title: string; credits: number }[]> {
  const found = await Promise.all(
    (await potsOf(core, walletOf(member))).map(async ({ pot, credits: count }) => {
      const film = await filmOf(core, pot)
      return film && { title: film.title, credits: count }
    }),
  )
  return found.filter(one => one !== undefined)
}

export async function redeemCode(bot: Bot, { member, locale, text }: Ask): Said {
  if (!/^[A-Za-z0-9-]{4,40}$/.test(text)) throw new UserError('refusal.redeem-usage')
  const given = await redeem(bot.core, { account: walletOf(member), code: text.toUpperCase() })
  const { available } = await balance(bot.core, walletOf(member))
  const message = t(locale, 'redeem.done', {
    credits: credits(locale, given.credits),
    total: credits(locale, available),
  })
  return { message: { text: message, mood: 'done', quiet: member } }
}

async function openOnes(bot: Bot, ask: Ask): Promise<OpenJob[]> {
  const jobs = await openJobs(bot.core, ask.member)
  const fleet = await alive(bot.core)
  return Promise.all(
    jobs.map(async job => {
      const place = job.state === 'queued' ? await position(bot.core, job.id, fleet) : undefined
      return { job, ...(place && { place }) }
    }),
  )
}

export async function whereTheyStand(bot: Bot, ask: Ask): Said {
  const [jobs, waiting] = await Promise.all([openOnes(bot, ask), queueLength(bot.core)])
  return { message: queuePage(ask.locale, jobs, waiting, ask.member) }
}

const historyLength = 10

export async function history(bot: Bot, ask: Ask): Said {
  const jobs = await jobsOf(bot.core, ask.member, historyLength)
  const past = await Promise.all(
    jobs.map(async job => {
      const clip = job.clip ? await getClip(bot.core, job.clip) : undefined
      return { job, ...(clip && { link: linkTo(bot, clip.media, 1) }) }
    }),
  )
  return { message: historyPage(ask.locale, past, ask.member) }
}

/** The cancel button. Where the status message can be edited, it says what became of the job, and nothing else needs to. */
export async function cancelPressed(bot: Bot, ask: Ask, id: string): Promise<Answer | undefined> {
  const answer = await cancelJob(bot, ask, id)
  return ask.platform.edit ? undefined : answer
}

/** Cancels one job; what to say about it. Throws UserError when there is nothing to be done. */
async function cancelJob(bot: Bot, ask: Ask, id: string): Said {
  const { member, locale, operator } = ask
  const job = await getJob(bot.core, id)
  const outcome = job ? await cancel(bot.core, { job: id, by: member, operator }) : 'unknown'
  if (!job || outcome === 'unknown') throw new UserError('refusal.job-gone')
  if (outcome === 'not-yours') throw new UserError('refusal.not-yours')
  if (outcome === 'too-late') throw new UserError('refusal.too-late')
  const text =
    outcome === 'cancelled'
      ? t(locale, 'job.cancelled', { number: job.number, credits: credits(locale, job.price) })
      : t(locale, 'job.cancelling', { number: job.number })
  return { message: { text, mood: 'plain', quiet: member } }
}

/** "cancel": the one answered to, the one of that number, the only one, all, or asks which. */
export async function cancelMeant(bot: Bot, ask: Ask): Said {
  const { text, member, locale } = ask
  const answered = ask.replyTo ? await jobAt(bot.core, ask.replyTo) : undefined
  if (answered) return cancelJob(bot, ask, answered.id)
  const jobs = await openJobs(bot.core, member)
  if (/^(?:all|全部|所有)$/i.test(text)) {
    const outcomes = await Promise.all(jobs.map(job => cancel(bot.core, { job: job.id, by: member })))
    const count = outcomes.filter(outcome => outcome === 'cancelled' || outcome === 'cancelling').length
    if (count === 0) throw new UserError('refusal.nothing-to-cancel')
    return { message: { text: t(locale, 'cancel.all', { count }), quiet: member } }
  }
  const number = /^#?(\d{1,9})$/.exec(text)?.[1]
  if (number !== undefined) {
    const known = [...jobs, ...(await jobsOf(bot.core, member, 100))]
    const job = known.find(candidate => candidate.number === Number(number))
    if (!job) throw new UserError('refusal.job-gone')
    return cancelJob(bot, ask, job.id)
  }
  const [only, ...others] = jobs
  if (!only) throw new UserError('refusal.nothing-to-cancel')
  if (others.length === 0) return cancelJob(bot, ask, only.id)
  return {
    message: cancelPage(
      locale,
      jobs.map(job => ({ job })),
      member,
    ),
  }
}

export async function models(bot: Bot, { locale }: Ask): Said {
  return { message: modelsPage(locale, bot.catalogue, new Set((await alive(bot.core)).keys())) }
}

const settingNames: ReadonlyMap<string, Setting> = new Map([
  ['language', 'language'],
  ['语言', 'language'],
  ['model', 'model'],
  ['模型', 'model'],
  ['tier', 'tier'],
  ['quality', 'tier'],
  ['画质', 'tier'],
  ['品质', 'tier'],
  ['ratio', 'ratio'],
  ['ar', 'ratio'],
  ['画幅', 'ratio'],
  ['比例', 'ratio'],
])

/** Shows the settings, changes one ("tier high", 画幅 9:16), or puts all back ("reset"). */
export async function settings(bot: Bot, ask: Ask): Said {
  const { text, locale, member } = ask
  if (text === '') return { message: settingsPage(locale, bot.catalogue, ask.profile, pickLanguage(locale)) }
  if (/^(?:reset|重置)$/i.test(text)) {
    for (const setting of ['language', 'model', 'tier', 'ratio'] as const)
      await setSetting(bot.core, member, setting, undefined)
    return { message: { text: t(locale, 'settings.reset'), quiet: member } }
  }
  const [name = '', ...rest] = text.split(/[\s:：=]+/)
  const setting = settingNames.get(name.toLowerCase())
  if (!setting) throw new UserError('refusal.setting')
  const value = setting === 'ratio' ? text.slice(name.length).replace(/^[\s:：=]+/, '') : rest.join(' ')
  return changeSetting(bot, ask, setting, value)
}

const languageOf = (said: string): Language | undefined => {
  if (/^(?:zh|中|汉|chinese|简体)/i.test(said)) return 'zh-CN'
  return /^(?:en|英)/i.test(said) ? 'en' : undefined
}

/** Sets one setting to what was said; the answer shows all of them, in the new language if that was it. */
export async function changeSetting(bot: Bot, ask: Ask, setting: Setting, said: string): Said {
  const key = said.normalize('NFKC').toLowerCase().trim()
  const value = {
    language: () => languageOf(key),
    tier: () => tierWords.get(key),
    ratio: () => ratioWords.get(key),
    model: () => (key === '' ? undefined : modelNamed(bot, key)),
  }[setting]()
  if (value === undefined) throw new UserError('refusal.setting')
  await setSetting(bot.core, ask.member, setting, value)
  const locale = setting === 'language' ? value : ask.locale
  const page = settingsPage(locale, bot.catalogue, await profileOf(bot.core, ask.member), pickLanguage(locale))
  return { message: { ...page, text: `${t(locale, 'settings.saved')}\n${page.text}`, quiet: ask.member }, locale }
}
