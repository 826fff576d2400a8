import { chmod, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../core/errors.ts'
import { pickLanguage, t } from '../../core/i18n.ts'
import { profileOf } from '../../core/members.ts'
import type { Place } from '../../core/place.ts'
import type { AdapterParts } from '../adapter.ts'
import { type Capabilities, type Incoming, PlaceGone, type Platform, RetryLater } from '../platform.ts'
import { takeIn, wechatLocale } from './intake.ts'
import { openIsolated } from './isolated.ts'
import { openPace } from './pace.ts'
import { openPeople } from './people.ts'
import { openPictures, pictureWindowMs } from './pictures.ts'
import { openPresence, type Presence } from './presence.ts'
import { type SayParts, say } from './say.ts'
import { openSent } from './sent.ts'
import { type Heard, type Transport, TransportError } from './transport.ts'

/** What tests change. Times in ms. */
export interface WechatOptions {
  readonly connect?: () => Transport
  readonly jitterMs?: readonly [number, number]
  /** WECHAT_PER_MINUTE holds for so long. */
  readonly minuteMs?: number
  readonly windowMs?: number
  readonly lookEveryMs?: number
  readonly turnMs?: number
  /** Where the code to scan is drawn. */
  readonly draw?: (text: string) => void
}

export interface Wechat extends Platform {
  /** Ends at once what `stop` leaves open for words that are still to be said. */
  close(): Promise<void>
}

/** A chat that is not in sight so long after the login is gone: the web puppet learns of rooms only little by little. */
const patienceMs = 60 * 60_000
/** Quiet for so long, the bot has nothing more to say. */
const quietMs = 1_000

/** What WeChat allows, with files of so many MB. */
export const wechatCan = (uploadMb: number): Capabilities => ({
  threads: false,
  buttons: 0,
  barePictures: true,
  textChars: 2_000,
  uploadBytes: uploadMb * 1024 * 1024,
  editEveryMs: Number.POSITIVE_INFINITY,
  replyWithinMs: Number.POSITIVE_INFINITY,
  quiet: false,
})

/** WeChat as a platform. No edits, no buttons, no ids of our own messages, and an account that is banned if it hurries. */
export async function openWechat(parts: AdapterParts, options: WechatOptions = {}): Promise<Wechat> {
  const { core, store, config, log } = parts
  const { minuteMs = 60_000, draw = onTerminal } = options
  const connect = options.connect ?? (await isolatedConnect(parts))
  const can = wechatCan(config.WECHAT_UPLOAD_MB)
  const pace = openPace({
    ...{ perMinute: config.WECHAT_PER_MINUTE, minuteMs },
    ...(options.jitterMs && { jitterMs: options.jitterMs }),
  })
  const goneKey = `${core.root}:wechat:gone`
  const pictures = openPictures(core, store, options.windowMs ?? pictureWindowMs)
  const sent = openSent(core)
  const current = (): Transport => {
    if (!presence) throw new TransportError('later', 'not on WeChat yet')
    return presence.transport()
  }
  const people = openPeople({
    core,
    secret: config.SECRET,
    transport: {
      rooms: async () => current().rooms(),
      friends: async () => current().friends(),
      remark: (person, alias) => pace.run('remarks', async () => current().remark(person, alias)),
    },
    ...(options.lookEveryMs !== undefined && { lookEveryMs: options.lookEveryMs }),
  })
  const fetching = new Map<string, Promise<Uint8Array | undefined>>()
  const lanes = new Map<string, Promise<void>>()
  const hurry = new AbortController()
  let presence: Presence | undefined
  let handle: ((event: Incoming) => Promise<void>) | undefined
  let listening = false
  let saying = 0
  let closing: Promise<void> | undefined

  // --- hearing

  /** What one person says in one chat is taken in order: pictures before the words that follow them. */
  async function heard(said: Heard): Promise<void> {
    if (!listening) return
    const lane = `${said.room?.id ?? ''}/${said.who.id}`
    const taken = (lanes.get(lane) ?? Promise.resolve())
      .then(() => take(said))
      .catch(error => log.error({ err: error, message: said.id }, 'WeChat message not handled'))
    lanes.set(lane, taken)
    await taken
    if (lanes.get(lane) === taken) lanes.delete(lane)
  }

  async function take(said: Heard): Promise<void> {
    const event = await takeIn({ core, people, pictures, sent, hold, hint }, said)
    if (!event) return
    await core.redis.srem(goneKey, event.place.channel)
    await handle?.(event)
  }

  /** Fetches a picture and keeps it, once. */
  async function hold(message: string): Promise<void> {
    const fetched = fetching.get(message) ?? current().fetch(message, largestPicture)
    fetching.set(message, fetched)
    try {
      const bytes = await fetched
      if (bytes) await pictures.hold(message, bytes)
    } catch (error) {
      log.debug({ err: error, message }, 'picture not kept')
    } finally {
      fetching.delete(message)
    }
  }

  function hint(place: Place, member: string): void {
    void (async () => {
      const { language } = await profileOf(core, member)
      const text = t(pickLanguage(language, wechatLocale), 'wechat.picture-kept')
      await reply(place, { text, once: `hint:${place.message}` })
    })().catch(error => log.debug({ err: error }, 'hint not said'))
  }

  async function bytesOf(message: string, limit: number): Promise<Uint8Array> {
    const known = (await fetching.get(message)?.catch(() => undefined)) ?? (await pictures.get(message))
    if (known) return known
    try {
      return await current().fetch(message, limit)
    } catch (error) {
      if (error instanceof TransportError && error.how === 'too-big') throw tooBig(limit)
      throw new UserError('refusal.picture-broken', {}, error)
    }
  }

  // --- saying

  const sayParts: SayParts = {
    ...{ core, store, people, pictures, sent, pace },
    transport: {
      text: async (chat, text, mention) => current().text(chat, text, mention),
      file: async (chat, file) => current().file(chat, file),
    },
    async blocked(channel) {
      if (presence?.inFor() === undefined) return new RetryLater(2_000)
      return (await core.redis.sismember(goneKey, channel)) === 1 ? new PlaceGone('taken out of the room') : undefined
    },
    unseen: () =>
      (presence?.inFor() ?? 0) < patienceMs
        ? new RetryLater(60_000)
        : new PlaceGone('this chat is not in sight any more'),
  }

  const reply: Platform['reply'] = async (to, message) => {
    saying += 1
    try {
      return await say(sayParts, to, message)
    } finally {
      saying -= 1
    }
  }

  async function close(): Promise<void> {
    pace.stop()
    clearInterval(tidying)
    await presence?.close()
    presence = undefined
  }

  /** Words that are on their way when the bots stop still go out; then the account is free for the next process. */
  async function closeWhenSaid(): Promise<void> {
    const { signal } = hurry
    for (let quiet = 0; quiet < quietMs && !signal.aborted; quiet = saying === 0 ? quiet + 100 : 0)
      await sleep(100, undefined, { ref: false, signal }).catch(() => undefined)
    await close()
  }

  const tidy = (): void => void pictures.tidy().catch(error => log.debug({ err: error }, 'pictures not tidied'))
  const tidying = setInterval(tidy, pictureWindowMs).unref()

  return {
    name: 'wechat',
    can,
    async start(handler) {
      handle = handler
      listening = true
      presence = openPresence({
        ...{ core, log, config, connect, draw, heard },
        loggedIn: people.login,
        slowed: () => pace.pause(2 * minuteMs),
        async moved(room, isIn) {
          const key = await people.keyOfId(room)
          if (key !== undefined) await (isIn ? core.redis.srem(goneKey, key) : core.redis.sadd(goneKey, key))
        },
        turnMs: options.turnMs,
      })
    },
    async stop() {
      listening = false
      await Promise.allSettled(lanes.values())
      handle = undefined
      closing ??= closeWhenSaid()
    },
    async download(image, limit, signal) {
      signal.throwIfAborted()
      const bytes = await bytesOf(image.id, limit)
      if (bytes.byteLength > limit) throw tooBig(limit)
      return bytes
    },
    reply,
    forget: member => people.forget(member.slice(member.indexOf(':') + 1)),
    async close() {
      hurry.abort()
      closing ??= close()
      await closing
    },
  }
}

const largestPicture = 20 * 1024 * 1024
const tooBig = (limit: number): UserError =>
  new UserError('refusal.picture-big', { megabytes: Math.floor(limit / 2 ** 20) })

const onTerminal = (text: string): void => void process.stderr.write(`${text}\n`)

/** The login lies beside the other data, for this user's eyes only: who has it is logged in. */
async function isolatedConnect({ config }: AdapterParts): Promise<() => Transport> {
  const folder = resolve(config.DATA_DIR, 'wechat')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const { WECHATY_PUPPET: puppet, WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint } = config
  if (puppet === undefined) throw new Error('WECHATY_PUPPET is not set')
  const session = resolve(folder, 'session')
  return () => openIsolated({ puppet, session, ...(token && { token }), ...(endpoint && { endpoint }) })
}
