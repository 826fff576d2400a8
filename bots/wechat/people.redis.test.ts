import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openLog } from '../../core/log.ts'
import { type Core, openCore } from '../../core/redis.ts'
import { startRedis, type TestRedis } from '../../core/testing/redis.ts'
import { openPeople, type People } from './people.ts'
import { isOwnKey } from './traits.ts'
import { type Person, type Room, TransportError } from './transport.ts'

/** Wallets and rooms have to survive logins that give everybody new ids. */

let redis: TestRedis
let core: Core
let run = 0
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

/** Somebody as they are, whatever their id of the day. */
interface Soul {
  name: string
  weixin?: string
  friend?: boolean
  alias?: string
}

let souls: Map<string, Soul>
let rooms: Map<string, { topic: string; who: string[] }>
let ids: Map<string, string>
let remarked: string[]
let people: People

beforeEach(async () => {
  run += 1
  core = await openCore({ url: redis.url, log: openLog('silent', 'test'), root: `{people${run}}` })
  souls = new Map()
  rooms = new Map()
  remarked = []
  people = fresh()
  login()
  return () => core.close()
})

const person = (soul: string): Person => {
  const { name, ...rest } = souls.get(soul) as Soul
  return { id: ids.get(soul) ?? '', name, ...rest }
}
const room = (name: string): Room => {
  const { topic, who } = rooms.get(name) as { topic: string; who: string[] }
  return { id: ids.get(name) ?? '', topic, members: [{ id: ids.get('self') ?? '', name: 'bot' }, ...who.map(person)] }
}
const fresh = (lookEveryMs = 0): People =>
  openPeople({
    core,
    secret: 'a secret of the tests',
    lookEveryMs,
    transport: {
      rooms: async () => [...rooms.keys()].map(room),
      friends: async () => [...souls.keys()].filter(soul => souls.get(soul)?.friend).map(person),
      async remark(id, alias) {
        const soul = [...souls.keys()].find(one => ids.get(one) === id)
        if (soul === undefined) throw new TransportError('gone', 'nobody')
        souls.set(soul, { ...(souls.get(soul) as Soul), alias })
        remarked.push(soul)
      },
    },
  })

/** Everybody gets a new id. */
function login(): void {
  ids = new Map([...souls.keys()].map(soul => [soul, `@${randomBytes(8).toString('hex')}`]))
  for (const name of rooms.keys()) ids.set(name, `@@${randomBytes(8).toString('hex')}`)
  ids.set('self', `@${randomBytes(8).toString('hex')}`)
  people.login(ids.get('self') ?? '')
}
function be(soul: string, traits: Soul): void {
  souls.set(soul, traits)
  ids.set(soul, `@${randomBytes(8).toString('hex')}`)
}
function meetIn(name: string, topic: string, ...who: string[]): void {
  rooms.set(name, { topic, who })
  ids.set(name, `@@${randomBytes(8).toString('hex')}`)
}
const keyOf = (soul: string): Promise<string> => people.personKey(person(soul))

test('ids that stay are keys as they are, and nothing is kept of them', async () => {
  const wxid: Person = { id: 'wxid_abc', name: '小林', friend: true }
  expect(await people.personKey(wxid)).toBe('wxid_abc')
  expect(await people.roomKey({ id: '123@chatroom', topic: 'film' })).toBe('123@chatroom')
  expect(await people.liveOf('wxid_abc')).toBe('wxid_abc')
  expect(await core.redis.keys(`${core.root}:wechat:*`)).toEqual([])
  expect(remarked).toEqual([])
})

test('a friend gets a remark once and is known by it for ever, under any name', async () => {
  be('lin', { name: '小林', friend: true })
  const key = await keyOf('lin')
  expect(isOwnKey(key)).toBe(true)
  expect(remarked).toEqual(['lin'])
  souls.set('lin', { ...(souls.get('lin') as Soul), name: '林大导演' })
  login()
  expect(await keyOf('lin')).toBe(key)
  expect(await people.liveOf(key)).toBe(ids.get('lin'))
  expect(remarked).toEqual(['lin'])
})

test('a remark that a human wrote is left alone, and still tells who it is', async () => {
  be('lin', { name: '小林', friend: true, alias: '林老师' })
  const key = await keyOf('lin')
  souls.set('lin', { name: 'Lin', friend: true, alias: '林老师' })
  login()
  expect(await keyOf('lin')).toBe(key)
  expect(remarked).toEqual([])
})

test('a member of a room is known by name, in a room known by its people', async () => {
  for (const [soul, name] of [
    ['lin', '小林'],
    ['hong', '小红'],
    ['wang', '老王'],
  ] as const)
    be(soul, { name })
  meetIn('film', '电影群', 'lin', 'hong', 'wang')
  const key = await keyOf('lin')
  const where = await people.roomKey(room('film'))
  login()
  rooms.set('film', { topic: '电影群（新）', who: ['lin', 'hong', 'wang'] })
  expect(await people.roomKey(room('film'))).toBe(where)
  expect(await keyOf('lin')).toBe(key)
  expect(await people.liveOf(where)).toBe(ids.get('film'))
})

test('who speaks in a room that came into sight just after a look at the others is known again, and so is the room', async () => {
  people = fresh(60_000)
  people.login(ids.get('self') ?? '')
  be('wang', { name: '老王' })
  meetIn('other', '别的群', 'wang')
  await keyOf('wang')
  be('lin', { name: '小林' })
  be('hong', { name: '小红' })
  meetIn('film', '电影群', 'lin', 'hong')
  const [key, where] = [await keyOf('lin'), await people.roomKey(room('film'))]
  login()
  await keyOf('wang')
  expect(await people.liveOf(where)).toBe(ids.get('film'))
  expect(await people.liveOf(key)).toBe(ids.get('lin'))
})

test('a room that is not in sight yet when somebody speaks there first is known by its people', async () => {
  people = fresh(60_000)
  be('lin', { name: '小林' })
  be('hong', { name: '小红' })
  meetIn('film', '电影群', 'lin', 'hong')
  login()
  const where = await people.roomKey(room('film'))
  const film = rooms.get('film')
  rooms.delete('film')
  login()
  await keyOf('lin')
  meetIn('film', '电影群', ...(film?.who ?? []))
  expect(await people.roomKey(room('film'))).toBe(where)
})

test('who is looked for is found before they say a word', async () => {
  be('lin', { name: '小林' })
  be('hong', { name: '小红' })
  meetIn('film', '电影群', 'lin', 'hong')
  const [key, where] = [await keyOf('lin'), await people.roomKey(room('film'))]
  login()
  expect(await people.liveOf(where)).toBe(ids.get('film'))
  expect(await people.liveOf(key)).toBe(ids.get('lin'))
  expect(await people.keyOfId(ids.get('hong') ?? '')).toBeUndefined()
})

test('two of the same name are told apart while the login lasts, and guessed at never', async () => {
  be('one', { name: '小林' })
  be('two', { name: '小林' })
  meetIn('film', '电影群', 'one', 'two')
  const [first, second] = [await keyOf('one'), await keyOf('two')]
  expect(first).not.toBe(second)
  expect([await keyOf('one'), await keyOf('two')]).toEqual([first, second])
  login()
  expect([first, second]).not.toContain(await keyOf('one'))
})

test('a name somebody gave up does not lead to their wallet, nor does one they still bear', async () => {
  be('lin', { name: '小林' })
  be('thief', { name: '小偷' })
  meetIn('film', '电影群', 'lin', 'thief')
  const key = await keyOf('lin')
  await keyOf('thief')
  souls.set('thief', { name: '小林' })
  expect(await keyOf('thief')).not.toBe(key)
  souls.set('lin', { name: '林导' })
  expect(await keyOf('lin')).toBe(key)
  login()
  expect(await keyOf('thief')).not.toBe(key)
  expect(await keyOf('lin')).toBe(key)
})

test('a restart in the middle of a login knows everybody by id, whatever they call themselves', async () => {
  be('lin', { name: '小林' })
  meetIn('film', '电影群', 'lin')
  const key = await keyOf('lin')
  souls.set('lin', { name: '匿名' })
  people = fresh()
  people.login(ids.get('self') ?? '')
  expect(await keyOf('lin')).toBe(key)
})

test('two first messages of somebody new make one member', async () => {
  be('lin', { name: '小林', friend: true })
  const keys = await Promise.all(Array.from({ length: 8 }, () => keyOf('lin')))
  expect(new Set(keys).size).toBe(1)
  expect(remarked).toEqual(['lin'])
})

test('who is forgotten is somebody new after the next login, and no name was ever kept', async () => {
  be('lin', { name: '小林', weixin: 'lin88' })
  meetIn('film', '电影群', 'lin')
  const key = await keyOf('lin')
  for (const name of await core.redis.keys('*')) {
    const type = await core.redis.type(name)
    const kept = JSON.stringify(
      type === 'hash' ? await core.redis.hgetall(name) : type === 'set' ? await core.redis.smembers(name) : '',
    )
    for (const word of ['小林', 'lin88', '电影群']) expect(kept).not.toContain(word)
  }
  await people.forget(key)
  expect(await keyOf('lin')).toBe(key)
  await people.forget(key)
  login()
  expect(await keyOf('lin')).not.toBe(key)
})
