import { Progress } from './job.ts'
import type { Core } from './redis.ts'

/** Passing words about jobs, by Redis pub/sub: lost if nobody listens, and nobody depends on them. */

const channelOf = (core: Core): string => `${core.root}:progress`

export async function publish(core: Core, progress: Progress): Promise<void> {
  await core.redis.publish(channelOf(core), JSON.stringify(progress)).catch(() => 0)
}

/** Hears every progress of every job until the returned function is called. */
export function watch(core: Core, see: (progress: Progress) => void): Promise<() => Promise<void>> {
  return core.listen(channelOf(core), message => {
    const progress = Progress.safeParse(JSON.parse(message))
    if (progress.success) see(progress.data)
  })
}
