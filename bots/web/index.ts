import { randomBytes } from 'node:crypto'
import { UserError } from '../../core/errors.ts'
import type { Place } from '../../core/place.ts'
import { isAway } from '../../core/redis.ts'
import { MediaKey } from '../../core/request.ts'
import { balance, dailyGrant } from '../../core/wallet.ts'
import type { AdapterParts } from '../adapter.ts'
import { today, walletOf } from '../bot.ts'
import { type Capabilities, type Incoming, type Outgoing, PlaceGone, type Platform, RetryLater } from '../platform.ts'
import { entitled, loadRoleRules } from '../roles.ts'
import { openHub } from './hub.ts'
import { clock, idOf } from './ids.ts'
import { botName, type Message } from './message.ts'
import { openRooms } from './rooms.ts'
import { openServer } from './server.ts'
import { openUploads } from './uploads.ts'

export const webCan: Capabilities = {
  threads: true,
  buttons: 8,
  textChars: 12_000,
  uploadBytes: 128 * 1024 * 1024,
  editEveryMs: 300,
  replyWithinMs: Number.POSITIVE_INFINITY,
  quiet: true,
  ownButtons: true,
}

/** The embedded web chat. */
export interface Web extends Platform {
  /** Where it listens, e.g. "http://127.0.0.1:8080"; once started. */
  address(): string
  /** Erases what a member wrote, in every room. */
  forget(member: string): Promise<void>
}

/** The web chat as a platform: rooms in Redis, a small HTTP server in front of them. */
export async function openWeb(parts: AdapterParts): Promise<Web> {
  const { core, config, log, store } = parts
  const rooms = openRooms(core)
  const now = clock()
  const handling = new Set<Promise<void>>()
  const uploads = openUploads()
  let handle: ((event: Incoming) => Promise<void>) | undefined

  const base = { openJobs: config.MEMBER_OPEN_JOBS, dailyCredits: config.DAILY_CREDITS }
  const { dailyCredits } = entitled(loadRoleRules(config.ROLE_RULES), [], base)

  async function creditsOf(member: string): Promise<number> {
    const account = walletOf(member)
    if (dailyCredits > 0) await dailyGrant(core, account, dailyCredits, today())
    return (await balance(core, account)).available
  }

  const hub = openHub({ rooms, log, secret: config.SECRET, creditsOf })
  const server = await openServer({
    ...parts,
    rooms,
    hub,
    now,
    uploads,
    creditsOf,
    async tell(event) {
      if (!handle) throw new UserError('refusal.busy')
      const running = handle(event)
      handling.add(running)
      await running.finally(() => handling.delete(running))
    },
  })

  /** Redis being away is a reason to come again, not to give up. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw isAway(error) ? new RetryLater(1_000, error) : error
    }
  }

  const placeOf = (room: string, message: string): Place => ({
    platform: 'web',
    channel: room,
    message,
    private: false,
  })

  return {
    name: 'web',
    can: webCan,
    address: server.address,
    async start(handler) {
      handle = handler
      await server.listen()
    },
    async stop() {
      handle = undefined
      hub.close()
      await Promise.allSettled(handling)
      await server.close()
    },
    async download(image, limit, signal) {
      signal.throwIfAborted()
      // What was posted in a room is kept there, under a key of the store.
      const kept = MediaKey.safeParse(image.id)
      const bytes = kept.success ? await store.get(kept.data) : uploads.get(image.id)
      if (!bytes) throw new UserError('failure.media-gone')
      if (bytes.byteLength > limit)
        throw new UserError('refusal.picture-big', { megabytes: Math.floor(limit / 2 ** 20) })
      return bytes
    },
    reply: (to, message) =>
      patiently(async () => {
        const { channel: room } = to
        const id =
          message.once === undefined ? `b${randomBytes(12).toString('base64url')}` : idOf('b', room, message.once)
        const parent = to.message === undefined ? undefined : await rooms.get(room, to.message)
        await rooms.add(room, {
          ...kept(message),
          id,
          at: now(),
          root: parent?.root ?? id,
          ...(parent && { answers: parent.id }),
        })
        return placeOf(room, id)
      }),
    edit: (at, message) =>
      patiently(async () => {
        const { channel: room } = at
        const before = at.message === undefined ? undefined : await rooms.get(room, at.message)
        if (!before || before.by !== botName) throw new PlaceGone(`no message ${at.message} in ${room}`)
        const { id, root, answers } = before
        const after = { ...kept(message), id, root, at: before.at, ...(answers !== undefined && { answers }) }
        if (!(await rooms.change(room, after))) throw new PlaceGone(`message ${id} was removed`)
      }),
    remove: at =>
      patiently(async () => {
        if (!(await rooms.remove(at.channel, at.message ?? ''))) throw new PlaceGone(`no message ${at.message}`)
      }),
    async forget(member) {
      await rooms.forget(member)
    },
  }
}

/** What the bot says, as a room keeps it. */
function kept(message: Outgoing): Omit<Message, 'id' | 'at' | 'root'> {
  const { text, buttons = [], media, progress, mood, quiet } = message
  return {
    by: botName,
    name: '',
    text,
    talk: false,
    pictures: [],
    buttons: buttons.map(({ id, label, url, only }) => ({
      id,
      label,
      ...(url !== undefined && { url }),
      ...(only && { only: only.member }),
    })),
    ...(media && { media }),
    ...(progress !== undefined && { progress }),
    ...(mood !== undefined && { mood }),
    ...(quiet !== undefined && { quiet }),
    ...(message.failure !== undefined && { failure: message.failure }),
  }
}
