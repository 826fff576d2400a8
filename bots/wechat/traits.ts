import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Person } from './transport.ts'

/** By what people and rooms are known again when their ids have changed. Pure, but for the dice. Names are kept as hashes only. */

/** A web login gives everybody new ids, which begin with "@" ("@@" for rooms); all other ids stay. */
export const isFleeting = (id: string): boolean => id.startsWith('@')

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
const random = (): string => [...randomBytes(10)].map(byte => letters[byte % letters.length]).join('')
/** A name of our own for somebody whose id does not stay. */
export const newKey = (kind: 'person' | 'room'): string => `${kind === 'person' ? 'u' : 'r'}.${random()}`
export const isOwnKey = (key: string): boolean => /^[ur]\.[a-z0-9]{10}$/.test(key)

/** The remark that we give a friend ends with their key, so that any later login finds it. */
export const taggedAlias = (name: string, key: string): string => `${name.slice(0, 16)} #${key}`
const keyInAlias = (alias = ''): string | undefined => /#(u\.[a-z0-9]{10})$/.exec(alias)?.[1]

/** Short keyed hash: names of people must not lie about in a database. */
export const hashed = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(`wechat\n${text}`).digest('base64url').slice(0, 12)

/** What speaks for somebody being a certain member. `weak`: anybody could take that name. */
interface Evidence {
  readonly id: string
  readonly weak: boolean
}

export interface Sight {
  /** The key their remark names: proof, because only the bot's account can write it. */
  readonly key?: string
  readonly evidence: readonly Evidence[]
}

/** What can be seen of a person: their remark, WeChat id, and their name among friends and in each room where nobody else has it. */
export function sightOf(
  secret: string,
  who: Person,
  among: { readonly friends: readonly Person[]; readonly rooms: ReadonlyMap<string, readonly Person[]> },
): Sight {
  const key = keyInAlias(who.alias)
  const only = (people: readonly Person[], name: string): boolean =>
    name !== '' && people.filter(other => other.name === name).length === 1
  const strong = [
    ...(who.weixin ? [`weixin:${who.weixin}`] : []),
    ...(who.alias && key === undefined ? [`alias:${who.alias}`] : []),
  ]
  const weak = [
    ...(who.friend && only(among.friends, who.name) ? [`friend:${who.name}`] : []),
    ...[...among.rooms].flatMap(([room, members]) => {
      const name = members.find(member => member.id === who.id)?.name
      return name !== undefined && only(members, name) ? [`room:${room}:${name}`] : []
    }),
  ]
  const evidence = [
    ...strong.map(text => ({ id: hashed(secret, text), weak: false })),
    ...weak.map(text => ({ id: hashed(secret, text), weak: true })),
  ]
  return { evidence, ...(key !== undefined && { key }) }
}

/** What is kept of a room: hashes of its topic ("" = it has none) and of its members' names. */
export const RoomTraits = z.object({ topic: z.string(), names: z.array(z.string()) })
export type RoomTraits = z.infer<typeof RoomTraits>

/** 0..1: how much of the membership is the same, and whether the topic is. */
function likeness(before: RoomTraits, now: RoomTraits): number {
  const known = new Set(before.names)
  const shared = now.names.filter(name => known.has(name)).length
  const members = shared / Math.max(1, known.size, now.names.length)
  return 0.6 * members + (now.topic !== '' && now.topic === before.topic ? 0.4 : 0)
}

/** The known room this one is: same topic and somebody in common, or nearly the same people; undefined if two could be meant. */
export function recognise(known: ReadonlyMap<string, RoomTraits>, now: RoomTraits): string | undefined {
  const [best, next] = [...known]
    .map(([key, before]) => ({ key, score: likeness(before, now) }))
    .sort((a, b) => b.score - a.score)
  if (!best || best.score < 0.45) return undefined
  return next && best.score - next.score < 0.15 ? undefined : best.key
}
