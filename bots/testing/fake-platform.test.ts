import { expect, test } from 'vitest'
import { platformContract } from './contract.ts'
import { fakePlatform } from './fake-platform.ts'

platformContract('the fake platform', async () => {
  const fake = fakePlatform({ can: { forms: true, reactions: true, sells: 'XTR' } })
  const takes = new Map<string, number>()
  return {
    platform: fake,
    knowsOnce: true,
    write: what => {
      const bytes = takes.get(what.room)
      return fake.say({ ...what, ...(bytes !== undefined && { uploadBytes: bytes }) })
    },
    press: (by, at, id) => fake.press(at, id, by),
    fill: (by, at, id, text) => fake.press(at, id, by, undefined, text),
    react: (by, at, emoji, added) => fake.react(at, emoji, by, added),
    pay: async paying => {
      while ((await fake.pay(paying).catch(() => 'again')) === 'again');
    },
    takes: (room, bytes) => void takes.set(room, bytes),
    seen: async room =>
      fake.shown(room).map(({ at, answers, message }) => ({
        at,
        text: message.text,
        buttons: (message.buttons ?? []).map(({ id, label }) => ({ id, label })),
        ...(answers !== undefined && { answers }),
        ...(message.media && { media: message.media.key }),
      })),
    later: () => fake.fault({ on: 'reply', how: 'later' }),
    gone: room => fake.close(room),
    close: async () => expect(fake.broken).toEqual([]),
  }
})

test('the fake is as strict as a platform', async () => {
  const fake = fakePlatform({ can: { textChars: 10, editEveryMs: 1_000, uploadBytes: 5 } })
  const to = { platform: 'fake', channel: 'room', private: false }
  const at = await fake.reply(to, { text: 'short' })
  await expect(fake.reply(to, { text: 'x'.repeat(11) })).rejects.toThrow('text of 11')
  await expect(fake.reply(to, { text: 'a', buttons: [{ id: 'é'.repeat(33), label: 'a' }] })).rejects.toThrow(
    'button id',
  )
  await expect(fake.reply(to, { text: '{left}' })).rejects.toThrow('hole')
  await expect(fake.edit?.(at, { text: 'too soon' })).rejects.toThrow('edited after')
  expect(fake.broken).toHaveLength(4)
})

test('a dropped answer leaves the message, and the same once finds it again', async () => {
  const fake = fakePlatform()
  const to = { platform: 'fake', channel: 'room', private: false }
  fake.fault({ on: 'reply', how: 'drop' })
  await expect(fake.reply(to, { text: 'a', once: 'k' })).rejects.toThrow('reset')
  await fake.reply(to, { text: 'a', once: 'k' })
  expect(fake.shown('room')).toHaveLength(1)
})
