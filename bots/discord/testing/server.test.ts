import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { peopleOf } from './people.ts'
import { type DiscordServer, openDiscordServer } from './server.ts'

/** The test server is as strict as Discord: what a careless bot does is refused, and noted. */

let server: DiscordServer
beforeEach(async () => {
  server = await openDiscordServer()
})
afterEach(() => server.close())

async function call(method: string, path: string, body?: unknown, token = true) {
  const response = await fetch(`${server.api}/v10${path}`, {
    method,
    headers: {
      'user-agent': 'DiscordBot (test)',
      ...(token && { authorization: `Bot ${server.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

const quiet = { allowed_mentions: { parse: [], replied_user: false } }
const room = (): string => `/channels/${server.world.channel('room').id}/messages`
const interaction = (type = 2) =>
  server.interactions.begin({
    type,
    user: server.world.person('ann'),
    channel: server.world.channel('room'),
    outside: false,
  })
const callbackOf = ({ id, token }: { id: string; token: string }): string => `/interactions/${id}/${token}/callback`

describe('messages', () => {
  test.each([
    ['2001 characters', { content: 'x'.repeat(2001) }],
    ['nothing in it', { content: ' ' }],
    ['pings', { content: 'a', allowed_mentions: { parse: ['everyone'], replied_user: false } }],
    ['a field nobody knows', { content: 'a', contents: 'b' }],
    ['a nonce of 26', { content: 'a', nonce: 'x'.repeat(26), enforce_nonce: true }],
    [
      'a button id of 101',
      { content: 'a', components: [row({ type: 2, style: 2, label: 'a', custom_id: 'x'.repeat(101) })] },
    ],
    [
      'a label of 81',
      { content: 'a', components: [row({ type: 2, style: 2, label: 'x'.repeat(81), custom_id: 'x' })] },
    ],
    ['two buttons of one id', { content: 'a', components: [row(button('x'), button('x'))] }],
    ['six buttons in a row', { content: 'a', components: [row(...'abcdef'.split('').map(button))] }],
    ['six rows', { content: 'a', components: 'abcdef'.split('').map(id => row(button(id))) }],
    [
      'an address of this machine',
      { content: 'a', components: [row({ type: 2, style: 5, label: 'a', url: 'http://localhost/' })] },
    ],
    ['content and components v2', { content: 'a', flags: 32768, components: [{ type: 10, content: 'b' }] }],
    ['an unknown sku', { content: 'a', components: [row({ type: 2, style: 6, sku_id: '123456789012345678' })] }],
    ['a file that is not there', { content: 'a', attachments: [{ id: 0, filename: 'a.mp4' }] }],
  ])('refused: %s', async (_, body) => {
    expect((await call('POST', room(), { ...quiet, ...body })).status).toBe(400)
    expect(server.broken).toHaveLength(1)
  })

  test('one nonce is one message', async () => {
    const body = { ...quiet, content: 'a', nonce: 'n', enforce_nonce: true }
    const first = await call('POST', room(), body)
    expect((await call('POST', room(), body)).body.id).toBe(first.body.id)
    server.world.advance(6 * 60_000)
    expect((await call('POST', room(), body)).body.id).not.toBe(first.body.id)
    expect(server.broken).toEqual([])
  })

  test('the sixth in five seconds is too many, and so is asking again at once', async () => {
    for (let n = 0; n < 5; n += 1) await call('POST', room(), { ...quiet, content: String(n) })
    const sixth = await call('POST', room(), { ...quiet, content: '6' })
    expect(sixth.status).toBe(429)
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(3)
    await call('POST', room(), { ...quiet, content: '7' })
    expect(server.broken).toEqual([
      expect.stringContaining('429 of its own making'),
      expect.stringContaining('before its retry-after'),
      expect.stringContaining('429 of its own making'),
    ])
  })

  test('somebody else’s cannot be changed, and who has no token may do nothing', async () => {
    const people = peopleOf(server)
    const theirs = people.say({ by: 'ann', in: server.world.channel('room'), text: 'mine' })
    expect((await call('PATCH', `${room()}/${theirs}`, { ...quiet, content: 'a' })).body.code).toBe(50005)
    expect((await call('GET', '/users/@me', undefined, false)).status).toBe(401)
  })
})

describe('interactions', () => {
  test('one answer only, in three seconds', async () => {
    const one = interaction()
    const answer = { type: 4, data: { ...quiet, content: 'a' } }
    expect(
      (await call('POST', `${callbackOf(one)}?with_response=true`, answer, false)).body.resource.message.content,
    ).toBe('a')
    expect((await call('POST', callbackOf(one), answer, false)).body.code).toBe(40060)
    const late = interaction()
    server.world.advance(3_001)
    expect((await call('POST', callbackOf(late), answer, false)).body.code).toBe(10062)
    expect(server.broken).toEqual([expect.stringContaining('Unknown interaction')])
  })

  test('a token is good for 15 minutes, and only after the first answer', async () => {
    const one = interaction()
    const original = `/webhooks/100000000000000002/${one.token}/messages/@original`
    const body = { ...quiet, content: 'b' }
    expect((await call('PATCH', original, body, false)).body.code).toBe(10015)
    await call('POST', callbackOf(one), { type: 5 }, false)
    expect((await call('PATCH', original, body, false)).status).toBe(200)
    server.world.advance(15 * 60_000 + 1)
    expect((await call('PATCH', original, body, false)).body.code).toBe(50027)
    expect(server.broken).toEqual([])
  })

  test('a window has a title of 45, a list 25 choices, and each has its place', async () => {
    const window = (title: string) => ({
      type: 9,
      data: {
        custom_id: 'w',
        title,
        components: [{ type: 18, label: 'l', component: { type: 4, custom_id: 'c', style: 2 } }],
      },
    })
    const choices = (count: number) => ({
      type: 8,
      data: { choices: Array.from({ length: count }, (_, n) => ({ name: `${n}`, value: `${n}` })) },
    })
    expect((await call('POST', callbackOf(interaction()), window('x'.repeat(46)), false)).status).toBe(400)
    expect((await call('POST', callbackOf(interaction(5)), window('x'), false)).status).toBe(400)
    expect((await call('POST', callbackOf(interaction(4)), choices(26), false)).status).toBe(400)
    expect((await call('POST', callbackOf(interaction(2)), choices(1), false)).status).toBe(400)
    expect((await call('POST', callbackOf(interaction(2)), { type: 6 }, false)).status).toBe(400)
    expect((await call('POST', callbackOf(interaction(4)), choices(25), false)).status).toBe(204)
    expect(server.broken).toHaveLength(5)
  })

  test('an app that is no member has five follow-ups', async () => {
    const one = server.interactions.begin({
      ...{ type: 2, user: server.world.person('ann'), channel: server.world.channel('room'), outside: true },
    })
    await call('POST', callbackOf(one), { type: 4, data: { ...quiet, content: 'a' } }, false)
    const hook = `/webhooks/100000000000000002/${one.token}`
    for (let n = 0; n < 5; n += 1) {
      server.world.advance(2_000)
      expect((await call('POST', hook, { ...quiet, content: 'b' }, false)).status).toBe(200)
    }
  })
})

function row(...components: object[]): object {
  return { type: 1, components }
}
function button(id: string): object {
  return { type: 2, style: 2, label: id, custom_id: id }
}
