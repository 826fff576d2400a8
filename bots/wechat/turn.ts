import { randomUUID } from 'node:crypto'
import type { Core } from '../../core/redis.ts'

/** One account can be logged in from one process only: of several bots the one that has the turn is on WeChat, the others wait. */
export interface Turn {
  readonly mine: boolean
  /** Gives it to the next one; resolves when that may begin. */
  release(): Promise<void>
}

interface TurnParts {
  readonly core: Core
  gained(): void
  lost(): void
  /** How often it is renewed, in ms; it is lost to another process after three times as long. */
  readonly everyMs?: number
}

export function takeTurns({ core, gained, lost, everyMs = 5_000 }: TurnParts): Turn {
  const key = `${core.root}:wechat:turn`
  const own = randomUUID()
  let mine = false
  let released = false
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  /** Takes the turn if nobody has it; whose it is now. It may run out between the two questions. */
  async function taken(): Promise<string> {
    for (;;) {
      if ((await core.redis.set(key, own, 'PX', 3 * everyMs, 'NX')) === 'OK') return own
      const holder = await core.redis.get(key)
      if (holder !== null) return holder
    }
  }

  async function look(): Promise<void> {
    const holder = await taken()
    if (holder === own) await core.redis.pexpire(key, 3 * everyMs)
    if (released || (holder === own) === mine) return
    mine = holder === own
    if (mine) gained()
    else lost()
  }

  const next = (): void => {
    // While Redis is away nobody can take the turn, so who has it keeps it.
    looking = look()
      .catch(error => core.log.debug({ err: error }, 'turn not looked at'))
      .then(() => {
        if (!released) timer = setTimeout(next, everyMs)
      })
  }
  next()

  return {
    get mine() {
      return mine
    },
    async release() {
      released = true
      clearTimeout(timer)
      await looking
      // It may have been taken in the last look, which tells nobody once this began.
      if ((await core.redis.get(key).catch(() => null)) === own) await core.redis.del(key).catch(() => undefined)
      mine = false
    },
  }
}
