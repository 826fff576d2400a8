import { afterEach, expect, test } from 'vitest'
import { networkOf } from './join.ts'
import { openWebHouse, type WebHouse } from './testing/open-web.ts'

/** The web chat behind a proxy: who asks, from where, and how many new members that may make. */

let house: WebHouse
afterEach(async () => {
  await house.web.stop()
  await house.close()
})
async function open(settings: Record<string, string>): Promise<void> {
  house = await openWebHouse(settings)
  await house.web.start(async () => undefined)
}

const join = (headers: Record<string, string>, name = 'ann'): Promise<Response> =>
  fetch(`${house.web.address()}/api/me`, {
    method: 'POST',
    body: JSON.stringify({ name }),
    headers: { 'content-type': 'application/json', 'x-threadreel': '1', ...headers },
  })
const from = (address: string) => join({ 'x-forwarded-for': address })
const statuses = async (answers: readonly Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status)

test('visitors of a proxy that is trusted have a bucket each; the header of anybody else is not believed', async () => {
  const many = Array.from({ length: 40 }, (_, n) => `203.0.113.${n}`)
  await open({ TRUST_PROXY: 'loopback' })
  expect((await statuses(many.map(from))).filter(status => status === 429)).toEqual([])
  // What a visitor claims stands before what the proxy adds.
  expect((await statuses(many.map(one => from(`${one}, 198.51.100.7`)))).filter(status => status === 200)).toHaveLength(
    20,
  )
  await house.web.stop()
  await house.close()
  await open({})
  expect((await statuses(many.map(from))).filter(status => status === 429)).toHaveLength(10)
})

test('an address makes so many new members a day, and knows its old ones', async () => {
  await open({ TRUST_PROXY: 'loopback', NEW_MEMBERS_PER_DAY: '3' })
  const firsts = await Promise.all(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:3::'].map(from))
  expect(firsts.map(({ status }) => status)).toEqual([200, 200, 200])
  const more = await join({ 'x-forwarded-for': '2001:db8::4', 'accept-language': 'zh-CN' })
  expect(more.status).toBe(429)
  expect(await more.json()).toEqual({
    error: { code: 'web.new-members', message: expect.stringContaining('请明天再来') },
  })
  expect(more.headers.get('set-cookie')).toBeNull()
  const cookie = firsts[0]?.headers.get('set-cookie')?.split(';')[0] ?? ''
  expect((await join({ 'x-forwarded-for': '2001:db8::4', cookie }, 'anna')).status).toBe(200)
  expect((await from('2001:db8:0:1::1')).status).toBe(200)
  const [key = ''] = await house.core.redis.keys(`${house.core.root}:web-new:*`)
  expect(await house.core.redis.ttl(key)).toBeGreaterThan(24 * 3600)
  expect(key).not.toContain('2001')
})

test('this machine itself may make as many as it likes', async () => {
  await open({ NEW_MEMBERS_PER_DAY: '3' })
  expect(await statuses(Array.from({ length: 8 }, () => join({})))).toEqual(Array(8).fill(200))
  for (const own of ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1']) expect(networkOf(own)).toBeUndefined()
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9')
  expect(networkOf('2001:0db8::1')).toBe(networkOf('2001:db8:0:0:9:8:7:6'))
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0')
})

test('the page at PUBLIC_URL is ours whatever Host the proxy sends; the refusal of others is in their language', async () => {
  await open({ PUBLIC_URL: 'https://reel.example' })
  expect((await join({ origin: 'https://reel.example' })).status).toBe(200)
  expect((await join({ origin: 'null' })).status).toBe(403)
  const refused = await join({ origin: 'https://evil.example', 'accept-language': 'zh-CN' })
  expect(refused.status).toBe(403)
  expect(await refused.json()).toEqual({ error: { code: 'web.foreign', message: '此请求来自其他网站。' } })
})
