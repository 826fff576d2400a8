import { describe, expect, it } from 'vitest'
import { giveFooting, keepInShot } from './footing.ts'
import type { Slot } from './links.ts'
import type { Noun } from './nouns.ts'
import { actorCount, type Channel, cameraSlot, channel, channelCount, keyOffset } from './scene.ts'
import type { Role } from './script.ts'

const keyCount = 8

const noun = (id: string, group = 'ground-small'): Noun => ({
  id,
  group,
  size: 1,
  w: 1,
  h: 1,
  gait: 'none',
  anchors: {},
  fit: {},
  tags: [],
})
const line = (id: string, attach = 'none', parent = -1, group = 'ground-small'): Slot => ({
  noun: noun(id, group),
  attach,
  parent,
})
const role = (id: string, more: Partial<Role> = {}): Role => ({
  noun: id,
  verbs: [],
  phrase: 0,
  implied: false,
  ...more,
})

type Motion = Partial<Record<Channel, (key: number) => number>>

function stage(motions: Readonly<Record<number, Motion>>): Float32Array {
  const states = new Float32Array((actorCount + 1) * keyCount * channelCount)
  for (const [slot, motion] of Object.entries(motions))
    for (let key = 0; key < keyCount; key++)
      for (const [name, at] of Object.entries({ presence: () => 1, ...motion }))
        states[keyOffset(Number(slot), key, keyCount) + channel[name as Channel]] = at(key)
  return states
}
const track = (states: Float32Array, slot: number, name: Channel) =>
  Array.from({ length: keyCount }, (_, key) => states[keyOffset(slot, key, keyCount) + channel[name]] ?? 0)

describe('footing', () => {
  it('brings a dancer who hangs in the air down, with all the hops', () => {
    const states = stage({ 0: { height: key => 0.45 + 0.1 * (key % 2) } })
    giveFooting(states, keyCount, [line('penguin')], [{ slot: 0, role: role('penguin', { verbs: ['dance'] }) }], false)
    expect(Math.min(...track(states, 0, 'height'))).toBeCloseTo(0)
    expect(Math.max(...track(states, 0, 'height'))).toBeCloseTo(0.1)
  })

  it('leaves those in the air who fly, fall or are afloat', () => {
    const up = () => stage({ 0: { height: () => 0.45 } })
    for (const [verb, afloat] of [
      ['fly', false],
      ['fall', false],
      ['dance', true],
    ] as const) {
      const states = up()
      giveFooting(states, keyCount, [line('cat')], [{ slot: 0, role: role('cat', { verbs: [verb] }) }], afloat)
      expect(states).toEqual(up())
    }
  })

  it('puts who sits on a thing on its middle', () => {
    const states = stage({ 0: {}, 1: { x: key => -0.6 + 0.01 * key } })
    giveFooting(states, keyCount, [line('couch'), line('cat', 'on', 0)], [{ slot: 1, role: role('cat') }], false)
    const x = track(states, 1, 'x')
    expect(x.reduce((a, b) => a + b) / keyCount).toBeCloseTo(-0.1)
    expect((x[7] ?? 0) - (x[0] ?? 0)).toBeCloseTo(0.07)
  })

  it('lets who flies over something fly high, the head inside the frame', () => {
    const low = stage({ 0: { height: () => 0.1, y: () => -0.7, log2Size: () => -0.5 } })
    const cast = [{ slot: 0, role: role('witch', { verbs: ['fly'], high: true }) }]
    giveFooting(low, keyCount, [line('witch', 'none', -1, 'person')], cast, false)
    expect(track(low, 0, 'height')[3]).toBeCloseTo(0.65)
    expect(track(low, 0, 'log2Size')[3]).toBeCloseTo(-0.5)
    const close = stage({
      0: { height: () => 0.1, y: () => -0.7, log2Size: () => 0 },
      [cameraSlot]: { log2Size: key => key / 10 },
    })
    giveFooting(close, keyCount, [line('witch', 'none', -1, 'person')], cast, false)
    const top = (track(close, 0, 'height')[7] ?? 9) - 0.7 + 2 ** (track(close, 0, 'log2Size')[7] ?? 9)
    expect((top + 0.15) * 2 ** 0.7 - 0.15).toBeLessThan(1)
    expect(track(close, 0, 'height')[7]).toBeGreaterThan(0.3)
  })
})

describe('the shot', () => {
  it('has everybody in it who stays', () => {
    const states = stage({ 0: { x: () => -1 }, 1: { x: () => 1.2 }, [cameraSlot]: { x: key => -0.8 + 0.05 * key } })
    keepInShot(states, keyCount, [line('cat'), line('cat')], [0, 1], 1.78)
    const lens = track(states, cameraSlot, 'x')
    expect(Math.min(...lens)).toBeGreaterThan(1.7 - 1.78)
    expect((lens[7] ?? 0) - (lens[0] ?? 0)).toBeCloseTo(0.35)
  })

  it('is left alone where all are in it, where somebody travels, and where they do not fit', () => {
    for (const places of [
      { 0: { x: () => 0.3 } },
      { 0: { x: (key: number) => 0.4 * key } },
      { 0: { x: () => -3 }, 1: { x: () => 3 } },
    ]) {
      const states = stage({ ...places, [cameraSlot]: { x: () => -0.3 } })
      keepInShot(states, keyCount, [line('cat'), line('cat')], Object.keys(places).map(Number), 1.78)
      expect(track(states, cameraSlot, 'x')[4]).toBeCloseTo(-0.3)
    }
  })
})
