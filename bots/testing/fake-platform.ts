import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../core/errors.ts'
import { type Place, placeKey } from '../../core/place.ts'
import {
  type Attachment,
  type Button,
  type Capabilities,
  type Incoming,
  type Outgoing,
  PlaceGone,
  type Platform,
  RetryLater,
  TooLarge,
} from '../platform.ts'

/** A message of the bot as people see it. */
export interface Shown {
  readonly at: Place
  /** The message it answers. */
  readonly answers?: string
  readonly message: Outgoing
  readonly edits: number
}

/** What goes wrong with the next call of this kind. `drop`: it is done, but the answer never comes back; `slow`: it takes `afterMs`. */
interface Fault {
  readonly on: 'reply' | 'edit' | 'download' | 'refund'
  readonly how: 'later' | 'gone' | 'fail' | 'drop' | 'slow' | 'large'
  readonly afterMs?: number
  /** Most it takes, where it is `large`. */
  readonly bytes?: number
}

/** What somebody says. */
export interface Saying {
  readonly text?: string
  readonly by?: string
  readonly room?: string
  readonly thread?: string
  readonly private?: boolean
  readonly addressed?: boolean
  readonly images?: readonly Uint8Array[]
  readonly sounds?: readonly Uint8Array[]
  /** JSON files. */
  readonly files?: readonly Uint8Array[]
  readonly replyTo?: Place
  readonly locale?: string
  readonly handle?: string
  /** The platform's id of the update; new for each unless given. */
  readonly update?: string
  /** What the platform knows of the place and of who speaks there. */
  readonly uploadBytes?: number
  readonly roles?: readonly string[]
  readonly adult?: boolean
  readonly manages?: boolean
  /** Who posted the pictures, where they are those of the message answered to; 'unknown' = nobody who could be asked. */
  readonly postedBy?: string
}

/** Somebody pays for a pack. */
interface Paying {
  readonly by?: string
  readonly pack: string
  readonly charge: string
  readonly price?: number
  readonly update?: string
}

/** A chat platform in memory that is as strict as the real ones, and breaks on demand. */
export interface FakePlatform extends Platform {
  /** Somebody writes; resolves when the bot has taken it. */
  say(saying: Saying): Promise<void>
  /** Somebody presses a button (by label or id) under a message; `text` is what they write into its form. */
  press(under: Shown | Place, button: string, by?: string, update?: string, text?: string): Promise<void>
  /** Somebody puts an emoji under a message, or takes it away. */
  react(under: Shown | Place, emoji: string, by?: string, added?: boolean): Promise<void>
  /** Somebody votes in a poll for the option of that number from 0, or takes a vote back (without one: whichever it was). */
  vote(under: Shown | Place, option: number | undefined, by?: string, added?: boolean): Promise<void>
  /** True once a poll is over. */
  ended(under: Shown): boolean
  pay(paying: Paying): Promise<void>
  /** Charges whose money was given back. */
  readonly refunded: readonly { readonly member: string; readonly charge: string }[]
  /** The bot's messages in a room, oldest first. */
  shown(room?: string): Shown[]
  /** Resolves with the first message that fits, now or later. */
  until(fits: (shown: Shown) => boolean, ms?: number): Promise<Shown>
  /** Breaks a coming call. */
  fault(...faults: Fault[]): void
  /** The room is gone for good. */
  close(room: string): void
  /** Rules of the platform the bot broke; must stay empty. */
  readonly broken: readonly string[]
  readonly calls: { reply: number; edit: number; download: number; remove: number }
}

const usual: Capabilities = {
  threads: true,
  buttons: 8,
  textChars: 2000,
  uploadBytes: 10 * 1024 * 1024,
  editEveryMs: 20,
  replyWithinMs: 48 * 3600 * 1000,
  quiet: false,
}

export interface FakeOptions {
  readonly name?: string
  readonly can?: Partial<Capabilities>
  /** It cannot edit: no `edit`, as WeChat. */
  readonly noEdit?: boolean
}

export function fakePlatform({ name = 'fake', can: given = {}, noEdit = false }: FakeOptions = {}): FakePlatform {
  const can: Capabilities = { ...usual, ...(noEdit && { editEveryMs: Number.POSITIVE_INFINITY }), ...given }
  const messages = new Map<string, Shown & { editedAt: number }>()
  const files = new Map<string, Uint8Array>()
  const once = new Map<string, Place>()
  const gone = new Set<string>()
  const closed = new Set<string>()
  const broken: string[] = []
  const faults: Fault[] = []
  const calls = { reply: 0, edit: 0, download: 0, remove: 0 }
  const refunded: { member: string; charge: string }[] = []
  const changed = new EventEmitter().setMaxListeners(0)
  const handling = new Set<Promise<void>>()
  let handle: ((event: Incoming) => Promise<void>) | undefined
  let running = 0

  const wrong = (what: string): never => {
    broken.push(what)
    throw new Error(`the platform refuses: ${what}`)
  }

  function check(message: Outgoing): void {
    if (message.text.trim() === '' && !message.media) wrong('empty message')
    if (message.text.length > can.textChars) wrong(`text of ${message.text.length} characters`)
    if (/\{\w+\}/.test(message.text.replace(/“[^”]*”|「[^」]*」/g, ''))) wrong(`a hole in “${message.text}”`)
    const buttons = message.buttons ?? []
    if (buttons.length > can.buttons) wrong(`${buttons.length} buttons`)
    for (const { id, label, form, only } of buttons) {
      if (form && !can.forms) wrong('a form')
      if (only && !can.ownButtons) wrong('a button of one member')
      if (Buffer.byteLength(id) > 64 || id === '') wrong(`button id “${id}”`)
      if (label === '' || label.length > 80) wrong(`button label “${label}”`)
    }
    if (message.invoice && !can.sells) wrong('an invoice')
    if (message.poll) checkPoll(message, message.poll.options)
    if (message.media && message.media.bytes > can.uploadBytes) wrong(`file of ${message.media.bytes} bytes`)
  }

  function checkPoll({ text, buttons, media }: Outgoing, options: readonly string[]): void {
    const { polls } = can
    if (!polls) return void wrong('a poll')
    if (buttons?.length || media) wrong('a poll with more than a question')
    if (text.length > polls.questionChars) wrong(`a question of ${text.length} characters`)
    if (options.length < 2 || options.length > polls.options) wrong(`a poll of ${options.length}`)
    if (options.some(one => one.trim() === '' || one.length > polls.optionChars))
      wrong(`options “${options.join('|')}”`)
  }

  /** The fault planned for this kind of call; `drop` is returned, the others are thrown. */
  async function trouble(on: Fault['on'], place?: Place, message?: Outgoing): Promise<'drop' | undefined> {
    if (place && gone.has(place.channel)) throw new PlaceGone(`${place.channel} is gone`)
    const at = faults.findIndex(fault => fault.on === on && (fault.how !== 'large' || message?.media))
    const [fault] = at < 0 ? [] : faults.splice(at, 1)
    if (fault?.how === 'later') throw new RetryLater(fault.afterMs ?? 10)
    if (fault?.how === 'large') throw new TooLarge(fault.bytes)
    if (fault?.how === 'gone') throw new PlaceGone('message is gone')
    if (fault?.how === 'slow') await sleep(fault.afterMs ?? 100)
    if (fault?.how === 'fail') throw new Error('bad gateway')
    return fault?.how === 'drop' ? 'drop' : undefined
  }

  const keyOf = (at: Place): string => `${placeKey(at)}#${at.message}`

  function show(shown: Shown): void {
    messages.set(keyOf(shown.at), { ...shown, editedAt: Date.now() })
    changed.emit('change')
  }

  async function receive(event: Incoming): Promise<void> {
    if (!handle) throw new Error('the platform is not started')
    // A copy through JSON: what crosses the seam must be plain data.
    const taken = handle(JSON.parse(JSON.stringify(event)) as Incoming)
    handling.add(taken)
    await taken.finally(() => handling.delete(taken))
  }

  const member = (by: string): string => `${name}:${by}`
  const next = (): string => String(++running)

  const platform: FakePlatform = {
    name,
    can,
    broken,
    calls,
    async start(handler) {
      handle = handler
    },
    async stop() {
      handle = undefined
      await Promise.allSettled(handling)
    },
    async download(image: Attachment, limit, signal) {
      calls.download += 1
      signal.throwIfAborted()
      await trouble('download')
      const bytes = files.get(image.id)
      if (!bytes) throw new Error('no such file')
      if (bytes.byteLength > limit)
        throw new UserError('refusal.picture-big', { megabytes: Math.floor(limit / 2 ** 20) })
      return bytes
    },
    async reply(to, message) {
      calls.reply += 1
      check(message)
      const fault = await trouble('reply', to, message)
      const nonce = message.once === undefined ? undefined : `${placeKey(to)}#${message.once}`
      const before = nonce === undefined ? undefined : once.get(nonce)
      if (before) return before
      const { message: answers, ...room } = to
      const at: Place = { ...room, message: `b${next()}` }
      if (nonce !== undefined) once.set(nonce, at)
      show({ at, message, edits: 0, ...(answers !== undefined && { answers }) })
      if (fault === 'drop') throw new Error('connection reset')
      return at
    },
    async remove(at) {
      calls.remove += 1
      if (!messages.delete(keyOf(at))) throw new PlaceGone('no such message')
      changed.emit('change')
    },
    async say(saying) {
      const at = { platform: name, channel: saying.room ?? '', message: `p${next()}`, private: false }
      const poster = saying.postedBy
      const by =
        poster === undefined || poster === 'unknown' ? poster : { member: member(poster), name: poster, message: at }
      const attached = (mime: string) => (bytes: Uint8Array) => {
        const id = `f${next()}`
        files.set(id, bytes)
        return { id, mime, bytes: bytes.byteLength, ...(by && { by }) } satisfies Attachment
      }
      const images = (saying.images ?? []).map(attached('image/png'))
      const sounds = (saying.sounds ?? []).map(attached('audio/mpeg'))
      const given = (saying.files ?? []).map(attached('application/json'))
      const speaker = saying.by ?? 'ann'
      const id = next()
      const isPrivate = saying.private ?? saying.room === undefined
      await receive({
        kind: 'message',
        update: `${name}:bot:${saying.update ?? id}`,
        place: {
          platform: name,
          channel: saying.room ?? `dm-${speaker}`,
          ...(saying.thread !== undefined && { thread: saying.thread }),
          message: `m${id}`,
          private: isPrivate,
        },
        member: member(speaker),
        memberName: speaker,
        text: saying.text ?? '',
        images: [...images, ...sounds, ...given],
        addressed: saying.addressed ?? true,
        ...(saying.locale !== undefined && { locale: saying.locale }),
        ...(saying.handle !== undefined && { handle: saying.handle }),
        ...(saying.replyTo && { replyTo: saying.replyTo }),
        ...(saying.uploadBytes !== undefined && { uploadBytes: saying.uploadBytes }),
        ...(saying.roles && { roles: saying.roles }),
        ...(saying.adult !== undefined && { adult: saying.adult }),
        ...(saying.manages !== undefined && { manages: saying.manages }),
      })
    },
    refunded,
    async refund(who, charge) {
      if ((await trouble('refund')) === 'drop') throw new Error('connection reset')
      refunded.push({ member: who, charge })
    },
    async react(under, emoji, by = 'ann', added = true) {
      const place = 'at' in under ? under.at : under
      const update = `${name}:bot:${next()}`
      await receive({ kind: 'reaction', update, place, member: member(by), memberName: by, emoji, added })
    },
    async vote(under, option, by = 'ann', added = true) {
      const place = 'at' in under ? under.at : under
      if (closed.has(keyOf(place))) throw new Error('this poll has ended')
      const update = `${name}:bot:${next()}`
      const given = option === undefined ? {} : { option }
      await receive({ kind: 'polled', update, place, member: member(by), memberName: by, added, ...given })
    },
    ...(can.polls && { endPoll: async (at: Place) => void closed.add(keyOf(at)) }),
    ended: under => closed.has(keyOf(under.at)),
    async pay({ by = 'ann', pack, charge, price = 1, update = next() }) {
      const place: Place = { platform: name, channel: `dm-${by}`, message: `m${next()}`, private: true }
      const who = { member: member(by), memberName: by }
      await receive({ kind: 'paid', update: `${name}:bot:${update}`, place, ...who, pack, charge, price })
    },
    async press(under, button, by = 'ann', update = next(), text) {
      const at = 'at' in under ? under.at : under
      const found = messages.get(keyOf(at))?.message.buttons?.find(b => b.label === button || b.id === button)
      await receive({
        kind: 'button',
        update: `${name}:bot:${update}`,
        place: at,
        member: member(by),
        memberName: by,
        id: found?.id ?? button,
        ...(text !== undefined && { text }),
      })
    },
    shown: room => [...messages.values()].filter(shown => room === undefined || shown.at.channel === room),
    until(fits, ms = 5_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = [...messages.values()].find(fits)
          if (!found) return
          clearTimeout(timer)
          changed.off('change', look)
          resolve(found)
        }
        const timer = setTimeout(() => {
          changed.off('change', look)
          reject(
            new Error(
              `not seen in ${ms} ms; there is:\n${platform
                .shown()
                .map(s => s.message.text)
                .join('\n---\n')}`,
            ),
          )
        }, ms)
        changed.on('change', look)
        look()
      })
    },
    fault: (...planned) => void faults.push(...planned),
    close: room => void gone.add(room),
  }
  if (noEdit) return platform
  return {
    ...platform,
    async edit(at: Place, message: Outgoing) {
      calls.edit += 1
      check(message)
      const fault = await trouble('edit', at, message)
      const before = messages.get(keyOf(at))
      if (!before) throw new PlaceGone('no such message')
      // Timers may fire a millisecond early.
      if (Date.now() - before.editedAt < can.editEveryMs - 2) wrong(`edited after ${Date.now() - before.editedAt} ms`)
      show({ ...before, message, edits: before.edits + 1 })
      if (fault === 'drop') throw new Error('connection reset')
    },
  }
}

/** A button somebody can see under a message. */
export const labels = (shown: Shown): string[] => (shown.message.buttons ?? []).map((button: Button) => button.label)
