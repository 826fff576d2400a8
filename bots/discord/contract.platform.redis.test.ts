import { expect, vi } from 'vitest'
import { platformContract } from '../testing/contract.ts'
import { pressable } from './testing/fields.ts'
import { openDiscordTest } from './testing/open.ts'
import { textOf } from './testing/shown.ts'
import { bot } from './testing/world.ts'

/** The adapter with discord.js against a Discord that is as strict as the real one. */
platformContract('discord', async () => {
  const { server, people, open, close } = await openDiscordTest()
  const { world, gateway, broken } = server
  const discord = await open({}, { patienceMs: 500 })
  return {
    platform: discord,
    knowsOnce: true,
    async write({ by, room, text, images = [], replyTo }) {
      if (gateway.connected() === 0) throw new Error('nobody listens')
      const saying = { by, in: world.channel(room), text, images }
      await discord.handled(people.say({ ...saying, ...(replyTo?.message && { replyTo: replyTo.message }) }))
    },
    async press(by, at, id) {
      await discord.handled(people.press({ by, on: at.message ?? '', id }).id)
    },
    async fill(by, at, id, text) {
      const window = people.press({ by, on: at.message ?? '', id })
      await vi.waitUntil(() => window.modal !== undefined)
      await discord.handled(people.fill(window, text).id)
    },
    async react(by, at, emoji, added) {
      const before = discord.events.length
      people.react({ by, on: at.message ?? '', emoji, added })
      await vi.waitUntil(() => discord.events.length > before)
    },
    seen: async (room, by) =>
      [...world.messages.values()]
        .filter(message => message.channel === world.channel(room) && message.author === bot)
        .filter(({ only }) => only === undefined || only === world.person(by).id)
        .map(message => ({
          at: { platform: 'discord', channel: message.channel.id, message: message.id, private: false },
          text: textOf(message),
          buttons: pressable(message.components).map(({ id, label }) => ({ id, label })),
          ...(message.answers !== undefined && { answers: message.answers }),
        })),
    later: () => server.fault({ on: 'POST /channels/:id/messages', how: 'later', ms: 700 }),
    gone: room => {
      world.channel(room).gone = true
    },
    async close() {
      expect(broken).toEqual([])
      await close()
    },
  }
})
