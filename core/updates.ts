import type { Core } from './redis.ts'

/** Which updates of the platforms were answered: what comes twice is answered once. Kept longer than any platform repeats. */

const keepSeconds = 3 * 24 * 3600
const keyOf = (core: Core, update: string): string => `${core.root}:answered:${update}`

export async function wasAnswered(core: Core, update: string): Promise<boolean> {
  return (await core.redis.exists(keyOf(core, update))) === 1
}

/**
 * What an update is about (an id), found out when it comes first: should it come again because a process died over it, it is about the
 * same thing, whatever has become of that. Undefined = about nothing of this kind.
 */
export async function aboutOf(
  core: Core,
  kind: string,
  update: string,
  find: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const key = `${core.root}:about:${kind}:${update}`
  const known = await core.redis.get(key)
  if (known !== null) return known
  const found = await find()
  if (found !== undefined) await core.redis.set(key, found, 'EX', keepSeconds)
  return found
}

export async function markAnswered(core: Core, update: string): Promise<void> {
  await core.redis.set(keyOf(core, update), '1', 'EX', keepSeconds)
}
