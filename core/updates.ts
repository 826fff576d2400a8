import type { Core } from './redis.ts'

/** Which updates of the platforms were answered: what comes twice is answered once. Kept longer than any platform repeats. */

const keepSeconds = 3 * 24 * 3600
const keyOf = (core: Core, update: string): string => `${core.root}:answered:${update}`

export async function wasAnswered(core: Core, update: string): Promise<boolean> {
  return (await core.redis.exists(keyOf(core, update))) === 1
}

export async function markAnswered(core: Core, update: string): Promise<void> {
  await core.redis.set(keyOf(core, update), '1', 'EX', keepSeconds)
}
