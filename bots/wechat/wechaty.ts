import { setTimeout as pause } from 'node:timers/promises'
import { FileBox } from 'file-box'
import {
  type Message,
  ScanStatus,
  types,
  type Wechaty,
  WechatyBuilder,
  type WechatyOptions,
  log as wechatyLog,
} from 'wechaty'
import { cutMention, quotedId, readQuote } from './heard.ts'
import {
  type Ears,
  type Heard,
  type Person,
  type Room,
  type Transport,
  TransportError,
  type TransportEvent,
} from './transport.ts'

/**
 * The only importer of wechaty: a transport over one of its puppets. Puppets throw at any time and from anywhere, and wechat4u takes
 * over the process's `uncaughtException`; so in production this runs in a process of its own (child.ts).
 */
export interface WechatyParts {
  /** Name of a puppet's package, or a puppet. */
  readonly puppet: string | Exclude<NonNullable<WechatyOptions['puppet']>, string>
  readonly token?: string | undefined
  /** Where the puppet service is: host:port, or http://host:port without TLS. Absent: the token says. */
  readonly endpoint?: string | undefined
  /** Path of the file that keeps the login, without its ending. */
  readonly session?: string
  readonly times?: Partial<typeof usualTimes> | undefined
}

/**
 * In ms. A file may be 10 MB on a slow line; a puppet that does not answer a ping is dead, sooner if it said that it is in trouble;
 * after "too often" nothing is tried for `often`.
 */
const usualTimes = {
  ...{ text: 60_000, file: 240_000, fetch: 60_000, often: 120_000 },
  ...{ pingEvery: 60_000, pong: 20_000, pongInTrouble: 3_000 },
}

/** Pauses before a message is asked for, in ms, and so many that cannot be read one after the other mean a dead puppet. */
const readAgainMs = [0, 300, 1_000, 3_000] as const
const mostUnread = 3

type Puppet = Wechaty['puppet']

export interface WechatyTransport extends Transport {
  /** Something threw where nobody could catch it: finds out whether the puppet is still alive, and tells if it is not. */
  check(): Promise<void>
}

export function openWechaty({ puppet, token, endpoint, session, times = {} }: WechatyParts): WechatyTransport {
  const limits = { ...usualTimes, ...times }
  wechatyLog.level('silent')
  const bot = WechatyBuilder.build({
    ...(session !== undefined && { name: session }),
    // Any package that is installed will do, whether wechaty's list of puppets knows it or not.
    puppet: puppet as NonNullable<WechatyOptions['puppet']>,
    puppetOptions: { ...(token !== undefined && { token }), ...endpointOptions(endpoint) },
  })
  let ears: Ears = async () => undefined
  let pulse: NodeJS.Timeout | undefined
  let closed = false
  let unread = 0

  const tell = (event: TransportEvent): void => {
    if (!closed) void ears(event).catch(() => undefined)
  }
  const trouble = (error: unknown): void => tell({ type: 'trouble', what: wordsOf(error) })

  /** True if the puppet answers. */
  async function ping(ms: number): Promise<boolean> {
    const mark = `threadreel-${Date.now()}`
    const over = new AbortController()
    const answered = new Promise<boolean>(resolve => {
      const heard = ({ data }: { data?: string }): void => {
        if (data !== mark) return
        bot.puppet.off('dong', heard)
        resolve(true)
      }
      bot.puppet.on('dong', heard)
    })
    const late = pause(ms, false, { signal: over.signal }).catch(() => false)
    try {
      await Promise.resolve(bot.puppet.ding(mark)).catch(() => undefined)
      return await Promise.race([answered, late])
    } catch {
      return false
    } finally {
      over.abort()
    }
  }

  /** A dead puppet cannot be mended from here: whoever opened the transport opens another one. */
  async function check(ms: number): Promise<void> {
    if (closed || (await ping(ms)) || closed) return
    clearInterval(pulse)
    tell({ type: 'dead', why: 'the puppet does not answer' })
  }

  function listen(): void {
    bot.on('scan', (qr, status) => {
      if (qr && (status === ScanStatus.Waiting || status === ScanStatus.Timeout)) tell({ type: 'scan', qr })
    })
    bot.on('ready', () => tell({ type: 'ready' }))
    bot.on('error', error => {
      trouble(error)
      if (/CANCELLED|UNAVAILABLE|Watchdog/.test(String(error))) void check(limits.pongInTrouble).catch(trouble)
    })
  }

  /** The account; a puppet service that is just waking up may not know its name at once. */
  async function selfOf(id: string): Promise<Person> {
    for (let tries = 0; tries < 4; tries++) {
      const found = await bot.puppet.contactPayload(id).catch(() => undefined)
      if (found) return { id, name: found.name }
      await pause(250)
    }
    return { id, name: id }
  }

  /**
   * These come from the puppet itself: before wechaty passes them on it asks for the contact or the room, and if it does not get it
   * (over a service that is just waking up; of a room the bot was taken out of) it keeps them to itself.
   */
  function listenToPuppet(from: Puppet): void {
    from.on('message', ({ messageId }) => void read(messageId).catch(trouble))
    from.on('login', ({ contactId }) => void selfOf(contactId).then(self => tell({ type: 'in', self })))
    from.on('logout', ({ data }) => tell({ type: 'out', reason: data ?? '' }))
    const me = (ids: readonly string[]): boolean => from.isLoggedIn && ids.includes(from.currentUserId)
    from.on('room-leave', ({ roomId, removeeIdList }) => {
      if (me(removeeIdList)) tell({ type: 'left', room: roomId })
    })
    from.on('room-join', ({ roomId, inviteeIdList }) => {
      if (me(inviteeIdList)) tell({ type: 'joined', room: roomId })
    })
  }

  /** wechaty drops a message of which it cannot get everything at once. One may be of a kind the puppet cannot read; many are no accident. */
  async function read(id: string): Promise<void> {
    for (const wait of readAgainMs) {
      await pause(wait)
      const message = closed ? undefined : await bot.Message.find({ id })
      if (!message) continue
      unread = 0
      return take(message)
    }
    unread += 1
    if (unread < mostUnread) return trouble(`message ${id} cannot be read`)
    clearInterval(pulse)
    tell({ type: 'dead', why: `${unread} messages in a row cannot be read` })
  }

  async function take(message: Message): Promise<void> {
    const kind = message.type()
    // Puppets that learn of it show the warning as a message, of the bot itself or of nobody.
    if (kind === types.Message.Unknown && /过于频繁/.test(message.text())) return tell({ type: 'slow' })
    if (message.self()) return
    const talker = await bot.puppet.contactPayload(message.talker().id)
    if (talker.type === types.Contact.Official || talker.type === types.Contact.Corporation) return
    const picture = kind === types.Message.Image || (kind === types.Message.Attachment && isPicture(message))
    if (!picture && kind !== types.Message.Text) return
    const room = message.room()
    const names = await ownNames(message)
    const quotation = picture ? undefined : readQuote(message.text())
    const quoteId = quotation && (await idOfQuoted(message.id))
    const quoted = quoteId === undefined ? undefined : await talkerOf(quoteId)
    const said = quotation ? quotation.text : picture ? '' : message.text()
    const heard: Heard = {
      id: message.id,
      who: personFrom(talker),
      ...(room && { room: { id: room.id, topic: await room.topic() } }),
      text: room ? cutMention(said, names) : said.trim(),
      picture,
      mentioned: room !== undefined && !picture && (await message.mentionSelf()),
      ...(quotation && {
        quote: {
          mine: names.includes(quotation.by),
          text: quotation.quoted,
          ...(quoteId !== undefined && { id: quoteId }),
          ...(quoted && { who: quoted }),
        },
      }),
    }
    tell({ type: 'heard', heard })
  }

  /** The names the bot goes by in this chat. */
  async function ownNames(message: Message): Promise<string[]> {
    const { currentUserId } = bot.puppet
    const { name } = await bot.puppet.contactPayload(currentUserId)
    const room = message.room()
    const inRoom = room && (await bot.puppet.roomMemberPayload(room.id, currentUserId).catch(() => undefined))
    return [name, ...(inRoom?.roomAlias ? [inRoom.roomAlias] : [])]
  }

  async function idOfQuoted(message: string): Promise<string | undefined> {
    const puppet: object = bot.puppet
    if (!('messageRawPayload' in puppet) || typeof puppet.messageRawPayload !== 'function') return undefined
    const raw: unknown = await Promise.resolve(puppet.messageRawPayload(message)).catch(() => undefined)
    return quotedId(contentOf(raw))
  }

  /** Who said a message that is still known here. */
  async function talkerOf(message: string): Promise<Heard['who'] | undefined> {
    const { talkerId } = (await bot.puppet.messagePayload(message).catch(() => undefined)) ?? {}
    const talker = talkerId === undefined ? undefined : await bot.puppet.contactPayload(talkerId).catch(() => undefined)
    return talker && personFrom(talker)
  }

  function mustBeIn(): void {
    if (closed || !bot.isLoggedIn) throw new TransportError('later', 'not logged in', { afterMs: 15_000 })
  }

  /** A call that sends something: an answer that does not come leaves it open whether it was sent. */
  async function sending(call: () => Promise<unknown>, ms: number): Promise<string | undefined> {
    mustBeIn()
    const over = new AbortController()
    const late = pause(ms, undefined, { signal: over.signal }).then(() => {
      throw new TransportError('unsure', `no answer in ${ms} ms`)
    })
    try {
      const id = await Promise.race([call(), late])
      return typeof id === 'string' && id !== '' ? id : undefined
    } catch (error) {
      throw error instanceof TransportError ? error : asTransportError(error, limits.often)
    } finally {
      over.abort()
      late.catch(() => undefined)
    }
  }

  return {
    async start(given) {
      ears = given
      let failure: unknown
      const note = (error: unknown): void => {
        failure = error
      }
      listen()
      bot.on('error', note)
      await bot.init()
      listenToPuppet(bot.puppet)
      mendService(bot.puppet)
      await bot.start()
      bot.off('error', note)
      if (!(await ping(limits.pong)))
        throw new TransportError('later', wordsOf(failure ?? 'the puppet does not answer'), { cause: failure })
      pulse = setInterval(() => void check(limits.pong).catch(trouble), limits.pingEvery)
    },
    text: (chat, text, mention) =>
      sending(async () => {
        const name = mention === undefined ? undefined : await nameIn(bot.puppet, chat, mention)
        const whole = name === undefined ? text : `@${name}\u2005${text}`
        return bot.puppet.messageSendText(chat, whole, mention === undefined ? [] : [mention])
      }, limits.text),
    file: (chat, { name, bytes }) =>
      sending(() => {
        // Not fromBuffer: up to 20 kB the client of the puppet service makes JSON of the box, which a buffer does not bear.
        const box = FileBox.fromBase64(Buffer.from(bytes).toString('base64'), name)
        return bot.puppet.messageSendFile(chat, box)
      }, limits.file),
    async fetch(message, limit) {
      mustBeIn()
      const signal = AbortSignal.timeout(limits.fetch)
      try {
        const file = await bot.puppet.messageFile(message)
        return await collect(await file.toStream(), limit, signal)
      } catch (error) {
        if (error instanceof TransportError) throw error
        throw new TransportError(signal.aborted ? 'later' : 'gone', wordsOf(error), { cause: error })
      }
    },
    async rooms() {
      mustBeIn()
      const ids = await bot.puppet.roomList()
      const found = await Promise.allSettled(ids.map(id => roomOf(bot.puppet, id)))
      return found.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    },
    async friends() {
      mustBeIn()
      const ids = await bot.puppet.contactList()
      const found = await Promise.allSettled(ids.map(id => bot.puppet.contactPayload(id)))
      return found.flatMap(one => (one.status === 'fulfilled' && one.value.friend ? [personFrom(one.value)] : []))
    },
    remark: async (person, alias) => void (await sending(() => bot.puppet.contactAlias(person, alias), limits.text)),
    check: () => check(limits.pongInTrouble),
    async close() {
      closed = true
      clearInterval(pulse)
      // A puppet of wechaty's own is left to the end of the process: the web puppet logs out when it is stopped, and the next start
      // would need a scan.
      if (typeof puppet !== 'string') await bot.stop().catch(() => undefined)
    },
  }
}

/** A gateway in the same network seldom has a certificate: http:// says so. */
function endpointOptions(endpoint: string | undefined): { endpoint?: string; tls?: { disable: boolean } } {
  if (endpoint === undefined || endpoint === '') return {}
  const plain = endpoint.startsWith('http://')
  return { endpoint: endpoint.replace(/^https?:\/\//, '').replace(/\/$/, ''), ...(plain && { tls: { disable: true } }) }
}

const personFrom = (payload: Awaited<ReturnType<Puppet['contactPayload']>>): Person => ({
  id: payload.id,
  name: payload.name,
  ...(payload.alias && { alias: payload.alias }),
  ...(payload.weixin && { weixin: payload.weixin }),
  ...(payload.friend !== undefined && { friend: payload.friend }),
})

/** From the room's own list of members: asking for every contact would be a call each, which people do not make. */
async function roomOf(puppet: Puppet, id: string): Promise<Room> {
  const { topic, memberIdList } = await puppet.roomPayload(id)
  const found = await Promise.allSettled(memberIdList.map(member => puppet.roomMemberPayload(id, member)))
  const members = found.flatMap(one => (one.status === 'fulfilled' ? [{ id: one.value.id, name: one.value.name }] : []))
  return { id, topic, members }
}

async function nameIn(puppet: Puppet, room: string, member: string): Promise<string | undefined> {
  const found = await puppet.roomMemberPayload(room, member).catch(() => undefined)
  return found?.roomAlias || found?.name || undefined
}

/**
 * Two habits of the client in wechaty-puppet-service that lose or double messages. It sends a file a second time, over a call from
 * before 2022, whatever the reason why the first one failed: an answer that got lost would show the clip twice. And it keeps what it
 * knows of everybody in LevelDB files in the home folder, which stay locked for a moment after a logout: a login in that moment leaves
 * it unable to read anything. (What it was told lately it keeps in memory besides.)
 */
function mendService(puppet: Puppet): void {
  if (!('messageSendFileStream' in puppet)) return
  Object.assign(puppet, {
    messageSendFileStream: () => Promise.reject(new Error('the puppet service did not confirm the file')),
  })
  const store = '_payloadStore' in puppet ? puppet._payloadStore : undefined
  const nothing = async (): Promise<void> => undefined
  if (typeof store === 'object' && store) Object.assign(store, { start: nothing, stop: nothing })
}

const isPicture = (message: Message): boolean => /\.(?:jpe?g|png|webp)$/i.test(message.payload?.filename ?? '')

/** The XML of a message as the web protocol hands it over, entities and all. */
const contentOf = (raw: unknown): string => {
  const content = typeof raw === 'object' && raw && 'Content' in raw ? raw.Content : undefined
  return typeof content === 'string' ? content.replaceAll('&lt;', '<').replaceAll('&gt;', '>') : ''
}

async function collect(stream: AsyncIterable<Uint8Array>, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    signal.throwIfAborted()
    size += chunk.byteLength
    if (size > limit) throw new TransportError('too-big', `more than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : typeof error === 'string' ? error : JSON.stringify(error)
  return (words ?? String(error)).slice(0, 500)
}

/** `1205 == 0`: how wechat4u says which code WeChat answered with. */
const codeOf = (words: string): number | undefined => {
  const code = /(-?\d+) == 0/.exec(words)?.[1]
  return code === undefined ? undefined : Number(code)
}

/**
 * What a failed call means. WeChat's codes are not documented: 1205 is "too often" (youfou/wxpy#58), 1100 to 1102 are a login that is
 * over; any other code means that it was not done. What is no answer of WeChat's leaves open whether it was.
 */
function asTransportError(error: unknown, oftenMs = usualTimes.often): TransportError {
  const words = wordsOf(error)
  const code = codeOf(words)
  const as = (how: TransportError['how'], afterMs?: number): TransportError =>
    new TransportError(how, words, { cause: error, ...(afterMs !== undefined && { afterMs }) })
  if (code === 1205 || /过于频繁/.test(words)) return as('often', oftenMs)
  if ((code !== undefined && code >= 1100 && code <= 1102) || /not logged ?in|no grpc manager/i.test(words))
    return as('later', 15_000)
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|No connection established/i.test(words)) return as('later')
  if (code !== undefined || /上传媒体文件失败|AssertionError/.test(words)) return as('refused')
  return as('unsure')
}
