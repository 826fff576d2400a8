import type { Core } from '../../core/redis.ts'
import { Message } from './message.ts'

/** Rooms as Redis keeps them: messages by id, their order, and a stream of what changed, all bounded. */
export interface Rooms {
  /** Keeps a new message; false if there is one with this id (which stays as it is). */
  add(room: string, message: Message): Promise<boolean>
  /** Changes a message there is; false if there is none (any more). */
  change(room: string, message: Message): Promise<boolean>
  /** Takes a message away; false if there was none. */
  remove(room: string, id: string): Promise<boolean>
  get(room: string, id: string): Promise<Message | undefined>
  /** All that is kept, oldest first, and the event up to which this is the state. */
  read(room: string): Promise<{ messages: Message[]; after: string }>
  /** What changed after an event: messages as they are now, ids of those that are gone. Undefined = too long ago to tell. */
  since(room: string, after: string): Promise<Changes | undefined>
  /** Calls back when something may have changed in a room; missing a call is made up for by the next. */
  watch(room: string, changed: () => void): Promise<() => Promise<void>>
  /** Erases what a member wrote, in all rooms; how many messages. */
  forget(member: string): Promise<number>
}

interface Changes {
  readonly changed: readonly Message[]
  readonly gone: readonly string[]
  readonly after: string
}

/** Messages a room keeps, and for how long after the last one. */
export const roomLimits = { messages: 400, seconds: 90 * 24 * 3600 } as const

/** One step: keep the message if that is (still) right, keep the room within its bounds, say that something changed. */
const writeScript = `
local has = redis.call('HEXISTS', KEYS[1], ARGV[1])
if (ARGV[4] == 'add') == (has == 1) then return 0 end
if ARGV[4] == 'remove' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  if has == 0 then redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1]) end
  for _, old in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1 - tonumber(ARGV[5]))) do
    redis.call('HDEL', KEYS[1], old)
    redis.call('ZREM', KEYS[2], old)
  end
end
local event = redis.call('XADD', KEYS[3], 'MAXLEN', '~', tonumber(ARGV[5]) * 4, '*', 'id', ARGV[1])
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[6]) end
if ARGV[7] ~= '' then
  redis.call('SADD', KEYS[4], ARGV[7])
  redis.call('EXPIRE', KEYS[4], ARGV[6])
end
redis.call('PUBLISH', KEYS[3], event)
return 1
`

type Fields = [event: string, fields: string[]]

export function openRooms(core: Core): Rooms {
  const { redis, root } = core
  const keys = (room: string) => ({
    messages: `${root}:web:${room}:messages`,
    order: `${root}:web:${room}:order`,
    events: `${root}:web:${room}:events`,
  })
  const spokeKey = (member: string): string => `${root}:web-spoke:${member}`

  async function write(
    how: 'add' | 'change' | 'remove',
    room: string,
    id: string,
    message?: Message,
  ): Promise<boolean> {
    const { messages, order, events } = keys(room)
    const by = how === 'add' && message?.by.startsWith('web:') ? message.by : ''
    const answer = await redis.eval(
      writeScript,
      4,
      messages,
      order,
      events,
      spokeKey(by),
      id,
      message ? JSON.stringify(message) : '',
      message?.at ?? 0,
      how,
      String(roomLimits.messages),
      String(roomLimits.seconds),
      by && room,
    )
    return answer === 1
  }

  const parse = (text: string | null | undefined): Message | undefined =>
    text ? Message.parse(JSON.parse(text)) : undefined

  async function some(room: string, ids: readonly string[]): Promise<Message[]> {
    if (ids.length === 0) return []
    const texts = await redis.hmget(keys(room).messages, ...ids)
    return texts.map(parse).filter(message => message !== undefined)
  }

  return {
    add: (room, message) => write('add', room, message.id, message),
    change: (room, message) => write('change', room, message.id, message),
    remove: (room, id) => write('remove', room, id),
    get: async (room, id) => parse(await redis.hget(keys(room).messages, id)),
    async read(room) {
      const { events, order } = keys(room)
      const [last] = (await redis.xrevrange(events, '+', '-', 'COUNT', '1')) as Fields[]
      const messages = await some(room, await redis.zrange(order, '0', '-1'))
      return { messages, after: last?.[0] ?? '0-0' }
    },
    async since(room, after) {
      const { events } = keys(room)
      const [first] = (await redis.xrange(events, '-', '+', 'COUNT', 1)) as Fields[]
      const [last] = (await redis.xrevrange(events, '+', '-', 'COUNT', '1')) as Fields[]
      const told = after === '0-0' ? undefined : after
      // A stream that begins later was cut; one that ends earlier is another (Redis came back without its data).
      if (told && (!first || !last || earlier(told, first[0]) || earlier(last[0], told))) return undefined
      const found = (await redis.xrange(events, told ? `(${told}` : '-', '+')) as Fields[]
      const ids = [...new Set(found.map(([, [, id = '']]) => id))]
      const changed = await some(room, ids)
      const there = new Set(changed.map(({ id }) => id))
      return { changed, gone: ids.filter(id => !there.has(id)), after: found.at(-1)?.[0] ?? after }
    },
    watch: (room, changed) => core.listen(keys(room).events, changed),
    async forget(member) {
      let erased = 0
      for (const room of await redis.smembers(spokeKey(member))) {
        const { messages } = await this.read(room)
        for (const { id, by, quiet } of messages)
          if ((by === member || quiet === member) && (await this.remove(room, id))) erased += 1
      }
      await redis.del(spokeKey(member))
      return erased
    },
  }
}

const parts = (event: string): [number, number] => {
  const [ms = 0, n = 0] = event.split('-').map(Number)
  return [ms, n]
}

/** Order of stream ids. */
export function earlier(a: string, b: string): boolean {
  const [ams, an] = parts(a)
  const [bms, bn] = parts(b)
  return ams < bms || (ams === bms && an < bn)
}

/** An event id as a client may send it back. */
export const eventId = (text: unknown): string | undefined =>
  typeof text === 'string' && /^\d{1,15}-\d{1,9}$/.test(text) ? text : undefined
