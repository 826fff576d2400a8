import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { FileBox } from 'file-box'
import { mock } from 'wechaty-puppet-mock'
import { type Outbound, type PuppetRules, type Servers, StrictPuppet } from './puppet.ts'

/** People with phones, and the account of the bot: WeChat from the other side. */

/** A message of the bot as people see it. */
export interface Shown {
  /** Room or person it was said to, by name. */
  readonly where: string
  /** Without the mention. */
  readonly text: string
  /** Who is mentioned, by name. */
  readonly mention?: string
  readonly file?: { readonly name: string; readonly bytes: Uint8Array }
  readonly id?: string
  readonly at: number
}

export interface Saying {
  readonly by: string
  /** Absent: to the bot alone. */
  readonly room?: string
  readonly text: string
  /** In a room: begins with a mention of the bot. */
  readonly mention?: boolean
  /** Quotes this message of the bot: `words` shows only how it begins, `id` tells its id as well. */
  readonly quote?: { readonly shown: Shown; readonly how: 'words' | 'id' }
}

export interface World {
  readonly bot: string
  /** What the servers know: rules that were broken, faults to come. */
  readonly servers: Servers
  /** A puppet for a new process; it takes up the login that is open. */
  puppet(): StrictPuppet
  /** True once a puppet was opened and runs. */
  isOpen(): boolean
  /** Somebody, by name; `friend`s can write to the bot alone. */
  person(name: string, traits?: { friend?: boolean; weixin?: string }): void
  /** A room with these members and the bot in it. */
  room(topic: string, members: readonly string[]): void
  login(): Promise<void>
  logout(): Promise<void>
  /** Logs out and in again: a web login gives everybody new ids. */
  relogin(): Promise<void>
  /** The code to scan is shown. */
  scan(qr: string): void
  /** Somebody writes; the id of the message. */
  say(saying: Saying): string
  picture(what: { by: string; room?: string; bytes: Uint8Array }): string
  /** The same message is delivered a second time. */
  repeat(message: string): void
  kick(room: string): void
  invite(room: string): void
  /** Somebody takes another name (the others see it after the next login). */
  rename(name: string, to: string): void
  /** What stands on the warning that WeChat shows. */
  warn(room: string): void
  /** The bot's messages, oldest first. */
  shown(where?: string): Shown[]
  /** Resolves with the first of the bot's messages that fits, now or later. */
  until(fits: (shown: Shown) => boolean, ms?: number): Promise<Shown>
  /** Today's id of a room or a person. */
  idOf(name: string): string
}

export interface WorldOptions {
  /** Ids stay, as those of phone puppets do; else they change at each login. */
  readonly stable?: boolean
  readonly rules?: Partial<PuppetRules>
}

const usual: PuppetRules = { tellsIds: false, pace: { ms: 60_000, all: 1_000, chat: 1_000 }, fileBytes: 20_000_000 }

interface Known {
  name: string
  readonly friend: boolean
  readonly weixin: string
  alias: string
  id: string
}

export function openWorld({ stable = false, rules = {} }: WorldOptions = {}): World {
  const changed = new EventEmitter().setMaxListeners(0)
  const bot = '影子'
  const people = new Map<string, Known>()
  /** Whose id it is or was, of all logins. */
  const named = new Map<string, string>()
  const rooms = new Map<string, { topic: string; members: Set<string>; id: string }>()
  const servers: Servers = {
    rules: { ...usual, ...rules },
    ...{ sent: [], broken: [], faults: [], remarks: new Map(), xml: new Map(), away: new Set(), self: undefined },
    chaos: undefined,
    inSight: { people: new Set(), rooms: new Set() },
    changed: () => void changed.emit('change'),
  }
  let current: { readonly mocker: mock.Mocker; readonly puppet: StrictPuppet } | undefined
  const now = (): NonNullable<typeof current> => {
    if (!current) throw new Error('no puppet was opened')
    return current
  }

  const freshId = (kind: '@' | '@@', name: string): string => {
    if (!stable) return `${kind}${randomBytes(16).toString('hex')}`
    const plain = Buffer.from(name).toString('hex')
    return kind === '@' ? `wxid_${plain}` : `${plain}@chatroom`
  }

  /** A login: everybody has new ids, remarks stay. */
  function renew(): void {
    for (const one of people.values()) {
      one.alias = servers.remarks.get(one.id) ?? one.alias
      if (!stable) one.id = freshId('@', one.name)
    }
    for (const room of rooms.values()) if (!stable) room.id = freshId('@@', room.topic)
    appear()
  }

  /** Everybody is in sight of the puppet. */
  function appear(): void {
    servers.inSight = { people: new Set(), rooms: new Set() }
    for (const one of people.values()) enter(one)
    for (const topic of rooms.keys()) open(topic)
  }

  function enter({ id, name, alias, weixin, friend }: Known): void {
    servers.inSight.people.add(id)
    named.set(id, name)
    if (!current) return
    const { mocker } = current
    const payload = { id, name, alias: servers.remarks.get(id) ?? alias, friend, ...(weixin !== '' && { weixin }) }
    if (mocker.cacheContactPayload.has(id)) mocker.contactPayload(id, { ...mocker.contactPayload(id), ...payload })
    else mocker.createContact(payload)
  }

  function open(topic: string): void {
    const room = roomOf(topic)
    named.set(room.id, topic)
    const payload = { id: room.id, topic, memberIdList: [...room.members].map(name => personOf(name).id) }
    if (room.members.has(bot)) servers.inSight.rooms.add(room.id)
    if (!current) return
    const { mocker } = current
    if (mocker.cacheRoomPayload.has(room.id))
      mocker.roomPayload(room.id, { ...mocker.roomPayload(room.id), ...payload })
    else mocker.createRoom(payload)
  }

  const personOf = (name: string): Known => {
    const found = people.get(name)
    if (!found) throw new Error(`there is nobody called ${name}`)
    return found
  }
  const roomOf = (topic: string) => {
    const found = rooms.get(topic)
    if (!found) throw new Error(`there is no room ${topic}`)
    return found
  }
  const newest = (): string => [...now().mocker.cacheMessagePayload.keys()].at(-1) ?? ''

  function shownOf({ chat, text = '', mentions, file, id, at }: Outbound): Shown {
    const where = named.get(chat) ?? chat
    const mention = named.get(mentions[0] ?? '')
    const bare = mention === undefined ? text : text.replace(`@${mention}\u2005`, '')
    return {
      where,
      text: bare,
      at,
      ...(mention !== undefined && text !== bare && { mention }),
      ...(file && { file }),
      ...(id !== undefined && { id }),
    }
  }

  function speak(by: string, room: string | undefined, something: string | FileBox, mentioned: boolean): string {
    const { mocker } = now()
    const from = mocker.ContactMock.load(personOf(by).id)
    const self = mocker.ContactMock.load(personOf(bot).id)
    if (room === undefined) from.say(something).to(self)
    else from.say(something, mentioned ? [self] : []).to(mocker.RoomMock.load(roomOf(room).id))
    return newest()
  }

  const world: World = {
    bot,
    servers,
    puppet() {
      const mocker = new mock.Mocker()
      current = { mocker, puppet: new StrictPuppet(mocker, servers) }
      appear()
      return current.puppet
    },
    isOpen: () => current?.puppet.state.active() === true,
    person(name, { friend = false, weixin = '' } = {}) {
      if (people.has(name)) return
      people.set(name, { name, friend, weixin, alias: '', id: freshId('@', name) })
      enter(personOf(name))
    },
    room(topic, members) {
      if (rooms.has(topic)) return
      for (const name of members) world.person(name)
      rooms.set(topic, { topic, members: new Set([bot, ...members]), id: freshId('@@', topic) })
      open(topic)
    },
    async login() {
      renew()
      servers.self = personOf(bot).id
      now().puppet.login(servers.self)
    },
    async logout() {
      servers.self = undefined
      await now().puppet.logout('logged out on the phone')
    },
    async relogin() {
      const old = new Set([...people.values()].map(({ id }) => id))
      await world.logout()
      await world.login()
      if (!stable && [...people.values()].some(({ id }) => old.has(id))) throw new Error('ids did not change')
    },
    scan: qr => now().mocker.scan(qr),
    say({ by, room, text, mention = false, quote }) {
      const said = mention && room !== undefined ? `@${bot}\u2005${text}` : text
      if (!quote) return speak(by, room, said, mention)
      const { shown, how } = quote
      const head = shown.file ? '视频' : shown.text
      const id = speak(by, room, `「${bot}：${head}」\n- - - - - - - - - - - - - - -\n${said}`, mention)
      if (how === 'id' && shown.id !== undefined)
        servers.xml.set(
          id,
          `<msg><appmsg><title>x</title><refermsg><type>1</type><svrid>${shown.id}</svrid></refermsg></appmsg></msg>`,
        )
      return id
    },
    picture: ({ by, room, bytes }) =>
      speak(by, room, FileBox.fromBase64(Buffer.from(bytes).toString('base64'), 'photo.jpg'), false),
    repeat: message => void now().puppet.emit('message', { messageId: message }),
    kick(topic) {
      const room = roomOf(topic)
      room.members.delete(bot)
      servers.inSight.rooms.delete(room.id)
      servers.away.add(room.id)
      const ids = { roomId: room.id, removerId: personOf([...room.members][0] ?? bot).id }
      now().puppet.emit('room-leave', { ...ids, removeeIdList: [personOf(bot).id], timestamp: Date.now() })
    },
    invite(topic) {
      const room = roomOf(topic)
      room.members.add(bot)
      open(topic)
      const ids = { roomId: room.id, inviterId: personOf([...room.members][0] ?? bot).id }
      now().puppet.emit('room-join', { ...ids, inviteeIdList: [personOf(bot).id], timestamp: Date.now() })
    },
    rename(name, to) {
      const one = personOf(name)
      people.delete(name)
      one.name = to
      people.set(to, one)
      for (const { members } of rooms.values()) if (members.delete(name)) members.add(to)
    },
    warn(topic) {
      const { id } = roomOf(topic)
      const text = '操作过于频繁，可稍后再试。'
      const self = personOf(bot).id
      now().mocker.MessageMock.create({
        id: `warning-${Date.now()}`,
        ...{ talkerId: self, roomId: id, text, type: 0, timestamp: Date.now() },
        ...{ mentionIdList: [] },
      })
      now().puppet.emit('message', { messageId: newest() })
    },
    shown: where => servers.sent.map(shownOf).filter(shown => where === undefined || shown.where === where),
    until(fits, ms = 10_000) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer)
          changed.off('change', look)
        }
        const look = (): void => {
          const found = world.shown().find(fits)
          if (!found) return
          end()
          resolve(found)
        }
        const timer = setTimeout(() => {
          end()
          const there = world.shown().map(({ where, text, file }) => `${where}: ${file?.name ?? text}`)
          reject(new Error(`not seen in ${ms} ms; there is:\n${there.join('\n---\n')}`))
        }, ms)
        changed.on('change', look)
        look()
      })
    },
    idOf: name => rooms.get(name)?.id ?? personOf(name).id,
  }
  world.person(bot, { friend: true })
  return world
}
