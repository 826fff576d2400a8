import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordHouse, openDiscordHouse } from './testing/house.ts'
import { packs } from './testing/open.ts'

/** Packs from Discord's shop: credited once and consumed once, whatever happens in between. */

let house: DiscordHouse
beforeAll(async () => {
  house = await openDiscordHouse()
})
afterAll(() => house.close())
afterEach(async () => {
  expect(house.server.broken.splice(0)).toEqual([])
  await house.balanced()
})

describe('money', () => {
  const [{ sku, credits }] = packs

  test('a pack is offered as Discord sells it, credited once, consumed once', async () => {
    const dm = house.server.world.dm('buyer')
    house.people.say({ by: 'buyer', in: dm, text: '/buy' })
    await house.see(dm, one => JSON.stringify(one.components).includes(sku), 'buyer')
    const id = house.people.buy('buyer', sku)
    house.server.gateway.repeat()
    await house.see(dm, `You got ${credits} credits`, 'buyer')
    await house.until(() => house.server.shop.consumed.get(id) === 1)
    expect(await house.left('buyer')).toMatchObject({ available: credits })
  })

  test('what was bought while we were away is credited at the start', async () => {
    await house.stopBots()
    const id = house.people.buy('early', sku, false)
    await house.startBots()
    await house.until(() => house.server.shop.consumed.get(id) === 1)
    expect(await house.left('early')).toMatchObject({ available: credits })
    await house.restart()
    expect(house.server.shop.consumed.get(id)).toBe(1)
  })

  test('credited but not yet consumed, and then a restart: still once', async () => {
    house.server.fault({ on: 'POST /applications/:id/entitlements', how: 'fail', times: 4 })
    const id = house.people.buy('unlucky', sku)
    await house.until(async () => (await house.left('unlucky')).available === credits)
    expect(house.server.shop.consumed.get(id)).toBeUndefined()
    await house.restart()
    await house.until(() => house.server.shop.consumed.get(id) === 1)
    expect(await house.left('unlucky')).toMatchObject({ available: credits })
  })
})
