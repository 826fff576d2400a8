import type { Clip } from '../core/clip.ts'
import type { Failure } from '../core/errors.ts'
import { codeOf } from '../core/family.ts'
import { t } from '../core/i18n.ts'
import type { Job, Progress, Ticket } from '../core/job.ts'
import { mostTries, willRetry } from '../core/plan.ts'
import type { Recipe, RenderRequest } from '../core/request.ts'
import { buttonId } from './buttons.ts'
import { credits, explain, inShort, roughly } from './describe.ts'
import type { Button, Outgoing } from './platform.ts'

/** State of a job -> message. Pure: what a platform cannot show is taken care of in adapt.ts. */

/** Whose buttons the ones for one person only are; in a private chat that needs no saying. */
export const ownerOf = ({
  place,
  member,
  memberName = '',
}: Pick<RenderRequest, 'place' | 'member'> & { memberName?: string | undefined }): Button['only'] =>
  place.private ? undefined : { member, name: memberName }

export const cancelButton = (locale: string, job: string, owner: Button['only']): Button => ({
  id: buttonId({ verb: 'cancel', job }),
  label: t(locale, 'button.cancel'),
  ...(owner && { only: owner }),
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
export function ticketMessage(locale: string, ticket: Ticket, recipe: Recipe, owner?: Button['only']): Outgoing {
  const accepted = t(locale, 'ticket.accepted', {
    number: ticket.number,
    what: inShort(locale, recipe),
    price: credits(locale, ticket.price),
  })
  const left = t(locale, 'credits.left', { credits: credits(locale, ticket.credits) })
  return {
    text: `${accepted}\n${whereInLine(locale, ticket)}${locale.startsWith('zh') ? '' : ' '}${left}`,
    buttons: [cancelButton(locale, ticket.job, owner)],
    progress: 0,
    mood: 'working',
    once: `job:${ticket.job}`,
  }
}

/** The status message while the job waits or is made. */
export function progressMessage(
  locale: string,
  job: Pick<Job, 'id' | 'number'> & { readonly request?: RenderRequest },
  now: Progress,
  cancelling = false,
): Outgoing {
  const base = { mood: 'working', once: `job:${job.id}` } as const
  const number = job.number
  if (cancelling) return { ...base, text: t(locale, 'progress.cancelling', { number }) }
  if (now.state === 'rendered' || now.state === 'delivering')
    return { ...base, text: t(locale, 'progress.sending', { number }), progress: 1 }
  const buttons = [cancelButton(locale, job.id, job.request && ownerOf(job.request))]
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
  readonly job: Pick<Job, 'id' | 'number'> & { readonly request?: Pick<RenderRequest, 'part'> }
  readonly clip: Clip
  /** What the payer can spend now. */
  readonly left: number
  /** Address of the clip for places its file is too large for. */
  readonly link: { readonly url: string; readonly days: number }
  readonly owner?: Button['only']
  /** The clip of somebody else's that it was made from. */
  readonly after?: { readonly code: string; readonly name: string }
  /** Its model makes better tiers than this one. */
  readonly better?: boolean
  /** There is somebody who hears reports. */
  readonly reports?: boolean
}

/** The clip with its buttons and the credits left; a link where the file is larger than the place takes (`most` bytes). */
export function clipMessage(locale: string, delivered: Delivered, most: number): Outgoing {
  const { job, clip, left, link, after } = delivered
  const lines = [
    t(locale, 'clip.done', { number: job.number, code: codeOf(job.number), what: inShort(locale, clip.recipe) }),
  ]
  if (after) lines.push(t(locale, 'clip.after', after))
  const part = job.request?.part
  if (part && part.of > 1 && !clip.recipe.edit) lines.push(t(locale, 'part.of', part))
  if (clip.recipe.edit?.op === 'sheet') lines.push(t(locale, 'sheet.pick'))
  if (clip.unknownWords.length > 0) lines.push(unknownWords(locale, clip.unknownWords))
  const tooLarge = clip.bytes > most
  if (tooLarge) lines.push(t(locale, 'clip.linked', { megabytes: Math.ceil(clip.bytes / 1e6), days: link.days }))
  lines.push(t(locale, 'credits.left', { credits: credits(locale, left) }))
  const open: Button[] = tooLarge ? [{ id: `open:${clip.id}`, label: t(locale, 'button.open'), url: link.url }] : []
  const message: Outgoing = {
    text: lines.join('\n'),
    buttons: [...open, ...clipButtons(locale, delivered)],
    mood: 'done',
    once: `clip:${job.id}`,
  }
  return tooLarge ? message : { ...message, media: mediaOf(clip, job.number) }
}

/** A clip as a file to send, called after something. */
export const mediaOf = (clip: Clip, name: string | number): NonNullable<Outgoing['media']> => ({
  key: clip.media,
  kind: clip.kind,
  name: `threadreel-${name}.${clip.media.slice(clip.media.lastIndexOf('.') + 1)}`,
  bytes: clip.bytes,
  width: clip.width,
  height: clip.height,
  poster: clip.poster,
  ...(clip.kind === 'video' && { seconds: clip.seconds }),
})

function unknownWords(locale: string, words: readonly string[]): string {
  const shown = words.slice(0, 12).join(locale.startsWith('zh') ? '、' : ', ')
  return t(locale, 'clip.unknown', { count: words.length, words: words.length > 12 ? `${shown} …` : shown })
}

/** Buttons under a clip, most wanted first: a platform with few leaves out the last. */
function clipButtons(locale: string, { clip, owner, reports, better }: Delivered): Button[] {
  const { edit } = clip.recipe
  const verbs = [
    ...(edit ? [] : (['again', 'change'] as const)),
    ...(clip.kind === 'image' && !edit ? (['animate'] as const) : clip.state ? (['extend'] as const) : []),
    ...(better && !edit ? (['upgrade'] as const) : []),
    'link',
    ...(reports ? (['report'] as const) : []),
    'delete',
  ] as const
  const picks = edit?.op === 'sheet' ? edit.cells.map((cell, i) => pickButton(locale, cell.clip, i + 1)) : []
  const others = verbs.map(verb => ({
    id: buttonId({ verb, clip: clip.id }),
    label: t(locale, `button.${verb}`),
    ...(verb === 'change' && { form: { label: t(locale, 'change.form'), value: clip.recipe.prompt } }),
    ...(verb === 'delete' && owner && { only: owner }),
  }))
  return [...picks, ...others]
}

/** Renders the draft of this number on a sheet. */
const pickButton = (locale: string, clip: string, number: number): Button => ({
  id: buttonId({ verb: 'pick', clip }),
  label: t(locale, 'button.pick', { number }),
})

/** Why there is no clip, and that the credits are back. */
export function failedMessage(
  locale: string,
  job: Pick<Job, 'id' | 'number' | 'price'> & { readonly request?: Pick<RenderRequest, 'part'> },
  failure: Failure,
): Outgoing {
  const part = job.request?.part
  const base = { mood: 'problem', failure: failure.code, once: `clip:${job.id}` } as const
  if (part && part.triesLeft > 0 && willRetry(failure, mostTries - part.triesLeft))
    return { ...base, text: t(locale, 'part.retry', { number: job.number, ...part }) }
  const text =
    failure.code === 'failure.cancelled'
      ? t(locale, 'job.cancelled', { number: job.number, credits: credits(locale, job.price) })
      : t(locale, 'job.failed', { number: job.number, reason: explain(locale, failure) })
  return {
    ...base,
    text: part ? `${text}\n${t(locale, 'part.failed')}` : text,
    buttons: [{ id: buttonId({ verb: 'retry', job: job.id }), label: t(locale, 'button.retry') }],
  }
}

/** A refusal: one sentence, nothing was charged. Shown to the member alone where that can be done; with a way out where there is one. */
export const refusalMessage = (
  locale: string,
  failure: Failure,
  member: string,
  buttons: readonly Button[] = [],
): Outgoing => ({
  text: explain(locale, failure),
  ...(buttons.length > 0 && { buttons }),
  mood: 'problem',
  failure: failure.code,
  quiet: member,
})
