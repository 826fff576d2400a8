import { join } from 'node:path'
import { loginOf } from '../../core/login.ts'
import { openDiscordTest } from '../discord/testing/open.ts'
import { bot } from '../discord/testing/world.ts'
import { openTelegramParts, quick } from '../telegram/testing/open.ts'
import { openWechatParts } from '../wechat/testing/house.ts'
import type { Shown } from '../wechat/testing/world.ts'
import { hex, openDice, type Scene } from './delivery-run.ts'

/** Each platform's protocol server as a place to deliver to, at many times its pace, with its faults. */

/**
 * Of calls in a hundred. `drop`: done, and the connection breaks before the answer; `lost`: it breaks before; `hang`: done, and no answer
 * ever comes; `fail`: a broken server; `slow`: a late answer; `later`: 429.
 */
const shares = { drop: 3, lost: 2, fail: 3, slow: 1, hang: 0.5, later: 0.1 } as const
type Fault = keyof typeof shares
const faults = Object.keys(shares) as Fault[]

/** What goes wrong with the next call, if anything, as this platform calls it, and a count of what does: not every platform has every fault. */
function openWeather<Name extends string>(
  nameOf: (fault: Fault) => Name | undefined,
): { next(): Name | undefined; readonly struck: Record<string, number> } {
  const dice = openDice()
  const struck: Record<string, number> = {}
  return {
    struck,
    next() {
      let chance = dice() * 100
      for (const fault of faults) {
        if (chance < shares[fault]) {
          const name = nameOf(fault)
          if (name !== undefined) struck[fault] = (struck[fault] ?? 0) + 1
          return name
        }
        chance -= shares[fault]
      }
      return undefined
    },
  }
}

/** Processes are killed here, machines are not: Redis may leave it to the system when it writes to the disk. */
const redis = ['--appendfsync', 'no']
/** How long an answer is waited for, in ms. */
const patienceMs = 2_000
const nothing = new Uint8Array()

export async function telegramScene(): Promise<Scene> {
  const rates = (global: number, chat: number) => ({
    global: { count: global, everyMs: 1_000 },
    chat: { count: chat, everyMs: 30 },
    group: { count: 500, everyMs: 10_000 },
  })
  const pace = rates(500, 1)
  const flood = rates(800, 2)
  const { api, core, store, parts, people, close } = await openTelegramParts({ server: { flood }, redis })
  const { struck, next } = openWeather(fault => fault)
  let uploaded = (): boolean => false
  api.chaos = method => {
    if (!/^(?:send|edit|delete)/.test(method) || method === 'sendChatAction') return undefined
    return /Media$|Video$/.test(method) && uploaded() ? 'drop' : next()
  }
  return {
    ...{ core, store, close, struck },
    errand: { config: parts.config, on: { telegram: { ...quick, pace, patienceMs } } },
    listening: async () => true,
    member: name => `telegram:${people.person(name).id}`,
    say: (name, text) => void people.write(name, people.private(name), { text }),
    clips: name =>
      people
        .shown(people.private(name))
        .flatMap(({ media }) => (media ? [hex(api.world.files.get(media.file)?.bytes ?? nothing)] : [])),
    onUpload(see) {
      uploaded = see
    },
    get broken() {
      return api.broken
    },
  }
}

/** How many times as fast as Discord's the limits run. */
const haste = 20

export async function discordScene(): Promise<Scene> {
  const opened = await openDiscordTest({ haste, redis })
  const { server, people, core, store, config, close } = opened
  const { world, gateway } = server
  // A connection that breaks before anything is done is a broken server to a client that cannot tell.
  const { struck, next } = openWeather(fault => (fault === 'lost' ? 'fail' : fault))
  server.chaos = route => (/^(?:POST|PATCH) \/channels\/:id\/messages/.test(route) ? next() : undefined)
  let files = world.files.size
  return {
    ...{ core, store, close, struck },
    errand: {
      config: { ...config, REDIS_URL: opened.redis.url },
      on: { discord: { editEveryMs: 60, perSecond: 40 * haste, timeoutMs: patienceMs } },
    },
    listening: async () => gateway.connected() > 0,
    member: name => `discord:${world.person(name).id}`,
    say: (name, text) => void people.say({ by: name, in: world.dm(name), text }),
    clips(name) {
      const messages = [...world.messages.values()].filter(one => one.channel === world.dm(name) && one.author === bot)
      return messages.flatMap(one =>
        one.files
          .filter(({ filename }) => filename.endsWith('.mp4'))
          .map(({ id }) => hex(world.files.get(id) ?? nothing)),
      )
    },
    onUpload(see) {
      world.changed.on('change', () => {
        if (world.files.size === files) return
        files = world.files.size
        see()
      })
    },
    broken: server.broken,
  }
}

/** Messages a second, both ways of counting. */
const wechatPace = { ms: 1_000, all: 400, chat: 200 } as const
/** What the puppet calls these faults. */
const wechatFault = { drop: 'drop', lost: 'hang', fail: 'refuse', slow: undefined, hang: 'hang', later: 'out' } as const
/**
 * Calls of a chat that go well after one that did not, and of all chats after a kill: the same clip is sent twice at most, so a second bad
 * try would end it.
 */
const spared = 3

export async function wechatScene(): Promise<Scene> {
  const opened = await openWechatParts({
    ...{ stable: true, service: true, redis },
    settings: { WECHAT_PER_MINUTE: String(wechatPace.all) },
    rules: { pace: wechatPace },
  })
  const { core, store, parts, world, gateway, close } = opened
  if (!gateway) throw new Error('no puppet service')
  const { struck, next } = openWeather(fault => wechatFault[fault])
  const people = new Set<string>()
  const good = new Map<string, number>()
  let entered: Promise<void> | undefined
  const { servers } = world
  servers.chaos = (on, chat) => {
    const left = good.get(chat) ?? 0
    if (left > 0) good.set(chat, left - 1)
    if (left > 0 || on === 'fetch') return undefined
    const how = next()
    if (how) good.set(chat, spared)
    return how
  }
  const meet = (name: string): void => {
    if (!people.has(name)) world.person(name, { friend: true })
    people.add(name)
  }
  return {
    ...{ core, store, close, struck },
    errand: {
      config: parts.config,
      on: {
        wechat: {
          ...gateway.setup,
          session: join(parts.config.DATA_DIR, 'session'),
          times: { text: patienceMs, file: patienceMs },
        },
      },
    },
    async listening() {
      entered ??= opened.enter()
      await entered
      return (await loginOf(core, 'wechat'))?.state === 'in'
    },
    member(name) {
      meet(name)
      return `wechat:${world.idOf(name)}`
    },
    say: (name, text) => void world.say({ by: name, text }),
    clips: name => world.shown(name).flatMap(({ file }) => (file?.name.endsWith('.mp4') ? [hex(file.bytes)] : [])),
    onUpload(see) {
      const changed = servers.changed.bind(servers)
      servers.changed = () => {
        changed()
        if (servers.sent.at(-1)?.file && see()) for (const name of people) good.set(world.idOf(name), spared)
      }
    },
    get broken() {
      return [...servers.broken, ...[...people].flatMap(name => parted(world.shown(name)))]
    },
  }
}

/** Clips that something else than the words about them comes after (or the clip once more, where its answer was lost). */
const parted = (shown: readonly Shown[]): string[] =>
  shown.flatMap(({ file }, n) => {
    const [, number] = /(\d+)\.mp4$/.exec(file?.name ?? '') ?? []
    const next = shown[n + 1]
    if (!file || !next || next.file?.name === file.name || next.text.startsWith(`#${number}`)) return []
    return [`${file.name}, then ${next.file?.name ?? next.text}`]
  })
