import { z } from 'zod'

/** A value that may stand in a sentence. */
const Param = z.union([z.string(), z.number()])

/** An expected failure: a locale key (locales/en.json) and the values of its sentence. Crosses processes as JSON. */
export const Failure = z.object({
  code: z.string().regex(/^[a-z]+(\.[a-z-]+)+$/),
  params: z.record(z.string(), Param).default({}),
})
export type Failure = z.infer<typeof Failure>

/** An expected failure, thrown: a person is told in one sentence (`t(locale, code, params)`). Anything else thrown is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: string
  readonly params: Record<string, string | number>

  constructor(code: string, params: Record<string, string | number> = {}, cause?: unknown) {
    super(code, { cause })
    this.code = code
    this.params = params
  }

  get failure(): Failure {
    return { code: this.code, params: this.params }
  }
}

/** The failure of whatever was thrown; what nobody expected becomes `failure.internal` (its cause belongs in the log). */
export function failureOf(error: unknown): Failure {
  if (error instanceof UserError) return error.failure
  return { code: 'failure.internal', params: {} }
}
