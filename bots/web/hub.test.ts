import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openLog } from '../../core/log.ts'
import { type Hub, openHub } from './hub.ts'
import type { Rooms } from './rooms.ts'

/** The hub when Redis fails at a bad moment, and with people who do not read. */

const log = openLog('silent', 'test')
const unused = async (): Promise<never> => {
  throw new Error('not asked for here')
}
const calm: Rooms = {
  add: unused,
  change: unused,
  remove: unused,
  get: unused,
  forget: unused,
  read: async () => ({ messages: [], after: '1-0' }),
  since: async () => ({ changed: [], gone: [], after: '1-0' }),
  watch: async () => async () => undefined,
}

let hub: Hub
afterEach(() => hub.close())
const open = (rooms: Partial<Rooms>): void => {
  hub = openHub({ rooms: { ...calm, ...rooms }, log, secret: 'a secret of a test', creditsOf: async () => 0 })
}
/** Somebody who never reads: what is written to them waits. */
const stranger = () => ({ session: undefined, response: new ServerResponse(new IncomingMessage(new Socket())) })

test('a room whose first viewer could not be shown anything is listened to anew by the next', async () => {
  const unwatch = vi.fn(async () => undefined)
  const watch = vi.fn(async () => unwatch)
  const since = vi.fn(calm.since).mockRejectedValueOnce(new Error('Connection is closed.'))
  open({ watch, since })
  const first = stranger()
  await hub.join('lobby', first, '1-0')
  expect(first.response.writableEnded).toBe(true)
  expect(unwatch).toHaveBeenCalledOnce()
  const second = stranger()
  await hub.join('lobby', second, '1-0')
  expect(watch).toHaveBeenCalledTimes(2)
  expect(second.response.writableEnded).toBe(false)
  expect(hub.viewers).toBe(1)
})

test('a room nobody tells us about ends the streams of all who came, and is tried again', async () => {
  const watch = vi.fn(calm.watch).mockRejectedValueOnce(new Error('Connection is closed.'))
  open({ watch })
  const [first, second, third] = [stranger(), stranger(), stranger()]
  await Promise.all([hub.join('lobby', first, undefined), hub.join('lobby', second, undefined)])
  expect(first.response.writableEnded).toBe(true)
  expect(second.response.writableEnded).toBe(true)
  expect(hub.viewers).toBe(0)
  await hub.join('lobby', third, undefined)
  expect(third.response.writableEnded).toBe(false)
  expect(hub.viewers).toBe(1)
})

test('who does not read is let go after a megabyte; a large room alone is no reason', async () => {
  const text = 'x'.repeat(20_000)
  const message = { at: 1, by: 'bot', name: '', text, root: 'mmmm', talk: false, pictures: [], buttons: [] }
  const messages = Array.from({ length: 100 }, (_, n) => ({ ...message, id: `m${n}${'_'.repeat(4)}` }))
  let news = (): void => undefined
  open({
    read: async () => ({ messages, after: '1-0' }),
    since: async () => ({ changed: messages.slice(0, 30), gone: [], after: '1-0' }),
    watch: async (_room, changed) => {
      news = changed
      return async () => undefined
    },
  })
  const slow = stranger()
  await hub.join('lobby', slow, undefined)
  expect(slow.response.writableLength).toBeGreaterThan(2_000_000)
  expect(slow.response.destroyed).toBe(false)
  for (let n = 0; n < 4; n++) news()
  await vi.waitFor(() => expect(slow.response.destroyed).toBe(true))
  expect(slow.response.writableLength).toBeLessThan(5_000_000)
})
