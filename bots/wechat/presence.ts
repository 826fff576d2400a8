import { toString as drawCode } from 'qrcode'
import type { BotsConfig } from '../../core/config.ts'
import { signPage } from '../../core/links.ts'
import type { Log } from '../../core/log.ts'
import { type Login, showLogin } from '../../core/login.ts'
import type { Core } from '../../core/redis.ts'
import { type Heard, type Transport, TransportError, type TransportEvent } from './transport.ts'
import { takeTurns } from './turn.ts'

/** Being on WeChat: whose turn it is, the login and its code, and whatever else happens that is no message. */
export interface Presence {
  /** The way to WeChat. Throws TransportError `later` while this process has none. */
  transport(): Transport
  /** How long (ms) the account has been logged in here; undefined if it is not. */
  inFor(): number | undefined
  close(): Promise<void>
}

interface PresenceParts {
  readonly core: Core
  readonly log: Log
  readonly config: Pick<BotsConfig, 'SECRET' | 'PUBLIC_URL'>
  /** Opens the way to WeChat, each time this process gets the turn. */
  connect(): Transport
  heard(heard: Heard): Promise<void>
  /** A login began, with this id of the bot's own. */
  loggedIn(self: string): void
  /** The bot was taken out of a room (its id of this login), or back in. */
  moved(room: string, isIn: boolean): Promise<void>
  /** WeChat says that the account talks too much. */
  slowed(): void
  /** Draws the code to scan where the operator sees it. */
  draw(text: string): void
  readonly turnMs?: number | undefined
}

const linkMs = 3_600_000

export function openPresence(parts: PresenceParts): Presence {
  const { core, log, config } = parts
  let transport: Transport | undefined
  let since: number | undefined

  const show = (login: Login): Promise<void> => showLogin(core, 'wechat', login)
  const page = (): string =>
    config.PUBLIC_URL.replace(/\/$/, '') + signPage(config.SECRET, 'wechat', Date.now() + linkMs)

  async function notice(event: TransportEvent): Promise<void> {
    switch (event.type) {
      case 'heard':
        return parts.heard(event.heard)
      case 'scan':
        log.warn({ scan: page() }, 'WeChat wants a login: scan the code with the phone of the bot account')
        parts.draw(await drawCode(event.qr, { type: 'terminal', small: true }))
        return show({ state: 'scan', qr: event.qr })
      case 'in':
        since = Date.now()
        parts.loggedIn(event.self.id)
        log.info({ name: event.self.name }, 'logged in to WeChat')
        return show({ state: 'in', name: event.self.name })
      case 'out':
        since = undefined
        log.warn({ reason: event.reason }, 'not on WeChat')
        return show({ state: 'out', reason: event.reason })
      case 'left':
        return parts.moved(event.room, false)
      case 'joined':
        return parts.moved(event.room, true)
      case 'slow':
        log.warn('WeChat says that we talk too much')
        return parts.slowed()
      case 'ready':
        return
      case 'dead':
        return log.warn({ why: event.why }, 'wechaty')
      case 'trouble':
        return log.warn({ what: event.what }, 'wechaty')
    }
  }

  function board(): void {
    const opened = parts.connect()
    transport = opened
    opened
      .start(async event => {
        if (transport !== opened) return
        await notice(event).catch(error => log.error({ err: error, event: event.type }, 'WeChat event not handled'))
      })
      .catch(error => log.error({ err: error }, 'WeChat not reached'))
  }

  async function leave(): Promise<void> {
    const left = transport
    transport = undefined
    since = undefined
    await left?.close().catch(error => log.debug({ err: error }, 'WeChat not left in order'))
  }

  const turn = takeTurns({
    core,
    gained: board,
    lost: () => void leave(),
    ...(parts.turnMs !== undefined && { everyMs: parts.turnMs }),
  })

  return {
    transport() {
      if (!transport) throw new TransportError('later', 'this process is not on WeChat')
      return transport
    },
    inFor: () => (since === undefined ? undefined : Date.now() - since),
    async close() {
      const was = transport
      await leave()
      if (was) await show({ state: 'out', reason: 'stopped' }).catch(() => undefined)
      await turn.release()
    },
  }
}
