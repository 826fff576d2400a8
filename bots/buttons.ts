import { createHash } from 'node:crypto'
import { z } from 'zod'
import { DrawingId } from '../core/brush/drawing.ts'
import { ClipId, tiers } from '../core/request.ts'

/**
 * What a button carries: verb and id in at most 64 bytes, nothing else. Buttons are never remembered, so they work after any
 * restart; whether the press still makes sense is looked up when it comes.
 */
export const Press = z.discriminatedUnion('verb', [
  z.object({
    verb: z.enum(['again', 'extend', 'animate', 'pick', 'upgrade', 'link', 'delete', 'report']),
    clip: ClipId,
  }),
  z.object({ verb: z.enum(['takedown', 'takeban']), clip: ClipId }),
  /** Makes a clip again at a better tier. */
  z.object({ verb: z.literal('raise'), clip: ClipId, tier: z.enum(tiers) }),
  z.object({ verb: z.literal('buy'), pack: z.string().regex(/^[a-z0-9-]{1,24}$/) }),
  z.object({ verb: z.literal('change'), clip: ClipId }),
  z.object({ verb: z.enum(['cancel', 'retry']), job: z.string().regex(/^[\w-]{1,50}$/) }),
  z.object({
    verb: z.literal('set'),
    setting: z.enum(['language', 'tier', 'ratio', 'model']),
    value: z.string().max(48),
  }),
  /** The word of whoever posted a picture. */
  z.object({
    verb: z.literal('consent'),
    act: z.enum(['yes', 'always', 'no']),
    question: z.string().regex(/^[\w-]{16}$/),
  }),
  /** What was drawn on the brush page; the page presses it, no message bears it. */
  z.object({ verb: z.literal('drawn'), drawing: DrawingId }),
  /** On a film's board; `arg`: number of a take, or credits. */
  z.object({
    verb: z.literal('film'),
    act: z.enum(['vote', 'choose', 'chip', 'pass', 'join', 'reel', 'wake']),
    film: z.string().regex(/^F[2-9A-Z]{3,7}$/),
    arg: z.coerce.number().int().min(0).max(1e6),
  }),
  /** Under the question for the second picture of a shot of two. */
  z.object({ verb: z.literal('duet'), act: z.enum(['no']), duet: z.string().regex(/^[a-z0-9]{8}$/) }),
  /** Under a shot list; `version`: the list as it was shown there. */
  z.object({
    verb: z.literal('idea'),
    act: z.enum(['make', 'other', 'forget']),
    idea: z.string().regex(/^[a-z0-9]{8}$/),
    version: z.coerce.number().int().positive(),
  }),
  z.object({ verb: z.literal('forget'), whose: z.string().regex(/^[\w-]{10}$/), minute: z.coerce.number().int() }),
  z.object({
    verb: z.literal('say'),
    command: z.enum(['help', 'credits', 'queue', 'history', 'models', 'settings', 'buy']),
  }),
])
export type Press = z.infer<typeof Press>

const fields: Record<Press['verb'], readonly string[]> = {
  again: ['clip'],
  change: ['clip'],
  extend: ['clip'],
  animate: ['clip'],
  pick: ['clip'],
  upgrade: ['clip'],
  raise: ['clip', 'tier'],
  link: ['clip'],
  delete: ['clip'],
  report: ['clip'],
  takedown: ['clip'],
  takeban: ['clip'],
  buy: ['pack'],
  cancel: ['job'],
  retry: ['job'],
  set: ['setting', 'value'],
  consent: ['act', 'question'],
  drawn: ['drawing'],
  film: ['act', 'film', 'arg'],
  duet: ['act', 'duet'],
  idea: ['act', 'idea', 'version'],
  forget: ['whose', 'minute'],
  say: ['command'],
}

/** `verb:id` or `verb:part:part`. */
export function buttonId(press: Press): string {
  const parts: Record<string, unknown> = press
  const id = [press.verb, ...fields[press.verb].map(name => String(parts[name]))].join(':')
  if (Buffer.byteLength(id) > 64) throw new RangeError(`button id over 64 bytes: ${id}`)
  return id
}

/** Reads a pressed button; undefined for anything we never wrote. */
export function readButton(id: string): Press | undefined {
  const [verb = '', ...rest] = id.split(':')
  const names = Object.hasOwn(fields, verb) ? fields[verb as Press['verb']] : undefined
  if (!names) return undefined
  const last = rest.slice(names.length - 1).join(':')
  const values = [...rest.slice(0, names.length - 1), last]
  const read = Press.safeParse({ verb, ...Object.fromEntries(names.map((name, at) => [name, values[at]])) })
  return read.success ? read.data : undefined
}

/** Ten letters that stand for a member in a button: no other member's press counts. */
export const memberMark = (member: string): string =>
  createHash('sha256').update(member).digest('base64url').slice(0, 10)
