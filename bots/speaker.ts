import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../core/log.ts'
import { type Place, placeKey } from '../core/place.ts'
import { adapt } from './adapt.ts'
import { type Outgoing, PlaceGone, type Platform, RetryLater } from './platform.ts'

/** Something to say, to whom. */
interface Line {
  readonly to: Place
  readonly message: Outgoing
  readonly locale: string
  /** Who may answer a numbered choice with a digit. */
  readonly member: string
}

/** Says things on one platform: in order within a place, patiently where the platform asks for patience. */
export interface Speaker {
  /** Place of the new message; undefined if it could not be said at all (which is logged). */
  say(line: Line): Promise<Place | undefined>
  /** Resolves when nothing is left to say. */
  idle(): Promise<void>
  /** Ends all waiting; what is still unsaid is given up. */
  stop(): void
}

/** How often a failed call is tried again, and how long a platform may keep us waiting in all. */
const patience = { tries: 3, firstPauseMs: 400, waitMs: 120_000 } as const

export interface SpeakerParts {
  readonly platform: Platform
  readonly log: Log
  /** Keeps what a bare number means in this place for this member. */
  remember(to: Place, member: string, choices: readonly string[]): Promise<void>
}

export function openSpeaker({ platform, log, remember }: SpeakerParts): Speaker {
  const ending = new AbortController()
  // As many wait as there are places a platform is slow in.
  setMaxListeners(0, ending.signal)
  const lanes = new Map<string, Promise<unknown>>()

  async function patiently(to: Place, message: Outgoing): Promise<Place | undefined> {
    let waited = 0
    for (let tried = 1; ; ) {
      try {
        return await platform.reply(to, message)
      } catch (error) {
        if (error instanceof PlaceGone) return undefined
        const pause = error instanceof RetryLater ? error.afterMs : patience.firstPauseMs * 2 ** tried
        if (!(error instanceof RetryLater)) tried += 1
        waited += pause
        if (ending.signal.aborted || tried > patience.tries || waited > patience.waitMs) {
          log.warn({ err: error, place: to }, 'could not say this')
          return undefined
        }
        await sleep(pause, undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  async function say({ to, message, locale, member }: Line): Promise<Place | undefined> {
    const { message: fitted, choices } = adapt(message, platform.can, locale)
    const posted = await patiently(to, fitted)
    if (posted && choices.length > 0)
      await remember(to, member, choices).catch(error => log.warn({ err: error }, 'choices not kept'))
    return posted
  }

  return {
    say(line) {
      const lane = placeKey(line.to)
      const said = (lanes.get(lane) ?? Promise.resolve()).then(() => say(line))
      lanes.set(lane, said)
      void said.finally(() => {
        if (lanes.get(lane) === said) lanes.delete(lane)
      })
      return said
    },
    async idle() {
      while (lanes.size > 0) await Promise.allSettled(lanes.values())
    },
    stop: () => ending.abort(),
  }
}
