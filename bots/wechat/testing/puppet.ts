import type { FileBoxInterface } from 'file-box'
import { type payloads, types } from 'wechaty'
import { type mock, PuppetMock } from 'wechaty-puppet-mock'

/** A message of the bot as WeChat has it. Ids are those of the current login. */
export interface Outbound {
  readonly chat: string
  readonly text?: string
  readonly mentions: readonly string[]
  readonly file?: { readonly name: string; readonly bytes: Uint8Array }
  /** Unix ms. */
  readonly at: number
  readonly id?: string
}

/**
 * What goes wrong with the next call of this kind. `refuse`: WeChat says no. `often`: it says too often. `out`: the login is over
 * there. `drop`: it is shown, but the answer gets lost. `swallow`: WeChat says yes and shows nothing. `hang`: no answer ever comes.
 */
export interface Fault {
  readonly on: 'text' | 'file' | 'fetch'
  readonly how: 'refuse' | 'often' | 'out' | 'drop' | 'swallow' | 'hang'
  /** Only in this chat (its id of this login). */
  readonly chat?: string
}

export interface PuppetRules {
  /** Whether sending tells the id of the new message: puppets of phones do, the web puppet does not. */
  readonly tellsIds: boolean
  /** Most messages in any stretch of so many ms, to all chats and to one; what goes beyond is a broken rule. */
  readonly pace: { readonly ms: number; readonly all: number; readonly chat: number }
  /** Largest file WeChat takes (web: 20 MB). */
  readonly fileBytes: number
}

/** Longest text of a message; what people type is cut near 16 kB by the apps, puppets break earlier. */
const textBytes = 8_000

/** What the servers of WeChat know; it outlives the puppets that log in. */
export interface Servers {
  readonly rules: PuppetRules
  readonly sent: Outbound[]
  /** Rules the bot broke; must stay empty. */
  readonly broken: string[]
  readonly faults: Fault[]
  /** Breaks calls by chance, while set. */
  chaos: ((on: Fault['on'], chat: string) => Fault['how'] | undefined) | undefined
  /** Remarks the bot's account has given, by id. */
  readonly remarks: Map<string, string>
  /** XML of messages that quote another one, as the web protocol has it. */
  readonly xml: Map<string, string>
  /** Ids of this login, of everybody and of the rooms the bot is in. */
  inSight: { readonly people: Set<string>; readonly rooms: Set<string> }
  /** Rooms the bot was taken out of: that it tries to speak there once is no broken rule. */
  readonly away: Set<string>
  /** The bot's id in the login that is open, which a puppet takes up when it starts. */
  self: string | undefined
  /** Called after each message of the bot. */
  changed(): void
}

/** wechaty's mock puppet as strict as WeChat: it checks what the bot sends, and breaks on demand. */
export class StrictPuppet extends PuppetMock {
  private readonly servers: Servers

  constructor(mocker: mock.Mocker, servers: Servers) {
    super({ mocker })
    this.servers = servers
  }

  override async onStart(): Promise<void> {
    await super.onStart()
    const { self } = this.servers
    if (self !== undefined) setImmediate(() => this.login(self))
  }

  override ding(data?: string): void {
    this.emit('dong', { data: data ?? '' })
  }

  override async contactList(): Promise<string[]> {
    return [...this.servers.inSight.people]
  }

  override async roomList(): Promise<string[]> {
    return [...this.servers.inSight.rooms]
  }

  override contactAlias(contactId: string): Promise<string>
  override contactAlias(contactId: string, alias: string | null): Promise<void>
  // biome-ignore lint/suspicious/noConfusingVoidType: the mock puppet has it so.
  override async contactAlias(contactId: string, alias?: string | null): Promise<string | void> {
    const payload = await this.contactRawPayload(contactId)
    if (alias === undefined) return payload.alias ?? ''
    if (payload.friend !== true) this.servers.broken.push(`remark for ${contactId}, who is no friend`)
    this.servers.remarks.set(contactId, alias ?? '')
    this.mocker.contactPayload(contactId, { ...payload, alias: alias ?? '' })
    await this.dirtyPayload(types.Payload.Contact, contactId)
  }

  override async messageRawPayload(id: string): Promise<payloads.Message> {
    const payload = await super.messageRawPayload(id)
    const Content = this.servers.xml.get(id)
    return Content === undefined ? payload : Object.assign({ ...payload }, { Content })
  }

  override async messageFile(id: string): Promise<FileBoxInterface> {
    this.take('fetch')
    return super.messageFile(id)
  }

  override async messageRecall(): Promise<boolean> {
    this.servers.broken.push('a message was recalled')
    return false
  }

  // The mock's own types say that nothing comes back; puppets of phones tell the id of the message.
  override async messageSendText(chat: string, text: string, mentions: string[] = []): Promise<never> {
    if (text.trim() === '') this.servers.broken.push('empty message')
    if (Buffer.byteLength(text) > textBytes) this.servers.broken.push(`text of ${Buffer.byteLength(text)} bytes`)
    if (/\{\w+\}/.test(text.replace(/[“「][^”」]*[”」]/g, ''))) this.servers.broken.push(`a hole in “${text}”`)
    for (const id of mentions)
      if (!this.servers.inSight.people.has(id)) this.servers.broken.push(`mention of ${id}, who is not in sight`)
    return this.out('text', { chat, text, mentions })
  }

  override async messageSendFile(chat: string, box: FileBoxInterface): Promise<never> {
    const bytes = new Uint8Array(await box.toBuffer())
    if (bytes.byteLength === 0) this.servers.broken.push(`empty file ${box.name}`)
    if (bytes.byteLength > this.servers.rules.fileBytes) this.servers.broken.push(`file of ${bytes.byteLength} bytes`)
    if (!/^[\w.-]+\.(?:mp4|jpe?g|png|webp)$/.test(box.name)) this.servers.broken.push(`file named “${box.name}”`)
    return this.out('file', { chat, mentions: [], file: { name: box.name, bytes } })
  }

  /** The fault planned for this kind of call. */
  private take(on: Fault['on'], to = ''): Fault['how'] | undefined {
    const fits = ({ on: kind, chat = to }: Fault): boolean => kind === on && chat === to
    const at = this.servers.faults.findIndex(fits)
    const [fault] = at < 0 ? [] : this.servers.faults.splice(at, 1)
    const how = fault?.how ?? this.servers.chaos?.(on, to)
    if (how === 'refuse') throw new Error('-1 == 0')
    if (how === 'often') throw new Error('1205 == 0')
    if (how === 'out') throw new Error('1101 == 0')
    return how
  }

  private async out(on: 'text' | 'file', message: Omit<Outbound, 'at' | 'id'>): Promise<never> {
    if (!this.isLoggedIn) throw new Error('not logged in')
    const { chat } = message
    if (
      chat.startsWith('@') &&
      !this.servers.inSight.people.has(chat) &&
      !this.servers.inSight.rooms.has(chat) &&
      !this.servers.away.has(chat)
    )
      this.servers.broken.push(`${chat} is of an earlier login`)
    if (!this.servers.inSight.people.has(chat) && !this.servers.inSight.rooms.has(chat)) throw new Error('-2 == 0')
    this.checkPace(chat)
    const fault = this.take(on, chat)
    if (fault === 'hang') return new Promise<never>(() => undefined)
    const id = `70${String(this.servers.sent.length + 1).padStart(17, '0')}`
    if (fault !== 'swallow') {
      this.servers.sent.push({ ...message, at: Date.now(), ...(this.servers.rules.tellsIds && { id }) })
      this.servers.changed()
    }
    if (fault === 'drop') throw new Error('socket hang up')
    return (this.servers.rules.tellsIds ? id : undefined) as never
  }

  private checkPace(chat: string): void {
    const { sent, rules } = this.servers
    const { ms, all, chat: each } = rules.pace
    const from = Date.now() - ms
    const lately = sent.slice(sent.findLastIndex(({ at }) => at <= from) + 1)
    if (lately.length >= all) this.servers.broken.push(`${lately.length + 1} messages in ${ms} ms`)
    const here = lately.filter(one => one.chat === chat).length
    if (here >= each) this.servers.broken.push(`${here + 1} messages in ${ms} ms to one chat`)
  }
}
