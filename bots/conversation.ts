import { setTimeout as sleep } from 'node:timers/promises'
import { notePosted } from '../core/consent.ts'
import { failureOf, UserError } from '../core/errors.ts'
import { pickLanguage } from '../core/i18n.ts'
import { meet } from '../core/members.ts'
import { clean } from '../core/parse/clean.ts'
import type { Place } from '../core/place.ts'
import { markAnswered, wasAnswered } from '../core/updates.ts'
import type { Answer, Ask, Bot } from './bot.ts'
import { askPoster } from './consent/ask.ts'
import { AskFirst } from './consent/gate.ts'
import { awaitsPicture, hasPosted } from './duet/verbs.ts'
import { polled } from './film/ballot.ts'
import { buyButton } from './pages.ts'
import type { Attachment, Incoming, Platform } from './platform.ts'
import { refusalMessage } from './present.ts'
import { reacted } from './reacted.ts'
import { readCommand } from './read-command.ts'
import { entitled } from './roles.ts'
import { packsFor, paid } from './shop.ts'
import type { Speaker } from './speaker.ts'
import type { StatusBoard } from './status.ts'
import { calledFor } from './verbs.ts'

export interface Conversation {
  /**
   * Takes an update of a platform; resolves when it is durably dealt with, and the same update again changes nothing. Rejects only for
   * a payment that could not be kept.
   */
  handle(platform: Platform, event: Incoming): Promise<void>
  /** Resolves when nothing is being handled any more. */
  idle(): Promise<void>
}

export interface ConversationParts {
  readonly bot: Bot
  readonly board: StatusBoard
  speaker(platform: string): Speaker
  /** A job was accepted: it may be anybody's turn now. */
  accepted(): void
}

/** How long an update waits for its answer to be said; intake must not stand still because a platform is slow. */
const sayingMs = 2_000

export function openConversation({ bot, board, speaker, accepted }: ConversationParts): Conversation {
  const busy = new Map<string, Promise<void>>()

  async function askOf(platform: Platform, event: Incoming): Promise<Ask> {
    const { update, place, member, memberName: name, locale } = event
    const files = event.kind === 'message' ? event.images : []
    const { memberOpenJobs: openJobs, dailyCredits, operators } = bot.rules
    const operator = operators.includes(member)
    const profile = await meet(bot.core, { member, name: clean(name), locale, place })
    return {
      update,
      platform,
      place,
      member,
      profile,
      locale: pickLanguage(profile.language, locale ?? profile.locale, bot.rules.language),
      operator,
      entitled: operator
        ? { openJobs, dailyCredits }
        : entitled(bot.roles, event.roles ?? [], { openJobs, dailyCredits }),
      quiet: event.quiet ?? platform.can.quiet,
      uploadBytes: event.uploadBytes ?? platform.can.uploadBytes,
      adult: event.adult === true,
      text: event.kind === 'message' || event.kind === 'button' ? clean(event.text ?? '') : '',
      images: files.filter(file => !isSound(file) && !isJson(file)),
      sounds: files.filter(isSound),
      files: files.filter(isJson),
      ...(event.kind === 'message' && event.replyTo && { replyTo: event.replyTo }),
      ...(event.manages !== undefined && { manages: event.manages }),
      ...(event.handle !== undefined && { handle: event.handle }),
    }
  }

  /** What it means; where somebody has to be asked first, the question to them. */
  async function answerOf(ask: Ask, event: Extract<Incoming, { kind: 'message' | 'button' }>) {
    const [addressed, button] = event.kind === 'button' ? [true, event.id] : [event.addressed, undefined]
    try {
      return await calledFor(bot, ask, addressed, button)
    } catch (error) {
      if (!(error instanceof AskFirst)) throw error
      return askPoster(bot, ask, error)
    }
  }

  async function answer(
    ask: Ask,
    event: Extract<Incoming, { kind: 'message' | 'button' }>,
  ): Promise<Answer | undefined> {
    try {
      if (ask.profile.banned !== undefined && !ask.operator) throw new UserError('refusal.banned')
      const found = await answerOf(ask, event)
      return found && { locale: ask.locale, ...found }
    } catch (error) {
      if (unasked(event)) throw error
      if (!(error instanceof UserError)) bot.log.error({ err: error, update: event.update }, 'could not answer')
      const failure = failureOf(error)
      const sold = packsFor(bot.catalogue.packs, ask.platform.can).length > 0
      const wayOut = failure.code === 'refusal.credits' && sold ? [buyButton(ask.locale)] : []
      return { message: refusalMessage(ask.locale, failure, ask.member, wayOut), locale: ask.locale }
    }
  }

  /** Without Redis nothing can be accepted or looked up; people are told so at once instead of waiting. */
  function overloaded(event: Incoming, error: unknown): Answer {
    bot.log.error({ err: error, update: event.update }, 'could not look up an update')
    const locale = pickLanguage(event.locale, bot.rules.language)
    return { message: refusalMessage(locale, { code: 'refusal.busy', params: {} }, event.member), locale }
  }

  /** What an update calls for; undefined = nothing is to be said. */
  async function answerTo(platform: Platform, event: Extract<Incoming, { kind: 'message' | 'button' }>) {
    try {
      if (event.kind === 'message' && !event.addressed && !mayConcern(event.text)) {
        // Most of a group's pictures are none of ours either; where pictures answer nothing, one may be what somebody was asked for.
        const posted = platform.can.barePictures && hasPosted(event)
        if (!posted || !(await awaitsPicture(bot, event))) return undefined
      }
      if (await wasAnswered(bot.core, event.update)) return undefined
      return await answer(await askOf(platform, event), event)
    } catch (error) {
      if (unasked(event)) throw error
      return overloaded(event, error)
    }
  }

  /** The payment itself is kept or this throws; that it is said in the member's language matters less. */
  async function receipt(event: Extract<Incoming, { kind: 'paid' }>): Promise<Answer | undefined> {
    const { member, memberName: name, locale: told, place } = event
    const profile = await meet(bot.core, { member, name: clean(name), locale: told, place }).catch(() => undefined)
    const locale = pickLanguage(profile?.language, told ?? profile?.locale, bot.rules.language)
    const found = await paid(bot, event, locale)
    return found && !(await wasAnswered(bot.core, event.update).catch(() => false)) ? { ...found, locale } : undefined
  }

  /** Says an answer; resolves when it is said. */
  function tell(
    { message, job, question, said: then, locale = bot.rules.language, to, member }: Answer,
    event: Incoming,
    what = 'answer',
  ): Promise<Place | undefined> {
    const place = to ?? event.place
    const said = { once: `${what}:${event.update}`, ...message }
    const saying = speaker(place.platform).say({ to: place, message: said, locale, member: member ?? event.member })
    if (job !== undefined) {
      board.post(job, saying)
      accepted()
    }
    if (question === undefined && !then) return saying
    return saying.then(async posted => {
      if (posted && question !== undefined) await notePosted(bot.core, question, posted)
      await then?.()
      return posted
    })
  }

  async function handle(platform: Platform, event: Incoming): Promise<void> {
    if (event.kind === 'reaction') return reacted(bot, event)
    if (event.kind === 'polled') return polled(bot, event)
    const found = event.kind === 'paid' ? await receipt(event) : await answerTo(platform, event)
    if (!found) return
    for (const [n, other] of (found.also ?? []).entries()) void tell(other, event, `also:${n}`)
    const saying = tell(found, event)
    const done = saying
      .then(() => markAnswered(bot.core, event.update))
      .catch(error => bot.log.warn({ err: error, update: event.update }, 'answer not noted'))
    await Promise.race([done, sleep(sayingMs, undefined, { ref: false })])
  }

  return {
    handle(platform, event) {
      const running = busy.get(event.update)
      if (running !== undefined) return running
      const started = handle(platform, event)
        .catch(error => {
          bot.log.error({ err: error, update: event.update }, 'update not handled')
          if (event.kind === 'paid') throw error
        })
        .finally(() => busy.delete(event.update))
      busy.set(event.update, started)
      return started
    },
    async idle() {
      while (busy.size > 0) await Promise.allSettled(busy.values())
    },
  }
}

/** Nobody waits for its answer: what fails is told to nobody and counts as not answered. */
const unasked = (event: Incoming): boolean => event.kind === 'button' && event.unasked === true

/** Of the files of a message, by what the platform says of them; what they really are is found out when they are taken. */
const isSound = ({ mime }: Attachment): boolean => /^(?:audio\/|application\/(?:ogg|x-flac)$)/.test(mime)

const isJson = ({ mime }: Attachment): boolean => /^application\/json\b/.test(mime)

/** Cheap look at what was not addressed to us: most of a group's talk must cost nothing. */
const mayConcern = (text: string): boolean => readCommand(clean(text.slice(0, 10_001)), false) !== undefined
