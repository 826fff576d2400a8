import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordHouse, openDiscordHouse } from './testing/house.ts'
import { guildJson } from './testing/json.ts'
import { changed, labels, sceneIn } from './testing/scene.ts'
import { textOf } from './testing/shown.ts'
import { channelType, may } from './testing/world.ts'

/** What Discord, the network and the operator do to us meanwhile. Members see one clip, whatever it was. */

let house: DiscordHouse
beforeAll(async () => {
  house = await openDiscordHouse()
})
afterAll(() => house.close())
afterEach(async () => {
  house.worker.go()
  expect(house.server.broken.splice(0)).toEqual([])
  await house.balanced()
})

const minutes = 60_000
const create = 'POST /channels/:id/messages'

/** Somebody asks by command while the worker waits; the status message. */
async function asked(more: { outside?: boolean } & Parameters<typeof sceneIn>[1] = {}) {
  const { outside, ...channel } = more
  const scene = sceneIn(house, channel)
  house.worker.hold()
  const options = { words: 'a cat' }
  house.people.slash({ by: scene.by, in: scene.room, name: 'video', options, ...(outside && { outside }) })
  const status = await house.see(scene.room, '▱', scene.by)
  return { ...scene, status }
}

describe('after the 15 minutes of a command', () => {
  test('the bot itself turns the status message into the clip', async () => {
    const { room, status } = await asked()
    const own = house.server.calls.get('PATCH /channels/:id/messages/:id') ?? 0
    house.server.world.advance(16 * minutes)
    house.worker.go()
    const [clip, ...others] = await house.clips(room, 1)
    expect(clip?.id).toBe(status.id)
    expect(others).toEqual([])
    expect(house.server.calls.get('PATCH /channels/:id/messages/:id')).toBeGreaterThan(own)
  })

  test('a status message that was taken away: the clip comes as a new one', async () => {
    const { room, status } = await asked()
    house.server.world.messages.delete(status.id)
    house.server.world.advance(16 * minutes)
    house.worker.go()
    const [clip] = await house.clips(room, 1)
    expect(clip?.id).not.toBe(status.id)
  })

  test('where the bot is no member, it goes to the private chat', async () => {
    const guild = house.server.world.guild('far away')
    guild.inside = false
    const { room, by } = await asked({ guild })
    house.server.world.advance(16 * minutes)
    house.worker.go()
    const [clip] = await house.clips(house.server.world.dm(by), 1)
    expect(textOf(clip as never)).toContain('is ready')
    expect(house.shown(room, by).every(one => one.files.length === 0)).toBe(true)
  })

  test('where the bot is no member, before that time the clip stands there', async () => {
    const { room } = await asked({ type: channelType.group })
    house.worker.go()
    expect(await house.clips(room, 1)).toHaveLength(1)
  })

  test('an archived thread is opened again', async () => {
    const { room: parent } = sceneIn(house)
    const { room, status } = await asked({ type: channelType.thread, parent })
    house.server.world.advance(16 * minutes)
    room.archived = true
    house.worker.go()
    const [clip] = await house.clips(room, 1)
    expect(clip?.id).toBe(status.id)
    expect(room.archived).toBe(false)
  })
})

test('a command Discord has given up on: the clip comes all the same, and what is personal stays so', async () => {
  const { room, by } = sceneIn(house)
  const late = (name: string, options = {}) => {
    house.people.slash({ by, in: room, name, options }).excused = true
    house.server.world.advance(4_000)
  }
  late('video', { words: 'a cat' })
  const [clip] = await house.clips(room, 1)
  expect(clip?.content).not.toContain('is in:')
  const heard = house.platform().events.length
  late('credits')
  await house.until(() => house.platform().events.length > heard)
  await house.restart()
  expect(house.shown(room, by)).toHaveLength(1)
})

describe('the network', () => {
  test('answers that get lost are not said twice', async () => {
    const { room, by } = sceneIn(house)
    house.server.fault({ on: create, how: 'drop' }, { on: 'PATCH /channels/:id/messages', how: 'drop' })
    house.people.say({ by, in: room, text: 'a cat' })
    const all = await house.clips(room, 1)
    expect(all).toHaveLength(1)
  })

  test('nor is the first answer to a command', async () => {
    const { room, by } = sceneIn(house)
    house.server.fault({ on: 'POST /interactions', how: 'drop' }, { on: 'PATCH /webhooks', how: 'drop' })
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat' } })
    const all = await house.clips(room, 1)
    expect(all).toHaveLength(1)
  })

  test('bad gateways and slow answers only take time', async () => {
    const { room, by } = sceneIn(house)
    house.server.fault(
      { on: create, how: 'fail', times: 2 },
      { on: 'POST /interactions', how: 'slow', ms: 600 },
      { on: 'PATCH', how: 'fail', times: 2 },
    )
    house.people.say({ by, in: room, text: 'a cat' })
    house.people.slash({ by, in: room, name: 'image', options: { words: 'a dog' } })
    expect(await house.clips(room, 2)).toHaveLength(2)
  })

  test('a storm of 429: nothing is called too early, nothing is lost', async () => {
    const { room, by } = sceneIn(house)
    house.server.fault(
      { on: create, how: 'later', ms: 400, times: 3 },
      { on: 'PATCH', how: 'later', ms: 300, times: 3 },
      { on: create, how: 'later', ms: 500, global: true },
    )
    for (const who of [by, `${by}b`, `${by}c`]) house.people.say({ by: who, in: room, text: `a cat of ${who}` })
    expect(await house.clips(room, 3)).toHaveLength(3)
  })
})

describe('the gateway', () => {
  test('a cut connection is resumed: what was said meanwhile is heard, once', async () => {
    const { room, by } = sceneIn(house)
    const { resumed } = house.server.gateway.counts
    house.server.gateway.drop()
    await house.until(() => house.server.gateway.connected() === 0)
    house.people.say({ by, in: room, text: 'a cat' })
    await house.until(() => house.server.gateway.counts.resumed === resumed + 1)
    expect(await house.clips(room, 1)).toHaveLength(1)
  })

  test('an event that comes twice is one request', async () => {
    const { room, by } = sceneIn(house)
    const first = house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat' } })
    house.server.gateway.repeat()
    await house.clips(room, 1)
    house.server.gateway.repeat()
    await house.platform().handled(first.id)
    house.people.say({ by, in: room, text: 'a dog' })
    house.server.gateway.repeat()
    expect(await house.clips(room, 2)).toHaveLength(2)
    expect(await house.left(by)).toMatchObject({ available: 26 })
  })

  test('events that come twice and in another order are one request each', async () => {
    const { room, by } = sceneIn(house)
    house.server.gateway.jumble(() => {
      house.people.say({ by, in: room, text: 'a cat' })
      house.people.slash({ by, in: room, name: 'image', options: { words: 'a dog' } })
      house.people.say({ by: `${by}b`, in: room, text: 'a bird' })
    })
    await house.clips(room, 3)
    house.people.slash({ by, in: room, name: 'help' })
    await house.see(room, 'Tell me what should happen', by)
    expect(house.shown(room, by).filter(one => one.files.length > 0)).toHaveLength(3)
    const asked = house.worker.made.slice(-3).map(({ request }) => request.recipe.prompt)
    expect(asked.sort()).toEqual(['a bird', 'a cat', 'a dog'])
  })

  test('a session that is ended: messages of the gap are looked up', async () => {
    const { room, by } = sceneIn(house)
    house.people.say({ by, in: room, text: 'a cat' })
    await house.clips(room, 1)
    house.people.say({ by, in: room, text: 'a dog', unheard: true })
    house.server.gateway.invalidate()
    expect(await house.clips(room, 2)).toHaveLength(2)
  })

  test('asked to reconnect, it does', async () => {
    const { resumed } = house.server.gateway.counts
    house.server.gateway.reconnect()
    await house.until(() => house.server.gateway.counts.resumed === resumed + 1)
  })
})

describe('a restart', () => {
  test('in the middle of a job: one clip', async () => {
    const { room, status } = await asked()
    await house.restart()
    house.worker.go()
    const [clip, ...others] = await house.clips(room, 1)
    expect(clip?.id).toBe(status.id)
    expect(others).toEqual([])
  })

  test('registers nothing that Discord knows already', async () => {
    const puts = [...house.server.calls].filter(([route]) => route.startsWith('PUT'))
    const gets = house.server.calls.get('GET /applications/:id/commands') ?? 0
    await house.restart()
    await house.until(() => (house.server.calls.get('GET /applications/:id/commands') ?? 0) > gets)
    expect([...house.server.calls].filter(([route]) => route.startsWith('PUT'))).toEqual(puts)
  })

  test('hears what was said while it was away, and takes the buttons of old', async () => {
    const { room, by } = sceneIn(house)
    house.people.say({ by, in: room, text: 'a cat' })
    const [clip] = await house.clips(room, 1)
    await house.stopBots()
    house.people.say({ by, in: room, text: 'a dog', unheard: true })
    await house.startBots()
    await house.clips(room, 2)
    house.people.press({ by, on: clip?.id ?? '', id: labels(clip as never)[0] ?? '' })
    expect(await house.clips(room, 3)).toHaveLength(3)
  })
})

describe('what the bot may do', () => {
  test('a missing permission is named, to the member alone, and nothing is charged', async () => {
    const { room, by } = sceneIn(house)
    room.denied = may.attach
    changed(house, room)
    house.people.slash({ by, in: room, name: 'video', options: { words: 'a cat' } })
    expect((await house.see(room, 'I need the permission Attach Files', by)).only).toBeDefined()
    house.people.slash({ by, in: room, name: 'credits' })
    await house.see(room, 'You have 66 credits', by)
    house.people.say({ by, in: room, text: 'a cat' })
    await house.see(room, one => one.answers !== undefined && textOf(one).includes('Attach Files'), by)
  })

  test('where it may not even speak, it says so in private, once', async () => {
    const { room, by } = sceneIn(house)
    room.denied = may.send
    changed(house, room)
    house.people.say({ by, in: room, text: 'a cat' })
    house.people.say({ by, in: room, text: 'hello?' })
    const dm = house.server.world.dm(by)
    await house.see(dm, 'Send Messages', by)
    expect(house.shown(dm, by)).toHaveLength(1)
  })

  test('thrown out in the middle: the credits come back', async () => {
    const guild = house.server.world.guild('fickle')
    house.server.gateway.dispatch('GUILD_CREATE', guildJson(house.server.world, guild), guild.id)
    const { by } = await asked({ guild })
    guild.inside = false
    house.server.world.advance(16 * minutes)
    house.worker.go()
    await house.until(async () => (await house.left(by)).held === 0)
    expect(await house.left(by)).toMatchObject({ available: 66 })
  })
})
