import { EventEmitter, once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { t } from '../../../core/i18n.ts'
import { loginOf } from '../../../core/login.ts'
import { openStore } from '../../../core/store.ts'
import { commands } from '../../commands.ts'
import { openWechat } from '../../wechat/index.ts'
import { openWorld } from '../../wechat/testing/world.ts'
import { openWechaty } from '../../wechat/wechaty.ts'
import { type Chat, type ChatParts, type Person, type Seen, whenSeen } from './person.ts'
import { until } from './until.ts'

/** A minute lasts a second here; the puppet checks the same pace. */
const minuteMs = 1_000
const perMinute = 40

/** People in WeChat rooms, who speak Chinese to an account without buttons and choose by digits. */
export async function onWechat({ core, log, settings }: ChatParts): Promise<Chat> {
  const world = openWorld({ rules: { pace: { ms: minuteMs, all: perMinute, chat: perMinute / 2 } } })
  const config = botsConfig({
    ...settings,
    ...{ WECHATY_PUPPET: 'wechaty-puppet-mock', WECHAT_PER_MINUTE: String(perMinute) },
  })
  const parts = {
    ...{ config, core, store: await openStore(config) },
    ...{ catalogue: loadCatalogue(), log },
  }
  const platform = await openWechat(parts, {
    connect: () => openWechaty({ puppet: world.puppet(), times: { often: 1_500 } }),
    ...{ jitterMs: [0, 5], minuteMs, lookEveryMs: 50, turnMs: 100, draw: () => undefined },
  })
  const broken = (): readonly string[] => world.servers.broken
  const changes = new EventEmitter().setMaxListeners(0)
  const noted = world.servers.changed
  world.servers.changed = () => {
    noted()
    changes.emit('change')
  }
  return {
    name: 'WeChat',
    platform,
    broken,
    async enter() {
      await until(() => world.isOpen())
      await world.login()
      await until(async () => (await loginOf(core, 'wechat'))?.state === 'in')
      // Rooms and people come into the bot's sight only after the login; somebody looks whether it answers yet.
      world.person('门房', { friend: true })
      const answered = (): boolean => world.shown('门房').length > 0
      const ask = (): unknown => world.say({ by: '门房', text: commands.help.zh[0] })
      for (ask(); !answered(); ask()) await Promise.race([once(changes, 'change'), pause(3_000)])
    },
    close: () => platform.close(),
    async room(room, names) {
      world.room(room, names)
      const seen = (): Seen[] => seenIn(world.shown(room))
      return names.map(
        (name): Person => ({
          name,
          locale: 'zh-CN',
          async account() {
            for (const key of await core.redis.keys(`${core.root}:wechat:ids:*`)) {
              const found = await core.redis.hget(key, world.idOf(name))
              if (found !== null) return `wechat:${found}`
            }
            throw new Error(`${name} never spoke`)
          },
          async command(command, words = '', pictures = []) {
            for (const bytes of pictures) world.picture({ by: name, room, bytes })
            // What begins like talk is a command with a colon.
            const colon = command === 'compare' ? '：' : ' '
            world.say({ by: name, room, text: `${commands[command].zh[0]}${colon}${words}`.trim(), mention: true })
          },
          async answer(_on, bytes) {
            world.picture({ by: name, room, bytes })
          },
          async press(on, label) {
            const at = on.labels.indexOf(label)
            if (at < 0) throw new Error(`there is no ${label} among ${on.labels.join(', ')}`)
            world.say({ by: name, room, text: String(at + 1) })
          },
          seen,
          until: (fits, ms) => whenSeen({ name, seen, changed: () => once(changes, 'change'), broken }, fits, ms),
        }),
      )
    },
  }
}

const choices = t('zh-CN', 'choice.number', { choices: '' })

/** A file and the words about it are one message to whoever looks; numbered words at the end are what can be chosen. */
function seenIn(shown: readonly { readonly text: string; readonly file?: { readonly name: string } }[]): Seen[] {
  const seen: Seen[] = []
  // A clip's words name its number; other things may have been said between the two.
  const files: string[] = []
  for (const [at, { text, file }] of shown.entries()) {
    if (file) {
      files.push(/\d+/.exec(file.name)?.[0] ?? '')
      continue
    }
    const lines = text.split('\n')
    const last = lines.at(-1) ?? ''
    const numbered = last.startsWith(choices) ? last.slice(choices.length).split(' · ') : []
    const labels = numbered.map(one => one.replace(/^\d+ /, ''))
    const shows = files.indexOf(/^#(\d+)/.exec(text)?.[1] ?? '')
    if (shows >= 0) files.splice(shows, 1)
    seen.push({ id: String(at), text, labels, shows: shows >= 0 })
  }
  return seen
}
