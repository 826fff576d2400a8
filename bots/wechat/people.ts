import type { Core } from '../../core/redis.ts'
import {
  hashed,
  isFleeting,
  isOwnKey,
  newKey,
  RoomTraits,
  recognise,
  type Sight,
  sightOf,
  taggedAlias,
} from './traits.ts'
import type { Person, Room, Transport } from './transport.ts'

/** Who is who across logins: keys that stay, for wallets and rooms, where WeChat's own ids do not. */
export interface People {
  /** A login began; `self` is the bot's id in it. */
  login(self: string): void
  /** The key of a person, who is seen now. */
  personKey(who: Person): Promise<string>
  /** The same, if they are known already. */
  knownKey(who: Person): Promise<string | undefined>
  /** The key of a room, which is seen now. */
  roomKey(room: Pick<Room, 'id' | 'topic'>): Promise<string>
  /** The key of an id of this login, if it has one. */
  keyOfId(id: string): Promise<string | undefined>
  /** The id that a key has in this login; undefined if nobody of that key is seen. */
  liveOf(key: string): Promise<string | undefined>
  /** Forgets by what somebody is known: after the next login they are somebody new, unless their remark names them. */
  forget(key: string): Promise<void>
}

interface PeopleParts {
  readonly core: Core
  readonly secret: string
  readonly transport: Pick<Transport, 'rooms' | 'friends' | 'remark'>
  /** How long what was seen of rooms and friends is believed, in ms. */
  readonly lookEveryMs?: number
}

const keepSeconds = 60 * 24 * 3600
/** Evidence that speaks for two: it counts for nobody. */
const anybody = '*'

export function openPeople({ core, secret, transport, lookEveryMs = 60_000 }: PeopleParts): People {
  const { redis } = core
  const root = `${core.root}:wechat`
  const known = `${root}:known`
  const roomsKept = `${root}:rooms`
  const evidenceOf = (key: string): string => `${root}:of:${key}`
  let self = ''
  let view: { at: number; friends: Person[]; rooms: Room[] } | undefined
  /** What was last written down about an id, so that most messages write nothing. */
  let noted = new Map<string, string>()
  let line: Promise<unknown> = Promise.resolve()

  /** One after the other: two messages of somebody new must not make two people. */
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const done = line.then(work)
    line = done.catch(() => undefined)
    return done
  }
  const ids = (): string => `${root}:ids:${hashed(secret, self)}`
  const lives = (): string => `${root}:live:${hashed(secret, self)}`

  /** What is in sight, seen less than so many ms ago. */
  async function look(withinMs = lookEveryMs): Promise<NonNullable<typeof view>> {
    if (view && Date.now() - view.at < withinMs) return view
    const [friends, rooms] = await Promise.all([transport.friends(), transport.rooms()])
    view = { at: Date.now(), friends, rooms }
    return view
  }

  async function claim(id: string, key: string): Promise<void> {
    const work = redis.multi().hset(ids(), id, key).hset(lives(), key, id)
    for (const [failure] of (await work.expire(ids(), keepSeconds).expire(lives(), keepSeconds).exec()) ?? [])
      if (failure) throw failure
  }
  const isClaimed = async (key: string): Promise<boolean> => (await redis.hexists(lives(), key)) === 1

  // --- rooms

  async function roomKeyOf(room: Pick<Room, 'id' | 'topic'>, make: boolean): Promise<string | undefined> {
    if (!isFleeting(room.id)) return room.id
    const before = await redis.hget(ids(), room.id)
    const membersSeen = async (withinMs?: number): Promise<Person[]> =>
      (await look(withinMs)).rooms.find(({ id }) => id === room.id)?.members ?? []
    const seenBefore = await membersSeen()
    // A room without members is one that came into sight after the last look.
    const members = before === null && seenBefore.length === 0 ? await membersSeen(0) : seenBefore
    const names = members.filter(({ id, name }) => id !== self && name !== '').map(({ name }) => hashed(secret, name))
    const traits: RoomTraits = { topic: room.topic === '' ? '' : hashed(secret, room.topic), names: names.sort() }
    const key = before ?? (await knownRoom(traits)) ?? (make ? newKey('room') : undefined)
    if (key === undefined) return undefined
    const text = JSON.stringify(traits)
    if (before === null) await claim(room.id, key)
    // Before the members are loaded there is nothing worth writing down.
    if (members.length > 0 && noted.get(room.id) !== text) {
      await redis.hset(roomsKept, key, text)
      noted.set(room.id, text)
    }
    return key
  }

  async function knownRoom(traits: RoomTraits): Promise<string | undefined> {
    const candidates = new Map<string, RoomTraits>()
    for (const [key, text] of Object.entries(await redis.hgetall(roomsKept))) {
      const read = RoomTraits.safeParse(JSON.parse(text))
      if (read.success && !(await isClaimed(key))) candidates.set(key, read.data)
    }
    return recognise(candidates, traits)
  }

  // --- people

  async function personKeyOf(who: Person, make: boolean): Promise<string | undefined> {
    if (!isFleeting(who.id)) return who.id
    const before = await redis.hget(ids(), who.id)
    const mark = JSON.stringify([who.name, who.alias, who.weixin, who.friend])
    if (before !== null && noted.get(who.id) === mark) return before
    const sight = await seen(who, before === null ? 0 : 1_000)
    const key = before ?? (await knownPerson(sight)) ?? (make ? newKey('person') : undefined)
    if (key === undefined) return undefined
    if (before === null) await claim(who.id, key)
    await write(key, sight)
    // Somebody new of whom nothing is known yet is looked at once more, the next time.
    if (before !== null || sight.key !== undefined || sight.evidence.length > 0) noted.set(who.id, mark)
    // The remark is the only thing that outlives everything; one that a human wrote is left alone.
    if (who.friend && !who.alias) await transport.remark(who.id, taggedAlias(who.name, key)).catch(() => undefined)
    return key
  }

  async function seen(who: Person, withinMs: number): Promise<Sight> {
    const sight = await sightIn(who, await look())
    // Somebody of whom nothing is known yet may have come in after the last look, however short ago it was.
    return sight.key === undefined && sight.evidence.length === 0 ? sightIn(who, await look(withinMs)) : sight
  }

  async function sightIn(who: Person, { friends, rooms }: NonNullable<typeof view>): Promise<Sight> {
    const around = new Map<string, readonly Person[]>()
    for (const room of rooms) {
      if (!room.members.some(({ id }) => id === who.id)) continue
      const key = await roomKeyOf(room, true)
      if (key !== undefined) around.set(key, room.members)
    }
    return sightOf(secret, who, { friends, rooms: around })
  }

  async function knownPerson({ key, evidence }: Sight): Promise<string | undefined> {
    if (key !== undefined) return key
    if (evidence.length === 0) return undefined
    for (const found of await redis.hmget(known, ...evidence.map(({ id }) => id)))
      if (found !== null && found !== anybody && !(await isClaimed(found))) return found
    return undefined
  }

  /** Writes down what speaks for this key now and strikes out what no longer does: a name that was given up belongs to nobody. */
  async function write(key: string, { evidence }: Sight): Promise<void> {
    const before = await redis.smembers(evidenceOf(key))
    const now = new Set(evidence.map(({ id }) => id))
    for (const old of before.filter(id => !now.has(id))) await strike(key, old)
    for (const { id, weak } of evidence) {
      const holder = await redis.hget(known, id)
      if (holder === key) continue
      await redis.hset(known, id, holder !== null && weak ? anybody : key)
      await redis.sadd(evidenceOf(key), id)
    }
  }

  async function strike(key: string, evidence: string): Promise<void> {
    if ((await redis.hget(known, evidence)) === key) await redis.hdel(known, evidence)
    await redis.srem(evidenceOf(key), evidence)
  }

  /** Looks through everybody in sight for somebody known by this key. */
  async function search(key: string): Promise<string | undefined> {
    const { friends, rooms } = await look(1_000)
    for (const room of rooms) if ((await roomKeyOf(room, false)) === key) return room.id
    const people = new Map([...rooms.flatMap(room => room.members), ...friends].map(who => [who.id, who]))
    for (const who of people.values()) if ((await personKeyOf(who, false)) === key) return who.id
    return undefined
  }

  return {
    login(id) {
      if (id !== self) noted = new Map()
      self = id
      view = undefined
    },
    personKey: who => serially(async () => (await personKeyOf(who, true)) ?? who.id),
    knownKey: who => serially(() => personKeyOf(who, false)),
    roomKey: room => serially(async () => (await roomKeyOf(room, true)) ?? room.id),
    keyOfId: async id => (isFleeting(id) ? ((await redis.hget(ids(), id)) ?? undefined) : id),
    liveOf: key =>
      serially(async () => {
        if (!isOwnKey(key)) return key
        return (await redis.hget(lives(), key)) ?? (await search(key))
      }),
    forget: key =>
      serially(async () => {
        for (const evidence of await redis.smembers(evidenceOf(key))) await strike(key, evidence)
        noted = new Map()
      }),
  }
}
