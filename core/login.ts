import { z } from 'zod'
import type { Core } from './redis.ts'

/** How a platform's login stands that a person has to confirm with a phone: shown on the operator's page by whichever process serves it. */
export const Login = z.discriminatedUnion('state', [
  z.object({ state: z.literal('scan'), qr: z.string() }),
  z.object({ state: z.literal('in'), name: z.string() }),
  z.object({ state: z.literal('out'), reason: z.string() }),
])
export type Login = z.infer<typeof Login>

/** A code nobody renewed for so long is over. */
const keepSeconds = { scan: 10 * 60, in: 7 * 24 * 3600, out: 24 * 3600 } as const

const keyOf = (core: Core, platform: string): string => `${core.root}:login:${platform}`

export async function showLogin(core: Core, platform: string, login: Login): Promise<void> {
  await core.redis.set(keyOf(core, platform), JSON.stringify(login), 'EX', keepSeconds[login.state])
}

/** Undefined: nobody said anything lately. */
export async function loginOf(core: Core, platform: string): Promise<Login | undefined> {
  const kept = await core.redis.get(keyOf(core, platform))
  const read = Login.safeParse(JSON.parse(kept ?? 'null'))
  return read.success ? read.data : undefined
}
