import { vi } from 'vitest'
import { platformContract } from '../testing/contract.ts'
import { openWechatParts } from './testing/house.ts'

/** WeChat from the outside, as somebody with a phone uses it; the ids are those of a web login. */
platformContract('wechat', async () => {
  const { core, world, open, enter, close } = await openWechatParts({ rules: { tellsIds: true } })
  const wechat = await open()
  /** Where what was said by a message of this id was heard. */
  const handled = new Map<string, string>()
  const channels = new Map<string, string>()
  const last = new Map<string, string>()
  for (const room of ['room', 'other']) world.room(room, ['ann', 'bob', 'cat'])
  const handedOver = (id: string): Promise<unknown> =>
    vi.waitUntil(() => handled.has(id), { timeout: 2_000, interval: 5 })
  return {
    platform: {
      ...wechat,
      async start(handle) {
        await wechat.start(async event => {
          await handle(event)
          if (event.place.message !== undefined) handled.set(event.place.message, event.place.channel)
        })
        await enter()
      },
    },
    knowsOnce: true,
    async write({ by, room, text, images = [], replyTo }) {
      for (const bytes of images) world.picture({ by, room, bytes })
      const shown = replyTo && world.shown(room).at(-1)
      const id = world.say({ by, room, text, mention: true, ...(shown && { quote: { shown, how: 'id' } }) })
      last.set(by, id)
      await handedOver(id)
      channels.set(room, handled.get(id) ?? '')
    },
    async press() {
      throw new Error('there are no buttons on WeChat')
    },
    async seen(room) {
      return world.shown(room).map(({ text, mention, id = '' }) => {
        const answers = mention === undefined ? undefined : last.get(mention)
        const at = { platform: 'wechat', channel: channels.get(room) ?? '', message: id, private: false }
        return { at, text, buttons: [], ...(answers !== undefined && { answers }) }
      })
    },
    later: () => void world.servers.faults.push({ on: 'text', how: 'out' }),
    async gone(room) {
      world.kick(room)
      await vi.waitUntil(async () => (await core.redis.scard(`${core.root}:wechat:gone`)) === 1, { interval: 5 })
    },
    close,
  }
})
