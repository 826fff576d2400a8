import { afterAll, beforeAll, describe, test } from 'vitest'
import { brushedInWords } from './brush.ts'
import { shotOfTwo } from './couple.ts'
import { type ChatName, openScenarioHouse, type ScenarioHouse } from './house.ts'
import { ideaToFilm } from './idea.ts'
import { compared, longChain } from './long.ts'
import type { Chat } from './person.ts'
import { potThatExpires, potThatFills } from './pot.ts'
import { relay } from './relay.ts'

/** All of it takes twenty seconds where nothing else runs. */
const patience = 180_000

/** What people do together, on one platform: everything but the pixels is real. */
export function scenarios(name: ChatName): void {
  let house: ScenarioHouse
  let chat: Chat
  beforeAll(async () => {
    const opened = await openScenarioHouse([name])
    house = opened
    chat = opened.chats[name]
  })
  afterAll(() => house?.close())

  describe('at the same time', { concurrent: true, timeout: patience }, () => {
    test('three people relay five shots with votes', () => relay(house, chat).then(() => undefined))
    test('a pot that fills', () => potThatFills(house, chat))
    test('a pot that expires', () => potThatExpires(house, chat))
    test('the brush in words', () => brushedInWords(house, chat))
    test('an idea becomes a film', () => ideaToFilm(house, chat))
    test('a shot of two people', () => shotOfTwo(house, chat))
    test('the same words at two qualities', () => compared(house, chat))
  })

  test('half a minute in one go, of which a piece fails once', { timeout: patience }, async () => {
    const fail = async (): Promise<void> => house.worker.failNext({ code: 'failure.crashed', params: {} })
    await longChain(house, chat, { fail }).then(() => undefined)
  })

  test('the books balance, and no rule of the platform was broken', () => house.balanced())
}
