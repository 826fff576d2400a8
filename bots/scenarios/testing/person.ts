import type { Log } from '../../../core/log.ts'
import type { Core } from '../../../core/redis.ts'
import type { CommandName } from '../../commands.ts'
import type { Platform } from '../../platform.ts'

/** People and the chats they are in, the same on every platform: what a scenario is written with. */

/** A message of the bot as a person sees it now. */
export interface Seen {
  readonly id: string
  readonly text: string
  /** What can be pressed, or said by its number. */
  readonly labels: readonly string[]
  /** There is a picture or a film in it. */
  readonly shows: boolean
}

/** Somebody in one room of one platform. */
export interface Person {
  readonly name: string
  /** What they read and write. */
  readonly locale: 'en' | 'zh-CN'
  /** Whom the books call them; they must have spoken. */
  account(): Promise<string>
  /** Gives a command in the manner of the platform: with a slash, or in Chinese words to the bot. */
  command(name: CommandName, words?: string, pictures?: readonly Uint8Array[]): Promise<void>
  /** Sends a picture in answer to a message; where an answer can hold none, just the picture. */
  answer(on: Seen, picture: Uint8Array): Promise<void>
  /** Presses what has this label, or says its number. */
  press(on: Seen, label: string): Promise<void>
  /** The bot's messages in the room, oldest first. */
  seen(): readonly Seen[]
  /** Resolves with the first message that fits, now or later; says what there is if none does in time. */
  until(fits: (seen: Seen) => boolean, ms?: number): Promise<Seen>
}

/** A chat program with a bot in it. */
export interface Chat {
  readonly name: string
  readonly platform: Platform
  /** These people in a room of their own. */
  room(title: string, names: readonly string[]): Promise<Person[]>
  /** Rules of the platform that the bot broke. */
  broken(): readonly string[]
  /** Once the bots have started: resolves when people can be heard. */
  enter(): Promise<void>
  close(): Promise<void>
}

/** What every chat of a house has in common. */
export interface ChatParts {
  readonly core: Core
  readonly log: Log
  /** Settings as they would stand in the environment. */
  readonly settings: Readonly<Record<string, string>>
}

/** Looks again after each change until something is there. */
export function whenSeen(
  {
    name,
    seen,
    changed,
    broken,
  }: {
    name: string
    seen: () => readonly Seen[]
    changed: () => Promise<unknown>
    broken: () => readonly string[]
  },
  fits: (seen: Seen) => boolean,
  ms = 60_000,
): Promise<Seen> {
  const over = AbortSignal.timeout(ms)
  const late = new Promise<'late'>(resolve => over.addEventListener('abort', () => resolve('late'), { once: true }))
  const look = async (): Promise<Seen> => {
    for (;;) {
      const found = seen().find(fits)
      if (found) return found
      if (over.aborted) {
        const there = seen().map(
          ({ text, labels, shows }) => `${shows ? '[shown] ' : ''}${text} [${labels.join('] [')}]`,
        )
        throw new Error(
          `${name} did not see it in ${ms} ms; there is:\n${there.join('\n---\n')}\nbroken: ${broken().join('; ')}`,
        )
      }
      await Promise.race([changed(), late])
    }
  }
  return look()
}
