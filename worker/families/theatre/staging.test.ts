import { beforeAll, describe, expect, it } from 'vitest'
import { middleOf, pathAt, toWorld } from './brush.ts'
import { axesAt, moves } from './camera.ts'
import type { Direction } from './direction.ts'
import { encode, tiesOf } from './encode.ts'
import { openOnPicture } from './entrance.ts'
import { goodMoment } from './moment.ts'
import { easeJoin, followSubject, separate, sharpen, smooth, snapBackground } from './post.ts'
import { actorCount, cameraSlot, channel, channelCount, keyOffset } from './scene.ts'
import type { Role, Script } from './script.ts'
import { stageScript } from './staging.ts'
import { shippedDirection } from './testing/fake-director.ts'

let direction: Direction
beforeAll(async () => {
  direction = await shippedDirection()
})

const role = (noun: string, more: Partial<Role> = {}): Role => ({ noun, verbs: [], phrase: 0, implied: false, ...more })
const script = (cast: Role[], more: Partial<Script> = {}): Script => ({
  cast,
  denied: [],
  unknownWords: [],
  invented: false,
  ...more,
})
const fresh = { ratio: '16:9', picture: false, later: false, earlier: false } as const
const empty = (keyCount: number) => {
  const keys = new Float32Array((actorCount + 1) * keyCount * channelCount)
  for (let slot = 0; slot < actorCount; slot++)
    for (let key = 0; key < keyCount; key++) keys[keyOffset(slot, key, keyCount)] = -1
  return keys
}

describe('staging', () => {
  it('finds a set that suits who acts, by seed', () => {
    const sets = new Set(
      Array.from({ length: 30 }, (_, seed) => stageScript(script([role('fish')]), direction, seed).set),
    )
    expect(sets.size).toBeGreaterThan(1)
    for (const set of sets) expect(['underwater', 'sea', 'river']).toContain(set)
    expect(stageScript(script([role('cat')], { set: 'moon' }), direction, 3).set).toBe('moon')
    const dozing = script([role('dog', { verbs: ['sleep'], attach: 'on', parent: 1 }), role('bed', { phrase: 1 })])
    for (let seed = 0; seed < 10; seed++) expect(stageScript(dozing, direction, seed).set).toBe('room')
  })

  it('adds the effects of verbs as roles tied to their doer, unless they are denied', () => {
    const sleeper = script([role('cat', { verbs: ['sleep'] })])
    const all = Array.from({ length: 20 }, (_, seed) => stageScript(sleeper, direction, seed))
    const effects = all.flatMap(({ cast }) => cast.slice(1))
    expect(effects.length).toBe(20)
    for (const effect of effects)
      expect(effect).toMatchObject({ noun: 'zzz', attach: 'effect', parent: 0, undergoes: 'sleep' })
    const denied = { ...sleeper, denied: [{ kind: 'noun' as const, id: 'zzz' }] }
    expect(Array.from({ length: 20 }, (_, seed) => stageScript(denied, direction, seed).cast.length)).toEqual(
      new Array(20).fill(1),
    )
  })
})

describe('encode', () => {
  const field = (cast: readonly (readonly number[])[], slot: number, name: string) =>
    cast[slot]?.[direction.cast.indexOf(name)]
  const verb = (id: string) => direction.verbIds.indexOf(id) + 1

  it('writes both sides of a chase', () => {
    const chase = script([
      role('cat', { verbs: ['chase'], partner: 1 }),
      role('butterfly', { undergoes: 'chase', phrase: 1 }),
    ])
    const { cast, nouns } = encode(chase, [0, 1], direction, fresh)
    expect(nouns.slice(0, 3)).toEqual([direction.nounIndex.get('cat'), direction.nounIndex.get('butterfly'), -1])
    expect([field(cast, 0, 'verb1'), field(cast, 0, 'partner'), field(cast, 0, 'attach')]).toEqual([
      verb('chase'),
      2,
      0,
    ])
    expect([field(cast, 1, 'verbAsPartner'), field(cast, 1, 'partner'), field(cast, 1, 'attach')]).toEqual([
      verb('chase'),
      1,
      0,
    ])
  })

  it('ties food to its eater, a rider to the mount, clothes to the wearer', () => {
    const cast = [
      role('cat', { verbs: ['eat'], partner: 1 }),
      role('pizza', { undergoes: 'eat', phrase: 1 }),
      role('dog', { verbs: ['ride'], partner: 3, parent: 3, attach: 'ride', phrase: 2 }),
      role('horse', { undergoes: 'ride', verbs: ['run'], phrase: 3 }),
      role('top-hat', { parent: 2, attach: 'wear', undergoes: 'wear', phrase: 4 }),
    ]
    expect(tiesOf(cast, 1)).toEqual({ attach: 'eat', parent: 0 })
    expect(tiesOf(cast, 2)).toEqual({ attach: 'ride', parent: 3 })
    expect(tiesOf(cast, 4)).toEqual({ attach: 'wear', parent: 2 })
    const encoded = encode(script(cast), [4, 3, 2, 1, 0], direction, fresh)
    expect(encoded.parents.slice(0, 5)).toEqual([2, -1, 1, 4, -1])
    expect(encoded.attaches.slice(0, 5)).toEqual(['wear', 'none', 'ride', 'eat', 'none'])
    expect(field(encoded.cast, 1, 'verb1')).toBe(0)
  })

  it('says that somebody only wears or holds a thing, and plays verbs in their window', () => {
    const dressed = script([role('penguin'), role('suit', { parent: 0, attach: 'wear', undergoes: 'wear' })])
    expect(field(encode(dressed, [0, 1], direction, fresh).cast, 0, 'verb1')).toBe(verb('wear'))
    const two = script([role('cat', { verbs: ['jump', 'sleep'] })])
    const verbs = (later: boolean, earlier: boolean) => {
      const { cast } = encode(two, [0], direction, { ...fresh, later, earlier })
      return [field(cast, 0, 'verb1'), field(cast, 0, 'verb2')]
    }
    expect(verbs(false, false)).toEqual([verb('jump'), verb('sleep')])
    expect(verbs(false, true)).toEqual([verb('jump'), 0])
    expect(verbs(true, false)).toEqual([verb('sleep'), 0])
  })
})

describe('camera axes', () => {
  it('start at rest and reach their share at the end', () => {
    const start = axesAt({ zoom: 10, roll: -10 }, 0, 5, 1.78)
    const end = axesAt({ zoom: 10, roll: -10 }, 5, 5, 1.78)
    expect([...start].every(value => Math.abs(value) === 0)).toBe(true)
    expect(end[channel.log2Size]).toBeCloseTo(0.5, 5)
    expect(end[channel.rotation]).toBeCloseTo(-0.02, 5)
    expect(axesAt({ horizontal: 5 }, 5, 5, 1.78)[channel.x]).toBeGreaterThan(0)
    expect(moves({ axes: { zoom: 0 } })).toBe(false)
    expect(moves({ preset: 'fixed' })).toBe(false)
    expect(moves({ axes: { pan: 1 } })).toBe(true)
  })
})

describe('brush', () => {
  const grid = { columns: 10, rows: 10 }
  it('starts in the middle of its area or stays there', () => {
    const pinned = { grid, cells: [0, 1, 10, 11], motion: { pinned: true as const } }
    expect(middleOf(pinned)).toEqual({ x: 0.1, y: 0.1 })
    expect(pathAt(pinned, 0.7)).toEqual({ x: 0.1, y: 0.1 })
    expect(toWorld({ x: 0.5, y: 0.5 }, 2)).toEqual({ x: 0, y: 0 })
    expect(toWorld({ x: 1, y: 0 }, 2)).toEqual({ x: 2, y: 1 })
  })

  it('passes through the points of its path at even times', () => {
    const path = [
      { x: 0.1, y: 0.9 },
      { x: 0.5, y: 0.2 },
      { x: 0.9, y: 0.9 },
    ]
    const stroke = { grid, cells: [0], motion: { path } }
    for (const [i, point] of path.entries()) {
      expect(pathAt(stroke, i / 2).x).toBeCloseTo(point.x, 6)
      expect(pathAt(stroke, i / 2).y).toBeCloseTo(point.y, 6)
    }
    expect(pathAt(stroke, 7)).toEqual(pathAt(stroke, 1))
  })
})

describe('finishing states', () => {
  it('separates a group that stands in one place, and leaves the middle where it was', () => {
    const keys = empty(4)
    const cat = direction.nouns[direction.nounIndex.get('cat') ?? 0]
    const slots = Array.from({ length: 3 }, () => ({ noun: cat, parent: -1, attach: 'none' }))
    for (let slot = 0; slot < 3; slot++)
      for (let key = 0; key < 4; key++) {
        keys[keyOffset(slot, key, 4) + channel.x] = 0.02 * slot
        keys[keyOffset(slot, key, 4) + channel.log2Size] = -1
      }
    separate(keys, 4, [[0, 1, 2]], slots, 1.78)
    const x = (slot: number) => keys[keyOffset(slot, 0, 4) + channel.x] ?? 0
    expect(x(1) - x(0)).toBeGreaterThan(0.37)
    expect(x(2) - x(1)).toBeGreaterThan(0.37)
    expect((x(0) + x(1) + x(2)) / 3).toBeCloseTo(0.02, 4)
  })

  it('smooths what is free and keeps what is fixed', () => {
    const keys = empty(12)
    for (let key = 0; key < 12; key++) keys[keyOffset(0, key, 12) + channel.x] = key % 2
    smooth(keys, 12, 5)
    const x = Array.from({ length: 12 }, (_, key) => keys[keyOffset(0, key, 12) + channel.x] ?? 0)
    expect(x.slice(0, 5)).toEqual([0, 1, 0, 1, 0])
    expect(x[7]).toBeLessThan(1)
    expect(x[7]).toBeGreaterThan(0.5)
  })

  it('keeps a group as a whole inside the frame', () => {
    const keys = empty(4)
    const cat = direction.nouns[direction.nounIndex.get('cat') ?? 0]
    const slots = Array.from({ length: 2 }, () => ({ noun: cat, parent: -1, attach: 'none' }))
    for (let slot = 0; slot < 2; slot++)
      for (let key = 0; key < 4; key++) {
        keys[keyOffset(slot, key, 4) + channel.x] = 2 + slot
        keys[keyOffset(slot, key, 4) + channel.log2Size] = -1
      }
    separate(keys, 4, [[0, 1]], slots, 1.78)
    for (const slot of [0, 1]) expect(Math.abs(keys[keyOffset(slot, 0, 4) + channel.x] ?? 9)).toBeLessThan(1.5)
  })

  it('follows a subject from where the given keys leave off', () => {
    const keys = empty(48)
    for (let key = 0; key < 48; key++) {
      keys[keyOffset(0, key, 48) + channel.x] = key / 10
      keys[keyOffset(cameraSlot, key, 48) + channel.x] = key < 8 ? 0.5 : -9
    }
    followSubject(keys, 48, [0], 8)
    const lens = (key: number) => keys[keyOffset(cameraSlot, key, 48) + channel.x] ?? 0
    expect(lens(7)).toBe(0.5)
    expect(Math.abs(lens(8) - lens(7))).toBeLessThan(0.2)
    expect(lens(30)).toBeCloseTo(0.98 * 3, 1)
  })

  it('takes a jerk out of a join and leaves a smooth one alone', () => {
    const jerky = empty(20)
    for (let key = 0; key < 20; key++) jerky[keyOffset(0, key, 20) + channel.x] = key < 8 ? key / 10 : 2
    easeJoin(jerky, 20, 8)
    expect((jerky[keyOffset(0, 8, 20) + channel.x] ?? 9) - 0.7).toBeLessThan(0.4)
    const even = empty(20)
    for (let key = 0; key < 20; key++) even[keyOffset(0, key, 20) + channel.x] = key / 10
    const before = even.slice()
    easeJoin(even, 20, 8)
    expect(even).toEqual(before)
  })

  it('turns facing sharply and bounds what is drawn', () => {
    const keys = empty(1)
    keys.set([1, 0, 0, 0, 9, 0, 0.4, -3, 2, 0.05, 5, 0], 0)
    sharpen(keys, 1)
    expect(keys[channel.facing]).toBeGreaterThan(0.9)
    expect(keys[channel.squash]).toBeCloseTo(-0.45, 5)
    expect(keys[channel.log2Size]).toBeCloseTo(1.6, 5)
    expect(keys[channel.leg]).toBe(0)
  })

  it('forces the flags of the set and switches faint weather off', () => {
    const raw = new Float32Array(direction.background.length).fill(-0.7)
    const office = snapBackground(raw, 'office', direction)
    const value = (name: string) => office[direction.background.indexOf(name)]
    expect(value('office')).toBe(1)
    expect(value('stage')).toBe(-1)
    expect(value('rain')).toBe(-1)
    expect(value('horizon')).toBeCloseTo((direction.horizons['office'] ?? 0) - 0.1, 5)
    expect(value('top-r')).toBeCloseTo(-0.7, 5)
  })
})

describe('a clip that opens on a picture', () => {
  it('shows nobody and no camera move at first, everybody later', () => {
    const keys = empty(48)
    for (let key = 0; key < 48; key++) {
      keys[keyOffset(0, key, 48)] = 1
      keys[keyOffset(cameraSlot, key, 48) + channel.x] = 0.3 + key / 100
    }
    openOnPicture(keys, 48, -7 / 8)
    const at = (slot: number, key: number, c: number) => keys[keyOffset(slot, key, 48) + c] ?? 9
    for (let key = 0; key <= 8; key++) {
      expect(at(0, key, channel.presence)).toBe(-1)
      if (key <= 7) expect(at(cameraSlot, key, channel.x)).toBeCloseTo(0, 6)
    }
    expect(at(0, 20, channel.presence)).toBe(1)
    expect(at(cameraSlot, 47, channel.x)).toBeCloseTo(0.4, 5)
  })
})

describe('the moment of a still', () => {
  it('is when everybody is in the frame', () => {
    const keys = empty(48)
    for (let key = 0; key < 48; key++) {
      keys[keyOffset(0, key, 48)] = key > 30 && key < 40 ? 1 : -1
      keys[keyOffset(0, key, 48) + channel.facing] = 1
    }
    const second = goodMoment(keys, 48, -7 / 8, [0], 1.78)
    expect(second).toBeGreaterThan(2.9)
    expect(second).toBeLessThan(4.1)
  })
})
