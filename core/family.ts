import type { Clip } from './clip.ts'
import { getClip } from './clips.ts'
import type { Core } from './redis.ts'

/**
 * Clips and what was made from them. Every clip has a short code that people say ("K7Q2"): its number in another spelling, so that
 * neighbours look different and nothing has to be kept to write it.
 */

/** Letters and digits nobody mixes up. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const base = BigInt(alphabet.length)
/** Odd, so that multiplying by it visits every number below a power of 32 once. */
const stride = 20_077n
const shortest = 3

const room = (length: number): bigint => base ** BigInt(length)

/** The number of a clip: that of its job. */
export const numberOf = (clip: Pick<Clip, 'job'>): number => Number(/^j(\d{8,})-/.exec(clip.job)?.[1] ?? 0)

/** "K7Q2" for a number from 0 up; four characters up to 32,767, then longer. */
export function codeOf(number: number): string {
  let length = shortest
  while (BigInt(number) >= room(length)) length += 1
  let rest = (BigInt(number) * stride + 7n) % room(length)
  let code = ''
  for (let i = 0; i < length; i += 1) {
    code = alphabet[Number(rest % base)] + code
    rest /= base
  }
  return `K${code}`
}

/** The number a code stands for, however it was typed; undefined for what is none. */
export function numberOfCode(code: string): number | undefined {
  const letters = /^K([2-9A-HJ-NP-Z]{3,9})$/.exec(code.trim().toUpperCase())?.[1]
  if (letters === undefined) return undefined
  let value = 0n
  for (const letter of letters) value = value * base + BigInt(alphabet.indexOf(letter))
  const size = room(letters.length)
  const number = (((value - 7n + size) % size) * inverse(stride, size)) % size
  return codeOf(Number(number)) === `K${letters}` ? Number(number) : undefined
}

/** The number that undoes multiplying by an odd one, modulo a power of two (Newton's iteration). */
function inverse(of: bigint, size: bigint): bigint {
  let x = 1n
  for (let i = 0; i < 7; i += 1) x = (x * (2n - of * x)) % size
  return ((x % size) + size) % size
}

const numbersKey = (core: Core): string => `${core.root}:clip-numbers`
const childrenKey = (core: Core, clip: string): string => `${core.root}:children:${clip}`

/** Notes a delivered clip, so that its code and its parent find it. Idempotent. */
export async function noteClip(core: Core, clip: Clip): Promise<void> {
  const line = core.redis.pipeline().hset(numbersKey(core), String(numberOf(clip)), clip.id)
  if (clip.parent !== undefined) line.zadd(childrenKey(core, clip.parent), clip.createdAt, clip.id)
  for (const [error] of (await line.exec()) ?? []) if (error) throw error
}

/** The clip of a code; undefined if there is none, or it is gone. */
export async function clipOfCode(core: Core, code: string): Promise<Clip | undefined> {
  const number = numberOfCode(code)
  const id = number === undefined ? null : await core.redis.hget(numbersKey(core), String(number))
  return id === null ? undefined : getClip(core, id)
}

/** A clip and what was made from it. */
export interface Kin {
  readonly clip: Clip
  readonly children: readonly Kin[]
}

/** Most clips of a tree that is shown. */
const most = 40

/** The tree a clip belongs to, from its first ancestor that is still kept down; of others only what `may` be shown. */
export async function familyOf(core: Core, clip: Clip, may: (clip: Clip) => Promise<boolean>): Promise<Kin> {
  let root = clip
  for (let up = 0; up < most && root.parent !== undefined; up += 1) {
    const parent = await getClip(core, root.parent)
    if (!parent || !(await may(parent))) break
    root = parent
  }
  let left = most - 1
  const below = async (one: Clip): Promise<Kin> => {
    const ids = left > 0 ? await core.redis.zrange(childrenKey(core, one.id), '0', String(left - 1)) : []
    const clips = (await Promise.all(ids.map(id => getClip(core, id)))).filter(child => child !== undefined)
    const open = await Promise.all(clips.map(may))
    const kept = clips.filter((_, at) => open[at]).slice(0, Math.max(0, left))
    left -= kept.length
    const children = []
    for (const child of kept) children.push(await below(child))
    return { clip: one, children }
  }
  return below(root)
}
