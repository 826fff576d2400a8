import { z } from 'zod'
import { platformContract } from '../testing/contract.ts'
import { Heard } from './client.ts'
import { nextId, openWebHouse, type WebHouse } from './testing/open-web.ts'

/** The web chat from the outside, as somebody with a browser uses it. */
platformContract('web', async () => {
  const house: WebHouse = await openWebHouse()
  return {
    platform: house.web,
    knowsOnce: true,
    seesQuiet: true,
    async write({ by, room, text, images = [], replyTo }) {
      const pictures = images.map((bytes, n) => ({ name: `${n}.png`, bytes }))
      await (await house.person(by)).say(room, { id: nextId(), text, pictures, replyTo: replyTo?.message })
    },
    async press(by, at, id) {
      await (await house.person(by)).press(at.channel, at.message ?? '', id, nextId())
    },
    async seen(room, by) {
      const { cookie } = await house.person(by)
      const answer = await fetch(`${house.web.address()}/api/rooms/${room}`, { headers: { cookie } })
      const { messages } = z.object({ messages: z.array(Heard) }).parse(await answer.json())
      return messages
        .filter(message => message.by === 'bot')
        .map(({ id, answers, text, buttons }) => ({
          at: { platform: 'web', channel: room, message: id, private: false },
          text,
          buttons,
          ...(answers !== undefined && { answers }),
        }))
    },
    close: house.close,
  }
})
