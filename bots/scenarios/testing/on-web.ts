import { EventEmitter, once } from 'node:events'
import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openStore } from '../../../core/store.ts'
import { type Client, type Heard, openClient } from '../../web/client.ts'
import { openWeb } from '../../web/index.ts'
import { nextId } from '../../web/testing/open-web.ts'
import { type Chat, type ChatParts, type Person, type Seen, whenSeen } from './person.ts'

/** People in rooms of the web chat, over its own HTTP. */
export interface WebChat extends Chat {
  address(): string
  /** The session of somebody who was in a room, for a browser. */
  cookie(name: string): string
}

export async function onWeb({ core, log, settings }: ChatParts): Promise<WebChat> {
  const config = botsConfig(settings)
  const store = await openStore(config)
  const platform = await openWeb({ config, core, store, catalogue: loadCatalogue(), log })
  const clients = new Map<string, Client>()
  const leaving = new AbortController()
  const broken: string[] = []

  async function clientOf(name: string): Promise<Client> {
    const known = clients.get(name)
    if (known) return known
    const client = openClient(platform.address(), { language: localeOf(name) })
    await client.join(name)
    clients.set(name, client)
    return client
  }

  async function enter(room: string, name: string): Promise<Person> {
    const client = await clientOf(name)
    const { member = '' } = await client.me()
    const messages = new Map<string, Heard>()
    const changed = new EventEmitter().setMaxListeners(0)
    const after = await client.reached(room)
    const listen = async (): Promise<void> => {
      for await (const message of client.hear(room, after, leaving.signal)) {
        messages.set(message.id, message)
        changed.emit('change')
      }
    }
    listen().catch(error => {
      if (!leaving.signal.aborted) broken.push(String(error))
    })
    const seen = (): Seen[] =>
      [...messages.values()]
        .filter(({ by }) => by === 'bot')
        .map(({ id, text, buttons, media }) => ({
          ...{ id, text, labels: buttons.map(({ label }) => label) },
          shows: media !== undefined,
        }))
    return {
      name,
      locale: localeOf(name),
      account: async () => member,
      async command(command, words = '', bytes = []) {
        const pictures = bytes.map((one, i) => ({ name: `${i}.png`, bytes: one }))
        await client.say(room, { id: nextId(), text: `/${command} ${words}`.trim(), pictures })
      },
      async answer(on, bytes) {
        const pictures = [{ name: 'picture.png', bytes }]
        await client.say(room, { id: nextId(), text: '', replyTo: on.id, pictures })
      },
      async press(on, label) {
        const button = messages.get(on.id)?.buttons.find(one => one.label === label)
        if (!button) throw new Error(`there is no ${label} among ${on.labels.join(', ')}`)
        await client.press(room, on.id, button.id, nextId())
      },
      seen,
      until: (fits, ms) =>
        whenSeen({ name, seen, changed: () => once(changed, 'change'), broken: () => broken }, fits, ms),
    }
  }

  return {
    name: 'web',
    platform,
    broken: () => broken,
    enter: async () => undefined,
    address: platform.address,
    cookie: name => clients.get(name)?.cookie ?? '',
    async close() {
      leaving.abort()
    },
    room: (title, names) => Promise.all(names.map(name => enter(title, name))),
  }
}

/** Who has a Chinese name reads and writes Chinese. */
const localeOf = (name: string): Person['locale'] => (/\p{Script=Han}/u.test(name) ? 'zh-CN' : 'en')
