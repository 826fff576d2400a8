import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConfigError } from '../../core/config.ts'
import type { Incoming } from '../platform.ts'
import { TooLarge } from '../platform.ts'
import { type DiscordUnderTest, openDiscordTest, packs, type Watched } from './testing/open.ts'
import { onePixel } from './testing/scene.ts'
import { channelType } from './testing/world.ts'

/** What the adapter tells the conversation, and how it stands on Discord. */

let under: DiscordUnderTest
let discord: Watched
const nothing = async (): Promise<void> => undefined

beforeEach(async () => {
  under = await openDiscordTest({ shards: 1 })
  discord = await under.open()
})
afterEach(async () => {
  await discord.stop()
  expect(under.server.broken).toEqual([])
  await under.close()
})

/** Starts, and waits until the commands are known. */
async function begin(handle: (event: Incoming) => Promise<void> = nothing, guild = 'global'): Promise<void> {
  await discord.start(handle)
  await until(() => under.server.commands.has(guild))
}

const until = (so: () => boolean): Promise<unknown> => vi.waitUntil(so, { timeout: 10_000, interval: 10 })

describe('what it hears', () => {
  test('roles, places for adults, and how large a file may be', async () => {
    const { world } = under.server
    const guild = world.guild('boosted')
    guild.tier = 2
    const room = world.channel('cellar', { guild, nsfw: true })
    await begin()
    const roles = ['900000000000000001']
    const said = await discord.handled(under.people.say({ by: 'ann', in: room, text: 'a cat', roles }))
    expect(said).toMatchObject({ roles, adult: true, uploadBytes: 50 * 2 ** 20, quiet: false })
    const { id } = under.people.slash({ by: 'ann', in: room, name: 'credits', roles })
    const asked = await discord.handled(id)
    expect(asked).toMatchObject({ roles, adult: true, uploadBytes: 50 * 2 ** 20, locale: 'en-US' })
    expect(asked.quiet).toBeUndefined()
    const plain = await discord.handled(under.people.say({ by: 'ann', in: world.channel('room'), text: 'a cat' }))
    expect(plain).not.toHaveProperty('adult')
    expect(plain).not.toHaveProperty('uploadBytes')
  })

  test('reactions to its own messages, and nobody else’s', async () => {
    await begin()
    const room = under.server.world.channel('room')
    const asked = under.people.say({ by: 'ann', in: room, text: 'a cat' })
    const { place } = await discord.handled(asked)
    const at = await discord.reply(place, { text: 'a clip' })
    under.people.react({ by: 'bob', on: asked, emoji: '👍' })
    under.people.react({ by: 'bob', on: at.message ?? '', emoji: '👍' })
    await until(() => discord.events.length === 2)
    expect(discord.events[1]).toMatchObject({
      kind: 'reaction',
      emoji: '👍',
      added: true,
      memberName: 'bob',
      place: at,
    })
  })

  test('pictures of the message that is answered, where Discord lets it see them', async () => {
    await begin()
    const dm = under.server.world.dm('ann')
    const first = under.people.say({ by: 'ann', in: dm, text: 'look', images: [onePixel] })
    const event = await discord.handled(under.people.say({ by: 'ann', in: dm, text: 'it moves', replyTo: first }))
    expect(event).toMatchObject({ kind: 'message', replyTo: { message: first }, images: [{ mime: 'image/png' }] })
  })

  test('what is offered while typing: at most 25, fitting, in the member’s language', async () => {
    await begin()
    const { people, server } = under
    const room = server.world.channel('room')
    server.world.person('li').locale = 'zh-CN'
    const typed = async (by: string, option: string, text: string) => {
      const typing = people.type({ by, in: room, name: 'video', option, typed: text })
      await until(() => typing.choices !== undefined)
      return typing.choices?.map(({ name }) => name) ?? []
    }
    expect(await typed('li', 'ratio', '竖')).toEqual(['9:16 竖屏'])
    expect(await typed('ann', 'ratio', 'portrait')).toEqual(['9:16 portrait'])
    expect(await typed('ann', 'camera', 'push')).toEqual(['push in'])
    expect(await typed('li', 'model', 'theatre')).toContain('小剧场 (theatre)')
    expect((await typed('li', 'model', '')).length).toBeLessThanOrEqual(25)
    expect(await typed('ann', 'ratio', 'nonsense')).toEqual([])
    expect(discord.events).toEqual([])
  })

  test('people in group chats and elsewhere, where only they have it', async () => {
    await begin()
    const { people, server } = under
    const group = server.world.channel('friends', { type: channelType.group })
    const event = await discord.handled(people.slash({ by: 'ann', in: group, name: 'credits' }).id)
    expect(event.place).toMatchObject({ channel: group.id, private: false })
  })
})

describe('how it stands', () => {
  test('a file over the limit is TooLarge', async () => {
    await begin()
    const { place } = await discord.handled(
      under.people.say({ by: 'a', in: under.server.world.channel('room'), text: 'x' }),
    )
    const key = await under.store.put('clips', 'mp4', Buffer.alloc(10 * 2 ** 20 + 1))
    const media = { key, kind: 'video', name: 'a.mp4', bytes: 1, width: 2, height: 2 } as const
    await expect(discord.reply(place, { text: 'a', media })).rejects.toBeInstanceOf(TooLarge)
    expect(under.server.broken.splice(0)).toEqual([expect.stringContaining('Request entity too large')])
  })

  test('a payment that could not be kept is tried again, and consumed only then', async () => {
    const [{ sku, id: pack }] = packs
    let tries = 0
    await begin(async event => {
      tries += 1
      if (event.kind === 'paid' && tries === 1) throw new Error('Redis is away')
    })
    const charge = under.people.buy('ann', sku)
    await until(() => tries === 1)
    expect(under.server.shop.consumed.get(charge)).toBeUndefined()
    await until(() => under.server.shop.consumed.get(charge) === 1)
    expect(discord.events).toHaveLength(2)
    expect(discord.events[1]).toMatchObject({ kind: 'paid', pack, charge, place: { private: true }, memberName: 'ann' })
  })

  test('in one server, the operator’s commands are there and global ones are not', async () => {
    const guild = under.server.world.guild('home')
    await discord.stop()
    discord = await under.open({ DISCORD_GUILD: guild.id })
    await begin(nothing, guild.id)
    const names = under.server.commands.get(guild.id)?.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['video', 'grant', 'Remix']))
    expect(under.server.commands.get('global') ?? []).toEqual([])
    const options = { member: under.server.world.person('bob').id, credits: 5 }
    const event = await discord.handled(
      under.people.slash({ by: 'boss', in: under.server.world.channel('room'), name: 'grant', options }).id,
    )
    expect(event).toMatchObject({ text: `/grant discord:${options.member} 5` })
  })

  test('two connections share the servers; private chats come by the first', async () => {
    await discord.stop()
    discord = await under.open({ DISCORD_SHARDS: 2 })
    const { world, gateway } = under.server
    await begin()
    expect(gateway.connected()).toBe(2)
    const guilds = ['one', 'two', 'three', 'four', 'five', 'six'].map(name => world.guild(name))
    for (const guild of guilds) {
      const room = world.channel(`in ${guild.name}`, { guild })
      await discord.handled(under.people.slash({ by: 'ann', in: room, name: 'credits' }).id)
    }
    await discord.handled(under.people.say({ by: 'ann', in: world.dm('ann'), text: 'a cat' }))
    expect(discord.events).toHaveLength(guilds.length + 1)
  })

  test('a connection that is dead without being closed is noticed, and resumed', async () => {
    await discord.stop()
    await under.close()
    under = await openDiscordTest({ heartbeatMs: 250 })
    discord = await under.open()
    await begin()
    const { gateway, world } = under.server
    gateway.mute(true)
    const said = under.people.say({ by: 'ann', in: world.channel('room'), text: 'a cat' })
    await until(() => gateway.connected() === 0)
    gateway.mute(false)
    const meanwhile = under.people.say({ by: 'ann', in: world.channel('room'), text: 'a dog' })
    await discord.handled(said)
    await discord.handled(meanwhile)
    expect(gateway.counts).toEqual({ identified: 1, resumed: 1 })
    expect(discord.events).toHaveLength(2)
  })

  test('a wrong token is said plainly, and ends the start', async () => {
    const wrong = await under.open({ DISCORD_TOKEN: 'wrong' })
    await expect(wrong.start(nothing)).rejects.toThrow(ConfigError)
    await expect(wrong.start(nothing)).rejects.toThrow('DISCORD_TOKEN')
    await wrong.stop()
  })

  test('Discord out of reach at the start: it joins when it can', async () => {
    under.server.fault({ on: 'GET /gateway/bot', how: 'fail', times: 4 })
    await begin()
    await discord.handled(under.people.say({ by: 'ann', in: under.server.world.channel('room'), text: 'a cat' }))
  })
})
