import { UserError } from '../../core/errors.ts'
import { PlaceGone, RetryLater, TooLarge } from '../platform.ts'

/** Discord said no: the HTTP status and the code of its error list (0 where it gave none). */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string, cause?: unknown) {
    super(`${status} ${code}: ${message}`, { cause })
    this.status = status
    this.code = code
  }
}

/** Error codes we tell apart (Discord's "JSON error codes"). */
export const refusal = {
  unknownChannel: 10003,
  unknownGuild: 10004,
  unknownMessage: 10008,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  tooLarge: 40005,
  alreadyAnswered: 40060,
  missingAccess: 50001,
  cannotWriteTo: 50007,
  missingPermissions: 50013,
  invalidToken: 50027,
  archivedThread: 50083,
  lockedThread: 160005,
  cannotQuote: 160002,
} as const

export const isRefused = (error: unknown, ...codes: readonly number[]): error is Refused =>
  error instanceof Refused && codes.includes(error.code)

/** The token of an interaction is over, or was never valid: what it could do has to be done as the bot. */
export const tokenOver = (error: unknown): boolean =>
  isRefused(error, refusal.unknownWebhook, refusal.unknownInteraction, refusal.invalidToken)

const { unknownChannel, unknownGuild, unknownMessage, missingAccess, cannotWriteTo, lockedThread, archivedThread } =
  refusal
const gone = [unknownChannel, unknownGuild, unknownMessage, missingAccess, cannotWriteTo, lockedThread, archivedThread]

/** What a failed call means to the one who made it: later, never (`missing`: what we may not do there), or a bug. */
export function meaning(error: unknown, missing: readonly string[]): unknown {
  if (error instanceof RetryLater || !(error instanceof Refused)) return error
  if (gone.includes(error.code as (typeof gone)[number])) return new PlaceGone(error.message, { cause: error })
  if (error.code === refusal.tooLarge || error.status === 413) return new TooLarge(undefined, error)
  if (error.code === refusal.missingPermissions)
    return new UserError('refusal.permissions', { permissions: missing.join(', ') }, error)
  return error
}
