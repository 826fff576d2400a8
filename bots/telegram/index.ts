import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Clip } from '../../core/clip.ts'
import { signShare } from '../../core/links.ts'
import type { AdapterParts } from '../adapter.ts'
import type { Capabilities, Incoming, Platform } from '../platform.ts'
import { type Calls, openCalls, openTelegramPacer, type Pace, telegramPace } from './calls.ts'
import { checkoutAnswer } from './checkout.ts'
import { ApiError, cloudRoot, openClient } from './client.ts'
import { limits } from './compose.ts'
import { fetchPicture } from './fetch.ts'
import { greeting } from './greet.ts'
import { inlineAnswer } from './inline.ts'
import { type Intake, openIntake } from './intake.ts'
import { openMemory } from './memory.ts'
import { writeMenus } from './menu.ts'
import { poll } from './poll.ts'
import { openVoice } from './say.ts'
import { openWebhook, type Webhook } from './webhook.ts'
import { Me, type Update } from './wire.ts'

/** Most a bot may send: Telegram's own server, and a Bot API server of one's own. */
const uploads = { cloud: 50_000_000, own: 2_000_000_000 } as const

/** What Telegram allows, at this Bot API server. */
export const telegramCan = (root: string): Capabilities => ({
  threads: true,
  buttons: 24,
  textChars: limits.text,
  editEveryMs: 3_000,
  replyWithinMs: Number.POSITIVE_INFINITY,
  quiet: false,
  sells: 'XTR',
  reactions: true,
  polls: { options: 10, questionChars: 300, optionChars: 100 },
  uploadBytes: new URL(root).host === new URL(cloudRoot).host ? uploads.cloud : uploads.own,
})

/** How long what is still to be said when the bot stops may wait for Telegram's patience, in ms. */
const lastWordsMs = 8_000

/** The answer to calls that only say that it is done. */
const Done = z.literal(true)

/** Asks Telegram who we are; a line that is down for a moment is no reason not to start. */
async function whoWeAre(calls: Pick<Calls, 'ask'>): Promise<Me> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await calls.ask('getMe', {}, Me)
    } catch (error) {
      const known = error instanceof ApiError && error.code < 500
      if (known || tried === helloTries) throw error
      await sleep(helloPauseMs * tried)
    }
  }
}
const helloTries = 3
const helloPauseMs = 300

/** Why the start failed, in a line the operator can act on. */
function whatIsWrong(root: string, error: unknown): string {
  if (error instanceof ApiError && (error.code === 401 || error.code === 404))
    return 'Telegram does not know TELEGRAM_TOKEN: copy it again from @BotFather.'
  return `Telegram does not answer at ${root}: check the network, or set TELEGRAM_API_ROOT. (${error})`
}

/** What tests make shorter. */
export interface Timing {
  readonly pace?: Pace
  readonly editEveryMs?: number
  readonly albumMs?: number
  readonly againMs?: number
  /** Longest wait for Telegram's answer. */
  readonly patienceMs?: number
}

export interface TelegramPlatform extends Platform {
  /** The port the webhook listens on, if there is one; once started. */
  port(): number | undefined
}

/** Telegram as a platform. Throws one clear line if the token is wrong or Telegram cannot be reached. */
export async function openTelegram(
  { config, core, store, catalogue, log }: AdapterParts,
  timing: Timing = {},
): Promise<TelegramPlatform> {
  const token = config.TELEGRAM_TOKEN ?? ''
  const root = config.TELEGRAM_API_ROOT
  const client = openClient(token, root)
  const { pace = telegramPace, patienceMs } = timing
  const calls = openCalls({
    client,
    pacer: openTelegramPacer(pace),
    log,
    ...(patienceMs !== undefined && { patienceMs }),
  })
  const me = await whoWeAre(calls).catch(error => {
    throw new Error(whatIsWrong(root, error), { cause: error })
  })
  const memory = openMemory(core, me.id, config.RETENTION_DAYS)
  const voice = openVoice({ calls, memory, store, log })
  const shareDays = config.RETENTION_DAYS
  const shareTo = (clip: Clip): string =>
    config.PUBLIC_URL.replace(/\/$/, '') + signShare(config.SECRET, clip, Date.now() + shareDays * 24 * 3600 * 1000)

  /** What the conversation has no part in; whatever fails there fails alone. */
  function aside(update: Update): void {
    const { callback_query: press, pre_checkout_query: checkout, inline_query: query, my_chat_member: change } = update
    if (press) void calls.aside('answerCallbackQuery', { callback_query_id: press.id })
    if (checkout) void calls.aside('answerPreCheckoutQuery', checkoutAnswer(catalogue, checkout), 3)
    if (query)
      inlineAnswer({ core, memory, shareTo }, query)
        .then(answer => calls.aside('answerInlineQuery', answer))
        .catch(error => log.warn({ err: error }, 'inline query not answered'))
    const welcome = change && greeting(me, String(update.update_id), change)
    if (welcome) voice.reply(welcome.to, welcome.message).catch(error => log.info({ err: error }, 'group not greeted'))
  }

  /** Reactions do not say which topic they are in, votes not even which message; undefined = a poll that is forgotten. */
  async function placed(event: Incoming): Promise<Incoming | undefined> {
    if (event.kind === 'polled') {
      let place = await memory.pollOf(event.place.message ?? '')
      // The first vote may be there before Telegram's answer about the poll.
      for (let tried = 0; !place && tried < 5; tried += 1) {
        await sleep(200)
        place = await memory.pollOf(event.place.message ?? '')
      }
      return place && { ...event, place }
    }
    if (event.kind !== 'reaction' || event.place.private) return event
    const thread = await memory.topicOf(Number(event.place.channel), Number(event.place.message))
    return thread === undefined ? event : { ...event, place: { ...event.place, thread } }
  }

  let ending = new AbortController()
  let polling: Promise<void> | undefined
  let webhook: Webhook | undefined
  let intake: Intake | undefined

  async function listen(taking: Intake): Promise<void> {
    const { TELEGRAM_WEBHOOK_URL: url, TELEGRAM_WEBHOOK_SECRET: secret, TELEGRAM_WEBHOOK_PORT: port } = config
    if (url !== undefined && secret !== undefined) {
      webhook = await openWebhook({ calls, intake: taking, log }, { url, secret, host: config.HOST, port })
      return
    }
    await calls.ask('deleteWebhook', { drop_pending_updates: false }, Done)
    polling = poll({ client, intake: taking, log, signal: ending.signal })
  }

  return {
    name: 'telegram',
    can: {
      ...telegramCan(root),
      apps: config.TELEGRAM_APP ? { link: `https://t.me/${me.username}/${config.TELEGRAM_APP}?startapp=` } : {},
      ...(timing.editEveryMs !== undefined && { editEveryMs: timing.editEveryMs }),
    },
    port: () => webhook?.port,
    async start(handle: (event: Incoming) => Promise<void>) {
      const dealWith = async (event: Incoming): Promise<void> => {
        const known = await placed(event)
        if (known) await handle(known)
      }
      const { albumMs, againMs } = timing
      ending = new AbortController()
      intake = openIntake({ me, memory, log, handle: dealWith, aside, albumMs, againMs })
      await intake.resume()
      await listen(intake)
      void writeMenus(calls, config.OPERATORS, log, ending.signal)
      log.info({ bot: `@${me.username}`, by: webhook ? 'webhook' : 'polling' }, 'on Telegram')
    },
    async stop() {
      ending.abort()
      await Promise.all([polling, webhook?.close()])
      await intake?.stop()
      setTimeout(() => calls.stop(), lastWordsMs).unref()
    },
    download: (image, limit, signal) => fetchPicture(calls, image, limit, signal),
    ...voice,
    async manages(place, member) {
      const user_id = Number(member.slice('telegram:'.length))
      // An administrator who hides behind the group speaks as the group.
      if (member === `telegram:${place.channel}`) return true
      const asked = { chat_id: Number(place.channel), user_id }
      const { status } = await calls.ask('getChatMember', asked, z.object({ status: z.string() }), { urgent: true })
      return status === 'creator' || status === 'administrator'
    },
    async refund(member, charge) {
      const user_id = Number(member.slice('telegram:'.length))
      try {
        await calls.ask('refundStarPayment', { user_id, telegram_payment_charge_id: charge }, Done)
      } catch (error) {
        if (!(error instanceof ApiError) || !/CHARGE_ALREADY_REFUNDED/.test(error.description)) throw error
      }
    },
  }
}
