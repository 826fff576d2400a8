import { platformContract } from '../testing/contract.ts'
import { openTelegramParts } from './testing/open.ts'
import type { Room } from './testing/world.ts'

/** The adapter with telegraf's client on a real socket, and people on the other side. */
platformContract('telegram', async () => {
  const { api, people, open, close } = await openTelegramParts()
  api.world.me.can_read_all_group_messages = true
  const telegram = await open()
  const rooms = new Map<string, Room>()
  const room = (name: string): Room => {
    const known = rooms.get(name) ?? people.group(name)
    rooms.set(name, known)
    return known
  }
  const named = (channel: string): Room => {
    const found = [...rooms.values()].find(({ id }) => String(id) === channel)
    if (!found) throw new Error(`no room ${channel}`)
    return found
  }
  /** Who waits for a message to be handed over, by its place. */
  const waiting = new Map<string, () => void>()
  let handing = false

  const handedOver = (where: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!handing) reject(new Error('nobody listens'))
      else waiting.set(where, resolve)
    })

  return {
    platform: {
      ...telegram,
      async start(handle) {
        handing = true
        await telegram.start(async event => {
          const handled = handle(event)
          waiting.get(`${event.place.channel}/${event.place.message}/${event.kind}`)?.()
          await handled
        })
      },
      async stop() {
        handing = false
        await telegram.stop()
      },
    },
    knowsOnce: true,
    async write({ by, room: name, text, images = [], replyTo }) {
      const where = room(name)
      const [message] = people.write(by, where, {
        text,
        photos: images,
        ...(replyTo?.message !== undefined && { replyTo: Number(replyTo.message) }),
      })
      await handedOver(`${where.id}/${message?.id}/message`)
    },
    async press(by, at, id) {
      people.press(by, named(at.channel), Number(at.message), id)
      await handedOver(`${at.channel}/${at.message}/button`)
    },
    seen: async name =>
      people.shown(room(name)).map(({ id, answers, words, markup, media }) => ({
        at: { platform: 'telegram', channel: String(room(name).id), message: String(id), private: false },
        text: words,
        buttons: (markup?.inline_keyboard.flat() ?? []).flatMap(button =>
          'callback_data' in button ? { id: button.callback_data, label: button.text } : [],
        ),
        ...(answers !== undefined && { answers: String(answers) }),
        ...(media && { media: media.file }),
      })),
    later: () => api.fault({ on: 'sendMessage', how: 'later', seconds: 1 }),
    gone(name) {
      room(name).bot = 'kicked'
    },
    close,
  }
})
