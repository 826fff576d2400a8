import type { Clip } from '../core/clip.ts'
import { getClip } from '../core/clips.ts'
import type { Failure } from '../core/errors.ts'
import { expectChoice } from '../core/expect.ts'
import { codeOf, noteClip, numberOf } from '../core/family.ts'
import { type Fit, fitFor, limitOf, noteLimit } from '../core/fits.ts'
import type { Job } from '../core/job.ts'
import { delivering, fail, getJob, setStatus, settle, told } from '../core/jobs.ts'
import { profileOf } from '../core/members.ts'
import type { Place } from '../core/place.ts'
import { balance } from '../core/wallet.ts'
import { adapt } from './adapt.ts'
import { type Bot, linkTo, walletOf } from './bot.ts'
import { betterTiers } from './edit/recipe.ts'
import { type Outgoing, PlaceGone, type Platform, RetryLater, TooLarge } from './platform.ts'
import { clipMessage, failedMessage, ownerOf, progressMessage } from './present.ts'
import type { StatusBoard } from './status.ts'

/** How often this delivery was tried; the last time it must end. */
export interface Attempt {
  readonly attempt: number
  readonly last: boolean
}

export interface DeliveryParts {
  readonly bot: Bot
  readonly platform: Platform
  readonly board: Pick<StatusBoard, 'close'>
}

/**
 * Ends a job in the chat: the clip and then, after the platform's answer, the capture of its credits; or the reason why there is
 * none. The status message turns into it, so that a second try after a crash looks like one message. Throws what is worth
 * another try (RetryLater with its pause); the queue calls again until `last`.
 */
export async function deliver(parts: DeliveryParts, id: string, { last }: Attempt): Promise<void> {
  await parts.board.close(id)
  const job = await getJob(parts.bot.core, id)
  if (!job) return
  if (job.state === 'rendered' || job.state === 'delivering') await sendClip(parts, job, last)
  else if (job.state === 'failed') await sayWhy(parts, job, job.failure ?? internal, last)
}

const internal: Failure = { code: 'failure.internal', params: {} }

async function sendClip(parts: DeliveryParts, job: Job, last: boolean): Promise<void> {
  const { bot } = parts
  const { core } = bot
  const clip = job.clip === undefined ? undefined : await getClip(core, job.clip)
  if (!clip) return giveUp(parts, job, { code: 'failure.media-gone', params: {} })
  const { most, fit } = await fitting(parts, job, clip)
  if (!(await delivering(core, { job: job.id }))) return
  const days = bot.rules.retentionDays
  // The purse of a plan says nothing to its member.
  const { available } = await balance(core, job.request.part ? walletOf(job.request.member) : job.request.payer)
  const link = { url: linkTo(bot, clip.media, days), days }
  const owner = ownerOf(job.request)
  const reports = bot.rules.operatorPlace !== undefined
  const after = await parentOf(bot, clip)
  const shown = { ...clip, ...fit }
  const delivered = {
    job,
    clip: shown,
    ...(after && { after }),
    left: available,
    link,
    reports,
    better: betterTiers(bot.catalogue, clip.recipe).length > 0,
    ...(owner && { owner }),
  }
  const message = clipMessage(job.request.locale, delivered, most)
  let place: Place
  try {
    place = await post(parts, { ...job, ...(await announced(parts, job)) }, message)
  } catch (error) {
    if (error instanceof PlaceGone) return giveUp(parts, job, { code: 'failure.place-gone', params: {} })
    if (error instanceof TooLarge && message.media) {
      const { bytes } = message.media
      await noteLimit(
        core,
        clip.id,
        error.bytes !== undefined && error.bytes < bytes ? error.bytes : Math.floor(bytes * 0.7),
      )
      throw new RetryLater(0, error)
    }
    if (error instanceof RetryLater || !last) throw error
    bot.log.error({ err: error, job: job.id }, 'clip could not be sent')
    return giveUp(parts, job, { code: 'failure.undeliverable', params: {} })
  }
  await noteClip(core, clip)
  await bot.films.delivered(job, clip, message)
  await settle(core, { job: job.id, place })
}

/** How long a smaller copy of a clip is waited for before it is a link, and how often it is asked after. */
const fitMs = { patience: 90_000, pause: 700 } as const

/** Most bytes the place takes, and a copy of the clip that fits if it does not itself. Throws RetryLater while one is being made. */
async function fitting({ bot, platform }: DeliveryParts, job: Job, clip: Clip): Promise<{ most: number; fit?: Fit }> {
  const { maxBytes = platform.can.uploadBytes } = job.request
  const most = Math.min(maxBytes, await limitOf(bot.core, clip.id))
  if (clip.bytes <= most || clip.kind !== 'video') return { most }
  const fit = await fitFor(bot.core, clip.id, most, fitMs.patience)
  if (fit === 'pending') throw new RetryLater(fitMs.pause)
  return fit === 'none' ? { most } : { most, fit }
}

/** Whose clip this one was made from: their code and name, where it was somebody else's. */
async function parentOf({ core }: Bot, clip: Clip): Promise<{ code: string; name: string } | undefined> {
  const parent = clip.parent === undefined ? undefined : await getClip(core, clip.parent)
  if (!parent || parent.member === clip.member) return undefined
  const { name } = await profileOf(core, parent.member)
  return { code: codeOf(numberOf(parent)), name: name ?? parent.member }
}

/**
 * The status message of a job that has none yet: its answer is perhaps being said by another process, or was said and not heard of.
 * Said under the same key, it is the same message where the platform knows keys; a clip posted beside it could show twice, by a
 * second try that finds the status message by then.
 */
async function announced({ bot, platform }: DeliveryParts, job: Job): Promise<Pick<Job, 'status'>> {
  const { locale, place, part } = job.request
  if (job.status || part || !platform.edit || !Number.isFinite(platform.can.editEveryMs)) return {}
  const { message } = adapt(progressMessage(locale, job, { job: job.id, state: job.state }), platform.can, locale)
  const status = await platform.reply(place, message)
  await setStatus(bot.core, { job: job.id, place: status })
  return { status }
}

/** Turns the status message into this one, or answers the member where it cannot be turned. Throws PlaceGone only if both are gone. */
async function post({ bot, platform }: DeliveryParts, job: Job, message: Outgoing): Promise<Place> {
  const { locale, place, member } = job.request
  const { message: fitted, choices } = adapt(message, platform.can, locale)
  if (job.status && platform.edit) {
    try {
      await platform.edit(job.status, fitted)
      return job.status
    } catch (error) {
      if (!(error instanceof PlaceGone)) throw error
    }
  }
  const posted = await platform.reply(place, fitted)
  if (choices.length > 0) await expectChoice(bot.core, place, member, choices)
  return posted
}

/** The clip is made but cannot be posted: the credits go back, and the member is told if there is still a way to. A job that ended meanwhile is none of ours. */
async function giveUp(parts: DeliveryParts, job: Job, failure: Failure): Promise<void> {
  if (await fail(parts.bot.core, { job: job.id, failure })) await sayWhy(parts, job, failure, true)
}

async function sayWhy(parts: DeliveryParts, job: Job, failure: Failure, last: boolean): Promise<void> {
  const { bot, platform } = parts
  const answeredAlready = failure.code === 'failure.cancelled' && !platform.edit
  if (!answeredAlready) {
    try {
      await post(parts, job, failedMessage(job.request.locale, job, failure))
    } catch (error) {
      const gone = error instanceof PlaceGone
      if (!gone && !last) throw error
      if (!gone) bot.log.warn({ err: error, job: job.id }, 'failure could not be told')
    }
  }
  await bot.films.failed(job)
  await told(bot.core, { job: job.id })
}
