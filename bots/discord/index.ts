import { setTimeout as sleep } from 'node:timers/promises'
import type {
  APIEntitlement,
  APIInteraction,
  GatewayMessageCreateDispatchData,
  GatewayMessagePollVoteDispatchData,
  GatewayMessageReactionAddDispatchData,
  GatewayMessageReactionRemoveDispatchData,
  GatewayReadyDispatchData,
} from 'discord.js'
import { ConfigError } from '../../core/config.ts'
import type { AdapterParts } from '../adapter.ts'
import type { Capabilities, Incoming, Platform } from '../platform.ts'
import { openAnswers } from './answers.ts'
import { catchUp, noteHeard } from './catch-up.ts'
import { download } from './download.ts'
import type { Self } from './incoming.ts'
import { openInteractions } from './interactions.ts'
import { type Dispatch, openLine } from './line.ts'
import { openMessages } from './messages.ts'
import { openPayments } from './pay.ts'
import { register } from './register.ts'
import { openSpeech } from './speech.ts'

export const discordCan: Capabilities = {
  threads: true,
  buttons: 25,
  textChars: 2000,
  uploadBytes: 10 * 1024 * 1024,
  // Five changes of messages in five seconds is what a channel takes, and several jobs may share it.
  editEveryMs: 2_000,
  replyWithinMs: Number.POSITIVE_INFINITY,
  quiet: true,
  forms: true,
  sells: 'sku',
  reactions: true,
  polls: { options: 10, questionChars: 300, optionChars: 55 },
}

/** How long the start waits for Discord; then it goes on and Discord joins when it can. */
const patienceMs = 15_000
const heardEveryMs = 30_000

/** How patient it is; tests hurry. */
export interface Pace {
  /** The longest wait for a rate limit that it keeps to itself, in ms. */
  readonly patienceMs?: number
  readonly editEveryMs?: number
  /** Calls of the bot in any second. */
  readonly perSecond?: number
  /** The longest wait for an answer, in ms. */
  readonly timeoutMs?: number
}

/** Discord as a platform: discord.js holds the gateway and keeps the pace (line.ts), everything else is ids and bodies. */
export async function openDiscord(
  { config, core, store, catalogue, log }: AdapterParts,
  { editEveryMs = discordCan.editEveryMs, ...pace }: Pace = {},
): Promise<Platform> {
  const line = openLine({
    token: config.DISCORD_TOKEN ?? '',
    api: config.DISCORD_API,
    shards: config.DISCORD_SHARDS,
    log,
    ...pace,
  })
  const answers = openAnswers({ line, log })
  const buttonDays = config.RETENTION_DAYS
  const speech = openSpeech({ line, core, store, catalogue, answers, buttonDays })
  const handling = new Set<Promise<void>>()
  let stopping = new AbortController()
  const shards = new Set<number>()
  let listening = false
  let handle: ((event: Incoming) => Promise<void>) | undefined

  async function take(event: Incoming): Promise<void> {
    await handle?.(event)
  }

  const parts = { line, core, catalogue, log, answers, speech, language: config.LANGUAGE, buttonDays, take }
  const interaction = openInteractions(parts)
  const messages = openMessages(parts)
  let payments = openPayments({ ...parts, stopping: stopping.signal })

  async function heard(self: Self, event: Dispatch, data: unknown): Promise<void> {
    switch (event) {
      case 'INTERACTION_CREATE':
        return interaction(self, data as APIInteraction)
      case 'MESSAGE_CREATE': {
        const message = data as GatewayMessageCreateDispatchData
        return messages.said(self, message, message.guild_id === undefined)
      }
      case 'MESSAGE_REACTION_ADD':
        return messages.reacted(self, data as GatewayMessageReactionAddDispatchData, true)
      case 'MESSAGE_REACTION_REMOVE':
        return messages.reacted(self, data as GatewayMessageReactionRemoveDispatchData, false)
      case 'MESSAGE_POLL_VOTE_ADD':
        return messages.polled(self, data as GatewayMessagePollVoteDispatchData, true)
      case 'MESSAGE_POLL_VOTE_REMOVE':
        return messages.polled(self, data as GatewayMessagePollVoteDispatchData, false)
      case 'ENTITLEMENT_CREATE':
        return payments.bought(self, data as APIEntitlement)
      case 'READY':
        return began(self, data as GatewayReadyDispatchData)
    }
  }

  /** A new session: what happened before it is not replayed. At the start that is looked after once, when the last shard is there. */
  async function began(self: Self, { shard: [id, count] = [0, 1] }: GatewayReadyDispatchData): Promise<void> {
    const again = shards.has(id)
    shards.add(id)
    if (!again && id !== count - 1) return
    await catchUp({ core, line, log, messages }, self)
    await noteHeard(core, self)
    await payments.catchUp(self)
  }

  /** Whatever is under way is known, so that stopping can wait for it. */
  function track(work: Promise<void>, what: string): void {
    const done = work.catch(error => log.error({ err: error, what }, 'Discord update not handled'))
    handling.add(done)
    void done.finally(() => handling.delete(done))
  }

  /** Connects, again and again if need be; ends with what no waiting can mend. */
  async function connect(signal: AbortSignal): Promise<void> {
    for (let pause = 1_000; ; pause = Math.min(2 * pause, 60_000)) {
      try {
        const self = await line.identity()
        await line.listen((event, data) => {
          if (listening) track(heard(self, event, data), event)
        })
        track(register(line, { app: self.app, server: config.DISCORD_GUILD, log }), 'commands')
        return keepNote(self, signal)
      } catch (error) {
        if (error instanceof ConfigError || signal.aborted) throw error
        log.warn({ err: error }, `Discord is out of reach, trying again in ${pause / 1000} s`)
        await sleep(pause, undefined, { signal })
      }
    }
  }

  /** Remembers that we are connected, for `catchUp` of the next start. */
  function keepNote(self: Self, signal: AbortSignal): void {
    const note = async (): Promise<void> => {
      if (line.connected()) await noteHeard(core, self)
    }
    const timer = setInterval(() => void note().catch(error => log.debug({ err: error }, 'not noted')), heardEveryMs)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  return {
    name: 'discord',
    can: { ...discordCan, editEveryMs },
    async start(handler) {
      handle = handler
      listening = true
      shards.clear()
      stopping = new AbortController()
      payments = openPayments({ ...parts, stopping: stopping.signal })
      const { signal } = stopping
      const connected = connect(signal)
      connected.catch(error => {
        if (!signal.aborted) log.error({ err: error }, 'not on Discord')
      })
      await Promise.race([connected, sleep(patienceMs, undefined, { ref: false, signal })])
    },
    async stop() {
      const wasConnected = line.connected()
      listening = false
      stopping.abort()
      await line.hangUp()
      await Promise.allSettled(handling)
      handle = undefined
      await answers.stop()
      if (!wasConnected) return
      const self = await line.identity()
      await noteHeard(core, self).catch(error => log.debug({ err: error }, 'not noted'))
    },
    download: (image, limit, signal) => download(image, { limit, signal, api: config.DISCORD_API }),
    ...speech,
  }
}
