import { loadCatalogue } from '../../../core/catalogue.ts'
import { botsConfig } from '../../../core/config.ts'
import { openStore } from '../../../core/store.ts'
import { openTelegram } from '../../telegram/index.ts'
import { quick } from '../../telegram/testing/open.ts'
import { labels, openPeople } from '../../telegram/testing/people.ts'
import { openApiServer } from '../../telegram/testing/server.ts'
import { type Chat, type ChatParts, type Person, type Seen, whenSeen } from './person.ts'

/** The server's rules for `quick`, with room for a busy machine. */
const flood = {
  global: { count: 400, everyMs: 1_000 },
  chat: { count: 2, everyMs: 30 },
  group: { count: 200, everyMs: 10_000 },
}

/** People in Telegram groups, who speak with slashes and press buttons. */
export async function onTelegram({ core, log, settings }: ChatParts): Promise<Chat> {
  const api = await openApiServer({ flood })
  const people = openPeople(api)
  const config = botsConfig({ ...settings, TELEGRAM_TOKEN: api.token, TELEGRAM_API_ROOT: api.root })
  const store = await openStore(config)
  const platform = await openTelegram({ config, core, store, catalogue: loadCatalogue(), log }, quick)
  const broken = (): readonly string[] => api.broken
  return {
    name: 'Telegram',
    platform,
    broken,
    enter: async () => undefined,
    close: () => api.close(),
    async room(title, names) {
      const room = people.group(title)
      const seen = (): Seen[] =>
        people.shown(room).map(one => ({
          id: String(one.id),
          text: one.words,
          labels: labels(one),
          shows: one.media !== undefined,
        }))
      return names.map(
        (name): Person => ({
          name,
          locale: 'en',
          account: async () => `telegram:${people.person(name, 'en').id}`,
          async command(command, words = '', photos = []) {
            people.person(name, 'en')
            people.write(name, room, { text: `/${command} ${words}`.trim(), photos })
          },
          async answer(on, picture) {
            people.write(name, room, { photos: [picture], replyTo: Number(on.id) })
          },
          async press(on, label) {
            people.press(name, room, Number(on.id), label)
          },
          seen,
          until: (fits, ms) => whenSeen({ name, seen, changed: () => api.changed(), broken }, fits, ms),
        }),
      )
    },
  }
}
