import { join } from 'node:path'
import { loginOf } from '../../core/login.ts'
import { openDiscordTest } from '../discord/testing/open.ts'
import { bot } from '../discord/testing/world.ts'
import { openTelegramParts, quick } from '../telegram/testing/open.ts'
import { openWechatParts } from '../wechat/testing/house.ts'
import { openDice, type Scene } from './delivery-run.ts'

/** Each platform's protocol server as a place to deliver to, with its faults: done but not answered, refused, late, not now. */

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
/** Of calls in a hundred. */
const bad = { drop: 3, fail: 3, later: 2, slow: 1 } as const

/** What goes wrong with the next call, if anything. */
function openWeather(dice: () => number): () => keyof typeof bad | undefined {
  return () => {
    let chance = dice() * 100
    for (const [how, share] of Object.entries(bad)) {
      if (chance < share) return how as keyof typeof bad
      chance -= share
    }
    return undefined
  }
}

export async function telegramScene(): Promise<Scene> {
  const { api, core, store, parts, people, close } = await openTelegramParts()
  const next = openWeather(openDice())
  let uploaded = (): boolean => false
  api.chaos = method => {
    if (!/^(?:send|edit)/.test(method) || method === 'sendChatAction') return undefined
    if (/Media$|Video$/.test(method) && uploaded()) return 'drop'
    return next()
  }
  return {
    ...{ core, store, close },
    errand: { config: parts.config, on: { telegram: quick } },
    listening: async () => true,
    member: name => `telegram:${people.person(name).id}`,
    say: (name, text) => void people.write(name, people.private(name), { text }),
    clips: name =>
      people
        .shown(people.private(name))
        .flatMap(({ media }) => (media ? [hex(api.world.files.get(media.file)?.bytes)] : [])),
    weather: () => undefined,
    onUpload(see) {
      uploaded = see
    },
    get broken() {
      return api.broken
    },
  }
}

export async function discordScene(): Promise<Scene> {
  const { server, people, core, store, config, redis, close } = await openDiscordTest()
  const { world, gateway } = server
  const next = openWeather(openDice())
  let files = world.files.size
  return {
    ...{ core, store, close },
    errand: { config: { ...config, REDIS_URL: redis.url }, on: { discord: true } },
    listening: async () => gateway.connected() > 0,
    member: name => `discord:${world.person(name).id}`,
    say: (name, text) => void people.say({ by: name, in: world.dm(name), text }),
    clips(name) {
      const messages = [...world.messages.values()].filter(one => one.channel === world.dm(name) && one.author === bot)
      return messages.flatMap(one =>
        one.files.filter(({ filename }) => filename.endsWith('.mp4')).map(({ id }) => hex(world.files.get(id))),
      )
    },
    weather() {
      const how = next()
      const on = ['PATCH /channels/:id/messages/:id', 'POST /channels/:id/messages'][Number(how === 'fail')] ?? ''
      if (how) server.fault({ on, how, ...(how === 'later' && { ms: 300 }), ...(how === 'slow' && { ms: 1_500 }) })
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
const wechatPace = { ms: 1_000, all: 100, chat: 50 } as const

export async function wechatScene(): Promise<Scene> {
  const opened = await openWechatParts({
    ...{ stable: true, service: true },
    settings: { WECHAT_PER_MINUTE: String(wechatPace.all) },
    rules: { pace: wechatPace },
  })
  const { core, store, parts, world, gateway, close } = opened
  if (!gateway) throw new Error('no puppet service')
  const next = openWeather(openDice())
  const people = new Set<string>()
  let entered: Promise<void> | undefined
  const { servers } = world
  const meet = (name: string): void => {
    if (!people.has(name)) world.person(name, { friend: true })
    people.add(name)
  }
  return {
    ...{ core, store, close },
    errand: {
      config: parts.config,
      on: { wechat: { ...gateway.setup, session: join(parts.config.DATA_DIR, 'session') } },
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
    weather() {
      const how = next()
      if (how === 'drop' || how === 'fail') servers.faults.push({ on: 'file', how: how === 'drop' ? 'drop' : 'refuse' })
    },
    onUpload(see) {
      const changed = servers.changed.bind(servers)
      servers.changed = () => {
        changed()
        if (servers.sent.at(-1)?.file) see()
      }
    },
    broken: servers.broken,
  }
}
