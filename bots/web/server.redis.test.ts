import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { setStatus } from '../../core/jobs.ts'
import { signLink, signShare } from '../../core/links.ts'
import { ban, unban } from '../../core/members.ts'
import type { MemberId } from '../../core/place.ts'
import { ticketFor } from '../../core/testing/jobs.ts'
import type { Incoming } from '../platform.ts'
import { type Client, eventsOf, Heard } from './client.ts'
import { openRooms, roomLimits } from './rooms.ts'
import { readSession, writeSession } from './session.ts'
import { nextId, openWebHouse, testSecret, type WebHouse } from './testing/open-web.ts'

/** The server of the web chat against people who mean no good, and against lost connections. */

let house: WebHouse
let base: string
let ann: Client
const heard: Incoming[] = []
let room = 0
const newRoom = (): string => `room-${++room}`

beforeAll(async () => {
  house = await openWebHouse()
  await house.web.start(async event => {
    heard.push(event)
  })
  base = house.web.address()
  ann = await house.person('ann')
})
afterAll(async () => {
  await house.web.stop()
  await house.close()
})

const json = { 'content-type': 'application/json', 'x-threadreel': '1' }
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(base + path, { method: 'POST', body: JSON.stringify(body), headers: { ...json, ...headers } })
const problemOf = async (response: Response) =>
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }).parse(await response.json()).error
const message = (text = 'a cat') => ({ id: nextId(), text })
const say = (where: string, text: string) => ann.say(where, { id: nextId(), text, pictures: [] })

async function messagesOf(where: string, cookie = ann.cookie): Promise<Heard[]> {
  const answer = await fetch(`${base}/api/rooms/${encodeURIComponent(where)}`, { headers: { cookie } })
  return z.object({ messages: z.array(Heard) }).parse(await answer.json()).messages
}

describe('who somebody is', () => {
  test('without a name nobody speaks', async () => {
    const answer = await post(`/api/rooms/${newRoom()}/messages`, message())
    expect(answer.status).toBe(401)
    expect((await problemOf(answer)).message).toBe('Please pick a name first.')
  })

  test('a cookie with one letter changed is no cookie', async () => {
    const value = ann.cookie.split('=')[1] ?? ''
    for (let at = 0; at < value.length; at++) {
      const other = value[at] === 'A' ? 'B' : 'A'
      const forged = value.slice(0, at) + other + value.slice(at + 1)
      expect(readSession(testSecret, forged)).toBeUndefined()
    }
    const own = `zzzzzzzzzz.${Buffer.from('boss').toString('base64url')}`
    const mac = createHmac('sha256', 'guess').update(`session\n${own}`).digest('base64url')
    const answer = await post(`/api/rooms/${newRoom()}/messages`, message(), { cookie: `threadreel=${own}.${mac}` })
    expect(answer.status).toBe(401)
  })

  test('a cookie of ours says who and how they are called', async () => {
    const session = { member: 'web:abcdefghjk', name: '小林 🐱' } as const
    expect(readSession(testSecret, writeSession(testSecret, session))).toEqual(session)
    expect(readSession('another secret', writeSession(testSecret, session))).toBeUndefined()
  })

  test('a name of nothing but control characters is asked for again', async () => {
    const answer = await post('/api/me', { name: '\u202e\u0000 \u200b' })
    expect((await problemOf(answer)).code).toBe('web.name-empty')
  })
})

describe('other sites', () => {
  test.each([
    ['without our header', { 'x-threadreel': '' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from a null origin', { origin: 'null' }],
    ['marked as cross-site', { 'sec-fetch-site': 'cross-site' }],
  ])('a request %s changes nothing', async (_what, headers) => {
    const where = newRoom()
    const answer = await post(`/api/rooms/${where}/messages`, message(), { cookie: ann.cookie, ...headers })
    expect(answer.status).toBe(403)
    expect(await messagesOf(where)).toEqual([])
  })

  test('the page runs no inline script and stands in no frame', async () => {
    const answer = await fetch(`${base}/r/lobby`)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const scripts = (await answer.text()).match(/<script(?![^>]*(src=|application\/json))/g)
    expect(scripts).toBeNull()
  })
})

describe('what people write', () => {
  test('markup stays text, in the page and in its state', async () => {
    const where = newRoom()
    const nasty = `</script><script>alert(1)</script><img src=x onerror=alert(2)> $& {{{state}}} \u2028`
    await say(where, nasty)
    const page = await (await fetch(`${base}/r/${where}`, { headers: { cookie: ann.cookie } })).text()
    expect(page).not.toContain('<img src=x')
    expect(page).not.toContain('<script>alert')
    const [, state = ''] = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(page) ?? []
    expect(JSON.parse(state).messages[0].text).toBe(nasty)
  })

  test('the same message ten times is one message and one update', async () => {
    const where = newRoom()
    const id = nextId()
    const before = heard.length
    const all = await Promise.all(Array.from({ length: 10 }, () => ann.say(where, { id, text: 'once', pictures: [] })))
    expect(new Set(all.map(one => one.id)).size).toBe(1)
    expect(await messagesOf(where)).toHaveLength(1)
    expect(new Set(heard.slice(before).map(({ update }) => update)).size).toBe(1)
  })

  test.each([
    ['no id', { text: 'x' }],
    ['a long id', { id: 'x'.repeat(100), text: 'x' }],
    ['numbers for words', { id: 'abcdefgh', text: 5 }],
    ['an answer to a path', { id: 'abcdefgh', text: 'x', replyTo: '../../etc' }],
    ['a list', []],
  ])('%s is one clear sentence', async (_what, body) => {
    const answer = await post(`/api/rooms/${newRoom()}/messages`, body, { cookie: ann.cookie })
    expect(answer.status).toBe(400)
    expect((await problemOf(answer)).message).toBe('This could not be understood.')
  })

  test('a megabyte of words is too large, ten thousand characters reach the conversation', async () => {
    const where = newRoom()
    const much = await post(`/api/rooms/${where}/messages`, message('x'.repeat(1e6)), { cookie: ann.cookie })
    expect(await problemOf(much)).toEqual({ code: 'web.too-large', message: 'This is too large to be sent.' })
    await say(where, 'x'.repeat(10_000))
    expect(heard.at(-1)).toMatchObject({ kind: 'message', text: 'x'.repeat(10_000) })
  })

  test('who is shut out is refused, and the room sees nothing of it, until they are let in again', async () => {
    const where = newRoom()
    const eve = await house.person('eve')
    const speak = () => post(`/api/rooms/${where}/messages`, message('buy my apples'), { cookie: eve.cookie })
    expect((await speak()).ok).toBe(true)
    const [first] = await messagesOf(where)
    const member = heard.at(-1)?.member as MemberId
    await ban(house.core, member, 'spam')
    const refused = await speak()
    expect(refused.ok).toBe(false)
    expect((await problemOf(refused)).code).toBe('refusal.banned')
    expect(await messagesOf(where)).toEqual([first])
    await unban(house.core, member)
    expect((await speak()).ok).toBe(true)
    expect(await messagesOf(where)).toHaveLength(2)
  })

  test('a room name that is no room name leads to the lobby', async () => {
    for (const name of ['a%2Fb', '%3Cb%3E', '..', 'x'.repeat(80), '%00']) {
      const answer = await fetch(`${base}/r/${name}`, { redirect: 'manual' })
      expect([302, 404, 400]).toContain(answer.status)
    }
    const odd = await post('/api/rooms/%7Bx%7D/messages', message(), { cookie: ann.cookie })
    expect(odd.status).toBe(400)
    await say('猫片', 'hello')
    expect(await messagesOf('猫片')).toHaveLength(1)
  })

  test('a picture that is too large is refused in words, one that is none reaches the conversation unseen', async () => {
    const where = newRoom()
    const big = { name: 'a.png', bytes: new Uint8Array(21 * 1024 * 1024) }
    await expect(ann.say(where, { id: nextId(), text: '', pictures: [big] })).rejects.toMatchObject({
      code: 'refusal.picture-big',
    })
    const svg = { name: 'a.png', bytes: Buffer.from('<svg onload="alert(1)"/>') }
    await ann.say(where, { id: nextId(), text: 'this', pictures: [svg] })
    expect(heard.at(-1)).toMatchObject({ kind: 'message', images: [{ bytes: svg.bytes.byteLength }] })
    const [shown] = await messagesOf(where)
    expect(shown?.text).toBe('this')
    expect(await (await fetch(`${base}/r/${where}`)).text()).not.toContain('/media/pictures')
  })

  test('a room keeps a bounded number of messages', async () => {
    const where = newRoom()
    const rooms = openRooms(house.core)
    for (let at = 0; at < roomLimits.messages + 5; at++)
      await rooms.add(where, {
        id: `m${String(at).padStart(6, '0')}`,
        root: `m${String(at).padStart(6, '0')}`,
        at,
        by: 'web:abcdefghjk',
        name: 'x',
        text: String(at),
        talk: false,
        pictures: [],
        buttons: [],
      })
    const kept = await messagesOf(where)
    expect(kept).toHaveLength(roomLimits.messages)
    expect(kept[0]?.text).toBe('5')
  })

  test('who wants to be forgotten is, in every room', async () => {
    const eve = await house.person('eve')
    const [one, two] = [newRoom(), newRoom()]
    for (const where of [one, two]) await eve.say(where, { id: nextId(), text: 'secret words', pictures: [] })
    await say(one, 'mine')
    const { member = '' } = await eve.me()
    await house.web.forget(member)
    expect((await messagesOf(one)).map(({ text }) => text)).toEqual(['mine'])
    expect(await messagesOf(two)).toEqual([])
  })
})

describe('events', () => {
  /** Reads events until one fits, then hangs up. */
  async function until(
    where: string,
    fits: (event: { event: string; data: unknown; id: string | undefined }) => boolean,
    { cookie = ann.cookie, after = '', opened = async () => undefined as unknown } = {},
  ) {
    const hangUp = new AbortController()
    const headers = { cookie, ...(after !== '' && { 'last-event-id': after }) }
    const response = await fetch(`${base}/api/rooms/${where}/events`, { headers, signal: hangUp.signal })
    const seen: { event: string; data: unknown; id: string | undefined }[] = []
    let told = false
    for await (const { event, data, id } of eventsOf(response)) {
      seen.push({ event, data: JSON.parse(data), id })
      const last = seen.at(-1)
      if (last && fits(last)) break
      if (event === 'here' && !told) {
        told = true
        await opened()
      }
    }
    hangUp.abort()
    return seen
  }
  const texts = (data: unknown): string[] =>
    z
      .object({ messages: z.array(Heard) })
      .parse(data)
      .messages.map(({ text }) => text)

  test('who comes back gets what was missed, once, as it is now', async () => {
    const where = newRoom()
    await say(where, 'first')
    const [reset] = await until(where, ({ event }) => event === 'reset')
    expect(texts(reset?.data)).toEqual(['first'])
    await say(where, 'second')
    const place = { platform: 'web', channel: where, private: false }
    const at = await house.web.reply(place, { text: 'working 1', mood: 'working', progress: 0 })
    await house.web.edit?.(at, { text: 'working 2', mood: 'working', progress: 0.5 })
    await house.web.edit?.(at, { text: 'done', mood: 'done' })
    const [put] = await until(where, ({ event }) => event === 'put', { after: reset?.id ?? '' })
    expect(texts(put?.data)).toEqual(['second', 'done'])
  })

  test('an event nobody remembers starts from the whole room', async () => {
    const where = newRoom()
    await say(where, 'first')
    const [first] = await until(where, ({ event }) => event === 'reset', { after: '1-1' })
    expect(texts(first?.data)).toEqual(['first'])
  })

  test('what only one member may see is told to nobody else', async () => {
    const where = newRoom()
    const bob = await house.person('bob')
    const { member = '' } = await ann.me()
    const place = { platform: 'web', channel: where, private: false }
    const speak = async (): Promise<void> => {
      await house.web.reply(place, { text: 'for ann only', quiet: member })
      await house.web.reply(place, { text: 'for all' })
    }
    const seen = await until(where, ({ event, data }) => event === 'put' && texts(data).includes('for all'), {
      cookie: bob.cookie,
      opened: speak,
    })
    expect(JSON.stringify(seen)).not.toContain('for ann only')
    expect((await messagesOf(where, bob.cookie)).map(({ text }) => text)).toEqual(['for all'])
    expect((await messagesOf(where)).map(({ text }) => text)).toEqual(['for ann only', 'for all'])
    const quiet = (await messagesOf(where))[0]
    await expect(bob.press(where, quiet?.id ?? '', 'say:help', nextId())).rejects.toMatchObject({
      code: 'refusal.button-old',
    })
    const { job, number } = await ticketFor(house.core, { member })
    await setStatus(house.core, { job, place: { ...place, message: quiet?.id ?? '' } })
    expect(await ann.job(where, quiet?.id ?? '')).toMatchObject({ number })
    await expect(bob.job(where, quiet?.id ?? '')).rejects.toMatchObject({ code: 'refusal.job-gone' })
  })

  test('a button that works for one member is shown to that one', async () => {
    const where = newRoom()
    const bob = await house.person('bob')
    const { member = '' } = await ann.me()
    const again = { id: 'again:clip-1', label: 'Again' }
    const own = { id: 'cancel:job-1', label: 'Cancel', only: { member, name: 'ann' } }
    const speak = async (): Promise<void> => {
      await house.web.reply(
        { platform: 'web', channel: where, private: false },
        { text: 'busy', buttons: [again, own] },
      )
    }
    const heard = await until(where, ({ event, data }) => event === 'put' && texts(data).includes('busy'), {
      cookie: bob.cookie,
      opened: speak,
    })
    expect(JSON.stringify(heard)).not.toContain('cancel:job-1')
    expect((await messagesOf(where, bob.cookie))[0]?.buttons).toEqual([again])
    expect((await messagesOf(where))[0]?.buttons).toEqual([again, { id: own.id, label: 'Cancel' }])
  })

  test('people who come and go at the same moment hear everything', async () => {
    for (let round = 0; round < 12; round++) {
      const where = newRoom()
      const leaving = await look(where)
      const coming = until(where, ({ event, data }) => event === 'put' && texts(data).includes('late'), {
        opened: () => say(where, 'late'),
      })
      leaving.leave()
      expect((await coming).length).toBeGreaterThan(0)
    }
  })

  test('a thirteenth page of the same member is one too many', async () => {
    const where = newRoom()
    const ned = await house.person('ned')
    const pages = await Promise.all(Array.from({ length: 12 }, () => look(where, ned.cookie)))
    const more = await fetch(`${base}/api/rooms/${where}/events`, { headers: { cookie: ned.cookie } })
    expect((await problemOf(more)).code).toBe('web.too-many')
    for (const page of pages) page.leave()
  })
})

describe('media', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251))
  let link = ''
  beforeAll(async () => {
    const key = await house.store.put('clips', 'mp4', bytes)
    link = signLink(testSecret, key, Date.now() + 60_000)
  })
  const get = (range?: string) => fetch(base + link, { headers: range === undefined ? {} : { range } })

  test('a signed link gives the whole, as what it is', async () => {
    const answer = await get()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('video/mp4')
    expect(answer.headers.get('accept-ranges')).toBe('bytes')
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  })

  test.each([
    ['bytes=0-99', 0, 99],
    ['bytes=900-', 900, 999],
    ['bytes=-100', 900, 999],
    ['bytes=990-5000', 990, 999],
  ])('%s gives just that', async (range, start, end) => {
    const answer = await get(range)
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end}/1000`)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(start, end + 1))
  })

  test('a part beyond the end is none; nonsense gives the whole', async () => {
    expect((await get('bytes=1000-')).status).toBe(416)
    expect((await get('bytes=5-2')).status).toBe(200)
    expect((await get('lines=1-2')).status).toBe(200)
  })

  test('browsers keep clips, but not what somebody exported', async () => {
    expect((await get()).headers.get('cache-control')).toContain('max-age')
    const key = await house.store.put('exports', 'json', Buffer.from('{}'))
    const own = await fetch(base + signLink(testSecret, key, Date.now() + 60_000))
    expect(own.status).toBe(200)
    expect(own.headers.get('cache-control')).toBe('no-store')
  })

  test('a forged, altered or ended link gives nothing', async () => {
    const ended = signLink(testSecret, 'clips/abcdefgh.mp4', Date.now() - 5000)
    const foreign = signLink('another secret', 'clips/abcdefgh.mp4', Date.now() + 60_000)
    for (const bad of [ended, foreign, link.replace('e=', 'e=1'), link.replace('clips', 'states'), '/media/../secret'])
      expect([403, 404]).toContain((await fetch(base + bad)).status)
    expect(await rawStatus('/media/..%2f..%2fsecret?e=9999999999&s=x')).toBe(403)
  })

  test('a share link shows the clip with its words, escaped; the same link for another clip does not', async () => {
    const media = await house.store.put('clips', 'mp4', bytes)
    const poster = await house.store.put('posters', 'jpg', bytes)
    const recipe = {
      kind: 'video',
      prompt: 'a <b>cat</b>',
      model: 'theatre',
      tier: 'standard',
      seconds: 5,
      ratio: '16:9',
      seed: 1,
    }
    const clip = {
      id: 'sharedclip',
      job: 'j1',
      kind: 'video',
      media,
      poster,
      width: 320,
      height: 180,
      fps: 24,
      frames: 120,
    }
    const record = {
      ...clip,
      seconds: 5,
      bytes: 1000,
      recipe,
      member: 'web:abcdefghjk',
      renderSeconds: 1,
      createdAt: 1,
    }
    await house.core.redis.set(`${house.core.root}:clip:sharedclip`, JSON.stringify(record))
    const share = signShare(testSecret, clip, Date.now() + 60_000)
    const page = await (await fetch(base + share)).text()
    expect(page).toContain('a &#60;b&#62;cat')
    expect(page).toContain('property="og:video"')
    const [, src = ''] = /<video src="([^"]+)"/.exec(page) ?? []
    expect((await fetch(base + src.replaceAll('&#38;', '&'))).status).toBe(200)
    expect((await fetch(base + share.replace('s=', 's=A'))).status).toBe(410)
    await house.store.put('clips', 'mp4', bytes, 'another-clip')
    await house.core.redis.set(
      `${house.core.root}:clip:otherclip1`,
      JSON.stringify({ ...record, id: 'otherclip1', media: 'clips/another-clip.mp4' }),
    )
    expect((await fetch(base + share.replace('sharedclip', 'otherclip1'))).status).toBe(410)
  })

  test('a share link of a clip that is not there is over', async () => {
    const share = signShare(testSecret, { id: 'nothere1', media: 'clips/abcdefgh.mp4' }, Date.now() + 60_000)
    expect((await fetch(base + share)).status).toBe(410)
  })
})

test('too many messages at once: one sentence, then again after a while', async () => {
  const bot = await house.person('flood')
  const where = newRoom()
  const results = await Promise.allSettled(
    Array.from({ length: 45 }, () => bot.say(where, { id: nextId(), text: 'x', pictures: [] })),
  )
  const refused = results.filter(result => result.status === 'rejected')
  expect(refused).toHaveLength(5)
  expect(refused[0]?.reason).toMatchObject({ code: 'web.too-many', message: expect.stringContaining('wait a minute') })
})

/** Looks at a room until it is left; resolves when its events have begun. */
const look = (where: string, cookie = ''): Promise<{ leave(): void }> =>
  new Promise((resolve, reject) => {
    const looking = request(new URL(`/api/rooms/${where}/events`, base), { headers: { cookie } }, response => {
      response.on('error', () => undefined)
      response.on('data', chunk => {
        if (String(chunk).includes('event: here')) resolve({ leave: () => looking.destroy() })
      })
    })
    looking.on('error', reject).end()
  })

/** Sends a path as it is, which fetch would tidy. */
const rawStatus = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(new URL(base), { path }, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
