import type { Clip } from '../core/clip.ts'
import type { Failure } from '../core/errors.ts'
import { t } from '../core/i18n.ts'
import type { Job, Progress, Ticket } from '../core/job.ts'
import type { Recipe } from '../core/request.ts'
import { buttonId } from './buttons.ts'
import { credits, explain, inShort, roughly } from './describe.ts'
import type { Button, Capabilities, Outgoing } from './platform.ts'

/** State of a job -> message. Pure: what a platform cannot show is taken care of in adapt.ts. */

const cancelButton = (locale: string, job: string): Button => ({
  id: buttonId({ verb: 'cancel', job }),
  label: t(locale, 'button.cancel'),
})

/** "You are next, about 20 seconds to go." */
export function whereInLine(
  locale: string,
  { ahead, etaSeconds }: { ahead: number; etaSeconds?: number | undefined },
): string {
  const time = etaSeconds === undefined ? undefined : roughly(locale, etaSeconds)
  if (ahead === 0) return time ? t(locale, 'ticket.next-eta', { time }) : t(locale, 'ticket.next')
  return time ? t(locale, 'ticket.ahead-eta', { count: ahead, time }) : t(locale, 'ticket.ahead', { count: ahead })
}

/** Said at once when a request was accepted: number, place in line, price, what is left. */
export function ticketMessage(locale: string, ticket: Ticket, recipe: Recipe): Outgoing {
  const accepted = t(locale, 'ticket.accepted', {
    number: ticket.number,
    what: inShort(locale, recipe),
    price: credits(locale, ticket.price),
  })
  const left = t(locale, 'credits.left', { credits: credits(locale, ticket.credits) })
  return {
    text: `${accepted}\n${whereInLine(locale, ticket)}${locale.startsWith('zh') ? '' : ' '}${left}`,
    buttons: [cancelButton(locale, ticket.job)],
    progress: 0,
    mood: 'working',
    once: `job:${ticket.job}`,
  }
}

/** The status message while the job waits or is made. */
export function progressMessage(
  locale: string,
  job: Pick<Job, 'id' | 'number'>,
  now: Progress,
  cancelling = false,
): Outgoing {
  const base = { mood: 'working', once: `job:${job.id}` } as const
  const number = job.number
  if (cancelling) return { ...base, text: t(locale, 'progress.cancelling', { number }) }
  if (now.state === 'rendered' || now.state === 'delivering')
    return { ...base, text: t(locale, 'progress.sending', { number }), progress: 1 }
  const buttons = [cancelButton(locale, job.id)]
  if (now.state === 'queued') {
    const where = whereInLine(locale, { ahead: now.ahead ?? 0, etaSeconds: now.etaSeconds })
    return { ...base, text: t(locale, 'progress.waiting', { number, where }), buttons, progress: 0 }
  }
  const done = now.done ?? 0
  const line = { number, stage: t(locale, `progress.${now.stage ?? 'preparing'}`), percent: Math.floor(done * 100) }
  const text =
    now.etaSeconds === undefined
      ? t(locale, 'progress.line', line)
      : t(locale, 'progress.line-eta', { ...line, time: roughly(locale, now.etaSeconds) })
  return { ...base, text, buttons, progress: done }
}

/** What the finished clip is shown with. */
export interface Delivered {
  readonly job: Pick<Job, 'id' | 'number'>
  readonly clip: Clip
  /** What the payer can spend now. */
  readonly left: number
  /** Address of the clip for places its file is too large for. */
  readonly link: { readonly url: string; readonly days: number }
}

/** The clip with its buttons and the credits left; a link where the file is too large for the place. */
export function clipMessage(locale: string, { job, clip, left, link }: Delivered, can: Capabilities): Outgoing {
  const lines = [t(locale, 'clip.done', { number: job.number, what: inShort(locale, clip.recipe) })]
  if (clip.unknownWords.length > 0) lines.push(unknownWords(locale, clip.unknownWords))
  const tooLarge = clip.bytes > can.uploadBytes
  if (tooLarge) lines.push(t(locale, 'clip.linked', { megabytes: Math.ceil(clip.bytes / 1e6), days: link.days }))
  lines.push(t(locale, 'credits.left', { credits: credits(locale, left) }))
  const open: Button[] = tooLarge ? [{ id: `open:${clip.id}`, label: t(locale, 'button.open'), url: link.url }] : []
  const message: Outgoing = {
    text: lines.join('\n'),
    buttons: [...open, ...clipButtons(locale, clip)],
    mood: 'done',
    once: `clip:${job.id}`,
  }
  if (tooLarge) return message
  return {
    ...message,
    media: {
      key: clip.media,
      kind: clip.kind === 'video' ? 'video' : 'image',
      name: `threadreel-${job.number}.${clip.media.slice(clip.media.lastIndexOf('.') + 1)}`,
      bytes: clip.bytes,
      width: clip.width,
      height: clip.height,
      poster: clip.poster,
      ...(clip.kind === 'video' && { seconds: clip.seconds }),
    },
  }
}

function unknownWords(locale: string, words: readonly string[]): string {
  const shown = words.slice(0, 12).join(locale.startsWith('zh') ? '、' : ', ')
  return t(locale, 'clip.unknown', { count: words.length, words: words.length > 12 ? `${shown} …` : shown })
}

/** Buttons under a clip, most wanted first: a platform with few leaves out the last. */
function clipButtons(locale: string, clip: Pick<Clip, 'id' | 'kind' | 'state'>): Button[] {
  const verbs = [
    'again',
    'change',
    ...(clip.kind === 'image' ? (['animate'] as const) : clip.state ? (['extend'] as const) : []),
    'link',
    'delete',
  ] as const
  return verbs.map(verb => ({ id: buttonId({ verb, clip: clip.id }), label: t(locale, `button.${verb}`) }))
}

/** Why there is no clip, and that the credits are back. */
export function failedMessage(locale: string, job: Pick<Job, 'id' | 'number' | 'price'>, failure: Failure): Outgoing {
  const text =
    failure.code === 'failure.cancelled'
      ? t(locale, 'job.cancelled', { number: job.number, credits: credits(locale, job.price) })
      : t(locale, 'job.failed', { number: job.number, reason: explain(locale, failure) })
  return {
    text,
    buttons: [{ id: buttonId({ verb: 'retry', job: job.id }), label: t(locale, 'button.retry') }],
    mood: 'problem',
    failure: failure.code,
    once: `clip:${job.id}`,
  }
}

/** A refusal: one sentence, nothing was charged. Shown to the member alone where that can be done. */
export const refusalMessage = (locale: string, failure: Failure, member: string): Outgoing => ({
  text: explain(locale, failure),
  mood: 'problem',
  failure: failure.code,
  quiet: member,
})
