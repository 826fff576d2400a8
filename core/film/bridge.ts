import { newCode, spelled } from '../code.ts'
import type { Core } from '../redis.ts'

/** Codes that bring another room into a film: said in one room, typed in another. */

const seconds = 3600

const keyOf = (core: Core, code: string): string => `${core.root}:film-code:${code}`

/** A new code for a film; it works for an hour, for as many rooms as the film may have. */
export async function offerCode(core: Core, film: string): Promise<string> {
  const code = newCode(2)
  await core.redis.set(keyOf(core, spelled(code)), film, 'EX', seconds)
  return code
}

/** The film of a code, however it was typed; undefined if there is none, or its hour is over. */
export async function codeAccepted(core: Core, code: string): Promise<string | undefined> {
  return (await core.redis.get(keyOf(core, spelled(code)))) ?? undefined
}
