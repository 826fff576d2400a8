import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  closeQuestion,
  consentMs,
  dropYours,
  noteConsent,
  noteYours,
  openQuestion,
  overdueQuestions,
  type Question,
  questionOf,
  questionTo,
} from '../../core/consent.ts'
import { crashpoint } from '../../core/crashpoint.ts'
import { failureOf, UserError } from '../../core/errors.ts'
import { t } from '../../core/i18n.ts'
import { profileOf } from '../../core/members.ts'
import { namesOf } from '../../core/people.ts'
import { type Place, placeKey } from '../../core/place.ts'
import { aboutOf } from '../../core/updates.ts'
import type { Answer, Ask, Bot } from '../bot.ts'
import { buttonId, type Press } from '../buttons.ts'
import { excerpt } from '../describe.ts'
import type { Button } from '../platform.ts'
import { refusalMessage } from '../present.ts'
import { AskFirst } from './gate.ts'
import { type Meant, Parked, park, unpark } from './parked.ts'

/** The question to whoever posted a picture, and what follows from the answer. */

export type ConsentAct = Extract<Press, { verb: 'consent' }>['act']

/** Takes a request up again, as what it was understood to be; its pictures are allowed now. */
export type Resume = (bot: Bot, ask: Ask, meant: Meant) => Promise<Answer | undefined>

/** The same update, after the same question, asks the same person for the same pictures: that is one question. */
const idOf = (...of: readonly string[]): string =>
  createHash('sha256').update(of.join('\n')).digest('base64url').slice(0, 16)

const localeOf = async (bot: Bot, member: string, fallback: string): Promise<string> => {
  const { language, locale } = await profileOf(bot.core, member)
  return language ?? locale ?? fallback
}

/**
 * Puts the question to the poster; nothing is held or made until they answer. `after`: the question whose answer led to this one.
 * Undefined where this very request has asked before, and the question is there.
 */
export async function askPoster(
  bot: Bot,
  ask: Ask,
  { poster, place, pictures, kept, meant }: AskFirst,
  after = '',
): Promise<Answer | undefined> {
  const parked = park(ask, kept, meant)
  const { locale: own, member, text } = parked
  const id = idOf(parked.update, after, poster.member, ...pictures)
  const opened = await openQuestion(bot.core, {
    ...{ id, owner: poster.member, ownerName: poster.name, place, asked: parked, by: member },
    pictures: [...pictures],
    kept: kept.map(({ key }) => key),
  })
  crashpoint('consent-asked')
  // A process that died over it may not have come to saying it.
  if (opened === 'again' && (await questionOf(bot.core, id))?.posted) return undefined
  if (opened === 'many') {
    await Promise.allSettled(kept.map(({ key }) => bot.store.remove(key)))
    throw new UserError('refusal.consent-many', { name: poster.name })
  }
  const locale = await localeOf(bot, poster.member, own)
  const { name: asker = member } = await profileOf(bot.core, member)
  const words = excerpt(text, 120)
  const params = { name: poster.name, asker, words, hours: consentMs.open / 3600_000 }
  const button = (act: ConsentAct): Button => ({
    id: buttonId({ verb: 'consent', act, question: id }),
    label: t(locale, `consent.${act}`),
    only: { member: poster.member, name: poster.name },
  })
  return {
    message: {
      text: t(locale, words === '' ? 'consent.ask-bare' : 'consent.ask', params),
      buttons: (['yes', 'always', 'no'] as const).map(button),
      once: `consent:${id}`,
    },
    ...(poster.message && { to: poster.message }),
    ...(poster.message && placeKey(poster.message) !== placeKey(ask.place) && { also: [elsewhere(ask, poster)] }),
    member: poster.member,
    locale,
    question: id,
  }
}

/** Whoever asks in another thread would see nothing of the question. */
const elsewhere = ({ place, member, locale }: Ask, { name }: AskFirst['poster']): Answer => ({
  message: { text: t(locale, 'consent.asked', { name }) },
  ...{ to: place, member, locale },
})

const spoken: readonly (readonly [RegExp, ConsentAct])[] = [
  [/^(?:yes|ok|okay|sure|allow|好|好的|可以|同意|行|是|没问题)[.!。！]?$/iu, 'yes'],
  [/^(?:always|总是|一直|总是同意|总是可以)[.!。！]?$/iu, 'always'],
  [/^(?:no|nope|deny|不|不行|不要|不可以|不同意|别)[.!。！]?$/iu, 'no'],
]

/**
 * What a poster's words to us are an answer to: the question they reply to, else the newest one to them here. Undefined for all other
 * words, and for those that answer another message.
 */
export async function consentSaid(
  bot: Bot,
  ask: Ask,
): Promise<{ readonly act: ConsentAct; readonly question: string } | undefined> {
  const act = spoken.find(([words]) => words.test(ask.text.trim()))?.[1]
  if (!act) return undefined
  const question = await aboutOf(bot.core, 'consent', ask.update, async () => {
    const to = { owner: ask.member, place: ask.place, message: ask.replyTo }
    return (await questionTo(bot.core, to))?.id
  })
  return question === undefined ? undefined : { act, question }
}

/** The answer to a question. Only the poster can give it; whoever asked hears of it, and a yes takes their request up again. */
export async function consentAnswered(
  bot: Bot,
  ask: Ask,
  { act, question: id }: { act: ConsentAct; question: string },
  resume: Resume,
): Promise<Answer | undefined> {
  const question = await questionOf(bot.core, id)
  if (!question) throw new UserError('refusal.consent-over')
  const { owner, ownerName: name, place, pictures, by, posted } = question
  if (!(await namesOf(bot.core, ask.member)).includes(owner)) throw new UserError('refusal.consent-not-yours', { name })
  const said = act !== 'no'
  await noteConsent(bot.core, { owner, place, pictures: act === 'always' ? '*' : pictures, said })
  // The last word to somebody counts, and only to them.
  if (said) await noteYours(bot.core, { owner, place, pictures, to: by })
  else await dropYours(bot.core, { owner, place, pictures, to: await namesOf(bot.core, by) })
  crashpoint('consent-said')
  retire(bot, ask, posted, t(ask.locale, act === 'no' ? 'consent.said-no' : 'consent.said-yes', { name }))
  const asked = Parked.parse(question.asked)
  const answer = act === 'no' ? await refused(bot, question, asked) : await goOn(bot, question, resume)
  const close = async (): Promise<void> => {
    await closeQuestion(bot.core, question)
    crashpoint('consent-closed')
  }
  // Of a job they hear in any case; of all else only by this answer.
  const heard = !answer || answer.job !== undefined
  if (heard) await close()
  const onceSaid = async (): Promise<void> => {
    await answer?.said?.()
    await close()
  }
  return (
    answer && {
      to: asked.place,
      member: asked.member,
      locale: asked.locale,
      ...answer,
      ...(!heard && { said: onceSaid }),
    }
  )
}

async function refused(bot: Bot, { ownerName: name, kept }: Question, { locale }: Parked): Promise<Answer> {
  await Promise.allSettled(kept.map(key => bot.store.remove(key)))
  return {
    message: { text: t(locale, 'refusal.consent-no', { name }), failure: 'refusal.consent-no', mood: 'problem' },
  }
}

/** What was asked for, now. Its own refusals (credits, words) go to whoever asked. */
async function goOn(bot: Bot, question: Question, resume: Resume): Promise<Answer | undefined> {
  const parked = await unpark(bot, question.asked)
  if (!parked) return undefined
  const { ask, meant } = parked
  if (ask.profile.banned !== undefined && !ask.operator) {
    await Promise.allSettled(question.kept.map(key => bot.store.remove(key)))
    return undefined
  }
  try {
    // One from before an upgrade does not say what was meant.
    if (!meant) throw new UserError('refusal.consent-over')
    return await resume(bot, ask, meant).catch(error => {
      // One of its pictures was somebody else's still.
      if (error instanceof AskFirst) return askPoster(bot, ask, error, question.id)
      throw error
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { message: refusalMessage(ask.locale, failureOf(error), ask.member) }
  }
}

/** Ends questions whose time is over; whoever asked hears that no answer came. */
export async function endQuestions(
  { core, store, platforms, tell }: Pick<Bot, 'core' | 'store' | 'platforms' | 'tell'>,
  now = Date.now(),
): Promise<void> {
  for (const question of await overdueQuestions(core, now)) {
    const { id, asked, kept } = question
    const { place, member, locale } = Parked.parse(asked)
    // Some other process is there.
    if (!platforms.has(place.platform) || !(await closeQuestion(core, question))) continue
    await Promise.allSettled(kept.map(key => store.remove(key)))
    const { name = member } = await profileOf(core, member)
    await tell(place, { text: t(locale, 'consent.expired', { name }), once: `consent-over:${id}` })
  }
}

/** The question says what became of it, where messages can be changed; where not, its numbers just do nothing any more. */
function retire(bot: Bot, { platform }: Ask, posted: Place | undefined, text: string): void {
  if (!posted || !platform.edit || platform.can.buttons === 0) return
  // It may have been asked just now.
  sleep(platform.can.editEveryMs, undefined, { ref: false })
    .then(() => platform.edit?.(posted, { text }))
    .catch(error => bot.log.debug({ err: error }, 'question not marked as answered'))
}
