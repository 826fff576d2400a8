import type { Log } from '../../core/log.ts'
import { interactionOf } from './asked.ts'
import { type Body, flag } from './body.ts'
import type { Line } from './line.ts'
import { isRefused, refusal, tokenOver } from './refused.ts'

/**
 * First answers to commands. Discord wants one within 3 s and takes one only: we wait a moment for the real one, so that it comes in
 * one piece and hidden or open as it should be; if it takes longer Discord is told to wait, and the answer goes in there.
 */

/** So many may wait for that moment; when there are more we are behind, and tell Discord before we do anything else. */
const mostWaiting = 25
/** A moment: most answers are there by then, and nobody has begun to wonder. */
const momentMs = 150
/** If an update turns out to need no answer, the "thinking" line goes after so long. */
const noAnswerMs = 60_000
/** How long an interaction can be answered at all. */
export const tokenMs = 15 * 60_000

/** Discord's numbers of first answers. */
export const callback = { message: 4, deferredMessage: 5, deferredUpdate: 6, choices: 8, modal: 9 } as const

/** An interaction that waits for its first answer. */
interface Open {
  readonly token: string
  /** When it came (ms). */
  readonly at: number
  /** What Discord has been told. */
  told: 'nothing' | 'wait' | 'answer'
  /** Only the member sees it: fixed with what Discord is told first. */
  hidden: boolean
  /** What the answer is known by, and where it stands. */
  once?: string | undefined
  message?: string
  timer?: NodeJS.Timeout
  /** One thing at a time. */
  turn: Promise<unknown>
}

/** `message`: id of the answer; `told`: it had been given, say it in another way; `late`: Discord does not wait any more. */
type First = { readonly message: string; readonly made: boolean } | { readonly told: string | undefined } | 'late'

export interface Answers {
  /** A command came. `hidden`: probably nobody else should see the answer. Resolves when there is time to look into it. */
  begin(id: string, token: string, hidden: boolean): Promise<void>
  /** The conversation is through with it. */
  handled(id: string): void
  /** Says this as the first answer to what a place names, if that is what it is; throws what broke. */
  first(place: string | undefined, token: string, message: FirstMessage): Promise<First>
  /** Ends all waiting. */
  stop(): Promise<void>
}

interface FirstMessage {
  readonly body: Body
  readonly files: readonly { readonly name: string; readonly data: Uint8Array }[]
  readonly hidden: boolean
  readonly once?: string | undefined
}

export function openAnswers({ line, log }: { line: Line; log: Log }): Answers {
  const open = new Map<string, Open>()
  /** Those Discord has heard nothing of yet. */
  const waiting = new Set<string>()

  /** After the one before. */
  function inTurn<T>(one: Open, work: () => Promise<T>): Promise<T> {
    const next = one.turn.then(work)
    one.turn = next.catch(() => undefined)
    return next
  }

  async function callBack(id: string, token: string, type: number, data: object, files: FirstMessage['files'] = []) {
    const answer = await line.hook('POST', `/interactions/${id}/${token}/callback`, {
      body: { type, data },
      files,
      query: { with_response: 'true' },
    })
    const { interaction, resource } = (answer ?? {}) as {
      interaction?: { response_message_id?: string }
      resource?: { message?: { id: string } }
    }
    return resource?.message?.id ?? interaction?.response_message_id
  }

  async function askToWait(id: string, one: Open): Promise<void> {
    if (one.told !== 'nothing') return
    try {
      await callBack(id, one.token, callback.deferredMessage, one.hidden ? { flags: flag.ephemeral } : {})
      one.told = 'wait'
    } catch (error) {
      if (isRefused(error, refusal.alreadyAnswered)) one.told = 'wait'
      else log.warn({ err: error, interaction: id }, 'Discord could not be asked to wait')
    } finally {
      waiting.delete(id)
    }
  }

  const original = async (token: string): Promise<`/${string}`> =>
    `/webhooks/${(await line.identity()).app}/${token}/messages/@original`

  async function intoOriginal(token: string, { body, files }: FirstMessage): Promise<string> {
    const changed = await line.hook('PATCH', await original(token), { body, files })
    return (changed as { id: string }).id
  }

  /** What was to be open cannot be hidden any more: it goes, and the answer comes beside it. */
  async function besideOriginal(token: string, { body, files }: FirstMessage): Promise<string> {
    const path = await original(token)
    await line.hook('DELETE', path).catch(error => {
      if (!isRefused(error, refusal.unknownMessage)) throw error
    })
    const said = await line.hook('POST', path.replace(/\/messages\/@original$/, '') as `/${string}`, {
      body: { ...body, flags: (body.flags ?? 0) | flag.ephemeral },
      files,
      query: { wait: 'true' },
    })
    return (said as { id: string }).id
  }

  async function asFirst(id: string, one: Open, message: FirstMessage): Promise<First> {
    const { once, hidden, body, files } = message
    if (one.told === 'answer') {
      const same = once !== undefined && once === one.once && one.message !== undefined
      return same && one.message !== undefined ? { message: one.message, made: false } : { told: one.message }
    }
    if (one.told === 'nothing') {
      clearTimeout(one.timer)
      waiting.delete(id)
      const data = hidden ? { ...body, flags: (body.flags ?? 0) | flag.ephemeral } : body
      try {
        return done(one, message, await callBack(id, one.token, callback.message, data, files))
      } catch (error) {
        if (!isRefused(error, refusal.alreadyAnswered)) throw error
        // An earlier try whose answer was lost, or another process: what stands there becomes this.
        Object.assign(one, { told: 'wait', hidden })
      }
    }
    const fits = one.hidden || !hidden
    return done(one, message, await (fits ? intoOriginal : besideOriginal)(one.token, message))
  }

  function done(one: Open, { once }: FirstMessage, made: string | undefined): First {
    one.told = 'answer'
    one.once = once
    if (made === undefined) return { told: undefined }
    one.message = made
    return { message: made, made: true }
  }

  /** The interaction came to a process that is gone: perhaps it told Discord something, perhaps not. */
  async function afterRestart(id: string, token: string, message: FirstMessage): Promise<First> {
    try {
      return { message: await (message.hidden ? besideOriginal : intoOriginal)(token, message), made: true }
    } catch (error) {
      if (!isRefused(error, refusal.unknownWebhook)) throw error
      return asFirst(id, fresh(token, message.hidden), message)
    }
  }

  const fresh = (token: string, hidden: boolean): Open => ({
    ...{ token, hidden, at: Date.now() },
    told: 'nothing',
    turn: Promise.resolve(),
  })

  /** Those whose token is over are forgotten. */
  function forgetOld(): void {
    const now = Date.now()
    for (const [id, { at }] of open) {
      if (now - at < tokenMs) return
      open.delete(id)
    }
  }

  return {
    async begin(id, token, hidden) {
      forgetOld()
      if (open.has(id)) return
      const one = fresh(token, hidden)
      open.set(id, one)
      waiting.add(id)
      if (waiting.size > mostWaiting) return inTurn(one, () => askToWait(id, one))
      one.timer = setTimeout(() => void inTurn(one, () => askToWait(id, one)), momentMs)
    },
    handled(id) {
      const one = open.get(id)
      if (!one) return
      const tidy = async (): Promise<void> => {
        if (one.told === 'wait') await line.hook('DELETE', await original(one.token))
      }
      setTimeout(() => {
        inTurn(one, tidy).catch(error => log.debug({ err: error, interaction: id }, 'nothing to take away'))
      }, noAnswerMs).unref()
    },
    async first(place, token, message) {
      const id = interactionOf(place)
      if (id === undefined) return { told: undefined }
      const one = open.get(id)
      try {
        return await (one ? inTurn(one, () => asFirst(id, one, message)) : afterRestart(id, token, message))
      } catch (error) {
        if (isRefused(error, refusal.unknownMessage)) return { told: undefined }
        if (!tokenOver(error)) throw error
        if (one) one.told = 'answer'
        return 'late'
      }
    },
    async stop() {
      for (const [id, one] of open) {
        clearTimeout(one.timer)
        if (one.told === 'nothing') void inTurn(one, () => askToWait(id, one))
      }
      await Promise.allSettled([...open.values()].map(one => one.turn))
    },
  }
}
